"""Any table of features is audited as molecules are; what is about molecules says that it does not apply."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import auditor
from auditor.api.audit import Study
from auditor.document.schema import schema_text
from auditor.errors import GateFailed, UsageError
from auditor.plugin.loading import load_registry
from auditor.training.groups import study as studies
from auditor.training.identity import data_identity
from auditor.training.splits import random_split
from tests.featured import known

FORMATS = (".json", ".html", ".md", ".txt", ".csv")
CHEMISTRY = re.compile(r"\b(compounds?|molecules?|smiles|scaffolds?|chemi\w+|assays?|stereo\w*)\b", re.I)
QUICK: dict[str, Any] = {"features": "x_*", "key": "id", "epochs": 8, "log_every": 2, "quiet": True}


@cache
def study() -> Study:
    """Return an audit of the known table, with its default analyses."""
    found = auditor.analyze(known(), **QUICK)
    assert isinstance(found, Study)
    return found


def test_tasks_that_ask_the_same_of_the_features_have_like_gradients() -> None:
    found = study().affinity("gradient-cosine")
    assert found.loc["a", "b"] > 0.1 > 0.05 > abs(found.loc["a", "c"])
    signed = study().affinity("error-cosine")
    assert signed.loc["a", "b"] > 0.3 and signed.loc["a", "e"] < -0.3


def test_overlap_and_e_are_those_of_the_table() -> None:
    frame = known()
    both = frame["a"].notna() & frame["b"].notna()
    either = frame["a"].notna() | frame["b"].notna()
    assert study().jaccard.loc["a", "b"] == pytest.approx(both.sum() / either.sum())
    assert study().correlation.loc["a", "b"] == pytest.approx(frame["a"].corr(frame["b"]), abs=1e-9)


def test_nothing_fails_and_no_rendering_speaks_of_chemistry(tmp_path: Path) -> None:
    assert {found.status for found in study().findings.values()} <= {"ok", "not applicable"}
    for suffix in FORMATS:
        path = study().save(tmp_path / f"report{suffix}")
        text = path.read_text(encoding="utf-8")
        if suffix == ".json":
            text = " ".join(texts(json.loads(text)["data"]))
        if suffix == ".html":
            text = re.sub(r"<(style|script)\b.*?</\1>|<[^>]*>", " ", text, flags=re.S)
        assert not CHEMISTRY.findall(text), suffix
    assert "examples" in text or suffix == ".csv"
    assert not CHEMISTRY.search(study()._repr_html_())


def texts(value: Any) -> list[str]:
    """Return all texts that a value holds; the keys of a document are the same for every benchmark."""
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in texts(part)]


def test_its_document_keeps_the_schema_and_can_be_read_again(tmp_path: Path) -> None:
    import jsonschema

    path = study().save(tmp_path / "audit.json")
    jsonschema.validate(json.loads(path.read_bytes()), json.loads(schema_text()))
    assert auditor.load(path).data == json.loads(path.read_bytes())["data"]


def test_a_frame_and_its_file_give_one_audit(tmp_path: Path) -> None:
    known().to_csv(tmp_path / "t.csv", index=False)
    again = auditor.analyze(tmp_path / "t.csv", only=["power"], **QUICK)
    assert isinstance(again, Study)
    pd.testing.assert_frame_equal(again.affinity("gradient-cosine"), study().affinity("gradient-cosine"))
    assert again.document["read"]["features"] == [f"x_{place}" for place in range(6)]


def test_what_is_about_molecules_says_so_and_the_rest_goes_on(tmp_path: Path) -> None:
    about = [part.name for part in load_registry().all("analysis") if part.needs_molecules]
    found = auditor.overlap(
        known(),
        features="x_*",
        key="id",
        quiet=True,
        also=[name for name in about if name != "architectures"],
    )
    for name in set(about) - {"architectures", "sparse-settings"}:
        assert found.findings[name].status == "not applicable"
        assert "does not apply: it needs structures" in found.findings[name].sentence
    assert "it needs structures" in found.save(tmp_path / "r.md").read_text()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"encoder": "gcn"}, "encoder 'gcn' reads molecules"),
        ({"split": "scaffold"}, "features have no structures to split by"),
        ({"affinities": ["chemical-correlation"]}, "does not apply: it needs structures"),
        ({"smiles": "id"}, "are of two kinds of table"),
        ({"identity": "canonical"}, "about molecules"),
        ({"features": ()}, "give features="),
        ({"encoder_options": {"inputs": 3}}, "inputs"),
    ],
)
def test_what_is_about_molecules_is_refused_with_the_way_on(options: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        auditor.analyze(known(), **{**QUICK, **options})
    assert said in f"{caught.value.message} {caught.value.hint}" and caught.value.hint


def test_an_encoder_of_features_is_refused_for_molecules() -> None:
    with pytest.raises(UsageError, match="encoder 'mlp' reads features"):
        auditor.analyze("synthetic", encoder="mlp", quiet=True)


def test_a_failed_gate_offers_nothing_that_is_about_molecules() -> None:
    frame = known(120)
    frame.loc[:59, ["a", "d"]] = np.nan
    frame.loc[60:, ["b", "c", "e"]] = np.nan
    with pytest.raises(GateFailed) as caught:
        auditor.analyze(frame, **QUICK)
    assert not CHEMISTRY.search(f"{caught.value.message} {caught.value.hint}")


def test_features_are_part_of_which_training_it_is_and_reach_every_worker() -> None:
    context = study()._context
    assert context is not None and context.trainings is not None
    benchmark = context.benchmark
    assert benchmark.features is not None
    split = random_split(benchmark.n, seed=0)
    other = replace(benchmark, features=benchmark.features + np.eye(*benchmark.features.shape) * 1e-9)
    config = context.trainings.config
    keys = [data_identity(one, split, config)["compounds"] for one in (benchmark, other)]
    digests = [studies.Study(one, split).digest() for one in (benchmark, other)]
    assert keys[0] != keys[1] and digests[0] != digests[1]
    sent = studies.decode_study(studies.encode_study(studies.Study(benchmark, split)))
    assert np.array_equal(sent.benchmark.inputs, benchmark.features)
    assert sent.digest() == digests[0]


def test_gains_are_measured_and_a_grouping_recommended() -> None:
    found = auditor.recommend(
        known(120)[["id", *(f"x_{n}" for n in range(6)), "a", "b", "c"]],
        features="x_*",
        key="id",
        budget=4,
        seeds=1,
        epochs=1,
        quiet=True,
    )
    assert found.findings["recommendation"].status == "ok"
    assert found.findings["chemical-correlation"].status == "not applicable"
    assert not CHEMISTRY.search(found.findings["recommendation"].sentence)


def test_a_table_is_read_as_tasks_by_the_key() -> None:
    frame = auditor.read(known(), features="x_*", key="id", quiet=True)
    assert frame.index.name == "id" and list(frame.columns) == list("abcde")
    assert auditor.check(known(), features="x_*", key="id", quiet=True).read["structures"] == 240
