"""Published files: found in the cache, a mirror or the network, and checked before any library reads them.

The libraries that read published benchmarks keep whatever the server sent, an empty body or an
error page included. So the file is fetched and verified here first, and put where the library
looks for it; the library then downloads nothing.
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass, field
from pathlib import Path

from auditor import console
from auditor.errors import DataError
from auditor.store import locked, sha256_bytes, sha256_file, write_atomic

ATTEMPTS = 3
TIMEOUT_S = 60
PAUSE_S = 0.5
_MAGIC = {".gz": b"\x1f\x8b", ".zip": b"PK", ".parquet": b"PAR1"}
_HTML = (b"<!doctype", b"<html", b"<?xml version")


@dataclass(frozen=True)
class PublishedFile:
    """Where a published file came from, for the report's provenance."""

    name: str
    url: str
    sha256: str
    bytes: int


@dataclass
class SourceFiles:
    """Gives a source its published files and remembers which ones it used.

    Parameters
    ----------
    folder
        The cache's folder for published files; a file keeps its published name below it.
    mirror
        A folder or base URL that holds the files under the same names; empty for none.
    offline
        Never open a socket.
    """

    folder: Path
    mirror: str = ""
    offline: bool = False
    used: list[PublishedFile] = field(default_factory=list)

    def need(self, name: str, *, url: str, sha256: str = "") -> Path:
        """Return the path of a verified published file.

        Parameters
        ----------
        name
            Its name in a mirror and below the cache folder, such as ``"tdc/ames.tab"``.
        url
            Where its publisher offers it.
        sha256
            The published checksum, where one is known.

        Raises
        ------
        DataError
            The file is nowhere to be had, or what was found is empty, an error page or corrupt.
        """
        path = self.folder / name
        with locked(path):
            defect = _defect(path, sha256)
            if defect is None and self._superseded(name, path):
                defect = "the mirror holds another version"
            if defect is None:
                origin = _remembered(path).get("url", url)
            else:
                if path.exists():
                    console.warn(f"{path} is not usable ({defect}); getting it again")
                origin = self._get(name, url, path, sha256, defect if path.exists() else "")
                record = {"url": origin, "sha256": sha256_file(path)}
                write_atomic(_note(path), json.dumps(record).encode())
        used = PublishedFile(name, origin, sha256_file(path), path.stat().st_size)
        self.used.append(used)
        return path

    def find(self, name: str) -> Path | None:
        """Return the path of a file that no publisher offers, None where cache and mirror lack it.

        Raises
        ------
        DataError
            The mirror holds it, but what it holds is empty, an error page or corrupt.
        """
        at_hand = _defect(self.folder / name, "") is None or self._mirrored(name) is not None
        if not at_hand and (self.offline or not self.mirror.startswith(("http://", "https://"))):
            return None
        try:
            return self.need(name, url="")
        except DataError as error:
            if isinstance(error.__cause__, urllib.error.HTTPError) and error.__cause__.code in (404, 410):
                return None
            raise

    def keep(self, name: str, data: bytes, *, url: str) -> Path:
        """Store a file that a source put together from many answers of a publisher.

        Parameters
        ----------
        name
            Its name below the cache folder; `find` returns it from then on.
        data
            Its content.
        url
            Where the answers came from.
        """
        path = self.folder / name
        with locked(path):
            write_atomic(path, data)
            record = {"url": url, "sha256": sha256_bytes(data)}
            write_atomic(_note(path), json.dumps(record).encode())
        self.used.append(PublishedFile(name, url, sha256_bytes(data), len(data)))
        return path

    def records(self) -> list[dict[str, object]]:
        """Return what was used, ready for JSON."""
        return [asdict(item) for item in self.used]

    def _mirrored(self, name: str) -> Path | None:
        """Return the file in a mirror folder, if there is one."""
        if not self.mirror or self.mirror.startswith(("http://", "https://")):
            return None
        source = Path(self.mirror).expanduser() / name
        return source if source.is_file() else None

    def _superseded(self, name: str, path: Path) -> bool:
        """Return whether a mirror folder holds another version than the cache."""
        source = self._mirrored(name)
        if source is None:
            return False
        return source.stat().st_size != path.stat().st_size or sha256_file(source) != sha256_file(path)

    def _get(self, name: str, url: str, path: Path, sha256: str, spoilt: str) -> str:
        """Fetch the file into ``path`` and return where it came from."""
        source = self._mirrored(name)
        if source is not None:
            data = source.read_bytes()
            _check(data, name, sha256, str(source))
            write_atomic(path, data)
            return url
        origin = f"{self.mirror.rstrip('/')}/{name}" if self.mirror.startswith("http") else url
        if self.offline:
            what = f"the cached copy is not usable ({spoilt})" if spoilt else "is not in the cache"
            raise DataError(f"{name}: {what}, and --offline was given", hint=_place(origin, path))
        if not origin:
            raise DataError(f"{name} is not in the mirror", hint=_place("its publisher", path))
        data = _download(origin, name, path)
        _check(data, name, sha256, origin)
        write_atomic(path, data)
        return url or origin


def _download(url: str, name: str, path: Path) -> bytes:
    for attempt in range(ATTEMPTS):
        try:
            request = urllib.request.Request(url, headers={"User-Agent": "mtl-audit"})
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as reply:
                expected = reply.headers.get("Content-Length")
                chunks = []
                with console.progress(f"downloading {name}", int(expected or 0)) as advance:
                    while chunk := reply.read(1 << 16):
                        chunks.append(chunk)
                        advance(len(chunk))
            data = b"".join(chunks)
            if expected and len(data) != int(expected):
                raise OSError(f"{len(data)} of {expected} bytes arrived")
            return data
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code != 429:
                raise DataError(
                    f"{name}: {url} answered {error.code} {error.reason}", hint=_place(url, path)
                ) from error
            reason: object = f"{error.code} {error.reason}"
        except (OSError, ValueError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", error) or type(error).__name__
        if attempt + 1 < ATTEMPTS:
            time.sleep(PAUSE_S * 2**attempt)
    raise DataError(f"{name} cannot be downloaded from {url}: {reason}", hint=_place(url, path))


def _place(url: str, path: Path) -> str:
    return f"get {url or 'it'} elsewhere and put it at {path}, or point --mirror at a copy"


def _note(path: Path) -> Path:
    return path.parent / f".{path.name}.json"


def _remembered(path: Path) -> dict[str, str]:
    try:
        record = json.loads(_note(path).read_bytes())
        return record if isinstance(record, dict) else {}
    except (OSError, ValueError):
        return {}


def _defect(path: Path, sha256: str) -> str | None:
    """Return why a cached file must not be used, or None."""
    if not path.is_file():
        return "absent"
    with path.open("rb") as stream:
        defect = _defect_of(stream.read(512), path.name)
    if defect:
        return defect
    wanted = sha256 or _remembered(path).get("sha256", "")
    if wanted and sha256_file(path) != wanted:
        return "its checksum is not the recorded one"
    return None


def _defect_of(head: bytes, name: str) -> str | None:
    if not head:
        return "it is empty"
    if head.lstrip()[:64].lower().startswith(_HTML):
        return "it is a web page, not data"
    magic = _MAGIC.get(Path(name).suffix)
    if magic and not head.startswith(magic):
        return f"it is not a {Path(name).suffix} file"
    return None


def _check(data: bytes, name: str, sha256: str, origin: str) -> None:
    defect = _defect_of(data[:512], name)
    if defect is None and sha256 and sha256_bytes(data) != sha256:
        defect = "its checksum is not the published one"
    if defect:
        raise DataError(
            f"{name} from {origin} is not usable: {defect}",
            hint="try again later, or point --mirror at a good copy",
        )
