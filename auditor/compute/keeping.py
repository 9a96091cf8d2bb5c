"""Outcomes into the store as they arrive; what the disk refuses is held, and tried again."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from auditor import console
from auditor.cache.writing import part_of, sweep, writable
from auditor.compute.jobs import Job, Outcome, load_outcome, save_outcome
from auditor.errors import StorageError

PROBE = bytes(1 << 16)


@dataclass
class Keeping:
    """Where outcomes are kept, and those that could not be written so far, by their jobs' keys."""

    store: Path
    held: dict[str, tuple[Job, Outcome, float]] = field(default_factory=dict)

    def check(self) -> None:
        """Refuse, before anything is run, a store that cannot be written.

        Raises
        ------
        StorageError
            The folder is read-only, or its disk is full.
        """
        with writable(self.store):
            self.store.mkdir(parents=True, exist_ok=True)
            sweep(self.store / "probe")
            with part_of(self.store / "probe") as (stream, _):
                stream.write(PROBE)
                stream.flush()
                os.fsync(stream.fileno())

    def keep(self, job: Job, outcome: Outcome, duration_s: float) -> Outcome:
        """Write what a job gave, and what is held; return it as the store gives it back."""
        self.held[job.key] = job, outcome, duration_s
        for key, (held, given, took_s) in tuple(self.held.items()):
            try:
                save_outcome(self.store, held, given, took_s)
            except StorageError as error:
                console.warn(
                    f"{error.message}; {len(self.held):,} finished are held in memory until it can be "
                    f"written: {error.hint}"
                )
                return _as_stored(outcome)
            del self.held[key]
        loaded = load_outcome(self.store, job)
        return loaded[0] if loaded is not None else _as_stored(outcome)


def _as_stored(outcome: Outcome) -> Outcome:
    """Return an outcome as a store would give it back, so that a restart sees nothing else."""
    return Outcome(json.loads(json.dumps(dict(outcome.facts))), outcome.arrays)
