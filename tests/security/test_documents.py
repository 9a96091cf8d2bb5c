"""`mtl-audit report` takes any document: it renders it, or says in one line why not."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from auditor import cli

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "reports" / "overlap" / "moleculenet-inchikey" / "audit.json"
Report = Callable[[str | bytes, str], tuple[int, str, str]]
FORMATS = ("terminal", "json", "markdown", "html", "csv", "sarif")
ODD = (
    None, -1, 10**30, 1.5, True, "", "x\x1b[31m\u202e<script>alert(1)</script>|=cmd()", [], {}, [[1]], {"a": 1},
    ["x"] * 3,
)  # fmt: skip


@pytest.fixture(scope="module")
def sample() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SAMPLE.read_text(encoding="utf-8"))
    return found


@pytest.fixture
def report(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Report:
    """Return a function that renders a document, and returns exit code, stdout and stderr."""

    def rendered(text: str | bytes, format_name: str) -> tuple[int, str, str]:
        path = tmp_path / "audit.json"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        capfd.readouterr()
        code = cli.run(["report", str(path), "--format", format_name])
        return code, *capfd.readouterr()

    return rendered


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every part of a document, two items of each list."""
    if path:
        yield path
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value[:2] if isinstance(value, list) else ())
    )
    for key, item in items:
        yield from places(item, (*path, key))


def changed(document: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    made = copy.deepcopy(document)
    holder: Any = made
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return made


@pytest.mark.parametrize("seed", range(5))
def test_a_document_with_anything_anywhere_is_rendered_or_refused_in_one_line(
    sample: dict[str, Any], report: Report, seed: int
) -> None:
    draw = random.Random(seed)
    every = list(places(sample))
    for _ in range(12):
        path, value, format_name = draw.choice(every), draw.choice(ODD), draw.choice(FORMATS)
        code, out, err = report(json.dumps(changed(sample, path, value)), format_name)
        assert code in (0, 4), (path, value, format_name, err)
        if code == 4:
            assert out == "" and "Traceback" not in err and "error" in err, (path, value, format_name)
        if format_name == "html":
            assert out.count("<script>") == (code == 0) and "<script>alert" not in out
        if format_name == "terminal":
            assert "\x1b[31m" not in out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 200_000, "nested"),
        ('{"a":' * 200_000, "nested"),
        ('{"schema_version":1,"x":' + "[" * 60 + "]" * 60 + "}", "nested more than 50"),
        ('{"schema_version": NaN}', "NaN is no JSON number"),
        ('{"schema_version": -Infinity}', "no JSON number"),
        ('{"schema_version": 1e999}', "beyond the numbers"),
        ('{"schema_version": ' + "9" * 5_000 + "}", "not JSON"),
        ('{"tasks": [' + ",".join(["{}"] * 1_000_000) + "]}", "1,000,000 tasks"),
        (b"\xff\xfe{}", "not JSON"),
        (b"\x80\x04\x95pickle", "not JSON"),
        ("", "not JSON"),
        ("[]", "not an mtl-audit document"),
        ('"text"', "not an mtl-audit document"),
        ('{"schema_version": 99}', "schema version"),
        ('{"schema_version": 1, "kind": "overlap", "meta": {}, "data": {}}', "lacks"),
    ],
)
def test_an_absurd_document_is_one_line(report: Report, text: str | bytes, said: str) -> None:
    code, out, err = report(text, "markdown")
    assert (code, out) == (4, "")
    assert said in err and "Traceback" not in err
    assert len(err) < 2_000


@pytest.mark.parametrize("digits", [-1, 16, 2_000_000_000])
def test_a_number_with_a_billion_decimals_is_not_written(
    sample: dict[str, Any], report: Report, digits: int
) -> None:
    path = next(path for path in places(sample) if path[-1] == "digits")
    code, _, err = report(json.dumps(changed(sample, path, digits)), "html")
    assert code == 4 and "decimals" in err


def test_the_sample_itself_is_rendered_in_every_format(sample: dict[str, Any], report: Report) -> None:
    for format_name in FORMATS:
        code, out, _ = report(json.dumps(sample), format_name)
        assert code == 0 and len(out) > 500


def test_a_hostile_name_is_text_in_every_format(sample: dict[str, Any], report: Report) -> None:
    hostile = '=HYPERLINK("http://x")\x1b]0;owned\x07<img src=x onerror=alert(1)>|](javascript:alert(1))'
    text = json.dumps(sample).replace("bbbp", json.dumps(hostile)[1:-1])
    for format_name in FORMATS:
        code, out, _ = report(text, format_name)
        assert code == 0
        if format_name != "json":
            assert "\x1b]0;" not in out
        if format_name in ("html", "markdown"):
            assert re.search(r"(?<!\\)<img", out) is None
        if format_name == "csv":
            assert not any(line.startswith(("=", '"=')) for line in out.splitlines())
