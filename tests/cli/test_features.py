"""A table of features, and gradients of one's own training, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

import auditor
from tests.cli.conftest import Run
from tests.featured import known

FEATURES = ("--features", "x_*", "--key", "id")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """The known table as a file."""
    known(60).to_csv(tmp_path / "mine.csv", index=False)
    return tmp_path / "mine.csv"


def test_check_says_which_columns_are_features_and_which_tasks(within: Run, mine: Path) -> None:
    said = within("check", mine, *FEATURES)
    assert said.code == 0
    assert "Features 6 columns: 'x_0', 'x_1', 'x_2', 'x_3', 'x_4', 'x_5'; examples named by" in " ".join(
        said.out.split()
    )
    assert "60; 0 rejected; 60 examples" in said.out and "SMILES" not in said.out


def test_overlap_counts_examples(within: Run, mine: Path) -> None:
    said = within("overlap", mine, *FEATURES, "--format", "json")
    document = json.loads(said.out)
    frame = known(60)
    assert document["data"]["overlap"]["support"][0][1] == (frame["a"].notna() & frame["b"].notna()).sum()
    assert document["data"]["benchmark"]["identity"] == "key"


def test_gradients_of_a_file_are_audited_into_a_folder_of_its_name(
    within: Run, mine: Path, tmp_path: Path
) -> None:
    weight = torch.nn.Parameter(torch.ones(3))
    log = auditor.TaskGradients([weight], ["a", "b"])
    for row in torch.eye(3):
        log.record([(weight * row).sum(), (weight * row).square().sum()])
    log.save(tmp_path / "mylog.npz")
    asked = ("analyze", mine, *FEATURES, "--gradients-from", tmp_path / "mylog.npz")
    said = within(*asked, "--window", "1")
    assert said.code == 0
    document = json.loads((tmp_path / "here" / "reports" / "mine-mylog" / "audit.json").read_text())
    assert document["data"]["affinity"]["gradient-cosine"][0][1] == pytest.approx(1)
    assert [task["name"] for task in document["data"]["tasks"]] == ["a", "b"]
    again = within(*asked, "--encoder", "mlp")
    assert again.code == 2 and "--encoder is about a training" in again.err


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        (("--key", "id"), 2, "give --features too"),
        (("--features", "z*"), 2, "has no column 'z*'"),
        (("--features", "x_*", "--smiles-column", "id"), 2, "two kinds of table"),
        (("--features", "x_*", "--identity", "canonical"), 2, "--identity is about molecules"),
        (("--features", "x_*,id"), 4, "feature 'id'"),
        (("--features", "elsewhere.csv", "--key", "id"), 4, "there is no file elsewhere.csv"),
    ],
)
def test_what_cannot_be_meant_ends_with_one_line(
    within: Run, mine: Path, asked: tuple[str, ...], code: int, said: str
) -> None:
    done = within("overlap", mine, *asked)
    assert done.code == code and said in done.err and "Traceback" not in done.err


def test_features_are_for_files_and_one_at_a_time(within: Run, mine: Path) -> None:
    assert "--features applies to a file" in within("overlap", "synthetic", "--features", "x_*").err
    other = mine.with_name("other.csv")
    other.write_bytes(mine.read_bytes())
    assert "--features is for one table" in within("overlap", mine, other, *FEATURES).err
    assert (
        "--write makes a clean table of molecules"
        in within("check", mine, *FEATURES, "--write", "c.csv").err
    )
