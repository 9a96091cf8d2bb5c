"""Audits in processes of their own, under circumstances that must not change a byte of the answer."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

EPOCH = "1700000000"
TINY = (
    "synthetic", "--dataset-option", "compounds=160", "--dataset-option", "tasks=4",
    "--encoder", "ecfp", "--encoder-option", "width=16", "--encoder-option", "hidden=24",
    "--encoder-option", "bits=256", "--epochs", "2", "--batch-size", "16", "--split", "random",
)  # fmt: skip
"""A benchmark and a training that take a second."""


@dataclass(frozen=True)
class Place:
    """Where and how a command runs: its working folder, its cache, its environment."""

    folder: Path
    cache: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(self, *arguments: object) -> bytes:
        """Return what a command writes to stdout; it must end well."""
        self.folder.mkdir(parents=True, exist_ok=True)
        env = {
            **os.environ,
            "SOURCE_DATE_EPOCH": EPOCH,
            "MTL_AUDIT_CACHE_DIR": str(self.cache),
            **self.environment,
        }
        done = subprocess.run(
            [sys.executable, "-m", "auditor", *map(str, arguments)],
            capture_output=True,
            cwd=self.folder,
            env=env,
            timeout=900,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout


def usual(root: Path) -> Place:
    """Return an ordinary place."""
    return Place(root / "here", root / "cache", {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C.UTF-8"})


def elsewhere(root: Path) -> Place:
    """Return a place with another hash order, time zone, language, width, cache and folder."""
    environment = {
        "PYTHONHASHSEED": "4711",
        "TZ": "Asia/Tokyo",
        "LC_ALL": "C",
        "LANG": "C",
        "COLUMNS": "37",
        "NO_COLOR": "1",
        "TMPDIR": str(root),
    }
    return Place(root / "another" / "folder", root / "another-cache", environment)


def older_processor(place: Place) -> Place:
    """Return a place where libraries use no vector instructions beyond those every processor has."""
    environment = {
        **place.environment,
        "ATEN_CPU_CAPABILITY": "default",
        "OPENBLAS_CORETYPE": "Nehalem",
        "MKL_CBWR": "COMPATIBLE",
        "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX",
    }
    return Place(place.folder, place.cache, environment)
