"""What is known of tasks from outside: classes of tasks at any number of levels."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.cache.bounded import read_bounded
from auditor.errors import UsageError
from auditor.source.rows import Task
from auditor.text import nearest


@dataclass(frozen=True)
class Annotation:
    """The class of every task at some levels, and who says so.

    ``levels`` maps a level's name to the class of each task (t,), in the order of the benchmark.
    """

    levels: Mapping[str, tuple[str, ...]]
    source: str


TOX21_SOURCE = "the groups of assays of Cheng & Zhang 2026 (C.2), as their scripts define them"
_HORMONE, _XENOBIOTIC, _STRESS = "hormone receptor", "xenobiotic response", "general stress"
_GENOTOXIC, _MITOCHONDRIAL = "genotoxicity", "mitochondrial"
_NR, _SR = "nuclear receptor", "stress response"
TOX21_LEVELS = ("2 classes", "5 classes", "9 classes")
TOX21 = {
    "NR-AR": (_NR, _HORMONE, "AR"),
    "NR-AR-LBD": (_NR, _HORMONE, "AR"),
    "NR-ER": (_NR, _HORMONE, "ER"),
    "NR-ER-LBD": (_NR, _HORMONE, "ER"),
    "NR-AhR": (_NR, _XENOBIOTIC, "AhR"),
    "NR-Aromatase": (_NR, _XENOBIOTIC, "aromatase"),
    "NR-PPAR-gamma": (_NR, _XENOBIOTIC, "PPAR-gamma"),
    "SR-ARE": (_SR, _STRESS, "ARE"),
    "SR-HSE": (_SR, _STRESS, "HSE"),
    "SR-ATAD5": (_SR, _GENOTOXIC, "DNA damage"),
    "SR-p53": (_SR, _GENOTOXIC, "DNA damage"),
    "SR-MMP": (_SR, _MITOCHONDRIAL, "MMP"),
}

SIDER_SOURCE = (
    "3 classes: the principles by which the MedDRA Introductory Guide says that its classes are formed "
    "(site, cause, purpose or circumstance), assigned to each here; 7 classes: by physiological system, "
    "a grouping of this tool's own, MedDRA has none"
)
_SITE, _CAUSE, _ELSE = "site", "cause", "purpose or circumstance"
_SENSES, _BLOOD, _DIGESTION = "nerves and senses", "heart, lung and blood", "digestion and metabolism"
_KIDNEY, _SURFACE = "kidney and reproduction", "skin and locomotion"
_DEFENCE, _GENERAL = "defence and growth", "general and circumstances"
SIDER_LEVELS = ("3 classes", "7 classes")
SIDER = {
    "Hepatobiliary disorders": (_SITE, _DIGESTION),
    "Metabolism and nutrition disorders": (_SITE, _DIGESTION),
    "Product issues": (_ELSE, _GENERAL),
    "Eye disorders": (_SITE, _SENSES),
    "Investigations": (_ELSE, _GENERAL),
    "Musculoskeletal and connective tissue disorders": (_SITE, _SURFACE),
    "Gastrointestinal disorders": (_SITE, _DIGESTION),
    "Social circumstances": (_ELSE, _GENERAL),
    "Immune system disorders": (_SITE, _DEFENCE),
    "Reproductive system and breast disorders": (_SITE, _KIDNEY),
    "Neoplasms benign, malignant and unspecified (incl cysts and polyps)": (_CAUSE, _DEFENCE),
    "General disorders and administration site conditions": (_ELSE, _GENERAL),
    "Endocrine disorders": (_SITE, _DIGESTION),
    "Surgical and medical procedures": (_ELSE, _GENERAL),
    "Vascular disorders": (_SITE, _BLOOD),
    "Blood and lymphatic system disorders": (_SITE, _BLOOD),
    "Skin and subcutaneous tissue disorders": (_SITE, _SURFACE),
    "Congenital, familial and genetic disorders": (_CAUSE, _KIDNEY),
    "Infections and infestations": (_CAUSE, _DEFENCE),
    "Respiratory, thoracic and mediastinal disorders": (_SITE, _BLOOD),
    "Psychiatric disorders": (_SITE, _SENSES),
    "Renal and urinary disorders": (_SITE, _KIDNEY),
    "Pregnancy, puerperium and perinatal conditions": (_SITE, _KIDNEY),
    "Ear and labyrinth disorders": (_SITE, _SENSES),
    "Cardiac disorders": (_SITE, _BLOOD),
    "Nervous system disorders": (_SITE, _SENSES),
    "Injury, poisoning and procedural complications": (_CAUSE, _GENERAL),
}
BUILT_IN = (
    (TOX21, TOX21_LEVELS, TOX21_SOURCE),
    (SIDER, SIDER_LEVELS, SIDER_SOURCE),
)


def built_in(tasks: Sequence[Task]) -> Annotation | None:
    """Return what is known of these tasks without a file; None where nothing is.

    The published groups where every task is one of Tox21's or of SIDER's; else the sources of a joined
    panel and the assays that tasks were read from, where a source states them.
    """
    for classes, levels, source in BUILT_IN:
        if tasks and all(task.name in classes for task in tasks):
            rows = [classes[task.name] for task in tasks]
            found = {level: tuple(row[place] for row in rows) for place, level in enumerate(levels)}
            return Annotation(found, source)
    stated = {"domain": [task.domain for task in tasks], "assay": [task.assay for task in tasks]}
    told = {
        name: tuple(texts)
        for name, texts in stated.items()
        if all(texts) and 1 < len(set(texts)) < len(texts)
    }
    return Annotation(told, "as the source of the data states them") if told else None


def read_annotation(path: Path, tasks: Sequence[str]) -> Annotation:
    """Return the classes that a CSV file gives: a column ``task``, and one per level.

    Raises
    ------
    UsageError
        The file cannot be read, has no such columns, a task of the benchmark is missing, twice or without
        a class, or a task is not of the benchmark.
    """
    header, rows = _rows(path)
    levels = [name for name in header if name != "task"]
    if "task" not in header or not levels or len(set(header)) != len(header):
        raise UsageError(
            f"{path} has the columns {', '.join(header) or '(none)'}",
            hint="annotations need a column 'task' and one differently named column per level",
        )
    classes: dict[str, dict[str, str]] = {}
    for line, row in rows:
        name = row["task"]
        if name in classes:
            raise UsageError(
                f"{path}, line {line}: task '{name}' is there twice", hint="keep one row of it"
            )
        for level in levels:
            if not row[level]:
                raise UsageError(
                    f"{path}, line {line}: task '{name}' has no class at level '{level}'",
                    hint="every task needs a class; give it one of its own",
                )
        classes[name] = row
    _refuse_others(path, classes, tasks)
    found = {level: tuple(classes[task][level] for task in tasks) for level in levels}
    return Annotation(found, path.name)


def _rows(path: Path) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    try:
        text = read_bounded(path).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"cannot read the annotations {path}: {error}", hint="a CSV file in UTF-8"
        ) from error
    lines = csv.reader(text.splitlines())
    header = [name.strip() for name in next(lines, [])]
    rows = []
    for cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise UsageError(
                f"{path}, line {lines.line_num} has {len(cells)} cells, its header {len(header)}",
                hint='put a name that holds a comma in quotes: "a, b"',
            )
        row = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        rows.append((lines.line_num, row))
    return header, rows


def _refuse_others(path: Path, classes: Mapping[str, object], tasks: Sequence[str]) -> None:
    unknown = [name for name in classes if name not in tasks]
    if unknown:
        raise UsageError(
            f"{path} annotates '{unknown[0]}', which is no task of the benchmark"
            + (f", and {len(unknown) - 1} more" if len(unknown) > 1 else ""),
            hint=nearest(unknown[0], tasks),
        )
    missing = [name for name in tasks if name not in classes]
    if missing:
        raise UsageError(
            f"{path} has no row for {len(missing)} of {len(tasks)} tasks: {', '.join(missing[:4])}"
            + ("..." if len(missing) > 4 else ""),
            hint="every task of the benchmark needs one; or audit fewer with --tasks",
        )
