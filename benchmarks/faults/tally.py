"""What faults did: how many were injected, and what came of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.support import table

COLUMNS = ("fault", "times", "lost", "wrong", "left behind", "unclear", "seen on the way")


@dataclass
class Tally:
    """The account of one kind of fault.

    Parameters
    ----------
    fault
        What was done to which command.
    times
        How often.
    lost
        Finished entries of the cache that were gone or made again afterwards, or reports that were gone.
    wrong
        Documents that differed from those of an undisturbed run, or damage that was believed.
    left
        Unfinished files that nothing removed, and locks that stayed held.
    unclear
        Ends without one clear line, a hint and the right exit code; later runs that did not complete.
    seen
        What else is worth knowing, counted by name.
    examples
        The first few of what went wrong, in words.
    """

    fault: str
    times: int = 0
    lost: int = 0
    wrong: int = 0
    left: int = 0
    unclear: int = 0
    seen: dict[str, int] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)

    def see(self, what: str, times: int = 1) -> None:
        """Count something worth knowing."""
        self.seen[what] = self.seen.get(what, 0) + times

    def blame(self, what: str, text: str) -> None:
        """Count something that must not be: ``lost``, ``wrong``, ``left`` or ``unclear``."""
        setattr(self, what, getattr(self, what) + 1)
        if len(self.examples) < 5:
            self.examples.append(f"{what}: {text}")

    @property
    def clean(self) -> bool:
        """Whether nothing went wrong."""
        return not (self.lost or self.wrong or self.left or self.unclear)


def show(tallies: Sequence[Tally]) -> None:
    """Print the account as a Markdown table, and what went wrong in words."""
    table(COLUMNS, [_row(tally) for tally in tallies])
    for tally in tallies:
        for example in tally.examples:
            print(f"\n{tally.fault}: {example}", flush=True)


def _row(tally: Tally) -> tuple[object, ...]:
    seen = ", ".join(f"{count:,} {name}" for name, count in tally.seen.items())
    return (tally.fault, tally.times, tally.lost, tally.wrong, tally.left, tally.unclear, seen)
