"""Whether a change of the code moved a number: the `data` of ten audits as digests, beside those kept.

``python -m benchmarks.golden`` prints a row an audit and exits with 1 where one differs from
``benchmarks/golden.json``, which holds them by the version of RDKit, for each version names some compounds
otherwise; ``--write`` keeps what it finds instead. Numbers count to six digits, because other processors
round the last ones differently. The audits that train hold on the processor that wrote
them only, so ``--data`` leaves them out; that is what the tests run.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

KEPT = Path(__file__).with_suffix(".json")
MIRROR = Path(os.environ.get("MTL_AUDIT_MIRROR") or Path(__file__).parents[2] / "shared" / "data")
PROVENANCE = ("code", "entry", "plugin", "reader", "libraries")
"""What tells of the program and not of the data: its version, who read the same rows, and with what."""
SMALL = "--dataset-option compounds=400 --dataset-option tasks=5"
TRAIN = "--threads 1 --epochs 2 --ignore-gate"
DATA = {
    "overlap-tdc-admet": "overlap tdc-admet",
    "overlap-tox21": "overlap tox21",
    "overlap-sider": "overlap sider",
    "overlap-toxcast-17": "overlap toxcast-17",
    "leakage": "leakage {root}/train.csv {root}/test.csv",
}
TRAINED = {
    "analyze-synthetic-gcn": f"analyze synthetic --encoder gcn {SMALL} {TRAIN} -o {{root}}/gcn",
    "analyze-synthetic-ecfp": f"analyze synthetic --encoder ecfp {SMALL} {TRAIN} -o {{root}}/ecfp",
    "analyze-tox21-gcn": f"analyze tox21 --encoder gcn {TRAIN} -o {{root}}/tox21-gcn",
    "analyze-tox21-ecfp": f"analyze tox21 --encoder ecfp {TRAIN} -o {{root}}/tox21-ecfp",
    "recommend": f"recommend synthetic --encoder ecfp {SMALL} --epochs 2 --budget 8",
    "compare": "compare {root}/gcn {root}/ecfp",
}


def main(arguments: list[str]) -> int:
    """Print the digest of every audit; return 1 where one differs from the one kept."""
    every, found, differing = json.loads(KEPT.read_text()), {}, []
    kept = every.setdefault(rdkit(), {})
    for name, digest in digests(trained="--data" not in arguments):
        found[name] = digest
        if digest != kept.get(name):
            differing.append(name)
        print(f"| {name} | {digest} | {'as kept' if digest == kept.get(name) else 'DIFFERS'} |", flush=True)
    if "--write" in arguments:
        kept.update(found)
        KEPT.write_text(json.dumps(every, indent=1) + "\n")
        return 0
    return int(bool(differing))


def rdkit() -> str:
    """Return the version of RDKit, as the key of what is kept."""
    return f"rdkit {importlib.metadata.version('rdkit')}"


def digests(*, trained: bool) -> Iterator[tuple[str, str]]:
    """Yield every audit's name and the digest of its data, made anew in an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_tables(root)
        for name, command in {**DATA, **(TRAINED if trained else {})}.items():
            document = audited(command.format(root=root).split(), root)
            keep = os.environ.get("GOLDEN_KEEP")  # a folder for the documents, to see what differs
            if keep:
                Path(keep, f"{name}.json").write_text(json.dumps(rounded(document["data"]), indent=1))
            yield name, digest_of(document["data"])


def write_tables(root: Path) -> None:
    """Write two small tables with compounds in common: chains that grow, with labels of their length."""
    for name, lengths in (("train", range(1, 60)), ("test", range(40, 90))):
        rows = [f"{'C' * n}O,{n % 7 / 7:.3f},{n % 2}" for n in lengths]
        (root / f"{name}.csv").write_text("\n".join(["smiles,value,active", *rows]) + "\n")


def audited(arguments: list[str], root: Path) -> dict[str, Any]:
    """Return the document of one command, run in a process of its own with a cache of its own."""
    environment = {
        **os.environ,
        "MTL_AUDIT_CACHE_DIR": str(root / "cache"),
        "MTL_AUDIT_MIRROR": str(MIRROR),
        "OMP_NUM_THREADS": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "auditor", *arguments, "--format", "json"],
        capture_output=True,
        env=environment,
    )
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(arguments)}: {done.stderr.decode()}")
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def digest_of(data: Any) -> str:
    """Return the digest of a document's data, every number to six digits."""
    return hashlib.sha256(json.dumps(rounded(data), sort_keys=True).encode()).hexdigest()[:16]


def rounded(value: Any) -> Any:
    """Return the same data with every fraction to six significant digits, without digests of the code."""
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items() if key not in PROVENANCE}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
