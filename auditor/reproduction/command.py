"""A planned audit as a call, and as the command that a reader can type."""

from __future__ import annotations

import inspect
import os
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor.errors import DataError
from auditor.reproduction.plan import Computation, PlannedAudit, Work

if TYPE_CHECKING:
    from auditor.audit.request import AnalysisRequest, DataRequest

_RENAMED = {"affinities": "affinity", "smiles": "smiles-column"}
_LISTS = ("tasks", "exclude")
_SCOPED = ("analysis_options", "affinity_options")


def command_of(work: Work) -> str:
    """Return the command that does the same; of a computation the function that is called."""
    if isinstance(work, Computation):
        return f"{work.target.replace(':', '.')}({', '.join(work.files)})"
    return shlex.join(["mtl-audit", *arguments_of(work)])


def arguments_of(work: PlannedAudit) -> list[str]:
    """Return the arguments of the command line; one thread, like the call itself."""
    options = [part for key, value in work.options.items() for part in _typed(key, value)]
    threads = ["--threads", "1"] if work.call == "analyze" else []
    return [work.call, work.benchmark, *options, *threads]


def _typed(key: str, value: Any) -> Iterator[str]:
    name = f"--{_RENAMED.get(key, key.removesuffix('s') if key.endswith('_options') else key)}"
    name = name.replace("_", "-")
    if key in _SCOPED:
        for component, options in value.items():
            for option, text in _texts(options):
                yield from (name, f"{component}.{option}={text}")
    elif isinstance(value, Mapping):
        for option, text in _texts(value):
            yield from (name, f"{option}={text}")
    elif value is True:
        yield name
    elif key in _LISTS:
        yield from (name, ",".join(value))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from (name, str(one))
    else:
        yield from (name, str(value))


def _texts(options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    from auditor.api.keywords import texts

    yield from texts(options).items()


def request_of(work: PlannedAudit, place: Mapping[str, Any]) -> tuple[DataRequest, AnalysisRequest | None]:
    """Return the request of an audit; its command is the one that a reader can type.

    Parameters
    ----------
    place
        ``cache_dir``, ``mirror`` and ``offline``, as the calls take them.

    Raises
    ------
    DataError
        It is of a file below the mirror, which is not there.
    """
    from auditor.api import calls
    from auditor.api.requests import analysis_request, data_request

    call = getattr(calls, work.call)
    defaults = {name: one.default for name, one in inspect.signature(call).parameters.items()}
    benchmark = str(file_of(work.benchmark, place)) if work.table else work.benchmark
    values = {**defaults, **work.options, **place, "benchmark": benchmark, "quiet": False}
    if work.call == "overlap":
        return replace(data_request("overlap", values, call), command=command_of(work)), None
    request = analysis_request("analyze", values, call)
    data = replace(request.data, command=command_of(work))
    return data, replace(request, data=data)


def file_of(name: str, place: Mapping[str, Any]) -> Path:
    """Return a file of the mirror, which is a folder here; raises DataError where it is not there."""
    given = place.get("mirror")
    mirror = str(os.environ.get("MTL_AUDIT_MIRROR", "") if given is None else given)
    path = Path(mirror).expanduser() / name
    if not mirror or not path.is_file():
        raise DataError(
            f"{name} is not in the mirror", hint="--mirror names a folder of published files that holds it"
        )
    return path
