"""Features of all compounds, computed once for every training that uses the encoder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from auditor.errors import DataError
from auditor.training.content import digest_of_content

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from rdkit.Chem import Mol

    from auditor.training.encoder import Encoder, Packed


def pack_features(
    encoder: Encoder,
    inputs: Sequence[str] | NDArray[np.float64],
    advance: Callable[[int], None] = lambda _: None,
) -> Packed:
    """Return the encoder's features of some compounds (n,), ready to cut batches from.

    Parameters
    ----------
    inputs
        SMILES (n,); or the features (n, p) of examples that are no molecules, which are packed as they are.

    Raises
    ------
    DataError
        RDKit cannot read a SMILES, or the encoder has no features for a molecule.
    """
    if isinstance(inputs, np.ndarray):
        advance(len(inputs))
        return encoder.pack(inputs)
    from rdkit import Chem, rdBase

    with rdBase.BlockLogs():  # what RDKit remarks about single atoms is of no use here
        features = _features(encoder, inputs, advance, Chem.MolFromSmiles)
    return encoder.pack(features)


def digest_of_encoder(factory: Callable[..., Encoder], packed: Packed) -> str:
    """Return a digest of what an encoder has read: its features, and what it is built with."""
    built = digest_of_content(factory(seed=0), strict=False)
    return f"{digest_of_content(packed)[:32]}/{built[:32]}"


def _features(
    encoder: Encoder,
    smiles: Sequence[str],
    advance: Callable[[int], None],
    parse: Callable[[str], Mol | None],
) -> list[object]:
    features: list[object] = []
    for text in smiles:
        mol = parse(text)
        if mol is None:
            raise DataError(
                f"the encoder cannot read '{text}': RDKit rejects it",
                hint="take the compound out of the data",
            )
        try:
            features.append(encoder.featurize(mol))
        except ValueError as error:
            raise DataError(
                f"the encoder cannot read '{text}': {error}",
                hint="take the compound out of the data, or choose another --encoder",
            ) from error
        advance(1)
    return features
