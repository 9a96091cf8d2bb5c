"""A small disk and a read-only folder, as the system makes them: mounted where nobody else sees it."""

from __future__ import annotations

import ctypes
import os
import subprocess
from pathlib import Path

_NEW_MOUNTS, _NEW_USER = 0x00020000, 0x10000000


def apart() -> str:
    """Let this process mount what no other sees; return why that is not possible, or nothing."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_NEW_MOUNTS if user == 0 else _NEW_MOUNTS | _NEW_USER) != 0:
        return os.strerror(ctypes.get_errno())
    if user != 0:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    return _mount("--make-rprivate", "/")


def small_disk(folder: Path, kilobytes: int) -> str:
    """Mount a disk of so many kilobytes, or give the one there another size."""
    folder.mkdir(parents=True, exist_ok=True)
    again = "remount," if folder.is_mount() else ""
    return _mount("-t", "tmpfs", "-o", f"{again}size={kilobytes}k", "tmpfs", str(folder))


def read_only(folder: Path) -> str:
    """Make a folder one that cannot be written, by whomever."""
    return _mount("--bind", str(folder), str(folder)) or _mount("-o", "remount,ro,bind", str(folder))


def unmount(folder: Path) -> None:
    """Take away what was mounted on a folder."""
    while folder.is_mount() or _is_bound(folder):
        subprocess.run(["umount", "-l", str(folder)], check=True, capture_output=True)


def _is_bound(folder: Path) -> bool:
    return any(
        line.split()[4] == str(folder) for line in Path("/proc/self/mountinfo").read_text().splitlines()
    )


def _mount(*arguments: str) -> str:
    done = subprocess.run(["mount", *arguments], check=False, capture_output=True, text=True)
    return done.stderr.strip()
