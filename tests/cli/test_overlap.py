"""mtl-audit overlap: what it says and writes, within this process unless the process is the claim."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_json_on_stdout_is_the_document_with_named_matrices(within: Run, table: Path) -> None:
    outcome = within("overlap", table, "--format", "json")
    assert outcome.code == 0, outcome.err
    document = json.loads(outcome.out)
    assert document["kind"] == "overlap" and document["schema_version"] == 1
    found = document["data"]["overlap"]
    assert found["support"][0] == [40, 40, 8]
    assert found["jaccard"][0][2] == pytest.approx(0.2)
    assert found["containment"][0][2] == 1.0
    assert document["data"]["label_correlation"]["correlation"][0][2] is None


LABELS = ["File", "SMILES", "Tasks", "Rows", "Not measured"]


def test_the_terminal_report_begins_with_what_was_read_and_the_verdict(within: Run, table: Path) -> None:
    outcome = within("overlap", table)
    assert outcome.code == 0
    title, _, *lines = outcome.out.splitlines()[:12]
    assert "mine.csv" in title and [line.split("  ")[0] for line in lines[:5]] == LABELS
    rest = outcome.out.splitlines()[-1]
    assert "jaccard" in outcome.out[outcome.out.index("Answers") :] and "--full" in rest


def test_check_turns_a_failed_gate_into_exit_code_3(within: Run, table: Path) -> None:
    assert within("overlap", table).code == 0
    outcome = within("overlap", table, "--check")
    assert outcome.code == 3 and "alpha" in outcome.out


def test_the_gate_refuses_synthetic_at_overlap_one_tenth(within: Run) -> None:
    outcome = within(
        "overlap", "synthetic", "--dataset-option", "overlap=0.1", "--check", "--format", "json"
    )
    assert outcome.code == 3
    summary = json.loads(outcome.out)["data"]["overlap"]["summary"]["jaccard"]
    assert summary["max"] == pytest.approx(0.1, abs=0.02)


def test_synthetic_at_full_overlap_recovers_the_designed_correlation(within: Run) -> None:
    outcome = within("overlap", "synthetic", "--check", "--format", "json")
    assert outcome.code == 0
    assert json.loads(outcome.out)["data"]["verdict"]["status"] == "pass"


@pytest.mark.parametrize("suffix", ["html", "md", "json", "csv", "txt"])
def test_a_report_is_written_in_the_format_of_its_suffix(
    within: Run, table: Path, tmp_path: Path, suffix: str
) -> None:
    target = tmp_path / "deep" / f"report.{suffix}"
    outcome = within("overlap", table, "--output", target)
    assert outcome.code == 0 and outcome.out == "" and "wrote" in outcome.err
    assert b"alpha" in target.read_bytes()
    before = target.read_bytes()
    again = within("overlap", table, "--output", target)
    assert again.code == 2 and "--force" in again.err and target.read_bytes() == before
    assert within("overlap", table, "--output", target, "--force").code == 0


def test_the_document_can_be_rendered_again_without_the_data(
    within: Run, table: Path, tmp_path: Path
) -> None:
    saved = tmp_path / "audit.json"
    assert within("overlap", table, "-o", saved).code == 0
    table.unlink()
    outcome = within("report", saved, "--format", "markdown")
    assert outcome.code == 0 and "alpha" in outcome.out


@pytest.mark.parametrize("command", ["overlap", "analyze"])
def test_an_unknown_dataset_is_answered_with_the_three_nearest(within: Run, command: str) -> None:
    outcome = within(command, "tox2")
    assert outcome.code == 2 and outcome.out == ""
    assert outcome.said[0] == "mtl-audit: error: no dataset named 'tox2'"
    assert "tox21" in outcome.said[1] and len(outcome.said) == 2


BAD = {
    "no smiles column": ("name,alpha\nx,1\n", (), "smiles"),
    "no valid smiles": ("smiles,alpha\nnonsense((,1\n", (), "no valid SMILES"),
    "an unknown task": ("smiles,alpha\nCCO,1\n", ("--tasks", "gamma"), "gamma"),
    "an unknown column": ("smiles,alpha\nCCO,1\n", ("--smiles-column", "mol"), "mol"),
    "an empty file": ("", (), "empty"),
    "a web page": ("<!DOCTYPE html><html><body>maintenance</body></html>", (), ""),
    "an unknown identity": ("smiles,alpha\nCCO,1\n", ("--identity", "inchi"), "inchi"),
    "an unknown analysis": ("smiles,alpha\nCCO,1\n", ("--only", "clusterss"), "clusterss"),
    "an unknown format": ("smiles,alpha\nCCO,1\n", ("--format", "pdf"), "pdf"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_clear_line_and_a_hint(within: Run, tmp_path: Path, case: str) -> None:
    text, options, says = BAD[case]
    path = tmp_path / "bad.csv"
    path.write_text(text)
    outcome = within("overlap", path, *options)
    assert outcome.code in (2, 4), outcome.err
    assert outcome.out == "" and "Traceback" not in outcome.err
    assert outcome.said[0].startswith("mtl-audit: error: ") and says in outcome.said[0]
    assert len(outcome.said) == 2 and outcome.said[1].startswith("  hint: ")


def test_a_file_that_is_not_there_is_one_clear_line(within: Run) -> None:
    outcome = within("overlap", "./nowhere.csv")
    assert outcome.code in (2, 4) and "nowhere.csv" in outcome.said[0] and len(outcome.said) == 2


def test_errors_are_json_on_stderr_where_json_was_asked_for(within: Run) -> None:
    outcome = within("overlap", "tox2", "--format", "json")
    assert outcome.code == 2 and outcome.out == ""
    error = json.loads(outcome.err)["error"]
    assert error["code"] == 2 and "tox2" in error["message"] and error["hint"]


def test_a_constant_task_is_named_and_not_estimable(within: Run, tmp_path: Path) -> None:
    path = tmp_path / "constant.csv"
    rows = [f"{'C' * size}O,1,{size % 2}" for size in range(1, 41)]
    path.write_text("smiles,always,half\n" + "\n".join(rows))
    outcome = within("overlap", path, "--format", "json")
    data = json.loads(outcome.out)["data"]
    assert data["tasks"][0]["constant"] and data["overlap"]["pair_verdict"][0][1] == "not estimable"
    assert "always" in within("overlap", path).out


@pytest.mark.extras
def test_no_network_and_no_mirror_is_one_clear_line(within: Run) -> None:
    outcome = within("overlap", "tox21", "--offline")
    assert outcome.code == 4 and "Traceback" not in outcome.err
    assert "tox21.csv.gz" in outcome.said[-2] and "--mirror" in outcome.said[-1]


@pytest.mark.extras
def test_a_mirror_that_holds_a_web_page_is_refused(within: Run, tmp_path: Path) -> None:
    (tmp_path / "mirror" / "moleculenet").mkdir(parents=True)
    (tmp_path / "mirror" / "moleculenet" / "tox21.csv.gz").write_text("<html>we are moving</html>")
    outcome = within("overlap", "tox21", "--mirror", tmp_path / "mirror")
    assert outcome.code == 4 and "web page" in outcome.err and "Traceback" not in outcome.err
    assert not list((tmp_path / "cache").rglob("tox21.csv.gz"))


def test_a_missing_extra_is_named_with_its_command(run: Run, tmp_path: Path) -> None:
    code = "from auditor import hookimpl\n\n\n@hookimpl\ndef register_datasets(register):\n"
    code += "    register('far', 'm:f', summary='s', needs=('not-here',), extra='tdc')\n"
    info = tmp_path / "path" / "far_plugin-1.dist-info"
    info.mkdir(parents=True)
    (tmp_path / "path" / "far_plugin.py").write_text(code)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: far-plugin\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[mtl_audit]\nfar = far_plugin\n")
    outcome = run("overlap", "far", PYTHONPATH=str(tmp_path / "path"))
    assert outcome.code == 4
    assert "needs not-here" in outcome.said[0] and "pip install 'mtl-audit[tdc]'" in outcome.said[1]


@pytest.mark.published
def test_tdc_admet_has_the_overlap_that_was_measured_independently(
    within: Run, mirror: Path, published_cache: Path
) -> None:
    arguments = ("overlap", "tdc-admet", "--identity", "canonical", "--check", "--format", "json")
    outcome = within(*arguments, "--mirror", mirror, cache=published_cache)
    assert outcome.code == 3, outcome.err
    data = json.loads(outcome.out)["data"]
    summary = data["overlap"]["summary"]
    assert len(data["tasks"]) == 22 and summary["jaccard"]["pairs"] == 231
    assert summary["jaccard"]["median"] == pytest.approx(0.017, abs=0.0005)
    assert summary["containment"]["median"] == pytest.approx(0.109, abs=0.0005)
    assert (summary["jaccard"]["above_0.30"], summary["containment"]["above_0.30"]) == (8, 25)


@pytest.mark.published
def test_sider_is_complete_and_tox21_nearly(within: Run, mirror: Path, published_cache: Path) -> None:
    found = {}
    for name in ("sider", "tox21"):
        outcome = within("overlap", name, "--mirror", mirror, "--format", "json", cache=published_cache)
        assert outcome.code == 0, outcome.err
        found[name] = json.loads(outcome.out)["data"]["overlap"]["summary"]["jaccard"]
    assert found["sider"]["pairs"] == 351 and found["sider"]["min"] == 1.0
    assert found["tox21"]["median"] == pytest.approx(0.79, abs=0.005)
    assert found["tox21"]["min"] == pytest.approx(0.62, abs=0.005)


@pytest.mark.published
def test_a_second_audit_imports_no_heavy_library(mirror: Path, published_cache: Path, run: Run) -> None:
    import os
    import subprocess
    import sys

    run("overlap", "sider", "--mirror", mirror, cache=published_cache)
    code = (
        "import sys; from auditor.cli import run; "
        "code = run(['overlap', 'sider', '--offline', '--format', 'json']); "
        "print(code, sorted({'torch', 'deepchem', 'tdc', 'tensorflow', 'sklearn'} & set(sys.modules)), "
        "file=sys.stderr)"
    )
    env = {**os.environ, "MTL_AUDIT_CACHE_DIR": str(published_cache)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == "0 []"  # below what was read


def test_rejects_and_plan_are_written_and_not_overwritten(within: Run, table: Path, tmp_path: Path) -> None:
    rejects, plan = tmp_path / "rejects.csv", tmp_path / "plan.csv"
    with table.open("a") as stream:
        stream.write("nonsense((,1,0,\n")
    outcome = within("overlap", table, "--rejects", rejects, "--plan", plan)
    assert outcome.code == 0, outcome.err
    assert "nonsense((" in rejects.read_text() and "gamma" in plan.read_text()
    again = within("overlap", table, "--rejects", rejects)
    assert again.code == 2 and "--force" in again.err


def test_every_section_that_is_asked_for_is_made(within: Run, table: Path) -> None:
    more = [f"--also={name}" for name in ("shift", "measurement-plan")]
    outcome = within("overlap", table, "--identity", "all", *more, "--format", "json")
    assert outcome.code == 0, outcome.err
    findings = {found["name"]: found for found in json.loads(outcome.out)["data"]["findings"]}
    asked = {"data-quality", "duplicate-tasks", "power", "identity-levels", "shift", "measurement-plan"}
    assert set(findings) == {*asked, "label-correlation", "pair-views"}
    assert {found["status"] for found in findings.values()} <= {"ok", "not applicable"}
    assert all(found["sentence"] for found in findings.values())


@pytest.mark.extras
def test_a_spoilt_file_in_the_cache_is_one_clear_line_where_it_cannot_be_had_again(
    within: Run, tmp_path: Path
) -> None:
    spoilt = tmp_path / "cache" / "files" / "moleculenet" / "tox21.csv.gz"
    spoilt.parent.mkdir(parents=True)
    for body in (b"", b"<html>sorry</html>", b"not gzip at all"):
        spoilt.write_bytes(body)
        outcome = within("overlap", "tox21", "--offline")
        assert outcome.code == 4 and "Traceback" not in outcome.err
        assert outcome.said[-2].startswith("mtl-audit: error: ") and "not usable" in outcome.said[-2]


def test_a_plan_keeps_its_budget(within: Run, table: Path, tmp_path: Path) -> None:
    whole, part = tmp_path / "whole.csv", tmp_path / "part.csv"
    assert within("overlap", table, "--plan", whole).code == 0
    count = len(whole.read_text().splitlines()) - 1
    outcome = within("overlap", table, "--plan", part, "--budget", count - 1, "--format", "json")
    assert outcome.code == 0
    found = next(f for f in json.loads(outcome.out)["data"]["findings"] if f["name"] == "measurement-plan")
    assert found["data"]["total"] == len(part.read_text().splitlines()) - 1 < count
    assert within("overlap", table, "--budget", "5").code == 2


def test_a_plan_measures_only_what_is_in_stock(within: Run, table: Path, tmp_path: Path) -> None:
    whole, part, stock = tmp_path / "whole.csv", tmp_path / "part.csv", tmp_path / "stock.smi"
    within("overlap", table, "--min-support", "4", "--plan", whole)
    planned = [row["smiles"] for row in csv.DictReader(whole.read_text().splitlines())]
    stock.write_text("\n".join(planned[:2]) + "\nCCCCCCCCCCCCCC\n")
    outcome = within("overlap", table, "--min-support", "4", "--plan", part, "--stock", stock)
    assert outcome.code == 0
    assert {row["smiles"] for row in csv.DictReader(part.read_text().splitlines())} <= set(planned[:2])
    assert within("overlap", table, "--stock", stock).code == 2
    assert within("overlap", table, "--plan", part, "--stock", tmp_path / "none.smi", "--force").code == 2
