"""A dendrogram as inline SVG."""

from __future__ import annotations

from markupsafe import Markup

from auditor.document.blocks import Tree
from auditor.report.html import axes
from auditor.report.html.dendrogram import Joint, layout
from auditor.report.html.svg import WIDTH, drawing, rule, short, text

_LETTER = 8
"""Width of a letter in a drawing's 12 px text, a wide one of a wide font."""
_LONGEST_LEAF = 34


def tree(block: Tree) -> Markup:
    """Return a dendrogram with its leaves at the right and the height below."""
    plan = layout(block)
    row = 22 if len(plan.leaves) <= 60 else 13
    shown = [short(name, _LONGEST_LEAF) for name in plan.leaves]
    names = 16 + _LETTER * max(map(len, shown), default=0)
    height = 16 + row * max(len(plan.leaves), 1)
    scale = axes.axis((0.0, plan.height), count=5)
    right = WIDTH - names

    def x(value: float) -> float:
        return right - scale.share(value) * (right - 20)

    def y(place: float) -> float:
        return 8 + row * (place + 0.5)

    parts = [
        *(rule(x(tick), 4, x(tick), height - 6, "grid") for tick in scale.ticks),
        *(text(x(tick), height + 12, scale.label(tick), "mid") for tick in scale.ticks),
        *(_joint(joint, x, y) for joint in plan.joints),
        *(text(right + 8, y(place) + 4, name, "name") for place, name in enumerate(shown)),
    ]
    return drawing(WIDTH, height + 22, "tree", block.caption, block.alt, parts)


def _joint(joint: Joint, x: object, y: object) -> Markup:
    assert callable(x) and callable(y)
    (low_h, low_r), (up_h, up_r) = joint.lower, joint.upper
    way = f"M{x(low_h):.1f} {y(low_r):.1f}H{x(joint.height):.1f}V{y(up_r):.1f}H{x(up_h):.1f}"
    return Markup('<path class="branch" d="{}"/>').format(way)
