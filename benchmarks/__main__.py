"""Run the benchmarks named on the command line, or all of them; each prints a Markdown table."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import benchmarks

HELPERS = (
    "__main__",
    "faults",
    "generated_files",
    "generated_tables",
    "golden",
    "house",
    "many_tasks",
    "plain_reference",
    "support",
    "transfer_designs",
    "transfer_nets",
    "transfer_panels",
    "transfer_simulated",
)


def main(wanted: list[str]) -> None:
    """Run the modules of this folder that have a ``main()``."""
    names = [found.name for found in pkgutil.iter_modules(benchmarks.__path__) if found.name not in HELPERS]
    options = next((wanted[place:] for place, word in enumerate(wanted) if word.startswith("--")), [])
    for name in wanted[: len(wanted) - len(options)] or names:
        if name not in names:
            sys.exit(f"no benchmark named '{name}'; one of {', '.join(names)}")
        print(f"\n## {name}\n", flush=True)
        module = importlib.import_module(f"benchmarks.{name}")
        module.main(options) if name in ("calibration", "fuzz") else module.main()


if __name__ == "__main__":
    main(sys.argv[1:])
