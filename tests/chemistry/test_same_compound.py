"""One compound has one name: salts, inner salts, mixtures of hands, atom maps, ways of writing."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import Chem, rdBase

from auditor.chemistry import levels, naming
from auditor.chemistry.parent import parents_of
from tests.chemistry import drugs

STEREO_AWARE = ("canonical", "parent", "parent_inchikey")
OF_PARENTS = ("parent", "parent_inchikey", "skeleton", "scaffold")


@pytest.fixture(autouse=True)
def _quiet_rdkit():
    with rdBase.BlockLogs():
        yield


def name(text: str, level: str = "parent_inchikey") -> str:
    return str(getattr(levels, level)(text, levels.parse(text)))


def names(*texts: str, level: str = "parent_inchikey") -> set[str]:
    return {name(text, level) for text in texts}


@settings(max_examples=150, deadline=None)
@given(drugs.salts())
def test_a_drug_is_named_alike_whatever_it_is_sold_with(drawn: tuple[str, str]) -> None:
    drug, salt = drawn
    for level in OF_PARENTS:
        assert name(salt, level) == name(drug, level), (level, salt)


@pytest.mark.parametrize(
    ("drug", "ion"),
    [
        *((drugs.BASES["metformin"], ion) for ion in drugs.BY_ACIDS),
        *((drugs.ACIDS["fosfomycin"], ion) for ion in drugs.BY_BASES),
    ],
)
def test_a_drug_smaller_than_its_counter_ion_stays(drug: str, ion: str) -> None:
    for level in OF_PARENTS:
        assert name(f"{drug}.{ion}", level) == name(f"{ion}.{drug}.O", level) == name(drug, level)


@pytest.mark.parametrize(
    ("salt", "drug"),
    [
        ("Nc1ccc(S(=O)(=O)N([Na])C(C)=O)cc1", "Nc1ccc(S(=O)(=O)NC(C)=O)cc1"),
        ("[Na]OC(=O)Cc1ccccc1Nc1c(Cl)cccc1Cl", "OC(=O)Cc1ccccc1Nc1c(Cl)cccc1Cl"),
        ("O=S(O)CO[Na]", "O=S(O)CO"),
        ("[K]Oc1ccc([N+](=O)[O-])cc1", "Oc1ccc([N+](=O)[O-])cc1"),
        ("[Li]SCCc1ccccc1", "SCCc1ccccc1"),
        ("CCCC(CCC)C(=O)O[Mg]OC(=O)C(CCC)CCC", "CCCC(CCC)C(=O)O"),
        ("Cl[Ca]OC(=O)c1cccc(F)c1", "OC(=O)c1cccc(F)c1"),
    ],
)
def test_a_metal_written_as_bonded_is_a_counter_ion(salt: str, drug: str) -> None:
    for level in OF_PARENTS:
        assert name(salt, level) == name(drug, level)


def test_metals_that_are_part_of_a_drug_stay() -> None:
    cisplatin, organic = "N[Pt](N)(Cl)Cl", "CC[Hg]Sc1ccccc1C(=O)O"
    assert name(cisplatin, "parent") == name(cisplatin, "canonical")
    assert name(f"{organic[:-1]}O[Na]", "parent") == name(organic, "canonical")
    assert "[Li]" in name("[Li]CCCC", "parent")


@pytest.mark.parametrize(
    "text",
    [
        *drugs.BY_ACIDS,
        *drugs.BY_BASES,
        *drugs.SOLVENTS,
        "CNC[C@H](O)[C@@H](O)[C@H](O)[C@H](O)CO",
        "NC(N)=O",
    ],
)
def test_a_counter_ion_or_solvent_alone_is_itself(text: str) -> None:
    (parent,) = parents_of(levels.parse(text))
    assert parent.GetNumHeavyAtoms() == levels.parse(text).GetNumHeavyAtoms()
    assert "." not in name(text, "parent")


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from([*drugs.BY_ACIDS, *drugs.BY_BASES, *drugs.SOLVENTS, *drugs.BASES.values()]),
        min_size=2, max_size=4,
    ),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_the_order_of_fragments_never_matters(parts: list[str], random: object) -> None:
    shuffled = sorted(parts, key=lambda _: random.random())  # type: ignore[attr-defined]
    for level in OF_PARENTS:
        assert name(".".join(parts), level) == name(".".join(shuffled), level)


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        ("[Na+].[Na+].[Na+].OC(CC(=O)[O-])(CC(=O)[O-])C(=O)[O-]", "OC(=O)CC(O)(CC(=O)O)C(=O)O"),
        ("CNC[C@H](O)[C@@H](O)[C@H](O)[C@H](O)CO.Cl", "CNC[C@H](O)[C@@H](O)[C@H](O)[C@H](O)CO"),
        ("N=C(N)NCCC[C@H](N)C(=O)O.CC(=O)O", "N=C(N)NCCC[C@H](N)C(=O)O"),
        ("Cl.NO", "NO"),
        ("NN.OS(=O)(=O)O", "NN"),
        ("CCO.O", "CCO"),
        ("CC(=O)O.CCO", "CC(=O)O"),
    ],
)
def test_of_counter_ions_alone_the_largest_stays(row: str, kept: str) -> None:
    assert name(row) == name(kept)


def test_inorganic_salts_stay_whole_but_for_their_water() -> None:
    salts = (
        "[Na+].[Cl-]",
        "[K+].[Cl-]",
        "[Li+].[Cl-]",
        "[Li+].[Li+].[O-]C([O-])=O",
        "[Na+].[Na+].[O-]C([O-])=O",
    )
    assert len(names(*salts)) == len(salts)
    for salt in salts:
        assert names(salt, f"O.{salt}.O") == {name(salt)}
    assert names("[Na]Cl", "[Na+].[Cl-]", "[Cl-].[Na+]") == {name("[Na+].[Cl-]")}
    assert names("Cl", "[H+].[Cl-]", "O.Cl", "[OH3+].[Cl-]", "Cl.Cl") == {name("Cl")}
    assert name("[Na+].[OH-]") != name("[K+].[OH-]") != name("O")


def test_of_two_drugs_the_one_with_more_heavy_atoms_is_taken() -> None:
    trimethoprim, sulfa = "COc1cc(Cc2cnc(N)nc2N)cc(OC)c1OC", "Cc1cc(NS(=O)(=O)c2ccc(N)cc2)no1"
    assert names(f"{trimethoprim}.{sulfa}", f"{sulfa}.{trimethoprim}") == {name(trimethoprim)}
    many_hydrogens, heavier = "CCCCCCCCC(N)CC", "Clc1nc(Cl)nc(c1Cl)C(F)(F)F"  # 12 heavy atoms, and 13
    assert name(f"{many_hydrogens}.{heavier}") == name(heavier)


INNER_SALTS = {
    "carnitine": ("C[N+](C)(C)CC(O)CC(=O)[O-]", "C[N+](C)(C)CC(O)CC(=O)O.[Cl-]", "C[N+](C)(C)CC(O)CC(=O)[O-].Cl", "[Na+].[Cl-].C[N+](C)(C)CC(O)CC(=O)[O-]"),
    "trigonelline": ("C[n+]1cccc(C(=O)[O-])c1", "C[n+]1cccc(C(=O)O)c1.[Cl-]", "C[n+]1cccc(C(=O)O)c1.[OH-]"),
    "glycine": ("[NH3+]CC(=O)[O-]", "NCC(=O)O", "[NH3+]CC(=O)O.[Cl-]", "NCC(=O)[O-].[Na+]", "NCC(=O)O[Na]"),
    "sulfobetaine": ("C[N+](C)(C)CCCS(=O)(=O)[O-]", "C[N+](C)(C)CCCS(=O)(=O)O.[Br-]"),
    "two acids": ("C[N+](C)(C)C(C(=O)[O-])CC(=O)O", "C[N+](C)(C)C(C(=O)O)CC(=O)[O-]", "C[N+](C)(C)C(C(=O)O)CC(=O)O.[I-]", "C[N+](C)(C)C(C(=O)[O-])CC(=O)[O-].[Na+]"),
    "olate": ("C[n+]1cccc([O-])c1", "C[n+]1cccc(O)c1.[Br-]"),
    "phosphocholine": ("C[N+](C)(C)CCOP(=O)([O-])O", "C[N+](C)(C)CCOP(=O)(O)O.[Cl-]", "C[N+](C)(C)CCOP(=O)([O-])[O-].[Ca+2].[Cl-]"),
}  # fmt: skip


@pytest.mark.parametrize("compound", INNER_SALTS)
@pytest.mark.parametrize("level", ["parent", "parent_inchikey"])
def test_an_inner_salt_its_hydrochloride_and_its_sodium_salt_have_one_name(
    compound: str, level: str
) -> None:
    assert len(names(*INNER_SALTS[compound], level=level)) == 1


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["C[N+](C)(C){}", "C[n+]1cccc({})c1", "CC[N+]1(C)CCC({})CC1", "C[P+](C)(C){}"]),
    st.integers(0, 5),
    st.sampled_from(
        [("C(=O)[O-]", "C(=O)O"), ("S(=O)(=O)[O-]", "S(=O)(=O)O"), ("P(=O)([O-])O", "P(=O)(O)O")]
    ),
    st.sampled_from(["[Cl-]", "[Br-]", "Cl", "CS(=O)(=O)[O-]", "OC(=O)C(F)(F)F"]),
)
def test_a_charge_that_stays_and_an_acid_are_one_inner_salt(
    head: str, chain: int, acid: tuple[str, str], ion: str
) -> None:
    inner, cation = (head.format("C" * (chain + 1) + group) for group in acid)
    for level in ("parent", "parent_inchikey"):
        assert len(names(inner, f"{cation}.{ion}", f"{ion}.{inner}", level=level)) == 1, (inner, level)


@pytest.mark.parametrize(
    "cation",
    [
        "C[N+](C)(C)CCCc1ccccc1",
        "CC[N+](C)(C)c1cccc(O)c1",
        "C[N+](C)(C)CCOC(C)=O",
        "C[N+]1(C)CCCCC1",
        "C[n+]1ccccc1",
    ],
)
def test_quaternary_nitrogen_stays_charged(cation: str) -> None:
    for text in (cation, f"{cation}.[Br-]", f"[OH-].{cation}"):
        assert name(text, "parent") == name(cation, "canonical")


@pytest.mark.parametrize(
    "text",
    [
        "O=[N+]([O-])c1ccccc1",
        "C[N+](C)(C)[O-]",
        "[N-]=[N+]=NCC",
        "[C-]#[N+]C1CCCCC1",
        "C[S+]([O-])c1ccccc1",
    ],
)
def test_charges_of_a_neutral_group_stay_as_they_are(text: str) -> None:
    assert name(text, "parent") == name(text, "canonical")


@settings(max_examples=100, deadline=None)
@given(drugs.mapped())
def test_atom_maps_are_part_of_no_name(drawn: tuple[str, str]) -> None:
    text, with_maps = drawn
    for level in ("canonical", *OF_PARENTS):
        assert name(with_maps, level) == name(text, level), level


def test_centres_and_fragments_that_only_maps_tell_apart_are_none() -> None:
    assert names("[CH3:1][C@H:2]([CH3:3])[OH:4]", "C[C@@H:7](C)O", "CC(C)O", level="canonical") == {
        "CC(C)O"
    }
    assert name("[CH3:1][CH2:2][NH2:3].[ClH:4]", "parent") == "CCN"


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([*drugs.BASES.values(), *drugs.ACIDS.values(), *drugs.RACEMIC]), st.integers(0, 10_000)
)
def test_a_name_does_not_depend_on_the_way_of_writing(text: str, seed: int) -> None:
    written = drugs.rewritten(text, seed)
    for level in ("canonical", *OF_PARENTS):
        assert name(written, level) == name(text, level), (level, written)


@pytest.mark.parametrize("level", STEREO_AWARE)
@pytest.mark.parametrize("text", drugs.RACEMIC)
def test_a_racemate_is_no_enantiomer_and_no_unknown_one(text: str, level: str) -> None:
    place = next(i for i, tag in enumerate(Chem.MolFromSmiles(text).GetAtoms()) if tag.GetChiralTag())
    other = text.replace("@@", "!").replace("@", "@@").replace("!", "@")
    plain, mirrored = name(text, level), name(other, level)
    racemates = names(f"{text} |&1:{place}|", f"{other} |&1:{place}|", f"{other} |&7:{place}|", level=level)
    unknown = names(f"{text} |o1:{place}|", f"{other} |o1:{place}|", level=level)
    assert len(racemates) == len(unknown) == 1
    open_one = name(text.replace("@", ""), level)
    assert len({plain, mirrored, open_one} | racemates | unknown) == 5
    assert name(f"{text} |a:{place}|", level) == plain
    assert name(text + "." + other) == name(f"{text} |&1:{place}|")


@settings(max_examples=150, deadline=None)
@given(drugs.grouped())
def test_which_hand_of_a_group_is_drawn_does_not_matter(drawn: tuple[str, str, str]) -> None:
    first, turned, _ = drawn
    for level in STEREO_AWARE:
        assert name(first, level) == name(turned, level), level


@settings(max_examples=100, deadline=None)
@given(drugs.grouped())
def test_a_group_merges_nothing_with_a_single_isomer(drawn: tuple[str, str, str]) -> None:
    first, _, plain = drawn
    if "|" in first:
        assert name(first, "canonical") != name(plain, "canonical")
        assert name(first, "skeleton") == name(plain, "skeleton")


def test_groups_that_say_the_same_of_a_molecule_are_the_same() -> None:
    pair = "C[C@H](F)[C@@H](F)CCl"
    assert (
        names(
            f"{pair} |&1:1,3|",
            f"{pair} |&1:1,&2:3|",
            f"{pair} |&1:1|",
            f"{pair} |&1:3|",
            f"{pair} |o1:1,3|",
        ).__len__()
        == 5
    )
    meso = (
        "C[C@H](F)[C@H](F)C"
        if name("C[C@H](F)[C@H](F)C") == name("C[C@@H](F)[C@@H](F)C")
        else "C[C@H](F)[C@@H](F)C"
    )
    assert names(f"{meso} |&1:1,3|", f"{meso} |o1:1,3|", meso) == {name(meso)}


@pytest.mark.parametrize("text", [*drugs.RACEMIC, "C[C@H](F)[C@@H](F)CCl"])
def test_a_text_flagged_as_racemic_is_a_racemate(text: str) -> None:
    places = [str(atom.GetIdx()) for atom in Chem.MolFromSmiles(text).GetAtoms() if atom.GetChiralTag()]
    for level in STEREO_AWARE:
        racemate = name(f"{text} |&1:{','.join(places)}|", level)
        assert names(f"{text} |r|", f"{text} |$;$,r|", level=level) == {racemate}
        assert name(f"{text} |r|", level) != name(text, level)


def test_salts_of_racemates_are_racemates() -> None:
    base = "C[C@@H](N)Cc1ccccc1"
    assert name(f"{base}.Cl |&1:1|") == name(f"{base} |&1:1|") != name(base)
    tartrate = "OC(=O)[C@H](O)[C@@H](O)C(=O)O"
    assert name(f"{base}.{tartrate} |&1:13,15|") == name(base)


def test_more_groups_than_can_be_counted_are_refused_with_the_number() -> None:
    chain = "C" + "[C@H](F)" * 9 + "CCl"
    groups = ",".join(f"&{i + 1}:{1 + 2 * i}" for i in range(9))
    named = naming.name_one(f"{chain} |{groups}|", levels.canonical)
    assert named.name is None and named.reason == "9 enhanced stereo groups, more than 8"


def test_naming_leaves_the_molecule_as_it_was() -> None:
    for text in ("C[C@@H](N)Cc1ccccc1.Cl |&1:1|", "[CH3:1][OH:2]", "CC(=O)O[Na]", "C[N+](C)(C)CC(=O)[O-]"):
        mol = levels.parse(text)
        before = mol.ToBinary()
        for level in ("canonical", *OF_PARENTS):
            getattr(levels, level)(text, mol)
        assert mol.ToBinary() == before


def test_the_lists_name_molecules_once_and_no_drug() -> None:
    from auditor.chemistry.counter_ions import CARRIERS, INORGANIC, SOLVENTS, _known

    texts = [text for group in (CARRIERS, INORGANIC, SOLVENTS) for text in group.split()]
    mols = [Chem.MolFromSmiles(text) for text in texts]
    assert None not in mols
    flat = [Chem.MolToSmiles(mol, isomericSmiles=False) for mol in mols]
    assert [a for a, b in itertools.pairwise(sorted(flat)) if a == b] == []
    known = _known()
    assert not [
        drug
        for drug in (*drugs.BASES.values(), *drugs.ACIDS.values())
        if Chem.MolToSmiles(Chem.MolFromSmiles(drug), isomericSmiles=False) in known
    ]
