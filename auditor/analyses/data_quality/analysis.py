"""Data quality: what is wrong with the published rows themselves, per task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from auditor.analyses.data_quality.checks import FEW_RARER, implausible, remarks, variation
from auditor.analyses.data_quality.facts import PairFacts, Stereo, TaskFacts, data_of
from auditor.analyses.data_quality.pairs import decided
from auditor.analyses.data_quality.strange import pair_facts, pair_table, strange_values
from auditor.audit.context import AuditContext
from auditor.audit.results import Finding
from auditor.benchmark.replicates import by_name, by_text, disagreements, replicates_of
from auditor.chemistry.mixtures import mixtures
from auditor.chemistry.stereo import undefined_stereo
from auditor.document.blocks import Block, Cell, Molecules, Table, Text
from auditor.report.wording import cell
from auditor.text import count_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


BY_PARENT = ("parent", "parent-inchikey", "skeleton", "scaffold")
"""Identity levels that name a row of several compounds by one of them."""
SHOWN = 40
"""Rows of each table; the data holds them all."""
DRAWN = 8
"""Compounds with conflicting replicates that are drawn."""
METHOD = (
    "As written: rows are one compound where their SMILES are the same text. A compound conflicts where "
    "its rows give more than one value. Undefined stereo is counted on the first published SMILES of a "
    "compound; it is no error, but nobody can tell which isomer was measured."
)
METHOD_OF_EXAMPLES = "A compound conflicts where its rows give more than one value."


def analyse(context: AuditContext) -> Finding:
    """Count repeats, conflicts, rejects, constant tasks, implausible values and undefined stereo."""
    joined = context.joined
    level = joined.benchmark.identity
    written = by_text(joined.names)
    named = by_name(joined.names)
    undefined = _undefined_stereo(context)
    mixed = _mixtures(context)
    tasks: list[TaskFacts] = []
    for place, table in enumerate(joined.data.tables):
        rows, values = joined.benchmark.labels.column(place)
        as_written = replicates_of(table, written)
        tasks.append(
            TaskFacts(
                name=table.task.name,
                rows=as_written.rows,
                rejected=joined.counts[place].rejected,
                as_written=as_written,
                joined=replicates_of(table, named),
                dropped=joined.counts[place].dropped,
                labels=len(values),
                values=variation(table.task, values),
                published=implausible(table),
                strange=strange_values(table),
                stereo=_stereo_of(undefined[rows]),
            )
        )
    pairs = pair_facts(joined, decided(joined.benchmark.labels, joined.benchmark.tasks, context.empirical))
    data = {
        "identity": level,
        "pairs": [asdict(pair) for pair in pairs],
        "tasks": [data_of(facts, [said for _, said in remarks(facts)]) for facts in tasks],
        "rejected_texts": len(joined.rejects),
        "texts_with_several_compounds": len(mixed),
        "compounds_with_undefined_centres": int((undefined[:, 0] > 0).sum()),
        "compounds_with_undefined_bonds": int((undefined[:, 1] > 0).sum()),
    }
    blocks = (*_blocks(context, tasks, pairs), *_said_of(mixed))
    return Finding("data-quality", _sentence(tasks, pairs), data, blocks, result=tuple(tasks))


def _mixtures(context: AuditContext) -> list[str]:
    """Return the texts of several compounds, where the audit names a row by one of them."""
    if context.benchmark.identity not in BY_PARENT:
        return []
    known = [text for text, named in context.joined.names.items() if named.name is not None]
    found = mixtures(known, cache=context.request.cache)
    return sorted(found, key=lambda text: (len(text), text))  # names are made in any order


def _said_of(mixed: Sequence[str]) -> list[Text]:
    if not mixed:
        return []
    shown = ", ".join(text if len(text) <= 120 else f"{text[:120]}…" for text in mixed[:3])
    what = "of which none is a known counter-ion or solvent"
    return [
        Text(
            f"{count_of(len(mixed), 'SMILES text')} with several compounds {what}, named by the one with "
            f"the most heavy atoms: {shown}{', …' if len(mixed) > 3 else ''}"
        )
    ]


def _undefined_stereo(context: AuditContext) -> NDArray[np.int64]:
    """Return undefined centres and bonds of every compound as an encoder sees it (n, 2)."""
    if context.benchmark.features is not None:
        return np.zeros((context.benchmark.n, 2), dtype=np.int64)
    return undefined_stereo(context.benchmark.smiles, cache=context.request.cache)


def _stereo_of(undefined: NDArray[np.int64]) -> Stereo:
    return Stereo(int((undefined[:, 0] > 0).sum()), int((undefined[:, 1] > 0).sum()))


def _sentence(tasks: Sequence[TaskFacts], pairs: Sequence[PairFacts]) -> str:
    found = (
        (sum(facts.rejected for facts in tasks), "value", "without a usable SMILES"),
        (sum(facts.joined.conflicting > 0 for facts in tasks), "task", "with conflicting replicates"),
        (
            sum(facts.values.variation not in ("", FEW_RARER) for facts in tasks),
            "task",
            "constant or nearly so",
        ),
        (sum(facts.values.variation == FEW_RARER for facts in tasks), "task", f"with {FEW_RARER}"),
        (sum(facts.published.implausible > 0 for facts in tasks), "task", "with implausible values"),
        (
            sum(bool(facts.strange.far_values) for facts in tasks),
            "task",
            "with a value far from all others",
        ),
        (sum(facts.strange.mixed_units is not None for facts in tasks), "task", "perhaps in two units"),
        (sum(pair.by_one_compound for pair in pairs), "pair", "whose E one compound decides"),
    )
    said = [f"{count_of(count, noun)} {what}" for count, noun, what in found if count]
    all_said = f"{', '.join(said[:-1])} and {said[-1]}" if len(said) > 1 else "".join(said)
    return f"Among {count_of(len(tasks), 'task')}: {all_said or 'no defect that was looked for'}."


def _blocks(
    context: AuditContext, tasks: Sequence[TaskFacts], pairs: Sequence[PairFacts]
) -> tuple[Block, ...]:
    level = context.benchmark.identity
    molecules = context.benchmark.features is None
    blocks: list[Block] = [_replicate_table(tasks, level, molecules), _value_table(tasks, molecules)]
    told = [(remarks(facts), facts.name) for facts in tasks]
    told = sorted((some for some in told if some[0] and some[0][0][0]), key=lambda some: -some[0][0][0])
    if told:
        rows = tuple((name, "; ".join(said for _, said in found)) for found, name in told[:SHOWN])
        caption = _caption("What to know before using a task", told, rows)
        blocks.append(Table(("task", "remark"), rows, caption=caption))
    if pairs:
        blocks.append(pair_table(pairs[:SHOWN], of=len(pairs)))
    if context.joined.rejects:
        blocks.append(_reject_table(context.joined.rejects))
    blocks += _conflicts(context, tasks)
    blocks.append(Text(METHOD if context.benchmark.features is None else METHOD_OF_EXAMPLES))
    return tuple(blocks)


def _replicate_table(tasks: Sequence[TaskFacts], level: str, molecules: bool) -> Table:
    chosen = sorted(tasks, key=lambda facts: -facts.joined.repeated - facts.rejected)[:SHOWN]
    rows: list[tuple[Cell, ...]] = []
    for facts in chosen:
        written, joined = facts.as_written, facts.joined
        rows.append((
            facts.name, facts.rows, facts.rejected,
            written.compounds, written.conflicting,
            joined.compounds, joined.conflicting, facts.labels,
        ))  # fmt: skip
    columns: tuple[str, ...] = (
        "task",
        "rows",
        "rejected",
        "SMILES",
        "differ",
        "compounds",
        "conflict",
        "labels",
    )
    what = (
        "Rows and repeats; as written: distinct SMILES and how many differ in their values; "
        f"by {level}: compounds and how many conflict"
    )
    if not molecules:
        what, columns = "Rows and repeats, and how many compounds conflict", (*columns[:3], *columns[5:])
        rows = [(*row[:3], *row[5:]) for row in rows]
    return Table(columns, tuple(rows), caption=_caption(what, tasks, rows))


def _value_table(tasks: Sequence[TaskFacts], molecules: bool) -> Table:
    order = sorted(tasks, key=lambda facts: (-facts.published.implausible, -facts.values.commonest_share))
    rows: list[tuple[Cell, ...]] = []
    for facts in order[:SHOWN]:
        values, published = facts.values, facts.published
        low, high = published.range or (None, None)
        rows.append((
            facts.name, published.unit, low, high, published.implausible, values.commonest_value,
            values.commonest_share, values.rarer_class,
            facts.stereo.undefined_centres / max(facts.labels, 1),
        ))  # fmt: skip
    columns: tuple[str, ...] = (
        "task",
        "unit",
        "lowest",
        "highest",
        "outside",
        "mode",
        "share",
        "rarer",
        "open stereo",
    )
    what = (
        "Values: range, how many are implausible, the commonest and its share, the size of the rarer class"
    )
    if molecules:
        what += "; and the share of compounds with an undefined stereocentre"
    else:
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    return Table(columns, tuple(rows), caption=_caption(what, tasks, rows))


def _conflicts(context: AuditContext, tasks: Sequence[TaskFacts]) -> list[Block]:
    """Return the compounds whose replicates disagree by the most, of the tasks with the most of them."""
    counts = [facts.joined.conflicting for facts in tasks]
    worst = sorted((place for place, count in enumerate(counts) if count), key=lambda place: -counts[place])
    if not worst:
        return []
    numbers = by_name(context.joined.names)
    each = -(-DRAWN // len(worst))
    items = []
    for place in worst[:DRAWN]:
        table = context.joined.data.tables[place]
        for found in disagreements(table, numbers, most=each):
            values = ", ".join(map(cell, found.values[:6])) + (", …" if len(found.values) > 6 else "")
            items.append((found.smiles, f"{table.task.name}: {values} {table.task.unit}".rstrip()))
    shown = items[:DRAWN]
    total = f"{len(shown)} of {sum(counts):,}"
    caption = f"Compounds whose replicates disagree, the furthest apart: {total}"
    if context.benchmark.features is not None:
        return [Table(("compound", "values"), tuple(shown), caption=caption)]
    return [Molecules(tuple(shown), caption)]


def _reject_table(rejects: tuple[tuple[str, str, int], ...]) -> Table:
    rows = tuple(sorted(rejects, key=lambda reject: -reject[2])[:SHOWN])
    caption = f"Texts that name no compound: {len(rows)} of {len(rejects)}"
    return Table(("SMILES", "reason", "values"), rows, caption=caption)


def _caption(what: str, tasks: Sequence[Any], rows: Sequence[Any]) -> str:
    return what if len(rows) == len(tasks) else f"{what}: {len(rows)} of {len(tasks)} tasks"
