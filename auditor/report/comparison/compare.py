"""Compare the documents of two audits or more: data, settings, verdicts and affinities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from auditor.audit.document import document_of, finding_facts
from auditor.audit.making import meta
from auditor.audit.results import Finding
from auditor.overlap.label_correlation import NAME as LABELS
from auditor.privacy import discreet
from auditor.report.comparison.blocks import blocks_of
from auditor.report.comparison.changes import agreements_of, data_changes, setting_changes, verdict_changes
from auditor.report.comparison.labels import OTHER, SAME, digest_of_run
from auditor.report.comparison.matrices import affinities_compared
from auditor.report.comparison.run import Run, check_comparable

if TYPE_CHECKING:
    from auditor.plugin.registry import Registry

NAMED = 3
"""Tasks with other labels that the sentence names."""


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
    check_comparable(runs)
    found = compare(runs, seed=seed)
    title = " and ".join(dict.fromkeys(run.data["benchmark"]["name"] for run in runs))
    finding = Finding("comparison", found["sentence"], found, blocks_of(found))
    data = {
        "benchmark": {"name": title, "notes": [], "stamps": _stamps(runs), "files": []},
        "verdict": {"status": found["status"], "sentence": discreet(found["sentence"])},
        "findings": [finding_facts(finding)],
    }
    about = meta(registry, command, runs[0].data["benchmark"]["identity"])
    return document_of("comparison", about, data)


def compare(runs: Sequence[Run], *, seed: int) -> dict[str, Any]:
    """Return what differs between runs, over the tasks that all of them have."""
    common = [name for name in runs[0].tasks if all(name in run.tasks for run in runs)]
    first = runs[0]
    others = [
        {
            "run": run.name,
            "data": data_changes(first, run),
            "settings": setting_changes(first, run),
            "verdict": [first.data["verdict"]["status"], run.data["verdict"]["status"]],
            **verdict_changes(first, run, common),
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


def _facts(run: Run) -> dict[str, Any]:
    benchmark, training = run.data["benchmark"], run.data.get("training") or {}
    return {
        "run": run.name,
        "mtl_audit": run.document["meta"].get("mtl_audit"),
        "command": run.document["meta"].get("command"),
        "benchmark": benchmark["name"],
        "compounds": benchmark["compounds"],
        "tasks": benchmark["tasks"],
        "labels_sha256": digest_of_run(run),
        "verdict": run.data["verdict"]["status"],
        "encoder": training.get("encoder"),
        "split": training.get("split"),
        "seeds": [one.get("seed") for one in training.get("runs", [])],
        "affinities": sorted(run.data.get("affinity", {})),
    }


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
        + ("all on the same labels" if same_data == len(others) else _not_the_same(others)),
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


def _not_the_same(others: Sequence[Mapping[str, Any]]) -> str:
    """Return in words that labels differ, with the tasks where they do."""
    told = {other["data"]["labels"] for other in others} - {SAME}
    if OTHER not in told:
        return f"whether on the same labels {told.pop()}"
    tasks = list(dict.fromkeys(c["task"] for other in others for c in other["data"]["changed_tasks"]))
    more = f" and {len(tasks) - NAMED} more" if len(tasks) > NAMED else ""
    named = f", in {', '.join(tasks[:NAMED])}{more}" if tasks else ""
    return f"not on the same labels{named}"


def _stamps(runs: Sequence[Run]) -> list[str]:
    ignored = [run.name for run in runs if run.data.get("gate_ignored")]
    return [f"The gate was ignored in {', '.join(ignored)}."] if ignored else []
