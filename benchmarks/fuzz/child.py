"""One round: `python -m benchmarks.fuzz.child FORMAT SEED INPUTS FILE`, FILE being the input at work."""

from __future__ import annotations

import sys
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from auditor import console
from benchmarks.fuzz.material import seeds
from benchmarks.fuzz.rounds import MEMORY
from benchmarks.fuzz.spoiling import spoilt
from benchmarks.fuzz.targets import read


def main(form: str, number: int, inputs: int, last: Path) -> None:
    """Try so many inputs; the first that is neither taken nor refused is made small and raised."""
    console.settings.level = -2
    seeds(form)  # made before memory is bounded
    _bound_memory()
    tried = 0

    @seed(number)
    @settings(
        max_examples=inputs,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(spoilt(form))
    def attempt(data: bytes) -> None:
        nonlocal tried
        tried += 1
        last.write_bytes(data)
        read(form, data)

    try:
        attempt()
    finally:
        print(tried)


def _bound_memory() -> None:
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
