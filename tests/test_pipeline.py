"""Whatever is asked for goes through one pipeline: the same errors end it, and no document tells a secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from auditor.audit.request import AnalysisRequest, DataRequest
from auditor.errors import DataError, GateFailed, StorageError, UsageError
from auditor.pipeline import audit_affinity, forecast, recommend
from auditor.plugin.component import Component, Owner
from auditor.plugin.loading import load_registry

TOKEN = "s3cr3t-t0ken"
SMALL: dict[str, Any] = {
    "encoder": "ecfp",
    "encoder_options": {"width": "16", "hidden": "24", "bits": "128"},
    "split": "random",
    "overrides": {"epochs": 2, "batch_size": 16},
}
Ask = Callable[[AnalysisRequest], dict[str, Any]]


def analyzed(request: AnalysisRequest) -> dict[str, Any]:
    return audit_affinity(request)[1]


def recommended(request: AnalysisRequest) -> dict[str, Any]:
    return recommend(request, {"budget": 6, "seeds": 1})[1]


both = pytest.mark.parametrize("ask", [analyzed, recommended])


def asked_of(cache: Path, error: Exception, **changes: Any) -> AnalysisRequest:
    """A small study with an estimator of a plugin that raises, beside one that works."""

    def estimate(context: Any) -> Any:
        raise error

    owner = Owner("failing", "mtl-audit-failing", "1.0")
    failing = replace(
        load_registry().get("affinity", "chemical-correlation"),
        name="failing", target=estimate, owner=owner,
    )  # fmt: skip
    assert isinstance(failing, Component)
    found = load_registry()
    registry = replace(found, components={**found.components, ("affinity", "failing"): failing})
    options = {"labels_per_task": "80", "tasks": "4", "overlap": "0", "kind": "regression"}
    data = DataRequest("synthetic", registry, cache, options=options, only=("power",))
    settings = {"affinities": ("chemical-correlation", "failing"), **SMALL, **changes}
    return AnalysisRequest(data, **settings)


@both
def test_no_document_tells_a_password_or_the_home_folder(ask: Ask, tmp_path: Path) -> None:
    home = Path.home()
    error = ValueError(f"https://me:{TOKEN}@host.org/a?token={TOKEN} from {home}/private/file.csv")
    document = ask(asked_of(tmp_path, error))
    text = json.dumps(document)
    (failed,) = [one for one in document["data"]["findings"] if one["name"] == "failing"]
    assert failed["status"] == "error" and "of plugin failing" in failed["sentence"]
    assert TOKEN not in text and f"{home}/private" not in text


@both
def test_a_disk_that_refuses_ends_the_audit(ask: Ask, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="full"):
        ask(asked_of(tmp_path, StorageError("the disk is full", hint="free some space")))


def test_the_error_of_the_only_affinity_ends_an_analysis_and_not_a_recommendation(tmp_path: Path) -> None:
    request = asked_of(
        tmp_path, DataError("nothing to see", hint="look elsewhere"), affinities=("failing",)
    )
    with pytest.raises(DataError, match="nothing to see"):
        analyzed(request)
    findings = {one["name"]: one for one in recommended(request)["data"]["findings"]}
    assert findings["failing"]["status"] == "error" and findings["recommendation"]["status"] == "ok"


def test_a_failed_gate_stops_all_that_needs_overlap(tmp_path: Path) -> None:
    request = asked_of(tmp_path, ValueError(), affinities=("gradient-cosine",))
    for ask in (analyzed, recommended, lambda one: forecast(one)[1]):
        with pytest.raises(GateFailed, match="too few compounds"):
            ask(request)


def test_a_recommendation_refuses_analyses_that_need_trained_affinities(tmp_path: Path) -> None:
    request = asked_of(tmp_path, ValueError())
    request = replace(request, data=replace(request.data, only=("agreement",)))
    with pytest.raises(UsageError, match="recommend does not run 'agreement'"):
        recommended(request)


def test_a_recommendation_that_does_not_apply_is_a_usage_error(tmp_path: Path) -> None:
    request = asked_of(tmp_path, ValueError(), affinities=())
    options = {**request.data.options, "tasks": "2"}
    with pytest.raises(UsageError, match="nothing to choose"):
        recommended(replace(request, data=replace(request.data, options=options)))
