"""In what form a table came: its format, what it was packed in, what parts its cells."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """The form of a file.

    Parameters
    ----------
    name
        Its format, such as "CSV" or "Parquet"; of a workbook with the name of the sheet.
    packed
        What it was packed with, such as "gzip"; empty for nothing.
    separator
        What parts the cells of a text; empty for a format that has none.
    """

    name: str
    packed: str = ""
    separator: str = ""


NAMES = {",": "CSV", "\t": "TSV"}
"""Formats of text by their separators; any other is text."""


def text_form(separator: str) -> Form:
    """Return the form of a text whose cells are parted by a character."""
    return Form(NAMES.get(separator, "text"), separator=separator)
