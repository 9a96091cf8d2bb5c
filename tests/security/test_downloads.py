"""What a server can do to a download, and what is left of it: the whole file, or one clear error."""

from __future__ import annotations

import gzip
import json
import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auditor.errors import AuditError, DataError
from auditor.source.fetching import address, download
from auditor.source.fetching.deadline import Deadline
from auditor.source.files import SourceFiles
from tests.http_server import Answers, serving

NAME = "tdc/ames.tab"
BODY = b"Drug_ID\tDrug\tY\n" + b"".join(b"%d\tCCO\t1\n" % row for row in range(40_000))


def kept(folder: Path) -> list[str]:
    """Return the files in the cache that are neither locks nor notes."""
    return sorted(p.name for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))


def test_a_download_that_broke_goes_on_where_it_broke(server: Answers, tmp_path: Path) -> None:
    server.bodies["/ames.tab"] = BODY
    server.breaks["/tagged/ames.tab"] = 2
    path = SourceFiles(tmp_path).need(NAME, url=f"{server.address}/tagged/ames.tab")
    assert path.read_bytes() == BODY
    ranges = [headers.get("Range") for headers in server.headers]
    assert ranges == [None, f"bytes={len(BODY) // 2}-", f"bytes={len(BODY) * 3 // 4}-"]
    assert not list(tmp_path.rglob("*.arriving*"))


def test_the_next_run_goes_on_where_the_last_one_gave_up(server: Answers, tmp_path: Path) -> None:
    server.bodies["/ames.tab"] = BODY
    server.breaks["/tagged/ames.tab"] = download.ATTEMPTS
    url = f"{server.address}/tagged/ames.tab"
    with pytest.raises(DataError, match="bytes arrived"):
        SourceFiles(tmp_path).need(NAME, url=url)
    assert kept(tmp_path) == []
    assert SourceFiles(tmp_path).need(NAME, url=url).read_bytes() == BODY
    assert server.headers[-1]["Range"] != "bytes=0-"


def test_a_file_that_changed_meanwhile_is_fetched_from_its_beginning(
    server: Answers, tmp_path: Path
) -> None:
    server.bodies["/ames.tab"] = BODY
    server.breaks["/tagged/ames.tab"] = download.ATTEMPTS
    url = f"{server.address}/tagged/ames.tab"
    with pytest.raises(DataError):
        SourceFiles(tmp_path).need(NAME, url=url)
    newer = server.bodies["/ames.tab"] = BODY.replace(b"CCO", b"CCN")
    assert SourceFiles(tmp_path).need(NAME, url=url).read_bytes() == newer


def test_what_is_held_of_another_address_is_not_gone_on_with(server: Answers, tmp_path: Path) -> None:
    server.bodies |= {"/ames.tab": BODY, "/other.tab": BODY}
    server.breaks["/tagged/ames.tab"] = download.ATTEMPTS
    with pytest.raises(DataError):
        SourceFiles(tmp_path).need(NAME, url=f"{server.address}/tagged/ames.tab")
    SourceFiles(tmp_path).need(NAME, url=f"{server.address}/tagged/other.tab")
    assert "Range" not in server.headers[-1]


def test_more_than_the_whole_file_held_begins_anew(server: Answers, tmp_path: Path) -> None:
    server.bodies["/ames.tab"] = BODY
    server.breaks["/tagged/ames.tab"] = download.ATTEMPTS
    url = f"{server.address}/tagged/ames.tab"
    with pytest.raises(DataError):
        SourceFiles(tmp_path).need(NAME, url=url)
    (part,) = tmp_path.rglob("*.arriving")
    part.write_bytes(BODY + BODY)
    assert SourceFiles(tmp_path).need(NAME, url=url).read_bytes() == BODY


def test_a_server_that_falls_silent_is_given_up(
    server: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "TIMEOUT_S", 0.2)
    server.bodies["/ames.tab"] = BODY
    with pytest.raises(DataError, match=r"timed out|nothing arrived"):
        SourceFiles(tmp_path).need(NAME, url=f"{server.address}/stalled/ames.tab")
    assert server.times("/stalled/ames.tab") == download.ATTEMPTS


@pytest.mark.parametrize("how", ["trickled", "crumbs"])
def test_a_server_that_sends_a_byte_at_a_time_is_given_up(
    server: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """No silence is ever longer than a tenth of the limit: only a deadline for the whole of it ends this."""
    monkeypatch.setattr(download, "TIMEOUT_S", 0.3)
    monkeypatch.setattr(download, "PAUSE_S", 0.01)
    server.bodies["/ames.tab"] = BODY
    with pytest.raises(DataError, match="nothing arrived"):
        SourceFiles(tmp_path).need(NAME, url=f"{server.address}/{how}/ames.tab")
    assert server.times(f"/{how}/ames.tab") == download.ATTEMPTS and kept(tmp_path) == []


def test_a_slow_server_is_not_asked_beyond_all_patience(
    server: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "TIMEOUT_S", 0.3)
    monkeypatch.setattr(download, "PATIENCE_S", 0.0)
    server.bodies["/ames.tab"] = BODY
    with pytest.raises(DataError, match="nothing arrived"):
        SourceFiles(tmp_path).need(NAME, url=f"{server.address}/trickled/ames.tab")
    assert server.times("/trickled/ames.tab") == 1


@pytest.mark.parametrize("length", ["abc", "²", "-5", "+5", "1_000", "", "9" * 40, "0x10", "5, 6"])
def test_a_length_that_is_none_is_one_line(server: Answers, tmp_path: Path, length: str) -> None:
    server.bodies["/ames.tab"], server.length = BODY, length.encode().decode("latin-1")
    with pytest.raises(DataError, match=r"Content-Length .* is no length"):
        SourceFiles(tmp_path).need(NAME, url=f"{server.address}/lying/ames.tab")


@given(
    st.text(st.characters(max_codepoint=255), max_size=30) | st.sampled_from(["²", "9" * 400, "1e5", "-1"])
)
@example("Mon, 01 Jan 0001 00:00:00 +2359")
@example("Mon, 01 Jan 9999 23:59:59 -9999")
def test_any_time_that_a_server_asks_to_wait_is_a_time(text: str) -> None:
    assert 0 <= address.retry_after(text) < float("inf")


@pytest.mark.parametrize("name", ["ames.tab", ".ames.tab.arriving"])
def test_a_folder_in_the_place_of_a_file_is_one_line(server: Answers, tmp_path: Path, name: str) -> None:
    server.bodies["/ames.tab"] = BODY
    files = SourceFiles(tmp_path)
    place = tmp_path / "tdc" / name
    place.mkdir(parents=True)
    (place / "inside").write_text("x")
    with pytest.raises(AuditError, match="is a folder, and a file of that name is to come there"):
        files.need(NAME, url=f"{server.address}/ames.tab")
    assert (place / "inside").exists()


def test_what_is_too_long_leaves_nothing_behind(
    server: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.bodies["/ames.tab"] = BODY
    server.breaks["/tagged/ames.tab"] = 99
    with pytest.raises(DataError):
        SourceFiles(tmp_path).need(NAME, url=f"{server.address}/tagged/ames.tab")
    assert list(tmp_path.rglob("*.arriving"))
    monkeypatch.setattr(download, "MOST_BYTES", 5)
    with pytest.raises(DataError, match="at most"):
        SourceFiles(tmp_path).need(NAME, url=f"{server.address}/tagged/ames.tab")
    assert not list(tmp_path.rglob("*.arriving*"))


def test_a_server_that_is_slower_than_any_use_is_given_up(
    server: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "SLOWEST", 10**12)
    monkeypatch.setattr(download, "TIMEOUT_S", 1.0)
    ticks = iter(range(10**6))
    monkeypatch.setattr(download.time, "monotonic", lambda: 2.0 * next(ticks))
    server.bodies["/ames.tab"] = BODY
    with pytest.raises(DataError, match=r"bytes a second arrive|nothing arrived"):
        SourceFiles(tmp_path).need(NAME, url=f"{server.address}/ames.tab")


@pytest.mark.parametrize("status", sorted(download.PASSING))
def test_a_passing_failure_is_tried_again(server: Answers, tmp_path: Path, status: int) -> None:
    server.bodies["/ames.tab"] = BODY
    server.statuses["/ames.tab"] = [status, status]
    assert SourceFiles(tmp_path).need(NAME, url=f"{server.address}/ames.tab").read_bytes() == BODY


@pytest.mark.parametrize("status", [204, 400, 401, 403, 404, 410, 451])
def test_a_lasting_refusal_is_reported_at_once(server: Answers, tmp_path: Path, status: int) -> None:
    server.bodies["/ames.tab"] = BODY
    server.statuses["/ames.tab"] = [status] * 9
    with pytest.raises(DataError, match=f"answered {status}"):
        SourceFiles(tmp_path).need(NAME, url=f"{server.address}/ames.tab")
    assert server.times("/ames.tab") == 1
    assert kept(tmp_path) == []


def test_a_long_wait_that_a_server_asks_for_is_reported_not_slept(server: Answers, tmp_path: Path) -> None:
    server.statuses["/ames.tab"] = [429] * 9
    server.retry_after = "3600"
    with pytest.raises(DataError, match="wait 3,600 s"):
        SourceFiles(tmp_path).need(NAME, url=f"{server.address}/ames.tab")
    assert server.times("/ames.tab") == 1


@pytest.mark.parametrize(
    "target",
    ["file:///etc/passwd", "ftp://127.0.0.1/ames.tab", "data:text/plain,Drug", "gopher://127.0.0.1/"],
)
def test_a_redirect_to_another_protocol_is_not_followed(
    server: Answers, tmp_path: Path, target: str
) -> None:
    server.redirects["/ames.tab"] = target
    with pytest.raises(DataError, match=r"redirect|Redirection|unknown"):
        SourceFiles(tmp_path).need(NAME, url=f"{server.address}/ames.tab")
    assert kept(tmp_path) == []


def test_no_redirect_leads_from_an_encrypted_to_an_open_connection() -> None:
    followed = address.opener(Deadline(1.0)).handlers
    (redirects,) = (h for h in followed if isinstance(h, urllib.request.HTTPRedirectHandler))
    asked = urllib.request.Request("https://example.org/a")
    headers = Message()
    with pytest.raises(urllib.error.HTTPError, match="not followed"):
        redirects.redirect_request(asked, None, 302, "Found", headers, "http://example.org/a")  # type: ignore[arg-type]
    again = redirects.redirect_request(asked, None, 302, "Found", headers, "https://example.org/b")  # type: ignore[arg-type]
    assert again is not None and again.full_url == "https://example.org/b"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/a", "/etc/passwd", "data:,Drug"])
def test_a_source_cannot_name_another_protocol(tmp_path: Path, url: str) -> None:
    with pytest.raises(DataError, match="no http or https address"):
        SourceFiles(tmp_path).need(NAME, url=url)


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        (NAME, BODY[:-3], "middle of a line"),
        ("moleculenet/tox21.csv.gz", gzip.compress(BODY, mtime=0)[:-20], "truncated gzip"),
        ("moleculenet/tox21.csv.gz", gzip.compress(BODY, mtime=0)[:-8] + b"x" * 8, "damaged gzip"),
        ("moleculenet/tox21.csv.gz", gzip.compress(b"<html>maintenance</html>", mtime=0), "web page"),
        (NAME, b"\x80\x04\x95a pickle", "not a text"),
        (NAME, gzip.compress(BODY, mtime=0), "not a text"),
        (NAME, b"\xef\xbb\xbf <HTML>maintenance</HTML>", "web page"),
        ("rows.parquet", b"PAR1 cut off", "truncated .parquet"),
    ],
)
def test_a_body_of_untold_length_is_checked_by_its_form(
    server: Answers, tmp_path: Path, name: str, body: bytes, said: str
) -> None:
    server.bodies["/body"] = body
    with pytest.raises(DataError, match=said):
        SourceFiles(tmp_path).need(name, url=f"{server.address}/unannounced/body")
    assert kept(tmp_path) == []


def test_a_whole_body_of_untold_length_is_taken(server: Answers, tmp_path: Path) -> None:
    server.bodies["/body"] = BODY
    path = SourceFiles(tmp_path).need(NAME, url=f"{server.address}/unannounced/body")
    assert path.read_bytes() == BODY


def test_an_error_in_plain_text_is_no_table(server: Answers, tmp_path: Path) -> None:
    server.bodies["/body"] = b"upstream connect error or disconnect/reset before headers\n"
    with pytest.raises(DataError, match="names no column Drug or X"):
        SourceFiles(tmp_path).need(NAME, url=f"{server.address}/body", columns=("Drug", "X"))
    assert kept(tmp_path) == []


@pytest.mark.parametrize("how", ["", "/unannounced"])
def test_a_body_without_end_is_cut_off(
    server: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(download, "MOST_BYTES", 1 << 16)
    server.bodies["/ames.tab"] = BODY
    with pytest.raises(DataError, match="GiB"):
        SourceFiles(tmp_path).need(NAME, url=f"{server.address}{how}/ames.tab")
    assert kept(tmp_path) == []


def test_a_password_goes_to_its_server_alone_and_nowhere_else(
    server: Answers, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving() as other:
        other.bodies["/away"] = BODY
        server.redirects["/mirror/tdc/ames.tab"] = f"{other.address}/away"
        mirror = server.address.replace("://", "://me:s3cret@") + "/mirror/?sig=s3cret"
        files = SourceFiles(tmp_path, mirror)
        assert files.need(NAME, url="").read_bytes() == BODY
        assert server.asked == ["/mirror/tdc/ames.tab?sig=s3cret"]
        assert server.headers[0]["Authorization"] == "Basic bWU6czNjcmV0"
        assert "Authorization" not in other.headers[0]
    notes = "".join(p.read_text() for p in tmp_path.rglob(".*") if p.is_file())
    assert "127.0.0.1" in notes and "s3cret" not in notes + json.dumps(files.records())
    with pytest.raises(DataError) as caught:
        files.need("tdc/absent.tab", url="")
    assert "s3cret" not in str(caught.value) + caught.value.hint
    assert "***@127.0.0.1" in caught.value.message
    assert "s3cret" not in capsys.readouterr().err


def test_offline_opens_no_connection_whatever_the_mirror(server: Answers, tmp_path: Path) -> None:
    for mirror in ("", server.address):
        with pytest.raises(DataError, match="--offline"):
            SourceFiles(tmp_path, mirror, offline=True).need(NAME, url=f"{server.address}/ames.tab")
    assert server.asked == []
