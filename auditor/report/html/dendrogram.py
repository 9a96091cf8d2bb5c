"""Where the joints of a tree lie, whatever it is then drawn with."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.document.blocks import Tree


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
