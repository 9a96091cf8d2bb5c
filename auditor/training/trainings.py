"""The trainings of one audit: planned, run seed by seed, each kept as soon as it is finished."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor import console
from auditor.cache.locks import locked
from auditor.cache.store import key_of, load_entry
from auditor.errors import DataError
from auditor.plugin.calling import calling
from auditor.privacy import shown_options
from auditor.text import count_of
from auditor.training.entry import (
    NETWORK,
    checkpoint_of,
    forget_checkpoint,
    read_trace,
    save_training,
    say_what_changed,
)
from auditor.training.identity import code_identity, data_identity, reads_nothing
from auditor.training.splits import Split
from auditor.training.trace import Trace
from auditor.training.train import steps_per_epoch, train
from auditor.training.trained import Trained

if TYPE_CHECKING:
    from collections.abc import Callable

    from auditor.benchmark.benchmark import Benchmark
    from auditor.plugin.component import Component
    from auditor.training.config import TrainingConfig
    from auditor.training.encoder import Packed
    from auditor.training.trained import Trained
    from auditor.training.trainer import Trainer


@dataclass
class Trainings:
    """One training per seed on the same split; `run` makes those that are not there yet."""

    benchmark: Benchmark
    split: Split
    split_name: str
    encoder: Component
    encoder_options: dict[str, Any]
    config: TrainingConfig
    seeds: tuple[int, ...]
    device: str
    cache: Path
    traces: tuple[Trace, ...] = ()
    reused: list[int] = field(default_factory=list)

    def run(self) -> tuple[Trace, ...]:
        """Return the traces, one per seed."""
        if not self.traces:
            self.traces = tuple(self._one(seed) for seed in self.seeds)
            if self.reused:
                console.say(
                    f"{self.encoder.name} on {self.benchmark.name}: {len(self.reused)} of "
                    f"{count_of(len(self.seeds), 'training')} finished already"
                )
        return self.traces

    def networks(self) -> tuple[Trained, ...]:
        """Return the trained networks, one per seed."""
        self.run()
        return tuple(self._network(seed) for seed in self.seeds)

    def stored(self) -> dict[int, float]:
        """Return the seconds that each stored training took, by seed; nothing is trained."""
        entries = {seed: load_entry(self._folder(seed)) for seed in self.seeds}
        return {seed: float(entry.about["duration_s"]) for seed, entry in entries.items() if entry}

    def facts(self) -> dict[str, Any]:
        """Return what the document tells of the trainings."""
        return {
            "sentence": self._sentence(),
            "encoder": self.encoder.name,
            "encoder_owner": str(self.encoder.owner),
            "encoder_options": shown_options(self.encoder_options),
            "split": self.split_name,
            "compounds": {side.name: len(getattr(self.split, side.name)) for side in fields(self.split)},
            "config": asdict(self.config),
            "device": self.device,
            "runs": [_facts(trace) for trace in self.traces],
        }

    def _one(self, seed: int) -> Trace:
        folder = self._folder(seed)
        with locked(folder):
            entry = load_entry(folder)
            if entry is not None:
                forget_checkpoint(folder)
                self.reused.append(seed)
                return read_trace(entry)
            about = [self.benchmark.name, self.encoder.name, seed]
            say_what_changed(folder.parent, about, self._identity)
            trainer = self._train(seed, checkpoint_of(folder))
            trace = trainer.trace()
            save_training(folder, trace, trainer.best)
            forget_checkpoint(folder)
        return trace

    def _network(self, seed: int) -> Trained:
        import torch

        from auditor.training.loss import target_table
        from auditor.training.network import Network

        entry = load_entry(self._folder(seed))
        if entry is None:
            raise DataError(f"the training of seed {seed} is gone from the cache", hint="run this again")
        network = Network(self.factory(), self.benchmark.t, seed=seed).to(self.device)
        state = torch.load(entry.files[NETWORK], map_location=self.device, weights_only=True)
        network.load_state_dict(state)
        network.eval()
        targets = target_table(self.benchmark, self.split.train, device=self.device)
        return Trained(network, self._features, targets, self.benchmark, self.split, seed)

    def _folder(self, seed: int) -> Path:
        return self.cache / "trainings" / key_of([self._identity, seed])

    def _train(self, seed: int, checkpoint: Path) -> Trainer:
        label = f"training {self.encoder.name} on {self.benchmark.name}, seed {seed}"
        steps = self.config.epochs * steps_per_epoch(self.split, self.config)
        packed = self._features
        with console.progress(label, steps) as advance, calling(self.encoder):
            return train(
                self.benchmark,
                self.split,
                self.factory(),
                self.config,
                seed=seed,
                device=self.device,
                checkpoint=checkpoint,
                packed=packed,
                advance=advance,
            )

    @cached_property
    def _features(self) -> Packed:
        """The features of all compounds, shared by all seeds."""
        from auditor.training.features import pack_features

        label = f"computing features for {self.encoder.name}"
        with console.progress(label, self.benchmark.n) as advance, calling(self.encoder):
            packed = pack_features(self.factory()(seed=0).to(self.device), self.benchmark.inputs, advance)
        if lacking := getattr(packed, "lacking", ""):
            examples = getattr(packed, "examples", "")
            console.warn(f"{lacking} They are: {examples}" if examples else lacking)
        return packed

    def factory(self) -> Callable[..., Any]:
        """Return what builds the encoder from a seed, its options bound."""
        import functools

        return functools.partial(self.encoder.load(), **self.encoder_options)

    @cached_property
    def content(self) -> str:
        """Digest of what the encoder reads: of its features and of the state that it is built with.

        Empty for an encoder that reads nothing; else the features are computed.
        """
        from auditor.training.features import digest_of_encoder

        if reads_nothing(self.encoder, self.encoder_options):
            return ""
        return digest_of_encoder(self.factory(), self._features)

    @cached_property
    def _identity(self) -> dict[str, Any]:
        """Everything that the result depends on, by the name that a message gives it."""
        import torch

        return {
            **code_identity(self.encoder.load(), self.encoder.needs),
            "number of threads": torch.get_num_threads(),
            "encoder": [self.encoder.name, str(self.encoder.owner)],
            "encoder options": self.encoder_options,
            "features": self.content,
            "device": self.device,
            **data_identity(self.benchmark, self.split, self.config),
        }

    def _sentence(self) -> str:
        if not self.traces:
            return "No estimator needed a training."
        config, trace = self.config, self.traces[0]
        share = len(self.split.train) / self.benchmark.n
        return (
            f"Encoder {self.encoder.name} with {trace.parameters:,} shared parameters and one head per "
            f"task, {count_of(len(self.seeds), 'seed')}, at most {config.epochs} epochs in batches of "
            f"{config.batch_size} on {share:.0%} of the compounds ({self.split_name} split), early "
            f"stopping on the validation compounds, gradients logged every {config.log_every} steps."
            f"{self._read()}"
        )

    def _read(self) -> str:
        """Return what the encoder says of the files that it read, and of compounds it has nothing for."""
        if not self.content:
            return ""
        said = (getattr(self._features, name, "") for name in ("source", "lacking"))
        return "".join(f" {sentence}" for sentence in said if sentence)


def _facts(trace: Trace) -> dict[str, Any]:
    epochs = len(trace.validation_loss)
    return {
        "seed": trace.seed,
        "epochs": epochs,
        "best_epoch": trace.best_epoch,
        "logs": len(trace.steps),
        "steps_of_last_log": int(trace.steps[-1]) if len(trace.steps) else None,
        "training_loss": trace.training_loss,
        "validation_loss": trace.validation_loss,
        "shared_parameters": trace.parameters,
    }
