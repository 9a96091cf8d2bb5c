"""Progress where there is no terminal to draw a bar on."""

from __future__ import annotations

import pytest

from auditor import console
from auditor.text import how_far


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def lines(capsys: pytest.CaptureFixture[str], *, steps: int, seconds: float, total: int) -> list[str]:
    """Return what is said of a stage of so many steps, each of so many seconds."""
    clock = Clock()
    stage = console._plain_progress("training", total, clock=clock)
    advance = next(stage)
    for _ in range(steps):
        clock.now += seconds
        advance(1)
    next(stage, None)
    return capsys.readouterr().err.splitlines()


def test_a_short_stage_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(capsys, steps=5, seconds=0.1, total=5) == []


def test_a_long_stage_says_once_a_minute_how_much_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    said = lines(capsys, steps=30, seconds=10, total=60)
    assert said[0] == "training (60 steps)" and said[-1] == "training: done in 300 s"
    assert said[1] == "training: 7 of 60 steps, about 9 min left"
    assert len(said) == 2 + 4


def test_a_line_comes_at_most_once_a_minute(capsys: pytest.CaptureFixture[str]) -> None:
    said = lines(capsys, steps=60_000, seconds=0.01, total=60_000)
    assert len(said) <= 2 + 600 // 60


def test_a_stage_of_unknown_length_says_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert "training: 7 steps in 70 s" in lines(capsys, steps=7, seconds=10, total=0)


def test_a_stage_that_is_interrupted_is_not_called_done(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    stage = console._plain_progress("training", 9, clock=clock)
    advance = next(stage)
    clock.now = 5
    advance(1)
    with pytest.raises(KeyboardInterrupt):
        stage.throw(KeyboardInterrupt())  # type: ignore[attr-defined]
    assert capsys.readouterr().err == "training (9 steps)\n"


@pytest.mark.parametrize(
    ("done", "total", "elapsed", "says"),
    [
        (50, 100, 30.0, "50 of 100 steps, about 30 s left"),
        (1, 1_000, 10.0, "1 of 1,000 steps, about 2.8 h left"),
        (100, 100, 30.0, "100 of 100 steps, about 0 s left"),
        (0, 100, 30.0, "0 steps in 30 s"),
    ],
)
def test_the_time_left_follows_the_pace_so_far(done: int, total: int, elapsed: float, says: str) -> None:
    assert how_far(done, total, elapsed) == says
