"""What docs/compounds.md says of two kinds of a compound is what the levels do."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.chemistry import levels

PAGE = Path(__file__).parents[2] / "docs" / "compounds.md"
PAIRS = {
    "enantiomers, E and Z": [("C[C@H](O)CN", "C[C@@H](O)CN"), ("C/C=C/CO", r"C/C=C\CO"), ("F[C@](Cl)(Br)C", "F[C@@](Cl)(Br)C")],
    "a racemate": [("C[C@H](O)CN |&1:1|", "C[C@H](O)CN"), ("C[C@H](O)CN |&1:1|", "C[C@@H](O)CN")],
    "one unknown enantiomer": [("C[C@H](O)CN |o1:1|", "C[C@@H](O)CN |&1:1|")],
    "absolute groups": [("C[C@H](O)CN |a:1|", "C[C@H](O)CN"), ("C[C@H](O)[C@H](F)N |a:1,3|", "C[C@H](O)[C@H](F)N")],
    "stereo that is not given": [("CC(O)CN", "C[C@H](O)CN |&1:1|")],
    "isotopes": [("[2H]C([2H])([2H])Oc1ccccc1", "COc1ccccc1"), ("[13CH3]CN", "CCN")],
    "tautomers by mobile hydrogen": [("Oc1ccccn1", "O=c1cccc[nH]1"), ("Cc1cc[nH]n1", "Cc1ccn[nH]1"), ("CC(=O)N=C(N)S", "CC(=O)NC(N)=S")],
    "keto and enol": [("CC(=O)CC(C)=O", "CC(O)=CC(C)=O"), ("OCC(O)C(O)C(O)CC=O", "OCC1OC(O)CC(O)C1O")],
}  # fmt: skip


def rows() -> list[tuple[str, list[str]]]:
    """Return what the table says: a kind, and one or apart at each of its levels."""
    table = PAGE.read_text().partition("| what differs |")[2].partition("\n\n")[0].replace(r"\|", "!")
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    return [(line[0].replace("!", "|"), line[1:]) for line in lines]


@pytest.mark.parametrize(
    ("kind", "said"), rows(), ids=lambda value: value[:30] if isinstance(value, str) else ""
)
def test_each_row_of_the_page_is_so(kind: str, said: list[str]) -> None:
    pairs = next(pairs for start, pairs in PAIRS.items() if kind.startswith(start))
    for first, second in pairs:
        found = [
            "one" if names[0] == names[1] else "apart"
            for level in (levels.canonical, levels.parent, levels.parent_inchikey, levels.skeleton)
            if (names := [level(text, levels.parse(text)) for text in (first, second)])
        ]
        assert found == said, (first, second)
