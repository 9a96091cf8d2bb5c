"""Let ``python -m auditor`` be the command."""

from __future__ import annotations

from auditor.cli import main

main()
