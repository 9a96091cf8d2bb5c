"""Types of what the calls take."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import pandas as pd

    from auditor.source.rows import SourceData

PathLike: TypeAlias = "str | os.PathLike[str]"
Given: TypeAlias = "PathLike | Sequence[PathLike] | pd.DataFrame | SourceData"
Options: TypeAlias = Mapping[str, Any]
Scoped: TypeAlias = Mapping[str, Mapping[str, Any]]
RUN = (("audit.json", "json"), ("report.html", "html"), ("report.md", "markdown"))
"""What a folder is given."""
