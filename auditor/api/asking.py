"""How a call is asked: its keywords checked, its messages in the words of Python, its progress shown."""

from __future__ import annotations

import contextlib
import functools
import inspect
import os
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any, ParamSpec, TypeVar

from auditor import console
from auditor.errors import AuditError, UsageError
from auditor.plugin.installing import installed
from auditor.text import nearest

P = ParamSpec("P")
R = TypeVar("R")
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")
_RENAMED = {"smiles-column": "smiles", "affinity": "affinities"}
_LISTS = "affinity also only skip"
_OPTIONS = (
    "affinity also analysis-option affinity-option budget cache-dir choice dataset-option device encoder "
    "epochs features gradients-from groups identity ignore-gate key log-every min-support mirror offline "
    "only plan seeds skip smiles-column split tasks window"
).split()
_FLAGS = ("ignore-gate", "offline")
_SCOPED = re.compile(r"--(affinity|analysis)-option ([\w-]+)\.(\w+)=([\w.-]*\w)")
_PAIR = re.compile(r"--dataset-option (\w+)=([\w.-]*\w)")
_TASKS = re.compile(r"--tasks ([^;]*,[^;]*?)(?=; |$)")
_LISTED = re.compile(rf"--({_LISTS.replace(' ', '|')}) (\w+-[\w-]+|benefit|shift)\b")
_VALUE = re.compile(r"--(budget|seeds|choice|split|device) (\d+|random|cpu)\b")
_KINDS = re.compile(r"mtl-audit list (\w+)")
_NAME = re.compile(rf"--({'|'.join(_OPTIONS)})(?![\w-])")


def asked(function: Callable[P, R]) -> Callable[P, R]:
    """Refuse keywords that a call does not have, and say errors in the words of Python."""
    known = list(inspect.signature(function).parameters)

    @functools.wraps(function)
    def call(*given: P.args, **options: P.kwargs) -> R:
        try:
            for name in options:
                if name not in known:
                    said = f"auditor.{function.__name__} has no option '{name}'"
                    raise UsageError(said, hint=nearest(name, known[1:]))
            return function(*given, **options)
        except AuditError as error:
            _tell(error)
            raise

    return call


def _tell(error: AuditError) -> None:
    """Say an error in the words of Python, with its hint below it in a traceback."""
    error.message, error.hint = in_python(error.message), in_python(error.hint)
    error.args = (error.message,)
    note = f"hint: {error.hint}"
    if error.hint and note not in getattr(error, "__notes__", ()):
        error.add_note(note)


def in_python(text: str) -> str:
    """Return a message with the options of the command line written as keywords of Python."""
    text = _SCOPED.sub(lambda m: f'{m[1]}_options={{"{m[2]}": {{"{m[3]}": "{m[4]}"}}}}', text)
    text = _PAIR.sub(lambda m: f'dataset_options={{"{m[1]}": "{m[2]}"}}', text)
    text = _TASKS.sub(lambda m: f"tasks={m[1].split(',')!r}", text)
    text = _LISTED.sub(lambda m: f'{keyword(m[1])}=["{m[2]}"]', text)
    text = _VALUE.sub(lambda m: f"{m[1]}={m[2] if m[2].isdigit() else repr(m[2])}", text)
    text = _KINDS.sub(r'auditor.components("\1")', text)
    return _NAME.sub(lambda m: f"{keyword(m[1])}={'True' if m[1] in _FLAGS else ''}", text)


def keyword(option: str) -> str:
    """Return the keyword of an option of the command line, named without its dashes."""
    name = _RENAMED.get(option, option).replace("-", "_")
    return f"{name}s" if name.endswith("_option") else name


def command_of(name: str, subject: str, values: dict[str, Any], defaults: Callable[..., Any]) -> str:
    """Return a call as provenance tells it: what differs from the defaults and can change the answer."""
    elsewhere = ("benchmark", "cache_dir", "offline", "quiet", "workers", "scheduler", "dry_run")
    parameters = inspect.signature(defaults).parameters
    told = [
        f"{key}={value!r}"
        for key, value in values.items()
        if key in parameters and key not in elsewhere and value != parameters[key].default
    ]
    return f"auditor.{name}({', '.join([subject, *told])})"


@contextlib.contextmanager
def saying(*, quiet: bool) -> Iterator[None]:
    """Say nothing but warnings within, where that is asked for."""
    before = console.settings.level
    console.settings.level = min(before, -1) if quiet else before
    try:
        yield
    finally:
        console.settings.level = before


@contextlib.contextmanager
def threads_of(threads: int | None) -> Iterator[None]:
    """Let torch use so many threads within: one, unless the caller or the environment says more.

    The command line does the same, so that both find each other's trainings.
    """
    count = threads or int(os.environ.get(_THREADS[0]) or 1)
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, str(count)))  # for processes that are started within
    try:
        with _torch_with(count) if installed("torch") else contextlib.nullcontext():
            yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def is_frame(value: object) -> bool:
    """Return whether something is a DataFrame, without importing pandas for it."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, pandas.DataFrame)


@contextlib.contextmanager
def _torch_with(count: int) -> Iterator[None]:
    import torch

    held = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(held)
