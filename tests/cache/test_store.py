"""The store: whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.cache.store import FORMAT, MANIFEST, key_of, load_entry, save_entry
from auditor.cache.writing import write_atomic
from auditor.errors import StorageError

FILES = {"a.bin": bytes(range(256)) * 10, "b.txt": b"text"}


def test_an_entry_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    save_entry(tmp_path / "e", FILES, {"answer": 42})
    entry = load_entry(tmp_path / "e")
    assert entry is not None and entry.about == {"answer": 42}
    assert {name: path.read_bytes() for name, path in entry.files.items()} == FILES


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([*FILES, MANIFEST]), st.data())
def test_an_entry_damaged_anywhere_is_not_read(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("store") / "e"
    save_entry(folder, FILES, {"answer": 42})
    raw = (folder / name).read_bytes()
    cut = data.draw(st.integers(0, len(raw) - 1))
    if data.draw(st.booleans()):
        (folder / name).write_bytes(raw[:cut])
    else:
        (folder / name).write_bytes(raw[:cut] + bytes([raw[cut] ^ 0xFF]) + raw[cut + 1 :])
    assert load_entry(folder) is None


def test_an_entry_of_another_format_is_not_read(tmp_path: Path) -> None:
    save_entry(tmp_path / "e", FILES, {})
    manifest = json.loads((tmp_path / "e" / MANIFEST).read_text())
    (tmp_path / "e" / MANIFEST).write_text(json.dumps({**manifest, "format": FORMAT + 1}))
    assert load_entry(tmp_path / "e") is None


def test_writing_again_replaces_the_entry_and_leaves_no_litter(tmp_path: Path) -> None:
    save_entry(tmp_path / "e", FILES, {"turn": 1})
    save_entry(tmp_path / "e", {"c": b"new"}, {"turn": 2})
    entry = load_entry(tmp_path / "e")
    assert entry is not None and set(entry.files) == {"c"} and entry.about == {"turn": 2}
    assert [path.name for path in tmp_path.iterdir()] == ["e"]


def test_a_failed_write_leaves_the_old_file_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "report.html"
    write_atomic(target, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("auditor.cache.writing.os.fsync", full)
    with pytest.raises(StorageError, match="No space left on device"):
        write_atomic(target, b"new")
    assert target.read_bytes() == b"old" and list(tmp_path.iterdir()) == [target]


def test_a_place_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot write") as caught:
        write_atomic(tmp_path / "file" / "below", b"x")
    assert "--cache-dir" in caught.value.hint


def test_keys_depend_on_content_not_on_order() -> None:
    assert key_of({"a": 1, "b": 2}) == key_of({"b": 2, "a": 1}) != key_of({"a": 1, "b": 3})
