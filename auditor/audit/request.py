"""What the user asked for, in full: an audit is a function of this and of the published data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.chemistry.levels import DEFAULT_IDENTITY
from auditor.errors import UsageError
from auditor.gate.gate import Thresholds
from auditor.source.table.featured import examples_asked

if TYPE_CHECKING:
    from auditor.audit.recorded import Recorded
    from auditor.benchmark.replicate_policy import Conflicts
    from auditor.plugin.component import Reader
    from auditor.plugin.registry import Registry
    from auditor.source.rows import SourceData
    from auditor.source.table.rules import Censored


OF_MOLECULES, OF_FEATURES = "gcn", "mlp"
"""The encoders of an audit that names none."""


@dataclass(frozen=True)
class DataRequest:
    """Which data, joined how, held against which thresholds.

    Parameters
    ----------
    benchmark
        A registered dataset's name, or the path of a table; with ``data`` a name for it.
    more
        Paths of further tables that are joined with the first one.
    registry
        The installed components.
    cache, mirror, offline
        Where published files come from and go to.
    reader
        Who reads the published files of a registered dataset: see `auditor.plugin.component.Dataset`.
    options
        ``--dataset-option`` texts by name.
    smiles_column
        Of a table; found by its name if None.
    features, key
        Of a table without molecules: its columns of features, or their file, and the column that names
        the examples; see `auditor.source.table.featured`.
    tasks, exclude
        Names to keep, in order, empty for all; and names to leave out.
    missing, censored
        What stands for "not measured" in a file, and what becomes of values such as ``>10``: see
        `auditor.source.table.rules`.
    long
        The columns of a file with one row per compound and assay, by their role.
    min_labels
        Tasks with fewer labels are left out.
    identity, conflicts, thresholds
        How compounds are named, replicates settled, and pairs judged.
    only, skip, also
        Which analyses run: only these, all but these, and these beside the default ones.
    component_options
        ``--affinity-option`` and ``--analysis-option`` texts by option name, under (kind, component).
    command
        The command line, for the report.
    structures, names
        Whether documents show structures, and names of tasks, columns and files; numbers if not.
    data
        Rows that are in memory already; then no name is looked up and no file is read.
    """

    benchmark: str
    registry: Registry
    cache: Path
    mirror: str = ""
    offline: bool = False
    reader: Reader = "auto"
    options: Mapping[str, str] = field(default_factory=dict)
    smiles_column: str | None = None
    tasks: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    long: Mapping[str, str] = field(default_factory=dict)
    censored: Censored = "drop"
    min_labels: int = 1
    identity: str = DEFAULT_IDENTITY
    conflicts: Conflicts = "auto"
    thresholds: Thresholds = field(default_factory=Thresholds)
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    component_options: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    command: str = ""
    structures: bool = True
    names: bool = True
    data: SourceData | None = None
    more: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    key: str | None = None

    def __post_init__(self) -> None:
        """Refuse unknown analyses before anything is read."""
        for name in (*self.only, *self.skip, *self.also):
            self.registry.get("analysis", name)
        examples_asked(self.features, self.key, smiles_column=self.smiles_column)
        if self.features and self.identity != DEFAULT_IDENTITY:
            raise UsageError(
                "--identity is about molecules", hint="--key names the column that tells examples apart"
            )


@dataclass(frozen=True)
class AnalysisRequest:
    """A `DataRequest` and how to train, estimate and analyse on it.

    ``encoder`` and ``split`` are by default those of the data: a GCN and scaffolds for molecules, a
    perceptron and a random split for features. ``overrides`` replace single values of the training
    preset. ``repeats`` trains with the seeds ``seed``, ``seed + 1``, and so on. With ``recorded`` gradients
    nothing is trained, and the encoder and the split have no name.
    """

    data: DataRequest
    encoder: str = ""
    encoder_options: Mapping[str, str] = field(default_factory=dict)
    affinities: tuple[str, ...] = ("gradient-cosine",)
    split: str = ""
    preset: str = "quick"
    overrides: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0
    repeats: int = 1
    window: float = 0.2
    device: str = "auto"
    ignore_gate: bool = False
    recorded: Recorded | None = None

    def __post_init__(self) -> None:
        """Settle what was left open; refuse an unknown encoder or estimator before anything is read."""
        for name in self.affinities:
            self.data.registry.get("affinity", name)
        if self.recorded is not None:
            self._refuse_training()
            return
        encoder, split = (OF_FEATURES, "random") if self.data.features else (OF_MOLECULES, "scaffold")
        object.__setattr__(self, "encoder", self.encoder or encoder)
        object.__setattr__(self, "split", self.split or split)
        self.data.registry.get("encoder", self.encoder)

    def _refuse_training(self) -> None:
        """Refuse what is about a training of ours, where the gradients are from another one."""
        asked = {
            "--encoder": self.encoder,
            "--encoder-option": self.encoder_options,
            "--split": self.split,
            "--seeds": self.repeats > 1,
            **{f"--{name.replace('_', '-')}": True for name in self.overrides},
        }
        if not self.data.names:
            raise UsageError(
                "--anonymise hides the names by which recorded gradients are matched",
                hint="leave it out with --gradients-from",
            )
        for option, given in asked.items():
            if given:
                raise UsageError(
                    f"{option} is about a training, and --gradients-from brings that of another program",
                    hint="give one of the two",
                )
