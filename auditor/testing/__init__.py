"""Conformance checks for plugin authors: what the program relies on, one named function each.

A plugin's test is three lines::

    @pytest.mark.parametrize("check", checks_of("encoder"), ids=str)
    def test_the_encoder_keeps_the_contract(check):
        check(build)

Every check raises `NotConforming` with a sentence that says what to change. A capability that a
component may lack raises `NotSupported`, which test runners show as skipped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.testing.audits import small_audit
    from auditor.testing.check import Check, NotConforming, NotSupported, checks_of

__all__ = ["Check", "NotConforming", "NotSupported", "checks_of", "small_audit"]


def __getattr__(name: str) -> object:
    """Return what `__all__` names, imported when it is first asked for: `plugins new` needs none of it."""
    import importlib

    if name not in __all__:
        raise AttributeError(f"module 'auditor.testing' has no attribute '{name}'")
    home = "audits" if name == "small_audit" else "check"
    return getattr(importlib.import_module(f"auditor.testing.{home}"), name)
