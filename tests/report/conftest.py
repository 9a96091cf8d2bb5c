"""The reports of `making`, made once."""

from __future__ import annotations

import pytest

from auditor.document.blocks import Report
from tests.report.making import hostile_report, sample_report


@pytest.fixture(scope="session")
def sample() -> Report:
    """A failed and forced audit with every kind of block."""
    return sample_report()


@pytest.fixture(scope="session")
def hostile() -> Report:
    """A report whose every text tries to be more than text."""
    return hostile_report()
