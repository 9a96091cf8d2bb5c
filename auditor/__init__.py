"""Audit molecular multi-task benchmarks: overlap first, gradients second, honesty throughout.

The calls for Python are `overlap`, `analyze`, `recommend`, `leakage`, `compare`, `check`, `read`, `load`
and `components`; docs/python.md shows them.

Letters used for shapes in every docstring of the project:

``n`` compounds, ``t`` tasks, ``b`` batch, ``d`` shared parameters, ``h`` embedding width,
``k`` logged steps, ``s`` seeds, ``m`` published rows of one task.

Labels are (n, t), gradients (t, d), affinities (t, t). NaN always means "not measured" or
"not estimable", never zero.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # typing is slow to import, and the command answers Ctrl-C only after this module
if TYPE_CHECKING:
    from types import ModuleType as _Module
    from typing import Any

    from auditor.affinity.recorded import TaskGradients
    from auditor.api.calls import analyze, overlap, recommend
    from auditor.api.checking import check
    from auditor.api.looking import components, read
    from auditor.api.saved import compare, leakage, load
    from auditor.plugin.hooks import hookimpl
else:
    _Module = type(sys)

__version__ = "0.2.0"
__all__ = [
    "TaskGradients",
    "__version__",
    "analyze",
    "check",
    "compare",
    "components",
    "hookimpl",
    "leakage",
    "load",
    "overlap",
    "read",
    "recommend",
]
_PLACES = {
    "TaskGradients": "auditor.affinity.recorded",
    "analyze": "auditor.api.calls",
    "compare": "auditor.api.saved",
    "check": "auditor.api.checking",
    "components": "auditor.api.looking",
    "hookimpl": "auditor.plugin.hooks",
    "leakage": "auditor.api.saved",
    "load": "auditor.api.saved",
    "read": "auditor.api.looking",
    "recommend": "auditor.api.calls",
}


class _CalledPackage(_Module):
    """The package `auditor.overlap`, which is also the call of that name."""

    def __call__(self, *given: object, **options: object) -> object:
        return _imported("auditor.api.calls").overlap(*given, **options)

    @property
    def __signature__(self) -> object:
        return _imported("inspect").signature(_imported("auditor.api.calls").overlap)


class _Package(_Module):
    """This package: Python sets the subpackage `overlap` on it, whoever imports that first."""

    def __setattr__(self, name: str, value: object) -> None:
        if name == "overlap" and type(value) is _Module:
            value.__class__ = _CalledPackage
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> object:
    """Return a public name, imported when it is first asked for."""
    if name == "overlap":
        return _imported("auditor.overlap")
    if name not in _PLACES:
        raise AttributeError(f"module 'auditor' has no attribute '{name}'")
    return getattr(_imported(_PLACES[name]), name)


def _imported(name: str) -> Any:
    """Return a module: by its name as text, because no floor below may see what stands above it."""
    import importlib

    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        from auditor.errors import MissingExtra
        from auditor.plugin.installing import how_to_install

        said = "what was asked for needs torch, which is not installed"
        raise MissingExtra(said, hint=how_to_install(["torch"], "train")) from None


def __dir__() -> list[str]:
    """Return the names of the module, those that are not imported yet included."""
    return sorted({*globals(), *__all__})
