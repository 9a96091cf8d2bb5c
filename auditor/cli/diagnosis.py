"""What `mtl-audit doctor` finds out: this installation, the sources, the plugins and the cache."""

from __future__ import annotations

import os
import platform
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor import __version__
from auditor.cache.contents import PARTS, part_of
from auditor.cli.requirements import Requirement, requirements
from auditor.errors import MissingExtra
from auditor.plugin.hooks import API_VERSION
from auditor.plugin.installing import how_to_install, installed
from auditor.privacy import without_secrets

if TYPE_CHECKING:
    from auditor.plugin.component import Dataset
    from auditor.plugin.registry import Registry

PLUGIN_SETTINGS = ("PLUGINS", "DISABLE_PLUGINS", "STRICT_PLUGINS", "TRACE_PLUGINS")


def diagnosis(
    registry: Registry, *, cache: Path, mirror: str, offline: bool, config: Path | None, gpu: bool
) -> dict[str, Any]:
    """Return everything found out, JSON-able; no server is asked and nothing is written."""
    if gpu and not installed("torch"):
        raise MissingExtra(
            "--gpu asks torch, which is not installed", hint=how_to_install(["torch"], "train")
        )
    wanted = requirements()
    found: dict[str, Any] = {
        "schema_version": 1,
        "mtl_audit": __version__,
        "api_version": API_VERSION,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "core": [_requirement(one) for one in wanted if not one.extra],
        "extras": _extras(wanted),
        "sources": [
            _source(found, cache=cache, mirror=mirror, offline=offline) for found in registry.all("dataset")
        ],
        "not_installed": [
            {
                "kind": kind,
                "name": one.name,
                "missing": list(one.missing()),
                "hint": how_to_install(one.missing(), one.extra),
            }
            for (kind, _), one in sorted(registry.components.items())
            if kind != "dataset" and one.missing()
        ],
        "plugins": [
            {"name": p.owner.plugin, "distribution": p.owner.distribution, "version": p.owner.version}
            for p in registry.plugins
        ],
        "plugin_problems": [problem.line() for problem in registry.problems],
        "settings": {
            "mirror": without_secrets(mirror) or None,
            "offline": offline,
            "config": str(config) if config else None,
            **{name.lower(): os.environ.get(f"MTL_AUDIT_{name}") for name in PLUGIN_SETTINGS},
        },
        "cache": _cache(cache),
        "threads": threads(imported=gpu),
        "gpu": gpus() if gpu else None,
    }
    found["problems"] = _problems(found)
    return found


def _requirement(one: Requirement) -> dict[str, Any]:
    return {"name": one.name, "wanted": one.wanted, "found": one.found, "status": one.status}


def _extras(wanted: Sequence[Requirement]) -> list[dict[str, Any]]:
    out = []
    for extra in dict.fromkeys(one.extra for one in wanted if one.extra):
        parts = [_requirement(one) for one in wanted if one.extra == extra]
        missing = [part["name"] for part in parts if part["found"] is None]
        complete = all(part["status"] in ("ok", "not for this Python") for part in parts)
        hint = "" if complete and not missing else how_to_install(missing, extra)
        out.append({"name": extra, "complete": complete, "needs": parts, "hint": hint})
    return out


def _source(component: Dataset, *, cache: Path, mirror: str, offline: bool) -> dict[str, Any]:
    """Return whether a dataset can be audited: read before, installed but not read, or not installed."""
    missing = list(component.missing())
    kept = _kept(cache, component.name)
    where = without_secrets(mirror) or ("the cache alone: offline" if offline else "its publisher")
    if missing:
        hint = how_to_install(missing, component.extra)
        status, why = "not installed", f"needs {', '.join(missing)}: {hint}"
    elif kept:
        status, why = "read before", "in the cache"
    else:
        status, why = "not read yet", f"published files come from {where}"
    return {
        "name": component.name,
        "status": status,
        "why": why,
        "missing": missing,
        "owner": str(component.owner),
        "reader": component.reader(),
        "hint": how_to_install(missing, component.extra) if missing else "",
    }


def _kept(cache: Path, name: str) -> bool:
    """Return whether the cache holds a reading of a dataset, of whatever options."""
    pattern = re.compile(re.escape(re.sub(r"[^\w.-]", "_", name)) + r"-[0-9a-f]{16}")
    folder = cache / "datasets"
    return folder.is_dir() and any(pattern.fullmatch(path.name) for path in folder.iterdir())


def _cache(cache: Path) -> dict[str, Any]:
    parts = [part_of(cache, name) for name in PARTS]
    nearest = next(path for path in (cache, *cache.parents) if path.exists())
    return {
        "path": str(cache),
        "exists": cache.is_dir(),
        "writable": nearest.is_dir() and can_write(nearest),
        "free_bytes": shutil.disk_usage(nearest).free,
        "bytes": sum(part.bytes for part in parts),
        "parts": [asdict(part) for part in parts],
    }


def can_write(folder: Path) -> bool:
    """Return whether a file can be made in a folder, by making one that has no name or is gone at once."""
    try:
        with tempfile.TemporaryFile(dir=folder) as stream:
            stream.write(b"1")
    except OSError:
        return False
    return True


def threads(*, imported: bool) -> dict[str, Any]:
    """Return how many cores there are, what is set of them, and what torch takes where it is asked."""
    found: dict[str, Any] = {
        "cores": os.cpu_count(),
        "omp_num_threads": os.environ.get("OMP_NUM_THREADS"),
        "torch": None,
    }
    if imported:
        import torch

        found["torch"] = torch.get_num_threads()
    return found


def gpus() -> dict[str, Any]:
    """Return the CUDA devices that torch sees."""
    import torch

    names = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
    return {"cuda": torch.cuda.is_available(), "built_for": torch.version.cuda, "devices": names}


def _problems(found: dict[str, Any]) -> list[dict[str, str]]:
    """Return what stands in the way of something, each with what to do."""
    out = []
    for one in found["core"]:
        if one["status"] in ("missing", "another version"):
            have = f"{one['found']} is installed" if one["found"] else "it is not installed"
            line = f"'{one['name']}{one['wanted']}'"
            out.append(_problem(f"{one['name']} {one['wanted']}: {have}", f"pip install {line}"))
    for one in found["sources"]:
        if one["missing"]:
            out.append(_problem(f"dataset {one['name']}: needs {', '.join(one['missing'])}", one["hint"]))
    for one in found["not_installed"]:
        what = f"{one['kind']} {one['name']}: needs {', '.join(one['missing'])}"
        out.append(_problem(what, one["hint"]))
    for extra in found["extras"]:
        for part in extra["needs"]:
            if part["status"] == "another version":
                what = f"{part['name']} {part['found']}: extra {extra['name']} wants {part['wanted']}"
                out.append(_problem(what, extra["hint"]))
    out += [_problem(line, "mtl-audit -vv plugins") for line in found["plugin_problems"]]
    if not found["cache"]["writable"]:
        out.append(_problem(f"{found['cache']['path']} cannot be written", "choose another: --cache-dir"))
    mirror = found["settings"]["mirror"]
    if mirror and not mirror.startswith(("http://", "https://")) and not Path(mirror).expanduser().is_dir():
        out.append(_problem(f"the mirror {mirror} is not a folder", "--mirror or MTL_AUDIT_MIRROR"))
    return out


def _problem(what: str, hint: str) -> dict[str, str]:
    return {"what": what, "hint": hint}
