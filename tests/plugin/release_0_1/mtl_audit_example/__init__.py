"""Everything that the package adds to mtl-audit, by name: nothing heavy is imported here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor import hookimpl

if TYPE_CHECKING:
    from auditor.registry import Register

MTL_AUDIT_API = 1


@hookimpl
def register_datasets(register: Register) -> None:
    """Offer the dataset."""
    register(
        "example-amines",
        "mtl_audit_example.amines:load",
        summary="four properties computed for 84 amines and alcohols (option sparse)",
        licence="none needed: computed",
    )


@hookimpl
def register_encoders(register: Register) -> None:
    """Offer the encoder."""
    register(
        "example-letters",
        "mtl_audit_example.letters:build",
        summary="perceptron over the letters of canonical SMILES (options width, hidden)",
        needs=("torch", "rdkit"),
    )


@hookimpl
def register_affinities(register: Register) -> None:
    """Offer the estimator."""
    register(
        "example-conflict",
        "mtl_audit_example.conflict:estimate",
        summary="share of logged batches whose gradients agree, less the share that conflict",
        measures="gradients",
    )


@hookimpl
def register_analyses(register: Register) -> None:
    """Offer the analysis."""
    register(
        "example-extremes",
        "mtl_audit_example.extremes:analyse",
        summary="the pairs of tasks with the highest and the lowest affinity",
    )
