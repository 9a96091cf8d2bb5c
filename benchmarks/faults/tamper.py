"""Truncated, changed and exchanged files: noticed, or what was read is what had been written."""

from __future__ import annotations

import contextlib
import io
import json
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

from auditor.cache.store import FORMAT, MANIFEST, load_entry
from auditor.chemistry.name_memory import recall
from auditor.cli.documents import read_document
from auditor.errors import AuditError
from auditor.source.files import SourceFiles
from auditor.training.checkpoint import CheckpointFile, sealed
from auditor.training.entry import say_what_changed
from benchmarks.faults.cases import ANALYZE, RECOMMEND
from benchmarks.faults.child import run
from benchmarks.faults.damage import damage
from benchmarks.faults.holds import compare, finished, outputs, tidy
from benchmarks.faults.tally import Tally

Read = Callable[[], Any]
"""Reads the way the program does: what was written, or None where it takes it for nothing."""
KEY = {"labels": "a", "seed": "0"}


def tamper(work: Path, times: int, rng: random.Random) -> Iterator[Tally]:
    """Damage every kind of file at random, exchange entries, and let the program read."""
    made = work / "made"
    for case in (ANALYZE, RECOMMEND):
        if run(case.arguments, made).code != 0:
            raise RuntimeError(f"{case.name} does not even run undisturbed")
    for name, paths, read in _kinds(made, work):
        yield _damaged(name, paths, read, times, rng)
    yield _exchanged(made / "cache", rng)
    yield _versions(made / "cache")
    yield _whole_command(made, work / "again", max(1, times // 10), rng)


def _kinds(made: Path, work: Path) -> Iterator[tuple[str, Sequence[Path], Callable[[Path], Read]]]:
    """Yield every kind of file: its name, where some are, and what reads them."""
    cache = made / "cache"
    for part in ("datasets", "trainings", "jobs", "recommendations"):
        files = [path for folder in (cache / part).glob("[!.]*") for path in folder.glob("*")]
        yield f"an entry of {part}", files, lambda path: lambda: _entry(path.parent)
    memory = [path for path in (cache / "identity").glob("*.sqlite") if recall(path, _texts(path))]
    yield "names of compounds", memory, _names
    yield "an unfinished training", [_checkpoint(work)], lambda path: CheckpointFile(path, KEY).load
    yield "the record of the last training", list((cache / "trainings").glob("last-*")), _last
    yield "a published file", [_published(work)], lambda path: lambda: _needed(path)
    yield "the document of a run", [made / "out" / "audit.json"], lambda path: lambda: read_document(path)


def _damaged(
    name: str, paths: Sequence[Path], read: Callable[[Path], Read], times: int, rng: random.Random
) -> Tally:
    tally = Tally(f"damaged: {name}")
    for _ in range(times):
        path = rng.choice(paths)
        data, reading = path.read_bytes(), read(path)
        with contextlib.redirect_stderr(io.StringIO()):
            wanted = reading()
        how = damage(path, rng)
        tally.times += 1
        tally.see(how)
        _judge(tally, reading, wanted, f"{path.name} {how}")
        path.write_bytes(data)
    return tally


def _judge(tally: Tally, reading: Read, wanted: Any, what: str) -> None:
    """Blame a reader that returns something else than was written, or that breaks."""
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            found = reading()
    except AuditError as error:
        if not (error.hint and "\n" not in error.message):
            tally.blame("unclear", f"{what}: {error}")
    except Exception as error:
        tally.blame("unclear", f"{what}: {type(error).__name__}: {error}")
    else:
        if found is not None and not _same(found, wanted):
            tally.blame("wrong", f"{what} was believed")


def _exchanged(cache: Path, rng: random.Random) -> Tally:
    """Put every entry, whole, into the place of every other one of its part."""
    tally = Tally("exchanged: whole entries")
    for part in ("trainings", "jobs"):
        folders = [folder for folder in (cache / part).glob("[!.]*") if folder.is_dir()]
        for one in folders:
            other = rng.choice([folder for folder in folders if folder != one])
            aside = one.with_name(f".{one.name}.aside")
            one.rename(aside)
            shutil.copytree(other, one)
            tally.times += 1
            _judge(tally, lambda one=one: _entry(one), None, f"{other.name} in the place of {one.name}")
            shutil.rmtree(one)
            aside.rename(one)
    return tally


def _versions(cache: Path) -> Tally:
    """Let every entry be of an older or a newer version of the store, and a checkpoint likewise."""
    tally = Tally("another version of the store")
    for folder in finished(cache):
        path = folder / MANIFEST
        data = path.read_bytes()
        for version in (0, FORMAT + 1, str(FORMAT), None, [FORMAT]):
            path.write_text(json.dumps({**json.loads(data), "format": version}))
            tally.times += 1
            _judge(tally, lambda folder=folder: _entry(folder), None, f"version {version}")
        path.write_bytes(data)
    body = io.BytesIO()
    torch.save({"key": KEY, "state": {"a": torch.ones(3)}}, body)
    file = cache / "old.checkpoint"
    for data in (body.getvalue(), sealed(body.getvalue()).replace(b"checkpoint 2", b"checkpoint 3")):
        file.write_bytes(data)
        tally.times += 1
        _judge(tally, CheckpointFile(file, KEY).load, None, "a checkpoint of another version")
    file.unlink()
    return tally


def _whole_command(made: Path, folder: Path, times: int, rng: random.Random) -> Tally:
    """Damage any file of a cache, run the command again: the document must be the same bytes."""
    tally = Tally(f"damaged: any file, then {ANALYZE.name} again")
    for _ in range(times):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(made, folder)
        files = [path for path in (folder / "cache").rglob("[!.]*") if path.is_file()]
        path = rng.choice([path for path in files if "jobs" not in path.parts])
        how = damage(path, rng)
        tally.times += 1
        ended = run(ANALYZE.arguments, folder)
        if not ended.is_clear(0):
            tally.blame("unclear", f"{path} {how}: exit {ended.code}: {ended.err[-300:]}")
        if "cannot be used" in ended.err or "damaged" in ended.err:
            tally.see("said so")
        compare(ANALYZE, folder, outputs(ANALYZE, made), tally)
        tidy(folder, tally)
    return tally


def _entry(folder: Path) -> Any:
    entry = load_entry(folder)
    return None if entry is None else (entry.about, {n: p.read_bytes() for n, p in entry.files.items()})


def _texts(memory: Path) -> list[str]:
    import sqlite3

    with contextlib.closing(sqlite3.connect(memory)) as connection:
        return [text for (text,) in connection.execute("SELECT smiles FROM names")]


def _names(memory: Path) -> Read:
    texts = _texts(memory)
    return lambda: recall(memory, texts)


def _checkpoint(work: Path) -> Path:
    path = work / "run.checkpoint"
    generator = torch.Generator().manual_seed(0)
    state = {"network": torch.randn(64, 64, generator=generator), "epoch": 3, "losses": [0.5, 0.25]}
    CheckpointFile(path, KEY, due=0.0).save(lambda: state)
    return path


def _last(path: Path) -> Read:
    data = path.read_bytes()

    def read() -> None:
        folder = path.parent / "last"
        folder.mkdir(exist_ok=True)
        say_what_changed(folder, "x", {"labels": "a"})
        next(folder.glob("last-*.json")).write_bytes(path.read_bytes())
        say_what_changed(folder, "x", {"labels": "b"})
        shutil.rmtree(folder)

    assert data
    return read


def _published(work: Path) -> Path:
    files = SourceFiles(work / "files", offline=True)
    return files.keep(
        "set/table.csv", b"smiles,value\n" + b"CCO,1\n" * 400, url="https://example.org/table.csv"
    )


def _needed(path: Path) -> bytes:
    files = SourceFiles(path.parents[1], offline=True)
    return files.need("set/table.csv", url="https://example.org/table.csv").read_bytes()


def _same(found: Any, wanted: Any) -> bool:
    """Return whether what was read is what was written; of names, those that were read."""
    if isinstance(found, torch.Tensor):
        return isinstance(wanted, torch.Tensor) and torch.equal(found, wanted)
    if isinstance(found, dict) and isinstance(wanted, dict):
        return all(name in wanted and _same(value, wanted[name]) for name, value in found.items())
    if isinstance(found, tuple) and isinstance(wanted, tuple):
        return len(found) == len(wanted) and all(map(_same, found, wanted))
    return bool(found == wanted)
