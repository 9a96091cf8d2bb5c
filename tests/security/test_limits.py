"""What is too large is refused before it is read, in one line with exit code 4, whatever its kind."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from auditor.cache.bounded import TooLarge, read_bounded
from auditor.source.table.parquet import MOST_COLUMNS
from tests.cli.conftest import Run, run, within

__all__ = ["run", "within"]


def sparse(path: Path, size: int) -> Path:
    """Make a file that says it is so large, and takes no room on the disk."""
    with path.open("wb") as stream:
        stream.truncate(size)
    return path


def refused(code: int, said: list[str], *words: str) -> bool:
    """Return whether a command ended with a line that says so, and a hint."""
    return code == 4 and all(word in said[0] for word in words) and "hint: " in said[-1] and len(said) == 2


@pytest.mark.parametrize("command", ["report", "compare"])
def test_a_document_of_fifty_gigabytes_is_not_read(within: Run, tmp_path: Path, command: str) -> None:
    path = sparse(tmp_path / "audit.json", 50_000_000_000)
    done = within(command, path, *([path] if command == "compare" else []))
    assert refused(done.code, done.said, "50,000,000,000 bytes", "1 GiB"), done.err


@pytest.mark.parametrize("suffix", ["csv", "parquet", "csv.gz", "sdf", "xlsx", "jsonl"])
def test_a_table_of_two_hundred_gigabytes_is_not_read(within: Run, tmp_path: Path, suffix: str) -> None:
    path = sparse(tmp_path / f"t.{suffix}", 200_000_000_000)
    done = within("check", path)
    assert refused(done.code, done.said, "200,000,000,000 bytes", "4 GiB"), done.err


def test_a_configuration_file_is_small(within: Run, tmp_path: Path) -> None:
    done = within("--config", sparse(tmp_path / "c.toml", 1 << 40), "list", "datasets")
    assert done.code == 2 and "64 MiB" in done.said[0], done.err


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl"])
def test_a_hundred_thousand_columns_are_refused(within: Run, tmp_path: Path, form: str) -> None:
    path, names = tmp_path / f"t.{form}", ["smiles", *(f"t{n}" for n in range(100_000))]
    if form == "csv":
        path.write_text(f"{','.join(names)}\n" + "\n".join("C" * n + ",1" * 100_000 for n in range(1, 4)))
    elif form == "jsonl":
        path.write_text("".join(f'{{"smiles": "C", "t{n}": {n % 2}}}\n' for n in range(MOST_COLUMNS + 1)))
    else:
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.table({name: ["C"] for name in names[: MOST_COLUMNS + 1]}), path)
    done = within("check", path)
    assert refused(done.code, done.said, "columns", f"{MOST_COLUMNS:,}"), done.err[:500]


def test_more_tasks_than_are_compared_with_one_another_are_refused(within: Run, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = ["smiles," + ",".join(f"t{n}" for n in range(6002))]
    rows += ["C" * n + "O," + ",".join(str((n * k) % 2) for k in range(6002)) for n in range(1, 23)]
    path.write_text("\n".join(rows))
    done = within("overlap", path, "--min-labels", "1")
    assert refused(done.code, done.said, "6,002 tasks", "2,500"), done.err


def test_a_pipe_is_read_up_to_the_limit(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    def endless() -> None:
        with pipe.open("wb") as stream:
            try:
                while True:
                    stream.write(b"0" * 65536)
            except BrokenPipeError:
                pass

    writer = threading.Thread(target=endless)
    writer.start()
    with pytest.raises(TooLarge, match="more than 1,048,576 bytes"):
        read_bounded(pipe, 1 << 20)
    writer.join(10)
    assert not writer.is_alive()
