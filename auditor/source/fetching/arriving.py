"""The part of a file that has arrived so far, and what is remembered of it to go on from there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from auditor.cache.store import sha256_bytes
from auditor.cache.writing import write_atomic


def forget(part: Path) -> None:
    """Delete a part and what is remembered of it."""
    part.unlink(missing_ok=True)
    _note(part).unlink(missing_ok=True)


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
