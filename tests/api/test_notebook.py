"""A notebook that is run: results show themselves, progress is a bar that goes away, errors are two lines."""

from __future__ import annotations

import os
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest

import auditor
from auditor.api.audit import Audit
from auditor.notebook_bar import EVERY_S, bundle, notebook_bar
from tests.conftest import ROOT

SMALL = (
    "dataset_options={'labels_per_task': 120, 'tasks': 4}, encoder='ecfp', split='random', epochs=3, "
    "encoder_options={'width': 16, 'hidden': 24, 'bits': 128}, only=['agreement', 'power']"
)
CELLS = (
    "import auditor\naudit = auditor.overlap('synthetic')\naudit",
    "audit.pairs.head()",
    "audit.findings['power']",
    f"study = auditor.analyze('synthetic', {SMALL})\nstudy",
    "auditor.overlap('synthetic', reliable=0.5)",
    "import time\nfrom auditor import console\nwith console.progress('waiting', 4) as advance:\n"
    "    for _ in range(4):\n        time.sleep(0.25)\n        advance(1)\nconsole.say('said')",
)


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The notebook after it was run."""
    folder = tmp_path_factory.mktemp("notebook")
    cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS]
    cells[4].metadata.tags = ["raises-exception"]
    made = nbformat.v4.new_notebook(cells=cells)
    path = os.pathsep.join([str(ROOT), str(ROOT / "plugins")])
    settings = {"PYTHONPATH": path, "MTL_AUDIT_CACHE_DIR": str(folder / "cache"), "IPYTHONDIR": str(folder)}
    client = nbclient.NotebookClient(made, timeout=300, resources={"metadata": {"path": str(folder)}})
    return client.execute(env={**os.environ, **settings})


def shown(notebook: Any, cell: int, kind: str = "text/html") -> str:
    """Return what the last output of a cell shows."""
    return str(notebook.cells[cell].outputs[-1].data[kind])


def test_nothing_is_written_to_stderr(notebook: Any) -> None:
    outputs = [output for cell in notebook.cells for output in cell.outputs]
    assert not [output for output in outputs if output.get("name") == "stderr"]


def test_an_audit_shows_its_verdict_and_its_findings(notebook: Any) -> None:
    page = shown(notebook, 0)
    assert "PASS" in page and "28 of 28 pairs reach jaccard 0.40" in page and "Power" in page
    assert shown(notebook, 0, "text/plain").startswith("<Audit of synthetic: PASS ")


def test_pairs_and_findings_are_tables(notebook: Any) -> None:
    assert "<th>jaccard</th>" in shown(notebook, 1)
    assert "<b>Power</b>" in shown(notebook, 2) and ">0.121</td>" in shown(notebook, 2)


def test_a_study_shows_what_the_analyses_found(notebook: Any) -> None:
    assert "Affinity audit" in shown(notebook, 3) and "Agreement" in shown(notebook, 3)


def test_an_error_is_two_lines_without_frames(notebook: Any) -> None:
    (error,) = notebook.cells[4].outputs
    assert error.ename == "UsageError" and len(error.traceback) == 2
    assert (
        "no option 'reliable'" in error.traceback[0]
        and "hint: did you mean reliable_at" in error.traceback[1]
    )


def test_a_bar_goes_away_and_what_is_said_is_no_warning(notebook: Any) -> None:
    bar, said = notebook.cells[5].outputs
    assert bar.output_type == "display_data" and bar.data["text/html"] == ""
    assert said.name == "stdout" and said.text == "said\n"


def test_a_bar_is_drawn_at_most_so_often(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[dict[str, str]] = []

    class Display:
        """Stands in for IPython, keeping what is drawn."""

        def display(self, data: dict[str, str], **_: Any) -> Display:
            drawn.append(data)
            return self

        def update(self, data: dict[str, str], **_: Any) -> None:
            drawn.append(data)

    ipython = type("IPython", (), {"display": Display()})
    monkeypatch.setitem(__import__("sys").modules, "IPython", ipython)
    now = [0.0]
    stage = notebook_bar("training", 100, clock=lambda: now[0])
    advance = next(stage)
    for _ in range(100):
        now[0] += EVERY_S / 10
        advance(1)
    next(stage, None)
    assert 9 <= len(drawn) <= 11 and drawn[-1] == {"text/plain": "", "text/html": ""}
    assert 'max="100"' in drawn[0]["text/html"] and "of 100 steps" in drawn[0]["text/plain"]


def test_a_bar_of_unknown_length_has_no_end_and_text_is_escaped() -> None:
    picture = bundle("<b>", 3, 0, 1.0)["text/html"]
    assert "max=" not in picture and "&lt;b&gt;" in picture


class Balanced(HTMLParser):
    """Refuses HTML whose tags do not close."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_names_from_files_cannot_write_html(tmp_path: Path) -> None:
    names = "C CC CCC CCCC CCCCC CCCCCC".split()
    path = tmp_path / "<script>x.csv"
    path.write_text("smiles,<img src=x>,b\n" + "".join(f"{name},1,0\n" for name in names))
    found = auditor.overlap(path, quiet=True)
    assert isinstance(found, Audit)
    pages = [found._repr_html_(), *(finding._repr_html_() for finding in found.findings.values())]
    for page in pages:
        reader = Balanced()
        reader.feed(page)
        assert not reader.open and "<script" not in page and "<img" not in page
