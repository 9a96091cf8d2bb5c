"""Inject the faults named on the command line, or all; print what was lost as a Markdown table."""

from __future__ import annotations

import argparse
import importlib
import os
import random
import sys
import tempfile
from pathlib import Path

TIMES = 200
FAULTS = ("kill", "disk", "readonly", "tamper", "clock", "locks")


def main(arguments: list[str] | None = None) -> int:
    """Inject faults; exit code 1 where anything was lost."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    parser.add_argument(
        "faults",
        nargs="*",
        metavar="FAULT",
        help=f"of {', '.join(FAULTS)}; default: all; then how often, default {TIMES}",
    )
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args(arguments)
    times = int(chosen.faults.pop()) if chosen.faults and chosen.faults[-1].isdigit() else TIMES
    unknown = sorted({*chosen.faults} - {*FAULTS})
    if unknown:
        parser.error(f"no fault named '{unknown[0]}'; one of {', '.join(FAULTS)}")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ["MTL_AUDIT_CHECKPOINT_S"] = "0.01"  # read when the training code is imported
    from benchmarks.faults.cases import WARMING
    from benchmarks.faults.child import warm
    from benchmarks.faults.tally import show

    tallies = []
    with tempfile.TemporaryDirectory(prefix="mtl-audit-faults-") as folder:
        warm([case.arguments for case in WARMING], Path(folder) / "warm")
        for name in chosen.faults or FAULTS:
            inject = getattr(importlib.import_module(f"benchmarks.faults.{name}"), name)
            for tally in inject(Path(folder) / name, times, random.Random(chosen.seed)):
                print(tally, file=sys.stderr, flush=True)
                tallies.append(tally)
    show(tallies)
    return 0 if all(tally.clean for tally in tallies) else 1


if __name__ == "__main__":
    sys.exit(main())
