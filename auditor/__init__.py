"""Audit molecular multi-task benchmarks: overlap first, gradients second, honesty throughout.

Letters used for shapes in every docstring of the project:

``n`` compounds, ``t`` tasks, ``b`` batch, ``d`` shared parameters, ``h`` embedding width,
``k`` logged steps, ``s`` seeds, ``m`` published rows of one task.

Labels are (n, t), gradients (t, d), affinities (t, t). NaN always means "not measured" or
"not estimable", never zero.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing is slow to import, and the command answers Ctrl-C only after this module
if TYPE_CHECKING:
    from auditor.affinity.recorded import TaskGradients
    from auditor.plugin.hooks import hookimpl

__version__ = "0.1.0"
__all__ = ["TaskGradients", "__version__", "hookimpl"]


def __getattr__(name: str) -> object:
    """Return a public name, imported when it is first asked for."""
    if name == "TaskGradients":
        from auditor.affinity.recorded import TaskGradients

        return TaskGradients
    if name != "hookimpl":
        raise AttributeError(f"module 'auditor' has no attribute '{name}'")
    from auditor.plugin.hooks import hookimpl

    return hookimpl
