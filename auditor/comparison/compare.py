"""Compare the documents of two audits or more: data, settings, verdicts and affinities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.comparison.agreements import agreements_of
from auditor.comparison.blocks import blocks_of
from auditor.comparison.matrices import LABELS, affinities_compared, matrix_of
from auditor.errors import UsageError
from auditor.report.blocks import to_json

if TYPE_CHECKING:
    from auditor.registry import Registry

COMPARABLE = ("overlap", "analysis")
MOST_CHANGES = 200
"""Pairs whose verdict changed that the document lists; their number is always told."""


@dataclass(frozen=True)
class Run:
    """The document of one audit, and how it is named beside others."""

    name: str
    document: Mapping[str, Any]

    @property
    def data(self) -> Mapping[str, Any]:
        """What the audit found."""
        found: Mapping[str, Any] = self.document["data"]
        return found

    @property
    def tasks(self) -> tuple[str, ...]:
        """Task names, in the document's order."""
        return tuple(task["name"] for task in self.data["tasks"])


def comparison_document(
    runs: Sequence[Run], registry: Registry, command: str, *, seed: int = 0
) -> dict[str, Any]:
    """Return the document of a comparison; the first run is what the others are held against.

    Parameters
    ----------
    runs
        Two documents or more of ``overlap`` or ``analyze``.
    seed
        Of permutations and resamples.

    Raises
    ------
    UsageError
        Fewer than two runs, or a document of another kind.
    """
    from auditor.result import SCHEMA_VERSION, meta

    _check(runs)
    found = compare(runs, seed=seed)
    title = " and ".join(dict.fromkeys(run.data["benchmark"]["name"] for run in runs))
    finding = {
        "name": "comparison",
        "status": "ok",
        "sentence": found["sentence"],
        "data": found,
        "citation": "",
        "blocks": [to_json(block) for block in blocks_of(found)],
    }
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "comparison",
        "meta": meta(registry, command, runs[0].data["benchmark"]["identity"]),
        "data": {
            "benchmark": {"name": title, "notes": [], "stamps": _stamps(runs), "files": []},
            "verdict": {"status": found["status"], "sentence": found["sentence"]},
            "findings": [finding],
        },
    }


def compare(runs: Sequence[Run], *, seed: int) -> dict[str, Any]:
    """Return what differs between runs, over the tasks that all of them have."""
    common = [name for name in runs[0].tasks if all(name in run.tasks for run in runs)]
    first = runs[0]
    others = [
        {
            "run": run.name,
            "data": _data_changes(first, run),
            "settings": _setting_changes(first, run),
            "verdict": [first.data["verdict"]["status"], run.data["verdict"]["status"]],
            **_verdict_changes(first, run, common),
        }
        for run in runs[1:]
    ]
    found = {
        "runs": [_facts(run) for run in runs],
        "common_tasks": common,
        "tasks_missing_somewhere": sorted({n for run in runs for n in run.tasks} - set(common)),
        "against_first": others,
        "affinities": affinities_compared(runs, common, seed=seed),
        "agreement": agreements_of(runs),
    }
    return {"status": _status(found), "sentence": _sentence(found), **found}


def named_runs(paths: Sequence[Path], documents: Sequence[Mapping[str, Any]]) -> list[Run]:
    """Return runs named by their folders, or by their files where folders do not tell them apart."""
    names = [path.absolute().parent.name for path in paths]
    if len(set(names)) < len(names):
        names = [f"{place}: {path}" for place, path in enumerate(paths, start=1)]
    return [Run(name, found) for name, found in zip(names, documents, strict=True)]


def _check(runs: Sequence[Run]) -> None:
    if len(runs) < 2:
        raise UsageError("one run has nothing to be compared with", hint="give two documents or more")
    for run in runs:
        kind = run.document.get("kind")
        if kind not in COMPARABLE:
            raise UsageError(
                f"{run.name} is the document of a {kind} audit",
                hint="give the audit.json of 'mtl-audit analyze' or the JSON of 'mtl-audit overlap'",
            )


def _facts(run: Run) -> dict[str, Any]:
    benchmark, training = run.data["benchmark"], run.data.get("training") or {}
    return {
        "run": run.name,
        "mtl_audit": run.document["meta"].get("mtl_audit"),
        "command": run.document["meta"].get("command"),
        "benchmark": benchmark["name"],
        "compounds": benchmark["compounds"],
        "tasks": benchmark["tasks"],
        "labels_sha256": benchmark.get("labels_sha256"),
        "verdict": run.data["verdict"]["status"],
        "encoder": training.get("encoder"),
        "split": training.get("split"),
        "seeds": [one.get("seed") for one in training.get("runs", [])],
        "affinities": sorted(run.data.get("affinity", {})),
    }


def _data_changes(first: Run, other: Run) -> dict[str, Any]:
    """Return whether two runs saw the same labels, and which published files differ."""
    a, b = first.data["benchmark"], other.data["benchmark"]
    before, after = ({file["name"]: file["sha256"] for file in found.get("files", [])} for found in (a, b))
    return {
        "same_labels": a.get("labels_sha256") is not None
        and a.get("labels_sha256") == b.get("labels_sha256"),
        "changed_files": sorted(n for n in before.keys() & after.keys() if before[n] != after[n]),
        "other_files": sorted(before.keys() ^ after.keys()),
    }


def _setting_changes(first: Run, other: Run) -> dict[str, list[Any]]:
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


def _verdict_changes(first: Run, other: Run, common: Sequence[str]) -> dict[str, Any]:
    """Return the pairs of common tasks whose verdict is another one."""
    a, b = (matrix_of(run.data["overlap"]["pair_verdict"], run.tasks, common) for run in (first, other))
    changed = [
        {"tasks": [common[i], common[j]], "verdicts": [a[i][j], b[i][j]]}
        for i in range(len(common))
        for j in range(i + 1, len(common))
        if a[i][j] != b[i][j]
    ]
    return {"changed_pairs": changed[:MOST_CHANGES], "pairs_changed": len(changed)}


def _status(found: Mapping[str, Any]) -> str:
    if len(found["common_tasks"]) < 2:
        return "fail"
    same = all(
        other["data"]["same_labels"] and not other["pairs_changed"] and len(set(other["verdict"])) == 1
        for other in found["against_first"]
    )
    return "pass" if same and not found["tasks_missing_somewhere"] else "partial"


def _sentence(found: Mapping[str, Any]) -> str:
    runs, common = len(found["runs"]), found["common_tasks"]
    if len(common) < 2:
        return f"The {runs} runs have {len(common)} tasks in common: there is nothing to compare."
    others = found["against_first"]
    same_data = sum(other["data"]["same_labels"] for other in others)
    changed = max(other["pairs_changed"] for other in others)
    told = [
        f"{runs} runs on {len(common)} common tasks: "
        + ("all on the same labels" if same_data == len(others) else "not on the same labels"),
        "no pair's verdict differs" if not changed else f"up to {changed:,} pairs have another verdict",
    ]
    for name, entry in found["affinities"].items():
        if name == LABELS and same_data == len(others):
            continue  # the labels are the same, and so is E
        known = [pair["pearson"] for pair in entry["between"] if pair["pearson"] is not None]
        if known:
            between = f"{min(known):.2f}" + (f" to {max(known):.2f}" if len(known) > 1 else "")
            told.append(f"{name} correlates {between} between runs")
    return f"{'; '.join(told)}."


def _stamps(runs: Sequence[Run]) -> list[str]:
    ignored = [run.name for run in runs if run.data.get("gate_ignored")]
    return [f"The gate was ignored in {', '.join(ignored)}."] if ignored else []
