"""The analysis of sparse settings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from auditor.analyses.sparse_settings.analysis import analyse
from auditor.analyses.sparse_settings.anchors import cells_for
from auditor.analyses.sparse_settings.methods import BASELINE, CHEMICAL, MATCHED
from auditor.analyses.sparse_settings.setting import Setting, filled, full, make_setting
from auditor.analyses.threshold.material import ground_of, layouts
from auditor.analyses.threshold.settings import Settings
from auditor.audit.context import AuditContext
from auditor.document.blocks import from_json, to_json
from auditor.overlap.overlap import overlap_of
from tests.auditing import audited

SETTINGS = Settings("matched", (0.2, 0.1, 0.05), 1, 2, 6, 0.5, 110, 2, ("random",), (16,))


def setting_of(context: AuditContext) -> Setting:
    """Return one sparse setting at overlap 0.1."""
    ground = ground_of(context)
    (layout,) = layouts(ground, SETTINGS, 0).values()
    return make_setting(context, ground, layout, 0.1, SETTINGS, 0)


@pytest.mark.slow
def test_plans_are_followed_with_the_full_tables_labels(tmp_path: Path) -> None:
    context = audited(tmp_path, options={"labels_per_task": "300", "tasks": "6"})
    setting = setting_of(context)
    cells = cells_for(context, setting, 0.4)
    table = filled(setting, cells)
    before, after = setting.context.benchmark, table
    assert after.labels.sizes.sum() == before.labels.sizes.sum() + len(cells)
    assert after.compounds == before.compounds
    jaccard = overlap_of(after.labels, after.task_names).jaccard
    assert (jaccard[setting.across] >= 0.4).all()
    known = np.isfinite(after.labels.dense(np.arange(after.n)))
    whole = full(setting).labels.dense(np.arange(after.n))
    assert (after.labels.dense(np.arange(after.n))[known] == whole[known]).all()
    assert np.isfinite(whole).all()


@pytest.mark.slow
def test_every_proposal_is_scored_at_every_overlap(tmp_path: Path) -> None:
    context = audited(tmp_path, options={"labels_per_task": "300", "tasks": "6"})
    found = analyse(context, anchors="0.3,0.4,0.6", seeds=1, epochs=2, logs=6, labels=110, batch=16)
    methods = {score["method"] for score in found.data["scores"]}
    assert {BASELINE, CHEMICAL, MATCHED} < methods and len(methods) == 10
    assert len(found.data["scores"]) == 30
    for overlap in (0.05, 0.1, 0.2):
        spent = [cost["measurements"] for cost in found.data["anchors"] if cost["overlap"] == overlap]
        assert spent[0] == 0 and spent == sorted(spent) and spent[-1] > 0
    assert "plain gradients reach" in found.sentence
    assert [from_json(to_json(block)) for block in found.blocks] == list(found.blocks)
