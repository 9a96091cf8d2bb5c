"""What has arrived of a file: a part beside its place, and by which name its server knows it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.request import Request

from auditor.cache.store import sha256_bytes
from auditor.cache.writing import write_atomic
from auditor.source.fetching.address import request_of


def forget(part: Path) -> None:
    """Delete a part and what is remembered of it."""
    part.unlink(missing_ok=True)
    _note(part).unlink(missing_ok=True)


def conditional(url: str, held: tuple[int, str]) -> Request:
    """Return the question for a file, or for what is lacking of it if it is still the same."""
    request = request_of(url)
    size, validator = held
    if size:
        request.add_header("Range", f"bytes={size}-")
        request.add_header("If-Range", validator)
    return request


def held_of(url: str, part: Path) -> tuple[int, str]:
    """Return how many bytes are there of the same address, and by which name the server knows them."""
    try:
        note = json.loads(_note(part).read_bytes())
        if note["address"] == sha256_bytes(url.encode()):
            return part.stat().st_size, str(note["validator"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return 0, ""


def remember_part(url: str, part: Path, headers: Any) -> None:
    """Keep what a later attempt needs to go on; a weak ETag does not promise the same bytes."""
    etag = headers.get("ETag", "")
    validator = etag if etag and not etag.startswith("W/") else headers.get("Last-Modified", "")
    forget(part)
    if validator:
        note = {"address": sha256_bytes(url.encode()), "validator": validator}
        write_atomic(_note(part), json.dumps(note).encode())


def _note(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")
