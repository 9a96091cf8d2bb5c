"""What each run said of its affinities and E, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditor.report.comparison.run import Run

NAME = "agreement"
NUMBERS = ("pearson", "low", "high", "mantel_p")


def agreements_of(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """Return r of each affinity with E, its interval, p and reliability, for each run that told it."""
    return [
        {"estimate": name, "run": run.name, **{key: told.get(key) for key in NUMBERS}, **_noise(told)}
        for run in runs
        for name, told in _told(run)
    ]


def _told(run: Run) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for found in run.data.get("findings", []):
        if found.get("name") == NAME and found.get("status") == "ok":
            yield from (
                (k, v) for k, v in found["data"].items() if isinstance(v, Mapping) and "pearson" in v
            )


def _noise(told: Mapping[str, Any]) -> dict[str, Any]:
    return {"reliability": (told.get("noise") or {}).get("reliability")}
