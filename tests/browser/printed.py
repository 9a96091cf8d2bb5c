"""A page on paper: its sizes, its words and its darkest margin."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

A4 = (210, 297)
"""Width and height in mm."""
LOOKED_AT = 3
"""Pages whose colour is looked at."""

_POINT = 25.4 / 72


@dataclass(frozen=True)
class Paper:
    """Sizes in mm, the words that lie on the pages, and the median brightness (0 to 1) of some."""

    sizes: tuple[tuple[int, int], ...]
    words: frozenset[str]
    brightness: tuple[float, ...]


def printed(data: bytes) -> Paper:
    """Return what a PDF holds."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    try:
        pages = list(document)
        texts = [_within(page) for page in pages]
        return Paper(
            tuple(tuple(round(side * _POINT) for side in page.get_size()) for page in pages),
            words("\n".join(texts)),
            tuple(float(np.median(page.render(scale=0.2).to_numpy())) / 255 for page in pages[:LOOKED_AT]),
        )
    finally:
        document.close()


def _within(page: PdfPage) -> str:
    """Return the text of a page, blank where a character lies beyond its edge."""
    from pypdfium2.raw import FPDFText_GetUnicode

    text, width = page.get_textpage(), page.get_width()
    signs = (chr(FPDFText_GetUnicode(text.raw, place)) for place in range(text.count_chars()))
    return "".join(
        sign if sign.isspace() or text.get_charbox(place)[2] <= width else " "
        for place, sign in enumerate(signs)
    )


def is_light(paper: Paper) -> bool:
    """Tell whether most of every page that was looked at is nearly white."""
    return all(brightness > 0.95 for brightness in paper.brightness)


def words(text: str) -> frozenset[str]:
    """Return the numbers and plain words of a text, whatever signs and ligatures it is written with."""
    return frozenset(re.findall(r"[a-z0-9.]{2,20}", unicodedata.normalize("NFKC", text).lower()))
