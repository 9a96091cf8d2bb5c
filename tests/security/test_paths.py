"""No name that comes from data leads anywhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.cache.store import MANIFEST, load_entry, manifest_of, save_entry
from auditor.errors import DataError, PluginError
from auditor.source.fetching.published import is_name
from auditor.source.files import SourceFiles
from auditor.source.table.opening import read_columns

OUTSIDE = [
    "../x.csv", "a/../../x.csv", "/etc/passwd", "a//x.csv", "./x.csv", "a/./x.csv", "..", ".", "", "/",
    "a/", "C:\\x.csv", "C:/x.csv", "a\\..\\x.csv", "a\0.csv", "a\n.csv", "a/.x.csv.json", ".x.lock", "~/x.csv",
    "a/" * 40 + "x", "x" * 300, "-rf", "a/\u202egnp.csv", "file:///etc/passwd",
]  # fmt: skip


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_published_name_that_leads_out_of_the_cache_is_refused(tmp_path: Path, name: str) -> None:
    files = SourceFiles(tmp_path / "cache", str(tmp_path))
    before = sorted(tmp_path.rglob("*"))
    for ask in (
        lambda: files.need(name, url="http://127.0.0.1:1/x"),
        lambda: files.find(name),
        lambda: files.keep(name, b"x", url=""),
    ):
        with pytest.raises(PluginError, match="cannot be called"):
            ask()
    assert sorted(tmp_path.rglob("*")) == before


@given(st.text(max_size=40))
def test_every_accepted_name_stays_below_its_folder(name: str) -> None:
    folder = Path("/somewhere/cache")
    if is_name(name):
        path = folder / name
        assert path.is_relative_to(folder) and ".." not in path.parts
        assert not any(part.startswith(".") for part in Path(name).parts)
        assert name.isprintable()


@pytest.mark.parametrize(
    "name", ["tdc/ames.tab", "moleculenet/tox21.csv.gz", "tiny/rows.csv", "a/b c (2).csv", "übung.csv"]
)
def test_plain_names_are_accepted(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize("how", ["upwards", "absolute", "folder", "device", "nested"])
def test_a_manifest_that_names_files_elsewhere_is_no_entry(tmp_path: Path, how: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("of somebody else")
    folder = tmp_path / "entry"
    save_entry(folder, {"a": b"1"}, {})
    (folder / "sub").mkdir()
    (folder / "sub" / "b").write_text("1")
    name = {
        "upwards": "../secret.txt",
        "absolute": str(secret),
        "folder": "sub",
        "device": "/dev/zero",
        "nested": "sub/b",
    }[how]
    content = {"nested": b"1"}.get(how, secret.read_bytes())
    (folder / MANIFEST).write_bytes(manifest_of("entry", {name: content}, {}))
    assert load_entry(folder) is None


def test_a_link_to_a_device_in_an_entry_does_not_hang(tmp_path: Path) -> None:
    save_entry(tmp_path / "entry", {"a": b"1"}, {})
    (tmp_path / "entry" / "a").unlink()
    (tmp_path / "entry" / "a").symlink_to("/dev/zero")
    assert load_entry(tmp_path / "entry") is None


def test_a_device_in_a_mirror_or_in_place_of_a_table_does_not_hang(tmp_path: Path) -> None:
    (tmp_path / "tdc").mkdir()
    (tmp_path / "tdc" / "ames.tab").symlink_to("/dev/zero")
    with pytest.raises(DataError, match="--offline"):
        SourceFiles(tmp_path / "cache", str(tmp_path), offline=True).need("tdc/ames.tab", url="")
    (tmp_path / "cache" / "tdc" / "ames.tab").symlink_to("/dev/zero")
    with pytest.raises(DataError, match="--offline"):
        SourceFiles(tmp_path / "cache", offline=True).need("tdc/ames.tab", url="")
    with pytest.raises(DataError, match="device"):
        read_columns(Path("/dev/zero"))


def test_deeply_nested_manifests_and_notes_are_no_entry(tmp_path: Path) -> None:
    save_entry(tmp_path / "entry", {"a": b"1"}, {})
    deep = "[" * 100_000 + "]" * 100_000
    (tmp_path / "entry" / MANIFEST).write_text(deep)
    assert load_entry(tmp_path / "entry") is None
    path = SourceFiles(tmp_path).keep("a/x.csv", b"smiles\n", url="")
    (path.parent / ".x.csv.json").write_text(deep)
    assert SourceFiles(tmp_path, offline=True).need("a/x.csv", url="") == path
    (path.parent / ".x.csv.json").write_text(json.dumps({"sha256": 7, "url": ["x"]}))
    assert SourceFiles(tmp_path, offline=True).need("a/x.csv", url="") == path
