"""Rounds of spoilt inputs: each format in turn, each round in a process of its own, which may die."""

from __future__ import annotations

import argparse
import hashlib
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.fuzz.material import CORPUS
from benchmarks.fuzz.targets import TARGETS

_RAISED = re.compile(r"[\w.]*(Error|Warning|Exception|Exit|Interrupt)\b")
ROUND = 400
"""Inputs in a round."""
HANGS_S = 120.0
"""A round that takes longer hangs: an input of a few kilobytes is read in milliseconds."""
MEMORY = 6 << 30
"""Bytes of address space of a round: an input of a few kilobytes may not ask for more."""


def main(arguments: list[str] | None = None) -> None:
    """Spoil inputs for some minutes, keep what finds a fault, and print a row for each format."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks fuzz")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0, help="other inputs for another number")
    asked = parser.parse_args(arguments or [])
    ends, number = time.monotonic() + 60 * asked.minutes, asked.seed * 1_000_000
    tried, found = Counter[str](), Counter[str]()
    while time.monotonic() < ends:
        for form in TARGETS:
            if time.monotonic() < ends:
                number += 1
                count, fault = one_round(form, number)
                tried[form] += count
                found[form] += bool(fault)
                if fault:
                    print(f"{form}: {fault}", file=sys.stderr, flush=True)
    print("| format | inputs | rounds with a fault |\n|---|---:|---:|")
    for form in TARGETS:
        print(f"| {form} | {tried[form]:,} | {found[form]} |")


def one_round(form: str, number: int) -> tuple[int, str]:
    """Run a round; return how many inputs were tried, and what was wrong, "" where nothing was."""
    with tempfile.TemporaryDirectory() as folder:
        last = Path(folder) / "last"
        command = [sys.executable, "-m", "benchmarks.fuzz.child", form, str(number), str(ROUND), str(last)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=HANGS_S, check=False)
        except subprocess.TimeoutExpired:
            return ROUND, f"hangs: {keep(form, last)}"
        count = int((done.stdout.split() or ["1"])[-1])
        if done.returncode == 0:
            return count, ""
        lines = [line.strip(" |+") for line in done.stderr.splitlines()]
        what = next((line for line in reversed(lines) if _RAISED.match(line)), (lines or [""])[-1])[:300]
        return count, f"exit {done.returncode}: {what}: {keep(form, last)}"


def keep(form: str, last: Path) -> str:
    """Keep the input that was at work, under a name of its content; return the name."""
    if not last.exists():
        return "before the first input"
    data = last.read_bytes()
    path = CORPUS / form / hashlib.sha256(data).hexdigest()[:16]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return str(path.relative_to(CORPUS))
