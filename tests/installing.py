"""Put a plugin distribution on a path, as pip would, without pip."""

from __future__ import annotations

from pathlib import Path


def install(folder: Path, name: str, code: str, *, version: str = "1.2") -> Path:
    """Write a distribution of one module, named like it, with an entry point; return the folder."""
    module = name.replace("-", "_")
    info = folder / f"{module}-{version}.dist-info"
    info.mkdir(parents=True)
    (folder / f"{module}.py").write_text(code)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (info / "entry_points.txt").write_text(f"[mtl_audit]\n{name} = {module}\n")
    return folder
