"""The estimators, three families: gradients logged, the trained network probed, chemistry alone."""

from __future__ import annotations


def __getattr__(name: str) -> object:
    """Return what this package offered while it was a module."""
    from auditor.plugin.old_paths import attribute

    return attribute(__name__, name)
