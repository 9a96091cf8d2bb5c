"""What every report ends with: what is known of the data, the method, the terms, where it came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from auditor.document.blocks import Block, Cell, KeyValues, Section, Table, Text

GLOSSARY = (
    ("Jaccard", "shared compounds divided by the compounds measured in either task"),
    ("containment", "shared compounds divided by the compounds of the smaller task"),
    ("support", "number of shared compounds"),
    ("retention equivalent", "share of labels kept at random per task that gives the same Jaccard"),
    ("E", "correlation of two tasks' labels over the compounds they share"),
    ("affinity", "how alike two tasks look to the shared encoder; not estimable is not zero"),
    ("Mantel p", "share of task permutations with an association at least as strong"),
    ("split-half reliability", "correlation of the affinities from odd and even logs"),
)


def closing_sections(document: Mapping[str, Any], *, compared: bool) -> list[Section]:
    """Return the last sections; a document that is not of one benchmark has terms but no method."""
    method = Section("Terms", (KeyValues(GLOSSARY),)) if compared else _method(document)
    return [*_known(document["data"]), method, _provenance(document)]


def identity_of(document: Mapping[str, Any]) -> str:
    """Return the name of the identity level with what it means, where the document tells it."""
    means = document["meta"].get("identity_means", "").removesuffix(" (the default)")
    return f"{document['data']['benchmark']['identity']}{f': {means}' if means else ''}"


def _known(data: Mapping[str, Any]) -> list[Section]:
    notes = tuple(Text(note) for note in data["benchmark"]["notes"])
    title = "Notes on your data" if _is_own(data) else "Known of the published data"
    return [Section(title, notes)] if notes else []


def _is_own(data: Mapping[str, Any]) -> bool:
    """Tell whether a file or a table was audited that no source publishes."""
    return "source" in data["benchmark"] and not data["benchmark"].get("dataset")


def _method(document: Mapping[str, Any]) -> Section:
    data = document["data"]
    lines = [
        f"Compounds are the same where their names are equal; their names are {identity_of(document)}.",
        "Overlap counts compounds with a published value in both tasks, disagreeing replicates included; "
        "correlations and training use the labels that the replicate policy leaves.",
    ]
    training = data.get("training")
    if training:
        lines.append(str(training["sentence"]))
    return Section("Method", (*map(Text, lines), KeyValues(GLOSSARY, caption="Terms")))


def _reader(facts: Mapping[str, Any]) -> list[tuple[str, Cell]]:
    """Return who read the published files, where there are two ways to do so."""
    reader = facts.get("reader")
    if not reader or not facts.get("files"):
        return []
    versions = ", ".join(f"{name} {version}" for name, version in facts["libraries"].items())
    return [("files read by", versions if reader == "library" else "mtl-audit itself")]


def _provenance(document: Mapping[str, Any]) -> Section:
    meta, facts = document["meta"], document["data"]["benchmark"]
    rows: list[tuple[str, Cell]] = [
        ("command", meta["command"]),
        ("mtl-audit", meta["mtl_audit"]),
        ("started", meta["started"]),
        ("Python", meta["python"]),
        ("libraries", ", ".join(f"{k} {v}" for k, v in sorted(meta["libraries"].items()))),
        ("plugins", _by_distribution(meta["plugins"])),
        *_reader(facts),
        ("labels, SHA-256", facts.get("labels_sha256")),
        ("licence", facts.get("licence") or "not stated"),
        ("citation", facts.get("citation") or "not stated"),
    ]
    rows += [("plugin not used", line) for line in meta["plugin_problems"]]
    files = tuple((f["name"], f["bytes"], f["sha256"][:16]) for f in facts.get("files", ()))
    table = Table(
        ("file", "bytes", "SHA-256 begins"),
        files,
        caption="Files read" if _is_own(document["data"]) else "Published files read",
    )
    blocks: tuple[Block, ...] = (KeyValues(tuple(rows)),)
    return Section("Provenance", (*blocks, table) if files else blocks)


def _by_distribution(owners: Sequence[str]) -> str:
    """Return "distribution version: plugin, plugin" for each distribution."""
    groups: dict[str, list[str]] = {}
    for owner in owners:
        plugin, _, distribution = owner.rstrip(")").partition(" (")
        groups.setdefault(distribution, []).append(plugin)
    return "; ".join(f"{name}: {', '.join(plugins)}" for name, plugins in groups.items())
