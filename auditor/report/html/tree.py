"""A dendrogram as inline SVG: where the joints of a tree lie, and how they are drawn."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from auditor.document.blocks import Tree
from auditor.report.html import axes
from auditor.report.html.svg import WIDTH, drawing, path, rule, short, text

_LETTER = 8
"""Width of a letter in a drawing's 12 px text, a wide one of a wide font."""
_LONGEST_LEAF = 34


@dataclass(frozen=True)
class Joint:
    """Two branches, each from (height, row), that meet at ``height``."""

    height: float
    lower: tuple[float, float]
    upper: tuple[float, float]

    @property
    def row(self) -> float:
        """The row that the joined branch goes on from."""
        return (self.lower[1] + self.upper[1]) / 2


@dataclass(frozen=True)
class Layout:
    """The leaves (t,) from top to bottom and the joints (t - 1,), lowest first."""

    leaves: tuple[str, ...]
    joints: tuple[Joint, ...]
    height: float


def layout(tree: Tree) -> Layout:
    """Return where the leaves and joints of a tree lie; rows are 0, 1, ..., t - 1.

    Raises
    ------
    ValueError
        The merges do not join every leaf exactly once.
    """
    t = len(tree.leaves)
    if len(tree.merges) != max(t - 1, 0):
        raise ValueError(f"a tree of {t} leaves needs {max(t - 1, 0)} merges, not {len(tree.merges)}")
    order = _order(tree, t)
    if sorted(order) != list(range(t)):
        raise ValueError("the merges of a tree must join every leaf exactly once")
    place: dict[int, tuple[float, float]] = {leaf: (0.0, float(row)) for row, leaf in enumerate(order)}
    joints = []
    for number, (left, right, height, _) in enumerate(tree.merges, start=t):
        joint = Joint(float(height), place[int(left)], place[int(right)])
        joints.append(joint)
        place[number] = (joint.height, joint.row)
    top = max((joint.height for joint in joints), default=0.0)
    return Layout(tuple(tree.leaves[leaf] for leaf in order), tuple(joints), top or 1.0)


def _order(tree: Tree, t: int) -> list[int]:
    """Return the leaves in the order in which no two branches cross."""
    found: list[int] = []
    waiting = [t + len(tree.merges) - 1] if t else []
    while waiting:
        node = waiting.pop()
        if node < t:
            found.append(node)
        else:
            left, right = tree.merges[node - t][:2]
            if max(left, right) >= node:
                raise ValueError("a merge of a tree may only join what was there before it")
            waiting += [int(right), int(left)]
    return found


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


def joints(block: Tree) -> Markup:
    """Return the tree over columns of equal width: 10 units wide, 40 high, leaves at the bottom."""
    plan = layout(block)

    def x(place: float) -> float:
        return 10 * (place + 0.5)

    def y(height: float) -> float:
        return 39 - 38 * height / plan.height

    ways = (
        f"M{x(low_row):g} {y(low):.1f}V{y(joint.height):.1f}H{x(up_row):g}V{y(up):.1f}"
        for joint in plan.joints
        for (low, low_row), (up, up_row) in [(joint.lower, joint.upper)]
    )
    opening = '<svg class="joints" viewBox="0 0 {} 40" preserveAspectRatio="none" aria-hidden="true">'
    drawn = path("", "".join(ways))
    return Markup(opening).format(10 * len(plan.leaves)) + drawn + Markup("</svg>")


def _joint(joint: Joint, x: object, y: object) -> Markup:
    assert callable(x) and callable(y)
    (low_h, low_r), (up_h, up_r) = joint.lower, joint.upper
    way = f"M{x(low_h):.1f} {y(low_r):.1f}H{x(joint.height):.1f}V{y(up_r):.1f}H{x(up_h):.1f}"
    return Markup('<path class="branch" d="{}"/>').format(way)
