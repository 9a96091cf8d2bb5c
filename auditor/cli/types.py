"""Kinds of text that options take: NAME=VALUE, COMPONENT.NAME=VALUE, and lists of names."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import click

from auditor.cache.bounded import read_bounded


class Pairs(click.ParamType[tuple[str, str]]):
    """NAME=VALUE, as many as are given."""

    name = "name=value"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return a (name, value) pair."""
        if isinstance(value, tuple):
            return value
        key, equals, text = str(value).partition("=")
        if not equals or not key.strip():
            self.fail(f"'{value}' is not of the form NAME=VALUE", param, ctx)
        return key.strip().replace("-", "_"), text.strip()


class Scoped(click.ParamType[tuple[str, str, str]]):
    """COMPONENT.NAME=VALUE, as many as are given."""

    name = "component.name=value"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return a (component, option, value) triple."""
        if isinstance(value, tuple):
            return value
        key, equals, text = str(value).partition("=")
        component, dot, option = key.partition(".")
        if not equals or not dot or not component.strip() or not option.strip():
            self.fail(f"'{value}' is not of the form COMPONENT.NAME=VALUE", param, ctx)
        return component.strip(), option.strip().replace("-", "_"), text.strip()


class SplitName(click.ParamType[str]):
    """A split: scaffold, random, column:NAME or files:DIR."""

    name = "split"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the text as it is typed."""
        text = str(value).strip()
        if text in ("scaffold", "random"):
            return text
        from auditor.audit.own_split import is_own

        if not is_own(text):
            self.fail(f"'{text}' is none of scaffold, random, column:NAME, files:DIR", param, ctx)
        return text


class Names(click.ParamType[tuple[str, ...]]):
    """Names separated by commas, one with a comma in quotation marks; or @FILE with one a line."""

    name = "names"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return a tuple of names."""
        if isinstance(value, tuple):
            return value
        text = str(value)
        if text.startswith("@"):
            return self._lines(Path(text[1:]), param, ctx)
        (parts,) = csv.reader([text], skipinitialspace=True) if text.strip() else ((),)
        return tuple(part.strip() for part in parts if part.strip())

    def _lines(self, path: Path, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            lines = read_bounded(path).decode("utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            self.fail(f"{path} cannot be read: {error}", param, ctx)
        return tuple(line.strip() for line in lines if line.strip())
