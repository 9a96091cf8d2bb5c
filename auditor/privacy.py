"""What no report, message or cache entry tells: the user's home folder, passwords and tokens."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

HIDDEN = "***"
SECRET_WORDS = frozenset(
    "token secret password passwd pwd passphrase credential credentials auth authorization signature "
    "sig key apikey accesskey accesstoken".split()
)
"""The last word of a name, by which its value is taken for a secret: ``api_key``, ``hf-token``."""
_USERINFO = re.compile(r"(?<=://)[^/\s'\"?#]*@")
_ASSIGNED = re.compile(r"(?<![\w.-])([A-Za-z][\w.-]*)=(?!=)([^&\s'\"#;,)]+)")
_ARGUMENT = re.compile(r"((?:--?[A-Za-z][\w-]*=)?)([A-Za-z][\w.-]*)=(.+)", re.DOTALL)
_PARTS = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])")


def is_secret(name: str) -> bool:
    """Return whether a name is one that secrets go by."""
    return _PARTS.split(name)[-1].lower() in SECRET_WORDS


def without_secrets(text: str) -> str:
    """Return a text whose URLs hold no user and password, and whose ``name=value`` no secret."""
    if "=" not in text and "@" not in text:
        return text
    return _ASSIGNED.sub(_masked, _USERINFO.sub(f"{HIDDEN}@", text))


def without_home(text: str) -> str:
    """Return a text with ``~`` in place of the user's home folder."""
    home = Path("~").expanduser()
    pattern = _home_pattern(str(home))
    return text if pattern is None else pattern.sub("~", text)


def shown_arguments(arguments: Iterable[str]) -> list[str]:
    """Return command line arguments without secrets, whatever characters the secrets are made of."""
    return [_argument(argument) for argument in arguments]


def shown_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options by name without the values of those that are secrets."""
    return {
        name: HIDDEN if value and isinstance(value, str) and is_secret(name) else discreet(value)
        for name, value in options.items()
    }


def discreet(value: Any) -> Any:
    """Return a JSON-able value of which no text tells a secret or the home folder."""
    if isinstance(value, str):
        return without_home(without_secrets(value))
    if isinstance(value, Mapping):
        return {name: discreet(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [discreet(item) for item in value]
    return value


def _masked(match: re.Match[str]) -> str:
    return f"{match[1]}={HIDDEN}" if is_secret(match[1]) else match[0]


def _argument(argument: str) -> str:
    match = _ARGUMENT.fullmatch(argument)
    if match is not None and is_secret(match[2]):
        return f"{match[1]}{match[2]}={HIDDEN}"
    return without_secrets(argument)


@cache
def _home_pattern(home: str) -> re.Pattern[str] | None:
    """Return what finds a home folder as a whole path; None where it is unknown or the root."""
    if len(Path(home).parts) < 2:
        return None
    return re.compile(rf"(?<![\w.~-]){re.escape(home)}(?![\w-]|\.\w)")
