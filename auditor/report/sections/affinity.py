"""The section of a report that shows one affinity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.document.blocks import Block, Cell, KeyValues, Matrix, Section, Table, from_json


def affinity_section(data: Mapping[str, Any], name: str) -> Section:
    """Return the heat map, the figure, the strongest pairs and the facts of an affinity."""
    names = tuple(task["name"] for task in data["tasks"])
    about = data["affinity_about"][name]
    low, high = about["value_range"]
    values = data["affinity"][name]
    blocks: list[Block] = [
        Matrix(
            names,
            names,
            tuple(map(tuple, values)),
            f"{name}, {low:g} to {high:g}; rows and columns are tasks",
            scale="diverging",
            low=float(low),
            high=float(high),
        ),
        _strongest(names, data, name),
        KeyValues(tuple((key.replace("_", " "), value) for key, value in _facts(about))),
    ]
    if name in data["figures"]["affinity"]:
        blocks.insert(1, from_json(data["figures"]["affinity"][name]))
    return Section(f"Affinity: {name}", tuple(blocks), note=about["meaning"])


def _facts(about: Mapping[str, Any]) -> list[tuple[str, Cell]]:
    shown = []
    for key, value in about.items():
        scalar = value is None or isinstance(value, str | int | float)
        if scalar and key not in ("meaning", "value_range"):
            shown.append((key, round(value, 4) if isinstance(value, float) else value))
    return shown


def _strongest(names: tuple[str, ...], data: Mapping[str, Any], name: str, *, most: int = 12) -> Table:
    values, about = data["affinity"][name], data["affinity_about"][name]
    errors, counts = data["affinity_standard_error"][name], data["affinity_count"][name]
    places = [
        (i, j) for i in range(len(names)) for j in range(i + 1, len(names)) if values[i][j] is not None
    ]
    places.sort(key=lambda place: -abs(values[place[0]][place[1]]))
    shown = places[:most]
    stated = _stated(about, shown)
    rows: list[tuple[Cell, ...]] = []
    for k, (i, j) in enumerate(shown):
        more = (cells[k] for cells in stated.values())
        rows.append((names[i], names[j], values[i][j], errors[i][j], *more, counts[i][j]))
    columns = ("task", "task", "affinity", "standard error", *stated, "observations")
    caption = f"The strongest {len(rows)} of {len(places)} estimable pairs"
    return Table(columns, tuple(rows), caption=caption)


def _stated(about: Mapping[str, Any], places: list[tuple[int, int]]) -> dict[str, list[Cell]]:
    """Return what an estimator states of pairs beside their values: a column each."""
    columns: dict[str, list[Cell]] = {}
    low, high = about.get("low"), about.get("high")
    if low is not None:
        columns["95 % interval"] = [_between(low, high, i, j) for i, j in places]
    for key, title in (("p", "p"), ("without_one_scaffold", "without pairs of one scaffold")):
        if about.get(key) is not None:
            columns[title] = [about[key][i][j] for i, j in places]
    return columns


def _between(low: Any, high: Any, i: int, j: int) -> str | None:
    if low is None or low[i][j] is None or high[i][j] is None:
        return None
    return f"{low[i][j]:.2f} to {high[i][j]:.2f}"
