"""docs/encoders.md names every encoder with all its options and their defaults."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from auditor.plugin.component import Component
from auditor.plugin.loading import DISTRIBUTION, load_registry

PAGE = (Path(__file__).parents[2] / "docs" / "encoders.md").read_text(encoding="utf-8")
ENCODERS = [one for one in load_registry().all("encoder") if one.owner.distribution == DISTRIBUTION]


def section(name: str) -> str:
    """Return what is said of an encoder."""
    return PAGE.partition(f"\n## {name}\n")[2].partition("\n## ")[0]


def told(name: str) -> dict[str, str]:
    """Return the defaults that a section tells, as ``option=value`` or in the rows of its table."""
    found = dict(re.findall(r"`(\w+)=([\d.]+)`", section(name)))
    for row in re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| ([^|]+) \|", section(name), flags=re.MULTILINE):
        names = re.findall(r"`(\w+)`", row[0])
        found |= dict(zip(names, row[1].strip().split(", "), strict=True))
    return found


@pytest.mark.parametrize("encoder", ENCODERS, ids=lambda one: one.name)
def test_every_encoder_has_a_section_and_is_in_the_list(encoder: Component) -> None:
    assert section(encoder.name)
    assert f"](#{encoder.name})" in PAGE.partition("\n## ")[0]


@pytest.mark.parametrize(
    "encoder", [one for one in ENCODERS if not one.missing()], ids=lambda one: one.name
)
def test_every_option_is_told_with_its_default(encoder: Component) -> None:
    parameters = inspect.signature(encoder.load()).parameters.values()
    real = {one.name: one.default for one in parameters if one.name != "seed"}
    said = told(encoder.name)
    assert said.keys() == real.keys()
    for name, value in real.items():
        if isinstance(value, int | float):
            assert float(said[name]) == value, name


def test_an_encoder_without_its_library_is_told_with_the_command_that_installs_it() -> None:
    from auditor.errors import MissingExtra

    chemprop = load_registry().get("encoder", "chemprop")
    if not chemprop.missing():
        assert callable(chemprop.load())
        return
    with pytest.raises(MissingExtra, match="needs chemprop, which is not installed") as caught:
        chemprop.load()
    assert caught.value.hint == "pip install 'mtl-audit[chemprop]'"
