"""Writing is cut short at every operation; what was there before is there, or what is new, and no litter."""

from __future__ import annotations

import json
import os
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.cache.locks import locked
from auditor.cache.run_folder import check_run, write_run
from auditor.cache.store import MANIFEST, load_entry, save_entry
from auditor.cache.writing import part_of, parts_of, sweep, write_atomic
from auditor.errors import DataError, StorageError
from benchmarks.faults.hook import die_at, full_from

OLD, NEW = {"a": b"old", "b": b"same"}, {"a": b"new", "c": b"more"}
MOST = 200
"""More operations than any of the writers makes."""


def forked(prepare: Callable[[], None], work: Callable[[], object]) -> int:
    """Do some work in a child; return its exit code, -9 where it was killed, 4 after a StorageError."""
    pid = os.fork()
    if pid == 0:
        code = 0
        try:
            prepare()
            work()
        except StorageError:
            code = 4
        except BaseException:
            code = 1
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def held(folder: Path) -> dict[str, bytes] | None:
    """The files of an entry."""
    entry = load_entry(folder)
    return None if entry is None else {name: path.read_bytes() for name, path in entry.files.items()}


def replace_entry(folder: Path, files: dict[str, bytes]) -> None:
    with locked(folder):
        save_entry(folder, files, {})


@pytest.mark.parametrize("fault", [die_at, full_from])
def test_an_entry_that_is_replaced_is_the_old_or_the_new_one_at_every_moment(
    tmp_path: Path, fault: Callable[[Path, int], Callable[[], None]]
) -> None:
    seen = []
    for number in range(1, MOST):
        root = tmp_path / str(number)
        replace_entry(root / "e", OLD)
        code = forked(fault(root, number), lambda root=root: replace_entry(root / "e", NEW))
        assert code in (0, 4, -signal.SIGKILL)
        found = held(root / "e")
        assert found in (OLD, NEW), (number, found)
        seen.append(found == NEW)
        replace_entry(root / "e", NEW)
        assert held(root / "e") == NEW
        assert sorted(path.name for path in root.iterdir()) == [".e.lock", "e"]
        if code == 0 and seen[-2:] == [True, True]:
            break
    assert seen[0] is False and seen[-1] is True and len(seen) > 10


def test_a_file_that_is_replaced_is_the_old_or_the_new_one_at_every_moment(tmp_path: Path) -> None:
    codes = []
    for number in range(1, MOST):
        path = tmp_path / str(number) / "report.html"
        write_atomic(path, b"old")
        codes.append(forked(die_at(path.parent, number), lambda path=path: write_atomic(path, b"new")))
        assert path.read_bytes() in (b"old", b"new")
        write_atomic(path, b"newer")
        assert [found.name for found in path.parent.iterdir()] == ["report.html"]
        if codes[-1] == 0:
            break
    assert codes.count(-signal.SIGKILL) >= 4 and codes[-1] == 0


def test_a_run_that_is_cut_short_is_refused_or_whole(tmp_path: Path) -> None:
    outcomes = set()
    for number in range(1, MOST):
        folder = tmp_path / str(number)
        write_run(folder, {"audit.json": b"1", "report.md": b"one"}, {})
        files = {"audit.json": b"2", "report.md": b"two"}
        code = forked(
            die_at(folder, number), lambda folder=folder, files=files: write_run(folder, files, {})
        )
        data = (folder / "audit.json").read_bytes()
        try:
            check_run(folder / "audit.json", data)
            outcomes.add(data)
        except DataError as error:
            outcomes.add(b"refused")
            assert "run the audit again" in error.hint
        write_run(folder, files, {})
        assert sorted(path.name for path in folder.iterdir()) == ["audit.json", MANIFEST, "report.md"]
        if code == 0:
            break
    assert outcomes == {b"1", b"2", b"refused"}


def test_the_part_of_a_dead_writer_is_swept_and_that_of_a_living_one_stays(tmp_path: Path) -> None:
    path = tmp_path / "a"

    def die_writing() -> None:
        with part_of(path) as (stream, _):
            stream.write(b"half")
            stream.flush()
            os.kill(os.getpid(), signal.SIGKILL)

    assert forked(lambda: None, die_writing) == -signal.SIGKILL
    dead = parts_of(path)
    with part_of(path) as (_, living):
        assert len(dead) == 1 and set(parts_of(path)) == {*dead, living}
        assert forked(lambda: None, lambda: sweep(path)) == 0
        assert parts_of(path) == [living]
    assert not parts_of(path)


def test_an_entry_in_the_place_of_another_is_not_taken_for_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_entry(tmp_path / "one", OLD, {})
    save_entry(tmp_path / "two", NEW, {})
    (tmp_path / "one").rename(tmp_path / "aside")
    (tmp_path / "two").rename(tmp_path / "one")
    assert load_entry(tmp_path / "one") is None
    assert "it is the entry two" in capsys.readouterr().err


def test_an_entry_of_the_first_version_is_still_read(tmp_path: Path) -> None:
    save_entry(tmp_path / "e", OLD, {"turn": 1})
    manifest = json.loads((tmp_path / "e" / MANIFEST).read_text())
    del manifest["name"]
    (tmp_path / "e" / MANIFEST).write_text(json.dumps({**manifest, "format": 1}))
    assert held(tmp_path / "e") == OLD


def test_a_lock_is_free_when_its_holder_was_killed(tmp_path: Path) -> None:
    def die_holding() -> None:
        with locked(tmp_path / "e"):
            os.kill(os.getpid(), signal.SIGKILL)

    assert forked(lambda: None, die_holding) == -signal.SIGKILL
    with locked(tmp_path / "e"):
        pass


def test_a_folder_that_cannot_be_written_is_read_and_not_written(tmp_path: Path) -> None:
    save_entry(tmp_path / "e", OLD, {})
    for above in tmp_path.parents[:3]:
        if above.is_relative_to(tempfile.gettempdir()) and above != Path(tempfile.gettempdir()):
            above.chmod(0o755)
    tmp_path.chmod(0o555)

    def become_nobody() -> None:
        if os.getuid() == 0:
            os.setuid(65_534)

    def read() -> None:
        with locked(tmp_path / "e"):
            assert held(tmp_path / "e") == OLD

    try:
        assert forked(become_nobody, read) == 0
        assert forked(become_nobody, lambda: replace_entry(tmp_path / "e", NEW)) == 4
    finally:
        tmp_path.chmod(0o755)
    assert held(tmp_path / "e") == OLD
