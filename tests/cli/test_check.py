"""mtl-audit check and what every report begins with: said once, in every format, and true to the audit."""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
from pathlib import Path

import jsonschema
import pandas as pd
import pytest

import auditor
from auditor.document.read import read_lines
from auditor.document.schema import schema_text
from auditor.errors import UsageError
from tests.cli.conftest import Outcome, Run
from tests.conftest import ROOT
from tests.making import ALCOHOLS

LABELS = ["File", "SMILES", "Tasks", "Rows", "Not measured"]
ROWS = 40


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A table with one of everything: a code, a word, identifiers, text, no value, a bad SMILES."""
    frame = pd.DataFrame({"smiles": [*ALCOHOLS[: ROWS - 1], "C(C"]})
    frame["CID"] = [10**6 + 7 * row for row in range(ROWS)]
    frame["name"] = [f"compound {row}" for row in range(ROWS)]
    frame["logS"] = [-999 if row % 5 == 0 else row / 8 for row in range(ROWS)]
    frame["logD"] = [-999 if row % 4 == 0 else row / 16 for row in range(ROWS)]
    frame["hERG"] = ["ND" if row == 3 else ("no", "yes")[row % 2] for row in range(ROWS)]
    frame["none"] = None
    (tmp_path / "here").mkdir(exist_ok=True)
    frame.to_csv(tmp_path / "here" / "odd.csv", index=False, sep=";")
    return tmp_path / "here" / "odd.csv"


SAID = {
    "File": "odd.csv: text, semicolons between the cells",
    "SMILES": "column 'smiles'",
    "Tasks": "1 classification: 'hERG'; 2 regression: 'logS', 'logD'",
    "Rows": "40; 1 rejected (unreadable SMILES); 39 different SMILES",
    "Not measured": "empty cells; -999 (18 cells of 'logS', 'logD'); 'ND' (1 cell). Left out: 'CID' (identifiers, "
    "--tasks takes them); 'name' (text); 'none' (no value at all)",
    "Read as": "'hERG': 'no' as 0, 'yes' as 1.",
}  # fmt: skip


def lines(text: str) -> dict[str, str]:
    """The lines that a terminal shows, by their labels, as they were before they were wrapped."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        label, _, said = line.partition("  ")
        if label:
            found[label] = said.strip()
        else:
            found[list(found)[-1]] += f" {said.strip()}"
    return found


def told(outcome: Outcome) -> dict[str, str]:
    """The lines that stderr has, by their labels."""
    return {
        label: said for label, _, said in (line.partition(": ") for line in outcome.said) if label in SAID
    }


def test_check_says_what_is_read_and_nothing_else(within: Run, odd: Path) -> None:
    outcome = within("check", "odd.csv")
    assert (outcome.code, outcome.err) == (0, "") and lines(outcome.out) == SAID


def test_every_rendering_begins_with_the_same_lines_and_says_them_once(within: Run, odd: Path) -> None:
    whole = {**SAID, "Rows": "40; 1 rejected (unreadable SMILES); 39 compounds"}
    document = json.loads((first := within("overlap", "odd.csv", "--format", "json")).out)
    assert dict(read_lines(document["read"])) == whole == told(first)
    assert document["data"]["benchmark"]["notes"] == []
    terminal = within("overlap", "odd.csv").out
    head, rest = terminal.split("\n\n", 2)[1], terminal.split("\n\n", 2)[2]
    assert lines(head) == whole
    assert "-999" not in rest and "'CID'" not in rest
    markdown = within("overlap", "odd.csv", "--format", "markdown").out.splitlines()
    assert [said.partition(":")[0] for said in markdown[2].split(" · ")] == list(whole)
    page = within("overlap", "odd.csv", "--format", "html").out
    block = page[page.index('<dl class="read">') : page.index('<div class="verdict')]
    assert re.findall(r"<dt>(.*?)</dt>", block) == list(whole)
    assert page.count("-999 (18 cells") == 1


def test_on_a_terminal_the_report_alone_says_them(odd: Path, tmp_path: Path) -> None:
    import os
    import pty

    master, slave = pty.openpty()
    env = {**os.environ, "MTL_AUDIT_CACHE_DIR": str(tmp_path / "cache"), "COLUMNS": "200"}
    done = subprocess.Popen(
        [sys.executable, "-m", "auditor", "--no-color", "overlap", str(odd)],
        stdout=slave, stderr=subprocess.PIPE, env=env,
    )  # fmt: skip
    os.close(slave)
    shown = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    said = done.communicate()[1]
    assert b"-999" not in said and done.returncode == 0
    assert shown.count(b"-999 (18 cells") == 1


@pytest.mark.parametrize("name", ["a\x1b[31mb", "a\u202eb", "a\nb", "a\x07b"])
def test_no_name_reaches_the_terminal_as_it_is(within: Run, odd: Path, name: str) -> None:
    frame = pd.DataFrame(
        {
            "smiles": ALCOHOLS[:30],
            name: [n / 8 for n in range(30)],
            "b": [n % 7 / 8 for n in range(30)],
            f"{name} text": "x",
        }
    )
    frame.to_csv(odd.parent / "hostile.csv", index=False)
    for outcome in (within("check", "hostile.csv"), within("overlap", "hostile.csv")):
        assert outcome.code == 0 and name not in outcome.out + outcome.err and "\x1b" not in outcome.out


def test_quiet_says_nothing_beside_the_answer(within: Run, odd: Path) -> None:
    assert within("overlap", "odd.csv", "--format", "json", "--quiet").err == ""


@pytest.mark.parametrize(
    "names", [("synthetic",), ("odd.csv",), ("a.csv", "b.csv"), ("c.sdf",), ("polymers.csv",)]
)
def test_check_counts_what_an_audit_counts(within: Run, odd: Path, names: tuple[str, ...]) -> None:
    text = "smiles,Y\n" + "\n".join(f"{smiles},{row % 2}" for row, smiles in enumerate(ALCOHOLS[:20]))
    (odd.parent / "a.csv").write_text(f"{text}\nC(C,1\n,0\nCC,\n")
    (odd.parent / "b.csv").write_text(text.replace("smiles,Y", "Drug,label"))
    (odd.parent / "polymers.csv").write_text(f"{text}\n*CC*,1\n*CO*,0\n")
    (odd.parent / "c.sdf").write_bytes((ROOT / "tests" / "cli" / "five.sdf").read_bytes())
    checked = json.loads(within("check", *names, "--format", "json").out)
    audited = json.loads(within("overlap", *names, "--format", "json").out)["read"]
    assert checked.pop("schema_version") == 1 and checked.pop("compounds") is None
    compounds = audited.pop("compounds")
    assert checked == audited and compounds <= checked["structures"]


def test_the_json_is_what_the_schema_says_of_the_part_of_a_document(within: Run, odd: Path) -> None:
    found = json.loads(within("check", "odd.csv", "--format", "json").out)
    del found["schema_version"]
    schema = json.loads(schema_text())
    jsonschema.validate(found, {**schema["$defs"]["read"], "$defs": schema["$defs"]})


@pytest.mark.parametrize("name", ["clean.csv", "clean.parquet"])
def test_a_clean_table_is_written_once_and_overwritten_only_when_asked(
    within: Run, odd: Path, name: str
) -> None:
    outcome = within("check", "odd.csv", "--write", name)
    assert outcome.code == 0 and "39 compounds" in lines(outcome.out)["Rows"]
    assert outcome.said[-1] == f"{name}: 39 compounds, 3 tasks, 98 labels"
    written = (odd.parent / name).read_bytes()
    again = within("check", "odd.csv", "--write", name)
    assert again.code == 2 and "exists" in again.said[0] and "--force" in again.said[1]
    (odd.parent / name).unlink()
    beside = within("check", "odd.csv", "--write", name)
    assert beside.code == 2 and "clean.croissant.json exists" in beside.said[0]
    assert within("check", "odd.csv", "--write", name, "--force").code == 0
    assert (odd.parent / name).read_bytes() == written


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("odd.csv", "--write", "clean.xlsx"), 2, "CSV or Parquet"),
        (("odd.csv", "synthetic"), 2, "'synthetic' is the name of a dataset"),
        (("synthetic", "odd.csv"), 2, "'synthetic' is the name of a dataset"),
        (("odd.csv", "odd.csv"), 2, "named twice"),
        (("odd.csv", "gone.csv"), 4, "there is no file gone.csv"),
        (("odd.csv", "--tasks", "Ki"), 2, "no column 'Ki'"),
        (("bad.csv",), 4, "no valid SMILES"),
        (("stars.csv",), 4, "no valid SMILES"),
        ((), 2, "Missing argument"),
    ],
)
def test_what_cannot_be_is_one_line_and_a_hint(
    within: Run, odd: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    (odd.parent / "bad.csv").write_text("smiles,y\nC(,1\nX,2\n")
    (odd.parent / "stars.csv").write_text("smiles,y\n*CC*,1\n*CO*,2\n")
    before = sorted(odd.parent.iterdir())
    outcome = within("check", *arguments)
    assert outcome.code == code and said in outcome.said[0] and outcome.said[1].startswith("  hint: ")
    assert len(outcome.said) == 2 and outcome.out == "" and sorted(odd.parent.iterdir()) == before


def test_several_files_are_one_audit_in_every_command_that_takes_them(within: Run, odd: Path) -> None:
    text = "smiles,Y\n" + "\n".join(f"{smiles},{row % 2}" for row, smiles in enumerate(ALCOHOLS[:30]))
    names = ["ames.csv", "herg.csv", "dili.csv"]
    for name in names:
        (odd.parent / name).write_text(text)
    dry = ("--dry-run", "--split", "random")
    for command in (("overlap",), ("analyze", "--ignore-gate", *dry), ("recommend", *dry)):
        outcome = within(*command, *names, "--format", "json")
        assert outcome.code == 0, outcome.err
        read = json.loads(outcome.out)["read"]
        assert [task["name"] for task in read["tasks"]] == ["ames", "herg", "dili"]
        assert (read["name"], read["rows"], read["compounds"]) == ("ames.csv + herg.csv + dili.csv", 90, 30)


def test_python_gives_the_same_lines_and_writes_the_same_table(
    within: Run, odd: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    found = auditor.check(odd, cache_dir=cache)
    assert dict(found.lines) == {label: said.replace("--tasks", "tasks=") for label, said in SAID.items()}
    assert "Tasks: 1 classification: 'hERG'" in repr(found) and "<td" in found._repr_html_()
    path = found.write(odd.parent / "mine.csv")
    within("check", "odd.csv", "--write", "clean.csv")
    assert path.read_bytes() == (odd.parent / "clean.csv").read_bytes()
    with pytest.raises(UsageError, match="exists"):
        found.write(path)
    frame = auditor.check(pd.read_csv(odd, sep=";"), cache_dir=cache)
    assert dict(frame.lines)["Rows"] == SAID["Rows"] and dict(frame.lines)["Tasks"] == SAID["Tasks"]
    joined = auditor.overlap([odd, path], cache_dir=cache, quiet=True)
    assert "of every file" in joined._repr_html_() or "&#x27;smiles&#x27;" in joined._repr_html_()


def test_checking_imports_no_torch(odd: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from auditor.cli import run; "
        f"run(['check', {str(odd)!r}, '--cache-dir', {str(tmp_path / 'cache')!r}]); "
        "assert not {'torch', 'sklearn', 'deepchem'} & set(sys.modules), sorted(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


@pytest.mark.published
def test_a_published_file_is_checked_in_a_second_of_processor_time(mirror: Path, run: Run) -> None:
    path = mirror / "moleculenet" / "tox21.csv.gz"
    run("check", path)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    outcome = run("check", path)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 1
    assert re.search(r"7,831; [08] rejected", outcome.out)  # RDKit 2026 refuses eight, docs/install.md


def test_the_page_shows_what_check_says(within: Run, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
    block = page[page.index("$ cat assays.csv\n") :]
    table, _, shown = block[: block.index("```")].partition("$ mtl-audit check assays.csv\n")
    (tmp_path / "here").mkdir(exist_ok=True)
    (tmp_path / "here" / "assays.csv").write_text(table.partition("\n")[2])
    assert within("check", "assays.csv", COLUMNS="100").out == shown
