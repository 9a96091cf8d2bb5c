"""Colours: two scales that cannot be mistaken for each other, on a light and a dark page.

The diverging scale is ColorBrewer's PuOr in seven steps: it survives red-green deficiency and its
ends differ in lightness, so that a grey print still hints at the sign. The sequential scale is one
hue. On a dark page both grow brighter, not darker, away from the centre.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from auditor.document.blocks import Matrix, Scale

STRONG = 0.30
"""|value| from which a diverging entry is stressed, as a share of the scale's limit."""

HIGH = 0.40
"""Value from which a sequential entry is stressed, as a share of the range."""

MAGNITUDES = (0.10, 0.30, 0.60)
"""Where a diverging step ends, as shares of the limit; the same on both sides of 0."""

SHARES = (0.05, 0.15, 0.30, 0.40, 0.60, 0.80)
"""Where a sequential step ends; 0.30 and 0.40 are the overlap thresholds of the paper."""

STEPS = 7


@dataclass(frozen=True)
class Theme:
    """The colours of a page, all as ``#rrggbb``; scales have 7 steps from low to high."""

    page: str
    panel: str
    ink: str
    soft: str
    rule: str
    accent: str
    passed: str
    partial: str
    failed: str
    pass_tint: str
    partial_tint: str
    fail_tint: str
    hatch: str
    hatch_line: str
    edge: str
    series: tuple[str, ...]
    diverging: tuple[str, ...]
    sequential: tuple[str, ...]

    def scale(self, name: Scale) -> tuple[str, ...]:
        """Return the seven steps of a scale."""
        return self.diverging if name == "diverging" else self.sequential


LIGHT = Theme(
    page="#fcfcfb",
    panel="#ffffff",
    ink="#1c2230",
    soft="#545c6b",
    rule="#e2e4e8",
    accent="#0b5f6b",
    passed="#0c6b45",
    partial="#8a4f00",
    failed="#a8261c",
    pass_tint="#eaf5ef",
    partial_tint="#fdf3e1",
    fail_tint="#fcedeb",
    hatch="#f4f4f3",
    hatch_line="#cfd2d6",
    edge="#d9dde2",
    series=("#4b2a86", "#b35806", "#0b6e6e", "#8c2d62", "#3b6fb5", "#5c6470"),
    diverging=("#b35806", "#f1a340", "#fee0b6", "#f7f7f7", "#d8daeb", "#998ec3", "#542788"),
    sequential=("#f1f7f7", "#d6e9ea", "#aed4d7", "#7fbcc1", "#4e9da5", "#20737d", "#084a54"),
)

DARK = Theme(
    page="#14171d",
    panel="#1a1e26",
    ink="#e6e8ec",
    soft="#a3abb8",
    rule="#2d333e",
    accent="#7cc7d0",
    passed="#63c795",
    partial="#e5ad55",
    failed="#f2897f",
    pass_tint="#16281f",
    partial_tint="#2c2313",
    fail_tint="#311b19",
    hatch="#1d2129",
    hatch_line="#3c4350",
    edge="#343b48",
    series=("#b8a4f2", "#f0a04b", "#5fc4bd", "#e68bb8", "#8cb6f0", "#aab2bf"),
    diverging=("#ffa64d", "#b0651c", "#563a1f", "#2a2e37", "#3a3557", "#6b5bab", "#b7a5f5"),
    sequential=("#1e262d", "#1c3a42", "#1a525b", "#1b6f79", "#2f919b", "#5db7bd", "#9be0e1"),
)


def step(matrix: Matrix, value: float) -> int:
    """Return the step 0..6 of the matrix's scale that a value falls in; beyond the ends it stays there."""
    if matrix.scale == "diverging":
        size = bisect_right(MAGNITUDES, abs(value) / limit(matrix) + 1e-12)
        return 3 + size if value > 0 else 3 - size
    span = matrix.high - matrix.low
    return bisect_right(SHARES, (value - matrix.low) / span + 1e-12) if span > 0 else 0


def edges(matrix: Matrix) -> tuple[float, ...]:
    """Return the eight values that bound the seven steps."""
    if matrix.scale == "diverging":
        upper = (*(share * limit(matrix) for share in MAGNITUDES), limit(matrix))
        return (*(-edge for edge in reversed(upper)), *upper)
    span = matrix.high - matrix.low
    return tuple(matrix.low + share * span for share in (0.0, *SHARES, 1.0))


def limit(matrix: Matrix) -> float:
    """Return the largest magnitude that a diverging matrix's scale covers."""
    return max(abs(matrix.low), abs(matrix.high)) or 1.0


def threshold(matrix: Matrix) -> float:
    """Return the value (or magnitude) from which an entry is stressed."""
    if matrix.scale == "diverging":
        return STRONG * limit(matrix)
    return matrix.low + HIGH * (matrix.high - matrix.low)


def stressed(matrix: Matrix, value: float) -> bool:
    """Tell whether an entry reaches the matrix's threshold."""
    size = abs(value) if matrix.scale == "diverging" else value
    return size >= threshold(matrix) - 1e-12


def luminance(color: str) -> float:
    """Return the relative luminance of ``#rrggbb``, 0 to 1 (WCAG 2.2)."""
    channels = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    darker, brighter = sorted((luminance(one), luminance(other)))
    return (brighter + 0.05) / (darker + 0.05)


def ink(background: str) -> str:
    """Return black or white, whichever reads better on a background."""
    return max("#000000", "#ffffff", key=lambda color: contrast(color, background))
