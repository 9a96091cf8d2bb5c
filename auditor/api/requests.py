"""From the keywords of a call to the request of an audit."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor import console
from auditor.api.asking import command_of, is_frame
from auditor.api.keywords import component_options, missing_of, names_of, texts
from auditor.cache.marker import cache_at
from auditor.chemistry.levels import DEFAULT_IDENTITY
from auditor.errors import UsageError
from auditor.plugin.loading import load_registry
from auditor.text import nearest

if TYPE_CHECKING:
    from auditor.api.types import PathLike
    from auditor.audit.request import AnalysisRequest, DataRequest
    from auditor.plugin.registry import Registry
    from auditor.source.rows import SourceData

Values = dict[str, Any]
OVERRIDES = (
    "epochs", "batch_size", "lr", "weight_decay", "patience", "log_every", "log_window", "lookahead_lr",
    "gradients", "directions",
)  # fmt: skip
CHOICES: Mapping[str, tuple[str, ...]] = {
    "conflicts": ("auto", "drop", "majority", "median", "keep"),
    "measure": ("jaccard", "containment", "dice", "ochiai"),
    "split": ("scaffold", "random"),
    "preset": ("quick", "paper"),
    "gradients": ("auto", "exact", "sketch"),
    "device": ("auto", "cpu", "cuda"),
    "choice": ("random", "active"),
    "reader": ("auto", "library", "own"),
    "censored": ("drop", "at-limit"),
}


@dataclass(frozen=True)
class Range:
    """The numbers that a keyword takes; ``whole`` ones only, ``above`` leaves the lowest out."""

    low: float
    high: float = float("inf")
    whole: bool = False
    above: bool = False

    def holds(self, value: Any) -> bool:
        """Return whether a value is one of them."""
        if isinstance(value, bool) or not hasattr(value, "__float__") or isinstance(value, str):
            return False
        fits = self.low < value if self.above else self.low <= value
        return bool(fits and value <= self.high and (not self.whole or float(value).is_integer()))

    def __str__(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        least = f"{'above' if self.above else 'from'} {self.low:g}"
        return f"{kind} {least}{'' if self.high == float('inf') else f' to {self.high:g}'}"


RANGES: Mapping[str, Range] = {
    "reliable_at": Range(0, 1),
    "borderline_at": Range(0, 1),
    "min_support": Range(4, whole=True),
    "min_labels": Range(1, whole=True),
    "epochs": Range(1, whole=True),
    "batch_size": Range(2, whole=True),
    "lr": Range(0, above=True),
    "weight_decay": Range(0),
    "patience": Range(1, whole=True),
    "log_every": Range(1, whole=True),
    "log_window": Range(0, 1, above=True),
    "directions": Range(16, whole=True),
    "lookahead_lr": Range(0, above=True),
    "window": Range(0, 1, above=True),
    "seed": Range(0, whole=True),
    "threads": Range(1, whole=True),
    "budget": Range(0, whole=True),
    "groups": Range(2, whole=True),
    "seeds": Range(1, whole=True),
    "workers": Range(1, whole=True),
}


def registry() -> Registry:
    """Return the installed components; each unusable plugin is a warning."""
    found = load_registry()
    for problem in found.problems:
        console.warn(problem.line())
    return found


def data_request(name: str, values: Values, call: Callable[..., Any]) -> DataRequest:
    """Return the request of a call's keywords, after a look at every one of them.

    Raises
    ------
    UsageError
        A value that the keyword does not take, an unknown name, or an unknown option of a component.
    """
    from auditor.audit.request import DataRequest

    _check(values)
    parts = registry()
    subject, *more = _subjects(values["benchmark"])
    subject, data = _subject(subject, values)
    also = names_of("also", values)
    if values["identity"] == "all":
        also = (*also, "identity-levels")
    return DataRequest(
        benchmark=subject,
        registry=parts,
        cache=cache_of(values["cache_dir"]),
        mirror=str(values["mirror"] if values["mirror"] is not None else _said("MIRROR")),
        offline=_offline(values["offline"]),
        reader=values.get("reader", "auto"),
        options=texts(values["dataset_options"]),
        smiles_column=None if data else values["smiles"],
        features=names_of("features", values),
        key=values.get("key"),
        tasks=names_of("tasks", values),
        exclude=names_of("exclude", values),
        missing=missing_of(values),
        long=dict(values.get("long") or {}),
        censored=values.get("censored", "drop"),
        min_labels=values.get("min_labels", 1),
        identity=DEFAULT_IDENTITY if values["identity"] == "all" else values["identity"],
        conflicts=values["conflicts"],
        thresholds=_thresholds(values),
        only=names_of("only", values),
        skip=names_of("skip", values),
        also=also,
        component_options=component_options(parts, values),
        command=_command(name, _called(subject, more) if data is None else subject, values, call),
        structures=not (values.get("no_structures") or values.get("anonymise")),
        names=not values.get("anonymise"),
        data=data,
        more=tuple(map(os.fspath, more)),
    )


def analysis_request(name: str, values: Values, call: Callable[..., Any]) -> AnalysisRequest:
    """Return the request of a call that trains; what the call does not have keeps its default."""
    from auditor.audit.recorded import naming, source_of
    from auditor.audit.request import AnalysisRequest

    changed = {key: values[key] for key in OVERRIDES if values.get(key) is not None}
    if "gradients" in changed:
        changed["engine"] = changed.pop("gradients")
    given = values.get("gradients_from")
    recorded = None if given is None else source_of(given)
    if recorded is not None:
        own = {"tasks": values["tasks"] or recorded.tasks, "gradients_from": recorded.name}
        values = {**values, **own}
    others = ("encoder", "split", "preset", "seed", "window", "device", "ignore_gate")
    with naming(recorded):
        data = data_request(name, values, call)
    return AnalysisRequest(
        data=data,
        encoder_options=texts(values["encoder_options"]),
        affinities=tuple(dict.fromkeys(names_of("affinities", values))),
        overrides=changed,
        recorded=recorded,
        repeats=values["seeds"] if name == "analyze" else 1,
        **{key: values[key] for key in others if values.get(key) is not None},
    )


def _command(name: str, subject: str, values: Values, call: Callable[..., Any]) -> str:
    if values.get("anonymise"):
        return f"auditor.{name}(table, anonymise=True)"  # other keywords name files and tasks
    return command_of(name, subject, dict(values), call)


def cache_of(folder: str | os.PathLike[str] | None) -> Path:
    """Return the folder of the cache: as given, of the environment, or the user's."""
    given = folder or _said("CACHE_DIR")
    return cache_at(Path(given).expanduser() if given else None)


def _check(values: Values) -> None:
    for key, known in CHOICES.items():
        if values.get(key) is not None and values[key] not in known:
            hint = f"{nearest(str(values[key]), known)} it takes {', '.join(known)}"
            raise UsageError(f"{key}= does not take {values[key]!r}", hint=hint)
    for key, numbers in RANGES.items():
        if values.get(key) is not None and not numbers.holds(values[key]):
            raise UsageError(f"{key}= does not take {values[key]!r}", hint=f"it takes {numbers}")
    if values["borderline_at"] > values["reliable_at"]:
        raise UsageError("borderline_at= must not be above reliable_at=", hint="lower it")


def _subjects(given: Any) -> list[Any]:
    """Return the benchmark, or the files that are joined into one; raises UsageError."""
    if not isinstance(given, list | tuple):
        return [given]
    if not given or not all(isinstance(one, str | os.PathLike) for one in given):
        raise UsageError("a list is joined only where it holds paths", hint="join DataFrames with pandas")
    return list(given)


def _subject(given: Any, values: Values) -> tuple[str, SourceData | None]:
    """Return what the benchmark is called, and its rows where they are in memory."""
    from auditor.source.rows import SourceData

    if is_frame(given):
        from auditor.source.table.featured import examples_asked
        from auditor.source.table.frame import NAME, read_frame
        from auditor.source.table.rules import Rules

        if values["dataset_options"]:
            raise UsageError("dataset_options= does not apply to a DataFrame", hint="leave it out")
        columns = names_of("tasks", values) or None
        rules = Rules(
            missing_of(values),
            values.get("censored", "drop"),
            names_of("exclude", values),
            dict(values.get("long") or {}),
        )
        named, key = names_of("features", values), values.get("key")
        examples = examples_asked(named, key, smiles_column=values["smiles"])
        found = read_frame(
            given, smiles_column=values["smiles"], tasks=columns, rules=rules, examples=examples
        )
        return NAME, found
    if isinstance(given, SourceData):
        return "SourceData", given
    if not isinstance(given, str | os.PathLike):
        raise UsageError(
            f"a benchmark is a name, a path or a DataFrame, not {type(given).__name__}",
            hint='auditor.components("datasets") lists the names',
        )
    return os.fspath(given), None


def _called(subject: str, more: Sequence[PathLike]) -> str:
    return repr([subject, *(os.fspath(path) for path in more)] if more else subject)


def _thresholds(values: Values) -> Any:
    from auditor.gate.gate import Thresholds

    return Thresholds(
        values["measure"], values["reliable_at"], values["borderline_at"], values["min_support"]
    )


def _offline(given: bool | None) -> bool:
    return _said("OFFLINE").lower() in ("1", "true", "t", "yes", "y", "on") if given is None else given


def _said(variable: str) -> str:
    return os.environ.get(f"MTL_AUDIT_{variable}", "")


__all__: Sequence[str] = ("analysis_request", "cache_of", "data_request", "registry")
