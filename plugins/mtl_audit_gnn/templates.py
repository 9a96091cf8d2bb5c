"""The files that PyTorch Geometric writes for the code of its convolutions."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path


def delete_templates() -> None:
    """Delete the files of convolutions that are loaded.

    PyTorch Geometric renders the propagation of each class into the temporary folder, imports it, and
    leaves the file there: one per class and process.
    """
    for name, module in list(sys.modules.items()):
        if name.endswith(("_propagate", "_edge_updater")) and module.__file__ is not None:
            Path(importlib.util.cache_from_source(module.__file__)).unlink(missing_ok=True)
            Path(module.__file__).unlink(missing_ok=True)
