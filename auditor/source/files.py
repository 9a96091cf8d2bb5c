"""Published files: found in the cache, a mirror or the network, and checked before any library reads them.

The libraries that read published benchmarks keep whatever the server sent, an empty body or an
error page included. So the file is fetched and verified here first, and put where the library
looks for it; the library then downloads nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from auditor import console
from auditor.cache.bounded import read_bounded
from auditor.cache.locks import locked
from auditor.cache.store import sha256_bytes, sha256_file
from auditor.cache.writing import sync_folder, writable, write_atomic
from auditor.errors import DataError
from auditor.privacy import without_secrets
from auditor.source.fetching.address import is_url, joined
from auditor.source.fetching.arriving import forget
from auditor.source.fetching.download import NotFetched, fetch
from auditor.source.fetching.published import PublishedFile, Wanted, remember, remembered
from auditor.source.fetching.unzip import MOST_BYTES

GONE = (404, 410)


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
    reader
        Who shall read a file that a library can read: that library, or the source by its own means.
    """

    folder: Path
    mirror: str = ""
    offline: bool = False
    reader: Literal["library", "own"] = "own"
    used: list[PublishedFile] = field(default_factory=list)

    def need(self, name: str, *, url: str, sha256: str = "", columns: Collection[str] = ()) -> Path:
        """Return the path of a verified published file.

        Parameters
        ----------
        name
            Its name in a mirror and below the cache folder, such as ``"tdc/ames.tab"``.
        url
            Where its publisher offers it.
        sha256
            The published checksum, where one is known.
        columns
            Of a table: names of which its first line holds one at least.

        Raises
        ------
        DataError
            The file is nowhere to be had, or what was found is empty, an error page or corrupt.
        PluginError
            The name is not that of a file below a folder.
        """
        wanted = Wanted(name, url, sha256, tuple(columns))
        path = self.folder / name
        with locked(path):
            defect = wanted.defect_in_cache(path) or self._superseded(name, path)
            if not defect:
                origin = remembered(path).get("url", url)
            else:
                spoilt = defect if path.exists() else ""
                if spoilt:
                    console.warn(f"{path} is not usable ({spoilt}); getting it again")
                origin = self._get(wanted, path, spoilt)
                remember(path, without_secrets(origin), sha256_file(path))
        used = PublishedFile(name, without_secrets(origin), sha256_file(path), path.stat().st_size)
        self.used.append(used)
        return path

    def find(self, name: str) -> Path | None:
        """Return the path of a file that no publisher offers, None where cache and mirror lack it.

        Raises
        ------
        DataError
            The mirror holds it, but what it holds is empty, an error page or corrupt.
        """
        cached = not Wanted(name, "").defect_in_cache(self.folder / name)
        if not cached and self._mirrored(name) is None and (self.offline or not is_url(self.mirror)):
            return None
        try:
            return self.need(name, url="")
        except DataError as error:
            if isinstance(error.__cause__, NotFetched) and error.__cause__.status in GONE:
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
        path, kept = self.folder / name, Wanted(name, without_secrets(url), sha256_bytes(data))
        with locked(path):
            write_atomic(path, data)
            remember(path, kept.url, kept.sha256)
        self.used.append(PublishedFile(name, kept.url, kept.sha256, len(data)))
        return path

    def records(self) -> list[dict[str, object]]:
        """Return what was used, ready for JSON."""
        return [asdict(item) for item in self.used]

    def _mirrored(self, name: str) -> Path | None:
        """Return the file in a mirror folder, if there is one."""
        if not self.mirror or is_url(self.mirror):
            return None
        source = Path(self.mirror).expanduser() / name
        return source if source.is_file() else None

    def _no_mirror(self) -> str:
        """Return what is wrong with a mirror folder that did not serve a file; empty for none given."""
        if not self.mirror or is_url(self.mirror):
            return ""
        if Path(self.mirror).expanduser().is_dir():
            return f", the mirror {self.mirror} lacks it"
        return f", the mirror folder {self.mirror} does not exist"

    def _superseded(self, name: str, path: Path) -> str:
        """Return why a mirror folder is asked again although the cached file is sound."""
        source = self._mirrored(name)
        if source is None:
            return ""
        same = source.stat().st_size == path.stat().st_size and sha256_file(source) == sha256_file(path)
        return "" if same else "the mirror holds another version"

    def _get(self, wanted: Wanted, path: Path, spoilt: str) -> str:
        """Put the file at ``path`` and return where it came from."""
        source = self._mirrored(wanted.name)
        if source is not None:
            wanted.check(source, str(source))
            try:
                data = read_bounded(source, MOST_BYTES)
            except OSError as error:
                raise DataError(
                    f"{source} cannot be read: {error.strerror}", hint="look at the mirror"
                ) from error
            write_atomic(path, data)
            return wanted.url
        origin = joined(self.mirror, wanted.name) if is_url(self.mirror) else wanted.url
        if self.offline:
            what = f"the cached copy is not usable ({spoilt})" if spoilt else "is not in the cache"
            said = f"{wanted.name}: {what}{self._no_mirror()}, and --offline was given"
            raise DataError(said, hint=_place(origin, path))
        if not origin:
            raise DataError(f"{wanted.name} is not in the mirror", hint=_place("its publisher", path))
        _download(wanted, origin, path)
        return wanted.url or origin


def _download(wanted: Wanted, origin: str, path: Path) -> None:
    try:
        arrived = fetch(origin, path)
    except NotFetched as error:
        raise DataError(
            f"{wanted.name} cannot be downloaded from {origin}: {error}", hint=_place(origin, path)
        ) from error
    try:
        wanted.check(arrived.part, origin, whole=arrived.length_known)
        with writable(path):
            arrived.part.replace(path)
            sync_folder(path.parent)
    finally:
        forget(arrived.part)


def _place(url: str, path: Path) -> str:
    return f"get {url or 'it'} elsewhere and put it at {path}, or point --mirror at a copy"


def published(path: Path) -> dict[str, Any]:
    """Return what a report tells of a file that the user gave."""
    return {"name": path.name, "url": "", "sha256": sha256_file(path), "bytes": path.stat().st_size}
