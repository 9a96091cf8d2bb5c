"""The hooks a plugin may implement, and the version of that interface.

Every hook has the same shape: the plugin receives ``register`` and calls it once per component.
``target`` is the text ``"package.module:attribute"`` (imported on first use) or the object itself.
``needs`` names the distributions that the component imports, so that a missing one is reported
with an install command before anything is imported. An argument that belongs to another hook is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from auditor.plugin.registration import (
        RegisterAffinities,
        RegisterAnalyses,
        RegisterDatasets,
        RegisterEncoders,
        RegisterExporters,
        RegisterIdentities,
    )

API_VERSION = 1
"""Of this interface; raised when a hook's meaning changes or one is retired."""
OLDEST_API = 1
"""The oldest version that is still spoken; see `auditor.plugin.version`."""

hookspec = pluggy.HookspecMarker("mtl_audit")
hookimpl = pluggy.HookimplMarker("mtl_audit")


@hookspec
def register_datasets(register: RegisterDatasets) -> None:
    """Offer named benchmarks: sources of measured labels for a set of tasks.

    Call ``register(name, target, *, summary, needs=(), extra="", reference="", licence="", libraries=())``.
    ``target`` resolves to a function ``(files: SourceFiles, **options) -> SourceData``; its
    keyword-only arguments are the options that ``--dataset-option`` accepts. ``extra`` names the
    optional dependency group of ``mtl-audit`` that installs what it needs. ``libraries`` names
    distributions that can read the published files for it; ``files.reader`` says whether they shall.
    """


@hookspec
def register_identities(register: RegisterIdentities) -> None:
    """Offer definitions of "the same compound".

    Call ``register(name, target, *, summary, needs=(), extra="", reference="")``. ``target`` resolves
    to a function ``(smiles: str, mol: Mol) -> str`` that names a compound; equal names are one compound.
    The name of the level is recorded in every report, because overlap depends on it.
    """


@hookspec
def register_encoders(register: RegisterEncoders) -> None:
    """Offer encoders of molecules, or of examples that have features.

    Call ``register(name, target, *, summary, reads="molecules", needs=(), extra="", reference="")``.
    ``target`` resolves to an EncoderFactory: a function ``(*, seed: int, **options) -> Encoder``; its
    other keyword-only arguments are the options that ``--encoder-option`` accepts. With
    ``reads="features"`` the option ``inputs`` is the number of features.
    """


@hookspec
def register_affinities(register: RegisterAffinities) -> None:
    """Offer estimators of task affinity.

    Call ``register(name, target, *, summary, needs_overlap=True, measures="gradients",
    needs_molecules=False, needs=(), extra="", reference="")``. ``target`` resolves to a function
    ``(context: AuditContext, **options) -> AffinityMatrix``; its keyword-only arguments are the options
    that ``--affinity-option`` accepts.
    What it asks the context for is made once and shared: an estimator that asks for no training causes
    none. One with ``needs_overlap=False`` also runs where the gate fails. ``measures`` says what the
    training must log for it: ``""`` (nothing), ``"errors"``, ``"gradients"`` or ``"lookahead"``, each
    more expensive than the one before and including it. One with ``needs_molecules=True`` does not
    apply to a table of features, and says so.
    """


@hookspec
def register_analyses(register: RegisterAnalyses) -> None:
    """Offer analyses, which are also sections of the report.

    Call ``register(name, target, *, summary, stage="affinity", default=True, after=(),
    needs_molecules=False, trains=False, needs=(), extra="", reference="")``. ``target`` resolves to a
    function ``(context: AuditContext, **options) -> Finding``; its keyword-only arguments are the
    options that ``--analysis-option`` accepts.
    ``stage="data"`` runs in ``overlap`` and ``analyze`` and must not ask for affinities;
    ``stage="affinity"`` runs in ``analyze`` once they are estimated. ``default=False`` runs only when
    ``--only`` or ``--also`` names it. ``after`` names analyses of the same stage whose findings it
    reads. One with ``needs_molecules=True`` does not apply to a table of features, one with
    ``trains=True`` not to the gradients of another training, and both say so.
    """


@hookspec
def register_exporters(register: RegisterExporters) -> None:
    """Offer output formats.

    Call ``register(name, target, *, summary, suffix="", media_type="", needs=(), extra="",
    reference="")``. ``target`` resolves to a function ``(report: Report) -> bytes``.
    """
