"""The attention encoder: its tokens are those of SMILES, its arithmetic and weights those of RoBERTa."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from rdkit import Chem

from auditor.errors import AuditError, DataError, UsageError
from auditor.plugin.loading import load_registry
from auditor.testing import Check, checks_of
from auditor.training.features import pack_features
from auditor.training.trainings import Trainings
from mtl_audit_transformer.grammar import END, START, UNKNOWN, codes_of, tokens_of
from mtl_audit_transformer.model import transformer
from mtl_audit_transformer.safetensors import read_safetensors
from tests.compute.studies import small_study, trainings_of
from tests.networks import MOLECULES, varied
from tests.plugins.roberta_folders import TOKENS, safetensors, weights_of, write_folder

SMALL = partial(transformer, layers=2, hidden=12, heads=2, width=8)
ALL = torch.arange(len(MOLECULES))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("roberta") / "model")


@pytest.mark.parametrize("check", checks_of("encoder"), ids=str)
def test_it_keeps_the_contract_of_encoders(check: Check) -> None:
    check(SMALL)


@pytest.mark.parametrize("check", checks_of("encoder"), ids=str)
def test_it_keeps_the_contract_with_trained_weights(check: Check, folder: Path) -> None:
    check(partial(transformer, weights=str(folder), width=8))


@pytest.mark.parametrize(
    ("smiles", "expected"),
    [
        ("CC(=O)Cl", "C C ( = O ) Cl"),
        ("C[C@@H](N)C", "C [ C @@ H ] ( N ) C"),
        ("[13CH3-]", "[ 1 3 C H 3 - ]"),
        ("c1c[nH]cc1Sc1[se]ccc1", "c 1 c [ n H ] c c 1 S c 1 [ se ] c c c 1"),
        ("C%12CC%12", "C % 1 2 C C % 1 2"),
        ("[Sc+3].[Cl-]", "[ Sc + 3 ] . [ Cl - ]"),
    ],
)
def test_tokens_are_atoms_bonds_branches_rings_and_what_stands_in_brackets(
    smiles: str, expected: str
) -> None:
    assert tokens_of(smiles) == expected.split()


@given(st.lists(st.integers(1, 118), min_size=1, max_size=4), st.integers(-3, 3), st.integers(0, 300))
def test_every_smiles_that_rdkit_writes_is_made_of_known_tokens(
    elements: list[int], charge: int, isotope: int
) -> None:
    mol = Chem.RWMol()
    for number in elements:
        atom = Chem.Atom(number)
        atom.SetFormalCharge(charge)
        atom.SetIsotope(isotope)
        mol.AddAtom(atom)
    text = Chem.MolToSmiles(mol)
    assert "".join(tokens_of(text)) == text and UNKNOWN not in codes_of(text)


def test_each_molecule_of_a_batch_keeps_its_tokens_between_start_and_end() -> None:
    batch: Any = pack_features(SMALL(seed=0), MOLECULES).batch(ALL.flip(0))
    for place, text in enumerate(canonical(MOLECULES[::-1])):
        assert batch.codes[batch.molecule == place].tolist() == [START, *codes_of(text), END]


@given(st.lists(st.integers(1, 40), min_size=1, max_size=40))
def test_rows_hold_every_token_once_beside_those_of_its_molecule_alone(sizes: list[int]) -> None:
    batch: Any = pack_features(SMALL(seed=0), ["C" * size for size in sizes]).batch(
        torch.arange(len(sizes))
    )
    numbered = torch.arange(1.0, len(batch.codes) + 1)[:, None]
    assert torch.equal(torch.cat([rows.back(rows.of(numbered)) for rows in batch.rows]), numbered)
    for rows in batch.rows:
        for row, real in zip(rows.of(numbered)[:, :, 0].long(), rows.real, strict=True):
            assert not row[~real].any() and len(set(batch.molecule[row[real] - 1].tolist())) == 1
            assert real.sum() == batch.lengths[batch.molecule[row[0] - 1]]


def canonical(smiles: Any) -> list[str]:
    return [Chem.CanonSmiles(text) for text in smiles]


def test_a_long_smiles_is_cut_and_counted() -> None:
    encoder = SMALL(seed=0, length=10).eval()
    packed: Any = pack_features(encoder, ["C" * 10, "C" * 11, "C" * 30])
    assert packed.truncated == 2
    out = encoder(packed.batch(torch.arange(3)))
    torch.testing.assert_close(out[1], out[0])


def test_attention_is_that_of_torch() -> None:
    encoder = SMALL(seed=0)
    attention: Any = encoder.stack.layers[0].attention  # type: ignore[union-attr]
    batch: Any = pack_features(encoder, MOLECULES).batch(ALL)
    tokens: Any = encoder.stack.words(batch.codes) + encoder.stack.places(batch.place)
    found = attention(tokens, batch)
    for molecule in ALL:
        own = batch.molecule == molecule
        query, key, value = (
            part(tokens[own]).unflatten(1, (2, -1)).transpose(0, 1)
            for part in (attention.query, attention.key, attention.value)
        )
        seen = torch.nn.functional.scaled_dot_product_attention(query, key, value)
        torch.testing.assert_close(found[own], attention.out(seen.transpose(0, 1).flatten(1)))


def by_hand(folder: Path, smiles: str) -> torch.Tensor:
    """Return the mean over the tokens of one molecule by the formulae of RoBERTa, one token at a time."""
    w = {name.removeprefix("roberta."): value for name, value in weights_of(0).items()}
    codes = [0, *(TOKENS.index(token) for token in bpe(smiles)), 2]

    def dense(name: str, x: torch.Tensor) -> torch.Tensor:
        return w[f"{name}.weight"] @ x + w[f"{name}.bias"]

    def norm(name: str, x: torch.Tensor) -> torch.Tensor:
        centred = x - x.mean()
        return centred / (centred.square().mean() + 1e-5).sqrt() * w[f"{name}.weight"] + w[f"{name}.bias"]

    words, places, types = (
        w[f"embeddings.{name}_embeddings.weight"] for name in ("word", "position", "token_type")
    )
    xs = [norm("embeddings.LayerNorm", words[c] + places[k + 2] + types[0]) for k, c in enumerate(codes)]
    for layer in range(2):
        at = f"encoder.layer.{layer}"
        seen = []
        for x in xs:
            heads = []
            for head in (slice(0, 4), slice(4, 8)):
                own = dense(f"{at}.attention.self.query", x)[head]
                scores = torch.stack([own @ dense(f"{at}.attention.self.key", y)[head] / 2 for y in xs])
                share = scores.exp() / scores.exp().sum()
                heads.append(
                    sum(
                        p * dense(f"{at}.attention.self.value", y)[head]
                        for p, y in zip(share, xs, strict=True)
                    )
                )
            out = dense(f"{at}.attention.output.dense", torch.cat(heads))  # type: ignore[arg-type]
            seen.append(norm(f"{at}.attention.output.LayerNorm", x + out))
        xs = []
        for x in seen:
            wide = dense(f"{at}.intermediate.dense", x)
            wide = wide * (1 + torch.erf(wide / math.sqrt(2))) / 2
            xs.append(norm(f"{at}.output.LayerNorm", x + dense(f"{at}.output.dense", wide)))
    return torch.stack(xs).mean(dim=0)


def bpe(smiles: str) -> list[str]:
    """Return the tokens of a chain by the four merges of the small model."""
    return re.findall("CCO|CC|Cl|c1|.", smiles)


def test_trained_weights_give_what_the_formulae_give_by_hand(folder: Path) -> None:
    encoder: Any = transformer(seed=0, weights=str(folder), width=8).eval()
    smiles = ["CCO", "CN(C)C(=O)Cl", "CCCCO", "C"]
    batch = pack_features(encoder, smiles).batch(torch.arange(4))
    with torch.no_grad():
        pooled = batch.mean(encoder.stack(batch))
    for text, row in zip(smiles, pooled, strict=True):
        torch.testing.assert_close(row, by_hand(folder, text), rtol=1e-4, atol=1e-5)


@pytest.mark.extras
@pytest.mark.parametrize("masked", [False, True])
def test_tokens_and_embeddings_are_those_of_the_library_transformers(masked: bool, tmp_path: Path) -> None:
    import tokenizers
    import transformers

    corpus = canonical(varied(150)) + canonical(MOLECULES)
    learned = tokenizers.ByteLevelBPETokenizer()
    learned.train_from_iterator(corpus, 330, 2, False, ["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    learned.save_model(str(tmp_path))
    config = transformers.RobertaConfig(
        vocab_size=learned.get_vocab_size(), hidden_size=24, num_hidden_layers=3, num_attention_heads=4,
        intermediate_size=40, max_position_embeddings=70, type_vocab_size=1, initializer_range=0.3,
    )  # fmt: skip
    torch.manual_seed(0)
    whole = (transformers.RobertaForMaskedLM if masked else transformers.RobertaModel)(config).eval()
    whole.save_pretrained(tmp_path)
    theirs = whole.roberta if masked else whole
    tokenizer = transformers.RobertaTokenizer.from_pretrained(str(tmp_path))

    encoder: Any = transformer(seed=0, weights=str(tmp_path), width=8).eval()
    batch = pack_features(encoder, corpus).batch(torch.arange(len(corpus)))
    said = tokenizer(canonical(corpus), padding=True, return_tensors="pt")
    with torch.no_grad():
        expected, found = theirs(**said).last_hidden_state, encoder.stack(batch)
    assert len(set(batch.codes.tolist())) > 50
    for place, (codes, real) in enumerate(
        zip(said["input_ids"], said["attention_mask"].bool(), strict=True)
    ):
        own = batch.molecule == place
        assert batch.codes[own].tolist() == codes[real].tolist()
        torch.testing.assert_close(found[own], expected[place][real], rtol=1e-4, atol=1e-5)


def test_numbers_of_every_precision_are_read_and_others_left_out(tmp_path: Path) -> None:
    values = torch.tensor([[1.5, -2.0], [0.25, 3.0]])
    kinds = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
    for dtype, kind in kinds.items():
        raw = values.to(kind).view(torch.uint8).numpy().tobytes()
        entry = {"dtype": dtype, "shape": [2, 2], "data_offsets": [0, len(raw)]}
        ids = {"dtype": "I64", "shape": [1], "data_offsets": [0, 8]}
        header = json.dumps({"w": entry, "position_ids": ids}).encode()
        (tmp_path / "m").write_bytes(len(header).to_bytes(8, "little") + header + raw)
        found = read_safetensors(tmp_path / "m")
        assert list(found) == ["w"] and torch.equal(found["w"], values)


@given(st.binary(max_size=60), st.integers(0, 400))
def test_a_damaged_file_of_weights_is_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int
) -> None:
    whole = safetensors({"a": torch.ones(3, 4), "b": torch.zeros(2)})
    path = tmp_path_factory.mktemp("damaged") / "model.safetensors"
    path.write_bytes(whole[:at] + noise + whole[at + len(noise) :])
    try:
        found = read_safetensors(path)
    except DataError:
        return
    assert all(bool(torch.isfinite(tensor).all()) for tensor in found.values())


def without(folder: Path, name: str) -> None:
    (folder / name).unlink()


def rewritten(folder: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> None:
    weights = weights_of(0)
    change(weights)
    (folder / "model.safetensors").write_bytes(safetensors(weights))


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "no configuration": (lambda at: without(at, "config.json"), "no file .*config.json"),
    "no weights": (lambda at: without(at, "model.safetensors"), "no file .*model.safetensors"),
    "no vocabulary": (lambda at: without(at, "vocab.json"), "no file .*vocab.json"),
    "no merges": (lambda at: without(at, "merges.txt"), "no file .*merges.txt"),
    "another kind of model": (lambda at: write_folder(at, model_type="bert"), "type 'bert'.*only 'roberta'"),
    "another activation": (lambda at: write_folder(at, hidden_act="relu"), "hidden_act='relu'"),
    "relative places": (
        lambda at: write_folder(at, position_embedding_type="relative_key"), "position_embedding_type"
    ),
    "another number of layers": (lambda at: write_folder(at, num_hidden_layers=1), "of different models"),
    "a vocabulary beyond memory": (lambda at: write_folder(at, vocab_size=10**12), "of different models"),
    "heads that do not fit": (lambda at: write_folder(at, num_attention_heads=3), "do not fit together"),
    "a size that is text": (lambda at: write_folder(at, hidden_size="wide"), "config.json is not that of a model"),
    "places of another model": (
        lambda at: write_folder(at, max_position_embeddings=50), "'places.weight' has shape"
    ),
    "a weight that is missing": (
        lambda at: rewritten(at, lambda w: w.pop("roberta.encoder.layer.1.output.dense.bias")),
        "no 'encoder.layer.1.output.dense.bias'",
    ),
    "a weight that is not finite": (
        lambda at: rewritten(at, lambda w: w["roberta.embeddings.LayerNorm.bias"].fill_(math.nan)), "not finite"
    ),
    "a vocabulary without a start": (
        lambda at: (at / "vocab.json").write_text('{"C": 0}'), "no code for '<s>'"
    ),
    "a vocabulary that is a list": (lambda at: (at / "vocab.json").write_text("[1]"), "holds no table"),
    "merges of three": (lambda at: (at / "merges.txt").write_text("a b c\n"), "a line that is no pair"),
    "no JSON": (lambda at: (at / "config.json").write_text("{"), "is not JSON"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_folder_that_cannot_be_used_is_one_line_that_says_why(name: str, tmp_path: Path) -> None:
    spoil, said = BAD[name]
    spoil(write_folder(tmp_path / "model"))
    with pytest.raises(AuditError) as caught:
        transformer(seed=0, weights=str(tmp_path / "model"))
    told = f"{caught.value.message} | {caught.value.hint}"
    assert re.search(said, told) and caught.value.hint and "\n" not in told, told


def test_options_that_make_no_network_or_contradict_the_weights_are_refused(folder: Path) -> None:
    for options in ({"layers": 0}, {"hidden": -1}, {"length": 0}, {"width": 0}):
        with pytest.raises(UsageError, match=f"{next(iter(options))}="):
            transformer(seed=0, **options)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="cannot be shared by 3"):
        transformer(seed=0, hidden=16, heads=3)
    with pytest.raises(UsageError, match="weights decide layers"):
        transformer(seed=0, weights=str(folder), layers=3)
    with pytest.raises(UsageError, match="no folder"):
        transformer(seed=0, weights="nowhere")


STUDY = small_study()


def trained(cache: Path, folder: Path) -> Trainings:
    """Return the trainings of the encoder that begins with the weights of a folder, run."""
    encoder = load_registry().get("encoder", "transformer")
    plan = trainings_of(STUDY.benchmark, STUDY.split, cache)
    plan = replace(plan, encoder=encoder, encoder_options={"weights": str(folder), "width": 8})
    plan.run()
    return plan


def test_other_weights_in_the_same_folder_are_another_training(tmp_path: Path) -> None:
    first = trained(tmp_path / "cache", write_folder(tmp_path / "model"))
    assert not first.reused and "begins with the weights of model (SHA-256 " in first.facts()["sentence"]
    assert trained(tmp_path / "cache", tmp_path / "model").reused == list(first.seeds)
    assert not trained(tmp_path / "cache", write_folder(tmp_path / "model", seed=1)).reused
