"""Published files: whole and verified, or one clear error and nothing left behind."""

from __future__ import annotations

import gzip
import hashlib
import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.errors import DataError
from auditor.source.fetching import download
from auditor.source.files import SourceFiles
from tests.http_server import Answers, serving

BODY = b"Drug_ID\tDrug\tY\n1\tCCO\t1\n"
NAME = "tdc/ames.tab"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Answers]:
    monkeypatch.setattr(download, "PAUSE_S", 0.0)
    monkeypatch.setenv("no_proxy", "*")
    with serving() as answers:
        answers.bodies["/ames.tab"] = BODY
        yield answers


def kept(folder: Path) -> list[str]:
    """Return the files in the cache that are neither locks nor notes."""
    return sorted(p.name for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))


def test_a_download_arrives_whole_and_is_recorded(server: Answers, tmp_path: Path) -> None:
    files = SourceFiles(tmp_path)
    path = files.need(NAME, url=f"{server.address}/ames.tab")
    assert path == tmp_path / NAME
    assert path.read_bytes() == BODY
    (record,) = files.records()
    assert record == {
        "name": NAME,
        "url": f"{server.address}/ames.tab",
        "sha256": hashlib.sha256(BODY).hexdigest(),
        "bytes": len(BODY),
    }


def test_a_file_in_the_cache_is_not_asked_for_again(server: Answers, tmp_path: Path) -> None:
    for _ in range(3):
        SourceFiles(tmp_path).need(NAME, url=f"{server.address}/ames.tab")
    assert server.times("/ames.tab") == 1


def test_a_large_download_is_identical(server: Answers, tmp_path: Path) -> None:
    body = b"smiles\n" + bytes(range(33, 97)) * 50_000
    server.bodies["/large.csv"] = body
    path = SourceFiles(tmp_path).need("large.csv", url=f"{server.address}/large.csv")
    assert path.read_bytes() == body


def test_redirects_are_followed(server: Answers, tmp_path: Path) -> None:
    path = SourceFiles(tmp_path).need(NAME, url=f"{server.address}/moved/ames.tab")
    assert path.read_bytes() == BODY


def test_a_server_that_recovers_is_asked_again(server: Answers, tmp_path: Path) -> None:
    server.failures["/ames.tab"] = 2
    SourceFiles(tmp_path).need(NAME, url=f"{server.address}/ames.tab")
    assert server.times("/ames.tab") == 3


@pytest.mark.parametrize(
    ("path", "attempts", "said"),
    [
        ("/absent.tab", 1, "answered 404"),
        ("/short/ames.tab", download.ATTEMPTS, "bytes arrived"),
        ("/chunked/ames.tab", download.ATTEMPTS, "cannot be downloaded"),
        ("/dropped/ames.tab", download.ATTEMPTS, "cannot be downloaded"),
    ],
)
def test_a_failed_download_names_the_url_and_the_place_and_leaves_nothing(
    server: Answers, tmp_path: Path, path: str, attempts: int, said: str
) -> None:
    with pytest.raises(DataError) as caught:
        SourceFiles(tmp_path).need(NAME, url=server.address + path)
    assert said in caught.value.message
    assert server.address + path in caught.value.message
    assert str(tmp_path / NAME) in caught.value.hint
    assert server.times(path) == attempts
    assert kept(tmp_path) == []


def test_a_server_that_stays_down_is_named(server: Answers, tmp_path: Path) -> None:
    server.failures["/ames.tab"] = 99
    with pytest.raises(DataError, match="503"):
        SourceFiles(tmp_path).need(NAME, url=f"{server.address}/ames.tab")
    assert kept(tmp_path) == []


def test_a_closed_port_is_one_error(server: Answers, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be downloaded"):
        SourceFiles(tmp_path).need(NAME, url="http://127.0.0.1:1/ames.tab")


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        (NAME, b"", "empty"),
        (NAME, b"\n <!DOCTYPE html><html>maintenance</html>", "web page"),
        (NAME, b"<html><body>Service Unavailable</body></html>", "web page"),
        ("moleculenet/tox21.csv.gz", b"smiles,NR-AR\n", "not a .gz"),
    ],
)
def test_what_is_no_data_is_never_kept(
    server: Answers, tmp_path: Path, name: str, body: bytes, said: str
) -> None:
    server.bodies["/bad"] = body
    with pytest.raises(DataError, match=said):
        SourceFiles(tmp_path).need(name, url=f"{server.address}/bad")
    assert kept(tmp_path) == []


def test_a_wrong_checksum_is_refused(server: Answers, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="checksum"):
        SourceFiles(tmp_path).need(NAME, url=f"{server.address}/ames.tab", sha256="0" * 64)
    assert kept(tmp_path) == []


@pytest.mark.parametrize("spoilt", [b"", b"<html>error</html>", BODY[:-4]])
def test_a_spoilt_file_in_the_cache_is_replaced(
    server: Answers, tmp_path: Path, spoilt: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    SourceFiles(tmp_path).need(NAME, url=f"{server.address}/ames.tab")
    (tmp_path / NAME).write_bytes(spoilt)
    assert SourceFiles(tmp_path).need(NAME, url=f"{server.address}/ames.tab").read_bytes() == BODY
    assert "not usable" in capsys.readouterr().err


@pytest.mark.parametrize("spoilt", [None, b"", b"<html>error</html>"])
def test_offline_asks_nobody_and_says_what_to_put_where(
    server: Answers, tmp_path: Path, spoilt: bytes | None
) -> None:
    if spoilt is not None:
        (tmp_path / NAME).parent.mkdir(parents=True)
        (tmp_path / NAME).write_bytes(spoilt)
    url = f"{server.address}/ames.tab"
    with pytest.raises(DataError, match="--offline") as caught:
        SourceFiles(tmp_path, offline=True).need(NAME, url=url)
    assert url in caught.value.hint
    assert str(tmp_path / NAME) in caught.value.hint
    assert server.asked == []


def test_offline_says_that_the_mirror_folder_does_not_exist_or_lacks_the_file(tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    files = SourceFiles(tmp_path / "cache", str(mirror), offline=True)
    with pytest.raises(DataError, match=f"the mirror folder {mirror} does not exist"):
        files.need(NAME, url="https://example.org/1")
    mirror.mkdir()
    with pytest.raises(DataError, match=f"the mirror {mirror} lacks it"):
        files.need(NAME, url="https://example.org/1")


def test_a_file_put_by_hand_serves_offline(tmp_path: Path) -> None:
    (tmp_path / NAME).parent.mkdir(parents=True)
    (tmp_path / NAME).write_bytes(BODY)
    assert SourceFiles(tmp_path, offline=True).need(NAME, url="https://example.org/1").is_file()


def test_a_mirror_folder_serves_offline_and_stays_untouched(tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    (mirror / NAME).parent.mkdir(parents=True)
    (mirror / NAME).write_bytes(BODY)
    before = [(p, p.stat().st_mtime_ns) for p in sorted(mirror.rglob("*"))]
    files = SourceFiles(tmp_path / "cache", str(mirror), offline=True)
    path = files.need(NAME, url="https://example.org/1")
    path.write_bytes(b"a library writes where it reads")
    assert (mirror / NAME).read_bytes() == BODY
    assert [(p, p.stat().st_mtime_ns) for p in sorted(mirror.rglob("*"))] == before


def test_a_newer_file_in_a_mirror_folder_replaces_the_cached_one(tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    (mirror / NAME).parent.mkdir(parents=True)
    (mirror / NAME).write_bytes(BODY)
    files = SourceFiles(tmp_path / "cache", str(mirror), offline=True)
    files.need(NAME, url="https://example.org/1")
    newer = BODY.replace(b"CCO", b"CCN")
    (mirror / NAME).write_bytes(newer)
    assert files.need(NAME, url="https://example.org/1").read_bytes() == newer


def test_an_error_page_in_a_mirror_is_refused_with_its_place(tmp_path: Path) -> None:
    source = tmp_path / "mirror" / NAME
    source.parent.mkdir(parents=True)
    source.write_bytes(b"<html></html>")
    with pytest.raises(DataError, match="web page") as caught:
        SourceFiles(tmp_path / "cache", str(tmp_path / "mirror")).need(NAME, url="")
    assert str(source) in caught.value.message
    assert kept(tmp_path / "cache") == []


def test_a_mirror_url_is_asked_by_published_name(server: Answers, tmp_path: Path) -> None:
    server.bodies["/tdc/ames.tab"] = BODY
    files = SourceFiles(tmp_path, mirror=f"{server.address}/moved/")
    assert files.need(NAME, url="https://example.org/1").read_bytes() == BODY
    assert "/moved/tdc/ames.tab" in server.asked


def test_gzip_is_kept_as_published(server: Answers, tmp_path: Path) -> None:
    body = gzip.compress(b"smiles,NR-AR\nCCO,1\n")
    server.bodies["/tox21.csv.gz"] = body
    path = SourceFiles(tmp_path).need("tox21.csv.gz", url=f"{server.address}/tox21.csv.gz")
    assert path.read_bytes() == body


def _need(folder: Path, url: str) -> None:
    SourceFiles(folder).need(NAME, url=url)


def test_processes_that_want_one_file_download_it_once(server: Answers, tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    url = f"{server.address}/ames.tab"
    workers = [context.Process(target=_need, args=(tmp_path, url)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * 4
    assert server.times("/ames.tab") == 1
