"""Several finished audits become one web site."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.conftest import Run


@pytest.fixture
def runs(within: Run, table: Path, tmp_path: Path) -> Path:
    """A folder with three audits: of all tasks, of the two that share enough, and of what leaks."""
    folder = tmp_path / "runs"
    for name, more in (("all", ()), ("two", ("--tasks", "alpha,beta"))):
        (folder / name).mkdir(parents=True)
        assert within("overlap", table, *more, "--output", folder / name / "audit.json").code == 0
    (folder / "leak").mkdir()
    assert within("leakage", table, table, "--output", folder / "leak" / "audit.json").code == 0
    return folder


def test_every_audit_has_its_files_and_a_row_that_leads_to_them(
    within: Run, runs: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    outcome = within("publish", runs, "--output", site)
    assert outcome.code == 0 and "3 audits" in outcome.err
    page = (site / "index.html").read_text()
    assert page.count('<th scope="row"') == 3
    for link in re.findall(r'href="([^"#]+)"', page):
        assert (site / link).is_file(), link
    folders = [path for path in site.iterdir() if path.is_dir()]
    assert len(folders) == 3
    for folder in folders:
        again = json.loads((folder / "audit.json").read_text())
        assert again in [json.loads(path.read_text()) for path in runs.glob("*/audit.json")]
        assert (folder / "report.html").is_file() and (folder / "report.md").is_file()


def test_json_tells_every_row_of_the_index(within: Run, runs: Path, tmp_path: Path) -> None:
    outcome = within("publish", runs, "--output", tmp_path / "site", "--format", "json")
    told = json.loads(outcome.out)
    assert Path(told["index"]).is_file() and len(told["audits"]) == 3
    assert all((tmp_path / "site" / row["folder"] / "audit.json").is_file() for row in told["audits"])


def test_the_badge_is_an_image_that_says_the_verdict_as_a_word(
    within: Run, runs: Path, tmp_path: Path
) -> None:
    within("publish", runs / "two", "--output", tmp_path / "site")
    (path,) = (tmp_path / "site").glob("*/badge.svg")
    said = " ".join(ElementTree.fromstring(path.read_text()).itertext())
    verdict = json.loads((runs / "two" / "audit.json").read_text())["data"]["verdict"]
    assert (
        verdict["status"] in said and f"{verdict['counts']['reliable']} of {verdict['pairs']} pairs" in said
    )


def test_every_figure_is_a_drawing_that_stands_alone_and_its_numbers(
    within: Run, runs: Path, tmp_path: Path
) -> None:
    within("publish", runs / "two", "--output", tmp_path / "site")
    (folder,) = (tmp_path / "site").glob("*/figures")
    drawings, numbers = sorted(folder.glob("*.svg")), sorted(folder.glob("*.csv"))
    assert [path.stem for path in drawings] == [path.stem for path in numbers]
    assert {"e", "jaccard"} & {path.stem[3:] for path in drawings}
    for path in drawings:
        text = path.read_text()
        assert ElementTree.fromstring(text).tag == "{http://www.w3.org/2000/svg}svg"
        assert "var(" not in text and "<style>" in text and "{{" not in text
    names = {row["name"] for row in json.loads((runs / "two" / "audit.json").read_text())["data"]["tasks"]}
    firsts = [{row[0] for row in csv.reader(path.read_text().splitlines())} for path in numbers]
    assert any(names <= first for first in firsts)


def test_an_audit_that_is_named_twice_is_published_once(within: Run, runs: Path, tmp_path: Path) -> None:
    outcome = within("publish", runs, runs / "two", "--output", tmp_path / "site")
    assert outcome.code == 0 and "3 audits" in outcome.err


def test_an_earlier_site_is_overwritten_only_with_force(within: Run, runs: Path, tmp_path: Path) -> None:
    assert within("publish", runs, "--output", tmp_path / "site").code == 0
    again = within("publish", runs, "--output", tmp_path / "site")
    assert again.code == 2 and "--force" in again.err
    assert within("publish", runs, "--output", tmp_path / "site", "--force").code == 0


def test_a_folder_without_an_audit_is_named_and_nothing_is_written(within: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    outcome = within("publish", tmp_path / "empty", "--output", tmp_path / "site")
    assert outcome.code == 4 and "holds no audit" in outcome.err
    assert not (tmp_path / "site").exists()


def test_a_run_that_is_not_there_is_named(within: Run, tmp_path: Path) -> None:
    outcome = within("publish", tmp_path / "none", "--output", tmp_path / "site")
    assert outcome.code == 4 and "none" in outcome.err and len(outcome.said) == 2
