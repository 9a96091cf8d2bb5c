"""An audit of gradients that another training recorded says what its logs say, and where they are from."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

import auditor
from auditor.api.audit import Study
from auditor.audit.recorded import NEEDS, recorded_in
from auditor.document.schema import lacking
from auditor.errors import AuditError, DataError, UsageError
from tests.featured import known

TABLE: dict[str, Any] = {"features": "x_*", "key": "id", "quiet": True, "only": ["agreement"]}
READABLE = sorted(NEEDS)


def trained(tasks: tuple[str, ...], *, errors: bool = True, pool: bool = True) -> auditor.TaskGradients:
    """Train a network of one's own on the known table, and record it."""
    frame = known()
    x = torch.tensor(frame.filter(regex="^x_").to_numpy(), dtype=torch.float32)
    labels = torch.tensor(frame[list(tasks)].to_numpy(), dtype=torch.float32)
    there, y = ~labels.isnan(), labels.nan_to_num()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        trunk, heads = nn.Sequential(nn.Linear(6, 16), nn.Tanh()), nn.Linear(16, len(tasks))
        optimiser = torch.optim.Adam([*trunk.parameters(), *heads.parameters()], lr=3e-3)
        log = auditor.TaskGradients(trunk.parameters(), tasks=tasks, pool=pool)
        for _ in range(6):
            for batch in torch.randperm(len(x)).split(32):
                out, counts = heads(trunk(x[batch])), there[batch].sum(dim=0)
                wrong = (out - y[batch]) * there[batch]
                losses = wrong.square().sum(dim=0) / counts.clamp(min=1)
                log.record(losses, counts=counts, errors=2 * wrong if errors else None)
                optimiser.zero_grad()
                losses.sum().backward()
                optimiser.step()
            if pool:
                log.end_epoch()
    return log


@cache
def log() -> auditor.TaskGradients:
    return trained(("c", "b", "a", "e"))  # in another order than the table's


def audit(of: Any, data: Any = None, **options: Any) -> Study:
    found = auditor.analyze(known() if data is None else data, gradients_from=of, **{**TABLE, **options})
    assert isinstance(found, Study)
    return found


@pytest.mark.parametrize("estimator", READABLE)
def test_the_affinities_are_those_of_the_logs_whatever_the_order_of_tasks(estimator: str) -> None:
    window = 1.0
    tasks = list("abce")
    found = audit(log(), affinities=[estimator], window=window, tasks=tasks)
    wanted = log().affinity(estimator, window=window)
    for part, matrix in (("affinity", wanted.values), ("standard_error", wanted.standard_error)):
        frame = pd.DataFrame(matrix, index=list(log().tasks), columns=list(log().tasks))
        shown = getattr(found, part)(estimator)
        assert list(shown.columns) == tasks
        assert shown.to_numpy() == pytest.approx(frame.loc[tasks, tasks].to_numpy(), nan_ok=True)


def test_a_file_gives_what_the_object_gives_and_both_say_where_they_are_from(tmp_path: Path) -> None:
    log().save(tmp_path / "mine.npz")
    of_file, of_object = audit(tmp_path / "mine.npz"), audit(log())
    pd.testing.assert_frame_equal(of_file.affinity("error-cosine"), of_object.affinity("error-cosine"))
    recorded = of_file.data["training"]["recorded"]
    assert recorded["name"] == "mine.npz" and len(recorded["sha256"]) == 64 and recorded["logs"] == 48
    for suffix in (".md", ".txt", ".html"):
        text = " ".join(of_file.save(tmp_path / f"r{suffix}").read_text().split())
        assert "The gradients are from mine.npz" in text and "Nothing was trained here." in text
    assert not list(lacking(of_file.document))
    again = auditor.load(of_file.save(tmp_path / "again.json"))
    assert again.data["training"] == of_file.data["training"]
    assert "gradients_from='mine.npz'" in of_file.document["meta"]["command"]


def test_overlap_and_e_are_those_of_the_table_and_nothing_is_trained(tmp_path: Path) -> None:
    found = audit(log(), cache_dir=tmp_path, only=["agreement", "controls", "benefit", "dynamics"])
    frame = known()
    assert found.correlation.loc["a", "e"] == pytest.approx(frame["a"].corr(frame["e"]), abs=1e-9)
    assert found.findings["agreement"].status == found.findings["dynamics"].status == "ok"
    for name in ("controls", "benefit"):
        assert found.findings[name].status == "not applicable"
        assert "it trains, and the gradients are from TaskGradients" in found.findings[name].sentence
    assert not (tmp_path / "trainings").exists()


def test_some_of_the_recorded_tasks_can_be_audited() -> None:
    found = audit(log(), tasks=["e", "a"])
    wanted = log().frame("gradient-cosine").loc["e", "a"]
    assert found.affinity("gradient-cosine").loc["e", "a"] == pytest.approx(wanted)


def test_molecules_are_audited_alike(tmp_path: Path) -> None:
    frame = known(60)[list("abce")].assign(smiles=[f"{'C' * (row + 1)}O" for row in range(60)])
    found = audit(log(), frame, features=(), key=None)
    wanted = log().frame("gradient-cosine").loc["a", "b"]
    assert found.affinity("gradient-cosine").loc["a", "b"] == pytest.approx(wanted)


def test_what_was_not_recorded_is_said_and_the_rest_goes_on() -> None:
    few = trained(("a", "b", "c"), errors=False, pool=False)
    found = audit(few, affinities=["gradient-cosine", "error-cosine", "task2vec", "tag"])
    assert found.affinities == ("gradient-cosine",)
    assert "record(losses, errors=errors)" in found.findings["error-cosine"].sentence
    assert "needs a training of this program" in found.findings["tag"].sentence
    with pytest.raises(UsageError, match="holds nothing for it"):
        audit(few, affinities=["split-half"])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"encoder": "mlp"}, "encoder= is about a training"),
        ({"epochs": 3}, "epochs= is about a training"),
        ({"split": "random"}, "split= is about a training"),
        ({"tasks": ["a", "d"]}, "TaskGradients has no gradients of task 'd'"),
    ],
)
def test_what_cannot_be_meant_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        audit(log(), **options)
    assert caught.value.hint


def test_a_recorded_task_that_the_data_has_not_is_named() -> None:
    with pytest.raises(UsageError, match=r"TaskGradients has gradients of a task that .* column 'e'"):
        audit(log(), known().drop(columns="e"))


def spoilt(part: str, value: Any) -> dict[str, Any]:
    """Return the state of the log with one array changed; None takes it out."""
    state = {name: array.copy() for name, array in log().state_dict().items()}
    if value is None:
        del state[part]
    elif callable(value):
        state[part] = value(state[part])
    return state


def skewed(gram: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    gram[0, 0, 1] *= -1
    return gram


def holed(gram: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    gram[0, 0, 1] = gram[0, 1, 0] = np.nan
    return gram


BAD = {
    "another version": ("0/labels", None, "these are not logs"),
    "another shape": ("0/gram", lambda gram: gram[:, :2, :2], "of another shape"),
    "infinite": ("0/gram", lambda gram: np.where(gram > 0, np.inf, gram), "no inner products"),
    "NaN between two that are there": ("0/gram", holed, "no inner products"),
    "not symmetric": ("0/errors", skewed, "no inner products"),
    "negative squares": ("0/gram", lambda gram: -gram, "no inner products"),
    "cosines above 1": ("0/pooled", lambda sums: sums * (1 - 0.9 * np.eye(4)), "no inner products"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_file_of_anything_else_is_refused_in_one_line(case: str, tmp_path: Path) -> None:
    part, value, said = BAD[case]
    np.savez(tmp_path / "log.npz", **spoilt(part, value))
    with pytest.raises(DataError, match=said) as caught:
        recorded_in(tmp_path / "log.npz")
    assert caught.value.hint and "\n" not in caught.value.message


def test_files_that_are_none_and_logs_of_nothing_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text.npz").write_text("a,b\n")
    np.save(tmp_path / "array.npy", np.zeros(3))
    empty = auditor.TaskGradients(nn.Linear(2, 2).parameters(), ["a", "b"])
    empty.save(tmp_path / "empty.npz")
    for name in ("none.npz", "text.npz", "array.npy", "empty.npz", "."):
        with pytest.raises(AuditError) as caught:
            audit(tmp_path / name)
        assert caught.value.hint and "\n" not in caught.value.message
    with pytest.raises(UsageError, match="not list"):
        audit([1, 2])
