"""The network that is audited: a shared encoder and one head per task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import torch
    from rdkit.Chem import Mol


class Packed(Protocol):
    """The features of all compounds, computed once, from which batches are cut.

    It may have two attributes that stand in the report: ``source``, a sentence on what the encoder read
    beside the molecules, and ``lacking``, one on compounds that it has no features for, which is also
    a warning. A third, ``examples``, names some of these compounds in the warning alone, because a
    report may have to withhold structures.
    """

    def batch(self, compounds: torch.Tensor) -> object:
        """Return what the encoder's forward takes, for the compounds (b,) given by index."""


class Encoder(Protocol):
    """A molecule encoder (a torch.nn.Module): its parameters are the shared parameters.

    An encoder knows nothing of tasks. One that is registered with ``reads="features"`` needs no
    `featurize`, and its `pack` takes the features (n, p) of all examples; their number p is its option
    ``inputs``.
    """

    width: int

    def featurize(self, mol: Mol) -> object:
        """Return the features of one molecule; called once per molecule, then `pack`."""

    def pack(self, features: Any) -> Packed:
        """Return the features of all molecules (n,) in a form from which batches are cut fast."""

    def __call__(self, batch: object) -> torch.Tensor:
        """Return the embeddings of a batch (b, h)."""


class EncoderFactory(Protocol):
    """A function that builds an encoder; its keyword-only arguments are the encoder's options."""

    def __call__(self, *, seed: int) -> Encoder:
        """Return an encoder whose initial parameters depend on the seed alone."""
