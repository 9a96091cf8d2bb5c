"""The overlap audits of the published benchmarks give the numbers that were kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import golden

pytestmark = pytest.mark.published


def test_the_audits_of_published_data_give_the_numbers_that_were_kept(mirror: Path) -> None:
    kept = json.loads(golden.KEPT.read_text())[golden.rdkit()]
    assert dict(golden.digests(trained=False)) == {name: kept[name] for name in golden.DATA}
