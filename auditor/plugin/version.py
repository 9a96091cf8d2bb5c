"""Which versions of the plugin interface this program speaks, and what a plugin says it needs.

A plugin's module may declare ``MTL_AUDIT_API = 1``. Without it, it is taken to be of the current version.
"""

from __future__ import annotations

from dataclasses import dataclass

from auditor.errors import PluginError
from auditor.plugin.hooks import API_VERSION, OLDEST_API

ATTRIBUTE = "MTL_AUDIT_API"


@dataclass(frozen=True)
class Declared:
    """What a plugin declares: a version, or None; and what its author should know of it."""

    version: int | None
    note: str = ""


def declared_by(module: object, *, known: int = API_VERSION, oldest: int = OLDEST_API) -> Declared:
    """Return the version that a plugin's module declares, with a note where it will soon be too old.

    Raises
    ------
    PluginError
        It is no version, newer than this program knows, or older than it still speaks.
    """
    version = getattr(module, ATTRIBUTE, None)
    if version is None:
        return Declared(None)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise PluginError(f"{ATTRIBUTE} is {version!r}, not a whole number from 1 on")
    if version > known:
        raise PluginError(
            f"it is written for plugin API {version}, and this mtl-audit knows {known}: "
            "pip install --upgrade mtl-audit"
        )
    if version < oldest:
        raise PluginError(
            f"it is written for plugin API {version}, and this mtl-audit speaks {oldest} to {known}: "
            "upgrade the plugin"
        )
    if version < known:
        note = f"plugin API {version} is deprecated; the current one is {known}"
        return Declared(version, note)
    return Declared(version)
