"""The plan: every number that the paper prints, and the audits that answer it."""

from __future__ import annotations

from auditor.reproduction.plan import Plan
from auditor.reproduction.plans.cheng_zhang import appendix, data_sets, domains, transition, utility
from auditor.reproduction.plans.cheng_zhang.works import AGREEMENT, DATA
from auditor.reproduction.plans.cheng_zhang.works_appendix import APPENDIX

NOTES = (
    "Every number that the paper prints is a claim of its own, also where table and figure print two for "
    "one thing. Settings (learning rate, batch size, split) are no claims.",
    "Trainings are smaller than the paper's where a laptop could not pay for them: the table of audits "
    "says how, and what the full size would cost. A verdict of such a row is of what was run.",
)


def plan() -> Plan:
    """Return it."""
    parts = (data_sets, domains, transition, appendix, utility)
    return Plan(
        title="Cheng & Zhang 2026",
        reference="Cheng & Zhang 2026, arXiv 2604.07848",
        folder="paper",
        claims=tuple(claim for part in parts for claim in part.claims()),
        works=(*DATA, *AGREEMENT, *APPENDIX),
        notes=NOTES,
    )
