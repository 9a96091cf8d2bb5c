"""The first example of the README is what its command prints."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import rdkit

ROOT = Path(__file__).parents[2]


@pytest.mark.published
@pytest.mark.skipif(rdkit.__version__ != "2023.09.6", reason="another RDKit names some compounds otherwise")
def test_the_first_example_is_what_the_command_prints(mirror: Path, tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"^\$ mtl-audit (overlap tdc-admet)\n(.*?)^```", text, re.M | re.S)
    assert found
    done = subprocess.run(
        [sys.executable, "-m", "auditor", *found[1].split()],
        capture_output=True, text=True, timeout=600,
        env={**os.environ, "MTL_AUDIT_MIRROR": str(mirror), "MTL_AUDIT_CACHE_DIR": str(tmp_path), "COLUMNS": "100"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for part in found[2].split("…\n"):
        assert part in done.stdout
