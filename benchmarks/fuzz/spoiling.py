"""How an input is spoilt, as a strategy of Hypothesis, so that what finds a fault is made small."""

from __future__ import annotations

from hypothesis import strategies as st

from benchmarks.fuzz.material import WORDS, seeds

MOST = 6
"""Most changes to an input: after many of them little is left to be reached."""


@st.composite
def spoilt(draw: st.DrawFn, form: str) -> bytes:
    """Draw an input of a format: a sound one with a few bytes, words or stretches changed."""
    data = draw(st.sampled_from(seeds(form)))
    for _ in range(draw(st.integers(0, MOST))):
        start = draw(st.integers(0, len(data)))
        stop = min(len(data), start + draw(st.sampled_from((0, 0, 1, 1, 2, 4, 8, 64, 10**6))))
        inside = draw(
            st.one_of(
                st.binary(max_size=4),
                st.sampled_from(WORDS[form]),
                st.just(data[start:stop] * 2),
                st.just(b"".join(bytes([byte ^ 1 << (start % 8)]) for byte in data[start:stop][:8])),
            )
        )
        data = data[:start] + inside + data[stop:]
    return data
