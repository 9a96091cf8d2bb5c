"""What differs between runs: published files, settings, verdicts, and what each said of its affinities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from auditor.report.comparison.labels import label_changes
from auditor.report.comparison.matrices import matrix_of
from auditor.report.comparison.run import Run

AGREEMENT = "agreement"
NUMBERS = ("pearson", "low", "high", "mantel_p")
MOST_CHANGES = 200
"""Pairs whose verdict changed that the document lists; their number is always told."""


def data_changes(first: Run, other: Run) -> dict[str, Any]:
    """Return whether two runs saw the same labels, which tasks differ, and which published files."""
    a, b = first.data["benchmark"], other.data["benchmark"]
    before, after = ({file["name"]: file["sha256"] for file in found.get("files", [])} for found in (a, b))
    return {
        **label_changes(first, other),
        "changed_files": sorted(n for n in before.keys() & after.keys() if before[n] != after[n]),
        "other_files": sorted(before.keys() ^ after.keys()),
    }


def setting_changes(first: Run, other: Run) -> dict[str, list[Any]]:
    """Return the settings that differ, each with its two values."""
    a, b = _settings(first), _settings(other)
    return {name: [a.get(name), b.get(name)] for name in sorted({*a, *b}) if a.get(name) != b.get(name)}


def _settings(run: Run) -> dict[str, Any]:
    training = run.data.get("training") or {}
    chosen: dict[str, Any] = {"identity": run.data["benchmark"]["identity"]}
    chosen |= {f"threshold {key}": value for key, value in run.data["verdict"]["thresholds"].items()}
    chosen |= {name: training[name] for name in ("encoder", "split", "device") if name in training}
    chosen |= {f"encoder {key}": v for key, v in training.get("encoder_options", {}).items()}
    chosen |= {f"training {key}": v for key, v in training.get("config", {}).items()}
    return chosen


def verdict_changes(first: Run, other: Run, common: Sequence[str]) -> dict[str, Any]:
    """Return the pairs of common tasks whose verdict is another one."""
    a, b = (matrix_of(run.data["overlap"]["pair_verdict"], run.tasks, common) for run in (first, other))
    changed = [
        {"tasks": [common[i], common[j]], "verdicts": [a[i][j], b[i][j]]}
        for i in range(len(common))
        for j in range(i + 1, len(common))
        if a[i][j] != b[i][j]
    ]
    return {"changed_pairs": changed[:MOST_CHANGES], "pairs_changed": len(changed)}


def agreements_of(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """Return r of each affinity with E, its interval, p and reliability, for each run that told it."""
    return [
        {"estimate": name, "run": run.name, **{key: told.get(key) for key in NUMBERS}, **_noise(told)}
        for run in runs
        for name, told in _told(run)
    ]


def _told(run: Run) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for found in run.data.get("findings", []):
        if found.get("name") == AGREEMENT and found.get("status") == "ok":
            yield from (
                (k, v) for k, v in found["data"].items() if isinstance(v, Mapping) and "pearson" in v
            )


def _noise(told: Mapping[str, Any]) -> dict[str, Any]:
    return {"reliability": (told.get("noise") or {}).get("reliability")}
