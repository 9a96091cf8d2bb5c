"""What a page does when it is clicked: tables are sorted and filtered, a pair of tasks is looked up."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import auditor
from tests.browser.browser import Opened, opened, violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def audit(tmp_path_factory: pytest.TempPathFactory) -> auditor.api.audit.Audit:
    cache = tmp_path_factory.mktemp("cache")
    rng = np.random.default_rng(0)
    values = rng.normal(0, 1, (150, 16)).round(3)
    values[rng.random(values.shape) > rng.uniform(0.3, 1, 16)] = np.nan
    table = pd.DataFrame(values, columns=[f"assay {letter}" for letter in "ABCDEFGHIJKLMNOP"])
    table.insert(
        0, "smiles", [f"{'C' * (n % 30 + 1)}{'OSN'[n // 30 % 3]}{'C' * (n // 90)}" for n in range(150)]
    )
    return auditor.overlap(table, cache_dir=cache, quiet=True)


@pytest.fixture(scope="module")
def page(
    audit: auditor.api.audit.Audit, tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> Iterator[Opened]:
    path = tmp_path_factory.mktemp("page") / "report.html"
    audit.save(path)
    with opened(browser, path) as found:
        found.show("light", width=1280)
        found.unfold()
        yield found


def test_a_click_on_a_column_sorts_all_rows_and_another_turns_them(page: Opened) -> None:
    table = page.page.locator("table.data", has_text="conflicting").first
    labels = [head.strip() for head in table.locator("thead th").all_inner_texts()].index("labels")
    table.get_by_role("button", name="mean").click()
    means = [float(text) for text in table.locator("tbody tr > :nth-child(5)").all_inner_texts()]
    assert len(means) == 16 and means == sorted(means)
    table.get_by_role("button", name="mean").click()
    turned = [float(text) for text in table.locator("tbody tr > :nth-child(5)").all_inner_texts()]
    assert turned == means[::-1]
    assert table.locator("th[aria-sort=descending]").inner_text().strip() == "mean"
    assert labels == 3


def test_a_word_filters_the_rows_of_a_long_table(page: Opened, audit: auditor.api.audit.Audit) -> None:
    table = page.page.locator("div.table", has=page.page.locator("th", has_text="conflicting")).first
    name = audit.tasks.index[4]
    table.get_by_label("Filter").fill(name)
    shown = table.locator("tbody tr:visible th").all_inner_texts()
    assert name in shown and all(name.lower() in text.lower() for text in shown)
    table.get_by_label("Filter").fill("")
    assert table.locator("tbody tr:visible").count() == 16


def test_a_cell_of_a_heat_map_says_its_tasks_and_leads_to_their_numbers(
    page: Opened, audit: auditor.api.audit.Audit
) -> None:
    cell = page.page.locator("table.heat").first.locator("tbody tr").nth(2).locator("td").nth(7)
    cell.hover()
    heads = page.page.locator("table.heat").first.locator("tbody th").all_text_contents()
    first, second = heads[2], heads[7]
    assert cell.get_attribute("title") == f"{first} and {second}: {cell.inner_text()}"
    cell.click()
    pair = audit.pairs.set_index(["task", "other_task"]).loc[tuple(sorted((first, second)))]
    shown = page.page.locator("#pair")
    said: dict[str, str] = dict(
        zip(shown.locator("dt").all_inner_texts(), shown.locator("dd").all_inner_texts(), strict=True)
    )
    assert [select.input_value() for select in shown.locator("select").all()] == [first, second]
    assert float(said["jaccard"]) == pytest.approx(pair["jaccard"], abs=1e-4)
    assert (
        int(said["shared compounds"]) == pair["support"]
        and said["for comparing gradients"] == pair["verdict"]
    )


def test_the_numbers_of_a_pair_are_given_as_csv(page: Opened, audit: auditor.api.audit.Audit) -> None:
    first, second = audit.tasks.index[9], audit.tasks.index[1]
    one, other = page.page.locator("#pair select").all()
    one.select_option(first)
    other.select_option(second)
    link = page.page.get_by_role("link", name="These numbers as CSV").get_attribute("href")
    assert link is not None
    rows = dict(csv.reader(io.StringIO(unquote(link.partition(",")[2]))))
    pair = audit.pairs.set_index(["task", "other_task"]).loc[(second, first)]
    assert (rows["task"], rows["other task"]) == (first, second)
    assert float(rows["jaccard"]) == pytest.approx(pair["jaccard"], abs=1e-4)


def test_a_click_on_a_cell_opens_the_compounds_of_that_pair(
    page: Opened, audit: auditor.api.audit.Audit
) -> None:
    view = audit.findings["pair-views"].data["pairs"][1]
    first, second = view["tasks"]
    table = page.page.locator("table.heat", has=page.page.locator("caption", has_text="E, the corr")).first
    columns = [name.strip() for name in table.locator("thead tr").last.locator("th").all_inner_texts()]
    row = table.locator("tbody tr", has=page.page.get_by_role("rowheader", name=first, exact=True))
    row.locator("td").nth(columns.index(second)).click()
    shown = page.page.locator("#pair")
    assert [select.input_value() for select in shown.locator("select").all()] == [first, second]
    assert f"{view['compounds']:,} shared compounds" in shown.inner_text()
    assert shown.locator("svg.molecule").count() == len(view["furthest"]) > 0
    points = shown.locator("svg.chart .dot title").all_text_contents()
    assert len(points) == view["compounds"]
    smiles = view["furthest"][0]["smiles"]
    assert smiles in shown.locator("code").first.inner_text()
    assert shown.locator("svg.chart text.name").all_text_contents() == [
        str(place + 1) for place in range(len(view["furthest"]))
    ]


def test_a_pair_that_the_page_does_not_hold_says_where_it_is_shown(
    page: Opened, audit: auditor.api.audit.Audit
) -> None:
    held = [set(view["tasks"]) for view in audit.findings["pair-views"].data["pairs"]]
    first, second = next(
        (a, b) for a in audit.tasks.index for b in audit.tasks.index if a != b and {a, b} not in held
    )
    one, other = page.page.locator("#pair select").all()
    one.select_option(first)
    other.select_option(second)
    assert f'.pair("{first}", "{second}")' in page.page.locator("#pair").inner_text()
    assert page.page.locator("#pair svg").count() == 0


def saved(page: Opened, figure: Locator, name: str, target: Path) -> bytes:
    """Click what saves a figure, and return the file."""
    with page.page.expect_download() as download:
        figure.locator(".get").get_by_text(name, exact=True).click()
    download.value.save_as(target)
    return target.read_bytes()


def test_a_heat_map_is_saved_as_drawing_picture_and_numbers(
    page: Opened, audit: auditor.api.audit.Audit, tmp_path: Path
) -> None:
    figure = page.page.locator("figure.matrix", has_text="Jaccard,").first
    drawing = saved(page, figure, "SVG", tmp_path / "a.svg")
    root = ElementTree.fromstring(drawing)
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert set(audit.tasks.index) <= set(texts) and texts.count("1.00") >= 16
    assert b"var(" not in drawing and b"http://www.w3.org/2000/svg" in drawing
    picture = Image.open(io.BytesIO(saved(page, figure, "PNG", tmp_path / "a.png")))
    assert picture.size == tuple(2 * float(root.attrib[side]) for side in ("width", "height"))
    assert len(picture.convert("RGB").getcolors(1 << 24) or ()) > 8
    rows = list(csv.reader(io.StringIO(saved(page, figure, "Numbers as CSV", tmp_path / "a.csv").decode())))
    matrix = audit.jaccard
    for row in rows[1:]:
        assert [float(x) for x in row[1:]] == pytest.approx(matrix.loc[row[0], rows[0][1:]], abs=0.006)


def test_a_scatter_is_saved_with_the_names_and_numbers_of_its_points(page: Opened, tmp_path: Path) -> None:
    figure = page.page.locator("details.fold figure.drawing").first
    root = ElementTree.fromstring(saved(page, figure, "SVG", tmp_path / "a.svg"))
    dots = [one for one in root.iter("{http://www.w3.org/2000/svg}path") if one.get("class") == "dot"]
    rows = list(csv.reader(io.StringIO(saved(page, figure, "CSV", tmp_path / "a.csv").decode())))
    assert rows[0][0] == "name" and len(rows) == len(dots) + 1 > 20
    assert all(len(row) == 3 and np.isfinite([float(row[1]), float(row[2])]).all() for row in rows[1:])
    assert all("fill: rgb" in (dot.get("style") or "") for dot in dots)
    assert saved(page, figure, "PNG", tmp_path / "a.png").startswith(b"\x89PNG")


@pytest.mark.parametrize("width", [400, 1280])
def test_no_heat_map_is_cut(page: Opened, width: int) -> None:
    page.show("light", width=width)
    cut = page.ask(
        """() => [...document.querySelectorAll("table.heat")].map(t => t.closest(".scroll"))
             .filter(s => s.scrollWidth > s.clientWidth + 1).length"""
    )
    spilling = page.ask(
        """() => [...document.querySelectorAll("table.heat tbody td")]
             .filter(c => c.scrollWidth > c.clientWidth + 1).length"""
    )
    page.show("light", width=1280)
    assert (cut, spilling) == (0, 0)


def test_the_live_page_breaks_no_rule_of_accessibility(page: Opened, axe: str) -> None:
    for scheme in ("light", "dark"):
        page.show(scheme, width=1000)  # type: ignore[arg-type]
        assert violations(page, axe) == []
    page.show("light", width=400)
    assert page.ask("document.documentElement.scrollWidth") == 400
    assert page.complaints == [] and page.requests == []


def test_a_name_that_is_markup_stays_text_in_the_choice_of_tasks(tmp_path: Path, browser: Browser) -> None:
    name = "</script><script>window.hurt = 1</script>"
    rows = [f"{'C' * n}O,{n % 2},{n}" for n in range(1, 60)]
    (tmp_path / "a.csv").write_text("\n".join([f'smiles,"{name}",size', *rows]))
    auditor.overlap(
        tmp_path / "a.csv", tasks=[name, "size"], cache_dir=tmp_path / "cache", quiet=True
    ).save(tmp_path / "r.html")
    with opened(browser, tmp_path / "r.html") as page:
        assert page.ask("typeof window.hurt") == "undefined" and page.complaints == []
        assert name in page.page.locator("#pair select").first.locator("option").all_inner_texts()


def test_a_place_of_a_large_heat_map_leads_to_its_pair(tmp_path: Path, browser: Browser) -> None:
    values = np.random.default_rng(0).normal(size=(40, 44)).round(3)
    values[np.random.default_rng(1).random(values.shape) < 0.2] = np.nan
    table = pd.DataFrame(values, columns=[f"assay {n}" for n in range(44)])
    table.insert(0, "smiles", ["C" * n + "O" for n in range(1, 41)])
    audit = auditor.overlap(table, only=["pair-views"], cache_dir=tmp_path / "cache", quiet=True)
    path = audit.save(tmp_path / "report.html")
    with opened(browser, path) as page:
        page.show("light", width=1280)
        page.unfold()
        figure = page.page.locator("figure.picture").first
        names = figure.locator(".order li").all_text_contents()
        figure.locator("svg.heat").scroll_into_view_if_needed()
        box = page.ask(
            """() => { const b = document.querySelector("figure.picture svg.heat image").getBoundingClientRect();
                 return [b.left, b.top, b.width, b.height]; }"""
        )
        page.page.mouse.move(box[0] + box[2] * 7.5 / 44, box[1] + box[3] * 2.5 / 44)
        said = page.ask("document.querySelector('figure.picture svg.heat title').textContent")
        assert said == f"{names[2]} and {names[7]}"
        page.page.mouse.click(box[0] + box[2] * 7.5 / 44, box[1] + box[3] * 2.5 / 44)
        chosen = [select.input_value() for select in page.page.locator("#pair select").all()]
        assert chosen == [names[2], names[7]] and page.complaints == []
