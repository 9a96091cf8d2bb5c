"""A plugin that misbehaves in every way that an author can think of, by name."""

from __future__ import annotations

import dataclasses
import logging
import os
import sys
from typing import Any

import click
import numpy as np
import torch
from torch import nn

from auditor import hookimpl
from auditor.audit.results import AffinityMatrix, Finding
from auditor.document.blocks import Table
from auditor.source.rows import SourceData, Task, TaskTable

print("a plugin that greets")
HANDLER = logging.StreamHandler(sys.stdout)
ANALYSES = "talking raising ragged unwritable nameless markup leaving exiting closing steering mute".split()
AFFINITIES = "wide infinite unmatched untold midway exiter sound".split()
ENCODERS = "narrow undefined later chatty exiting".split()


@hookimpl
def register_datasets(register: Any) -> None:
    register("hostile-talker", "tests.hostile_plugin:talker", summary="prints while reading")
    register("hostile-quitter", "tests.hostile_plugin:quitter", summary="ends the program")
    register("hostile-nan", "tests.hostile_plugin:unfinite", summary="holds NaN")


@hookimpl
def register_identities(register: Any) -> None:
    register("hostile-quitting", "tests.hostile_plugin:quitting", summary="ends the program")


@hookimpl
def register_exporters(register: Any) -> None:
    register("hostile-format", "tests.hostile_plugin:quitter", summary="ends", suffix=".end")


@hookimpl
def register_analyses(register: Any) -> None:
    for name in ANALYSES:
        target = f"tests.hostile_plugin:{name}"
        register(f"hostile-{name}", target, summary=name, stage="data", default=False)


@hookimpl
def register_affinities(register: Any) -> None:
    for name in AFFINITIES:
        target = f"tests.hostile_plugin:{name}"
        register(f"hostile-{name}", target, summary=name, measures="errors")


@hookimpl
def register_encoders(register: Any) -> None:
    for name in ENCODERS:
        register(f"hostile-{name}", f"tests.hostile_plugin:{name}", summary=name)


def talker(files: Any) -> SourceData:
    print("reading 1 of 3")
    smiles = [f"{'C' * (i % 40 + 1)}{end}" for i in range(60) for end in ("O", "N")]
    rng = np.random.default_rng(0)
    return SourceData(
        tuple(
            TaskTable(
                Task(f"t{i}", "classification"), smiles, rng.integers(0, 2, len(smiles)).astype(float)
            )
            for i in range(4)
        )
    )


def unfinite(files: Any) -> SourceData:
    return SourceData((TaskTable(Task("a", "regression"), ["C", "CC"], np.array([1.0, np.nan])),))


def talking(context: Any) -> Finding:
    print("one line\nand half of")
    print("\x1b[31manother", end="")
    os.write(1, b"native code says so too\n")
    HANDLER.emit(logging.LogRecord("x", 20, "", 0, "a handler made earlier", None, None))
    return Finding("hostile-talking", "It talks.")


def raising(context: Any) -> Finding:
    raise KeyError("no such column")


def leaving(context: Any) -> Finding:
    raise FloatingPointError("half way")


class Mute(Exception):
    """An exception of which no text can be made."""

    def __str__(self) -> str:
        raise ValueError("no text")


def exiting(context: Any = None, *, seed: int = 0) -> Any:
    """Leave with success as an analysis, or give an encoder that leaves in its fourth batch."""
    if context is None:
        return Encoder(seed, "exiting")
    return sys.exit(0)


def closing(context: Any) -> Finding:
    raise GeneratorExit


def steering(context: Any) -> Finding:
    raise click.exceptions.Exit(0)


def mute(context: Any) -> Finding:
    raise Mute


def exiter(context: Any) -> AffinityMatrix:
    raise BaseException("out of here")


def quitter(files: Any) -> SourceData:
    sys.exit(0)


def quitting(smiles: str, mol: Any) -> str:
    raise GeneratorExit if "N" in smiles else Mute


def ragged(context: Any) -> Finding:
    return Finding("hostile-ragged", "A table.", blocks=(Table(("a", "b"), ((1, 2), (3,))),))


def unwritable(context: Any) -> Finding:
    return Finding("hostile-unwritable", "Data.", {"of": {1, 2}})


def nameless(context: Any) -> Finding:
    return Finding("hostile-nameless", " ")


def markup(context: Any) -> Finding:
    return Finding("hostile-markup", "A block.", blocks=("<b>bold</b>",))  # type: ignore[arg-type]


def sound(context: Any) -> AffinityMatrix:
    t = context.benchmark.t
    ones = np.ones((t, t))
    names = context.benchmark.task_names
    return AffinityMatrix("hostile-sound", names, ones, 0 * ones, ones.astype(int), meaning="One.")


def wide(context: Any) -> AffinityMatrix:
    return dataclasses.replace(sound(context), values=np.ones((2, 3)))


def infinite(context: Any) -> AffinityMatrix:
    return dataclasses.replace(sound(context), values=np.full_like(sound(context).values, np.inf))


def unmatched(context: Any) -> AffinityMatrix:
    return dataclasses.replace(sound(context), tasks=sound(context).tasks[::-1])


def untold(context: Any) -> AffinityMatrix:
    return dataclasses.replace(sound(context), about={"model": object()})


def midway(context: Any) -> AffinityMatrix:
    context.traces()
    raise ZeroDivisionError("after the training")


class Encoder(nn.Module):
    """Counts atoms; ``flaw`` says what goes wrong."""

    def __init__(self, seed: int, flaw: str) -> None:
        super().__init__()
        self.width, self.flaw, self.calls = 4, flaw, 0
        self.layer = nn.Linear(1, 3 if flaw == "narrow" else 4)

    def featurize(self, mol: Any) -> float:
        if self.flaw == "chatty":
            print("featurizing")
        return float(mol.GetNumAtoms())

    def pack(self, features: Any) -> Any:
        table = torch.tensor(features)[:, None]

        class Packed:
            def batch(self, compounds: torch.Tensor) -> torch.Tensor:
                return table[compounds]

        return Packed()

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        if self.flaw == "exiting" and self.calls > 3:
            sys.exit(0)
        if self.flaw == "later" and self.calls > 3:
            raise MemoryError("the fourth batch")
        out: torch.Tensor = self.layer(batch)
        return out * float("nan") if self.flaw == "undefined" else out


def narrow(*, seed: int) -> Encoder:
    return Encoder(seed, "narrow")


def undefined(*, seed: int) -> Encoder:
    return Encoder(seed, "undefined")


def later(*, seed: int) -> Encoder:
    return Encoder(seed, "later")


def chatty(*, seed: int) -> Encoder:
    return Encoder(seed, "chatty")
