"""A large matrix as a picture, one pixel per entry."""

from __future__ import annotations

import base64
import io
import re

from PIL import Image

from auditor.document.blocks import Matrix
from auditor.report.html.picture import heat_map
from auditor.report.palette import DARK, LIGHT, step


def test_every_entry_has_its_colour_and_what_is_not_estimable_is_left_open() -> None:
    values = ((1.0, None, -0.5), (0.25, 0.0, -1.0))
    matrix = Matrix(("a", "b"), ("a", "b", "c"), values, "c", scale="diverging", low=-1.0, high=1.0)
    found = re.findall(r"data:image/png;base64,([\w+/=]+)", heat_map(matrix))
    for text, theme in zip(found, (LIGHT, DARK), strict=True):
        picture = Image.open(io.BytesIO(base64.b64decode(text))).convert("RGBA")
        assert picture.size == (3, 2)
        for row, cells in enumerate(values):
            for column, value in enumerate(cells):
                pixel = picture.getpixel((column, row))
                assert isinstance(pixel, tuple)
                if value is None:
                    assert pixel[3] == 0
                else:
                    assert (
                        "#{:02x}{:02x}{:02x}".format(*pixel)
                        == theme.scale("diverging")[step(matrix, value)]
                    )
                    assert pixel[3] == 255
