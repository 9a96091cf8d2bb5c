"""The page on recording task gradients shows code that runs and says what it finds."""

from __future__ import annotations

import importlib.util
import sys
import types
from typing import Any

import pytest
import torch

from auditor import TaskGradients
from auditor.audit.results import AffinityMatrix
from tests.docs.test_examples import blocks

PAGE = "docs/gradients.md"


def run(heading: str) -> dict[str, Any]:
    """Run the one block below a heading, and return its names; the random state of others stays."""
    (code,) = blocks(PAGE, heading)
    names: dict[str, Any] = {}
    with torch.random.fork_rng():
        exec(compile(code, PAGE, "exec"), names)
    return names


def test_the_loop_finds_the_relations_that_were_designed(capsys: pytest.CaptureFixture[str]) -> None:
    found: AffinityMatrix = run("A loop of your own")["found"]
    related, *apart = found.values[0, 1], found.values[0, 2], found.values[1, 2]
    assert related > 0.5
    assert max(map(abs, apart)) < 0.2
    assert (found.count == 80).all()
    assert "a" in capsys.readouterr().out


def test_an_absent_task_is_absent_in_the_affinity() -> None:
    log: TaskGradients = run("Tasks without a label in a batch")["log"]
    for estimator in ("gradient-cosine", "error-cosine"):
        values = log.frame(estimator)
        assert values.loc["c"].isna().all() and values.loc["a"].notna().sum() == 2


def stand_in() -> types.ModuleType:
    """Return as much of Lightning as a callback needs."""
    module = types.ModuleType("lightning")
    module.Callback = object  # type: ignore[attr-defined]
    return module


def test_the_callback_records_before_each_backward(monkeypatch: pytest.MonkeyPatch) -> None:
    if importlib.util.find_spec("lightning") is None:
        monkeypatch.setitem(sys.modules, "lightning", stand_in())
    weight = torch.nn.Parameter(torch.ones(2))
    log = TaskGradients([weight], ["a", "b"], pool=True)
    callback = run("In Lightning")["RecordTaskGradients"](log)
    callback.log = print  # Lightning sets this on every callback
    for _ in range(3):
        module = types.SimpleNamespace(task_losses=[weight.sum(), weight[0] * 2])
        callback.on_before_backward(None, module, sum(module.task_losses))
    callback.on_train_epoch_end(None, None)
    (trace,) = log.traces()
    assert len(trace.steps) == 3 and trace.pooled.shape == (1, 2, 2)
