"""The documents against their published schema, and the keys that docs/json.md promises."""

from __future__ import annotations

import copy
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from auditor.audit.document import SCHEMA_VERSION
from auditor.cache.marker import cache_at
from auditor.cli import COMMANDS, cli
from auditor.document.blocks import _TYPES
from auditor.document.schema import lacking, schema_text
from auditor.report.sections.report import KINDS
from tests.cli.conftest import Run

ROOT = Path(__file__).parent.parent.parent
SHORT = (
    "--dataset-option", "compounds=160", "--dataset-option", "tasks=4", "--encoder", "ecfp",
    "--epochs", "2", "--log-every", "2", "--batch-size", "16", "--skip", "controls",
)  # fmt: skip


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft202012Validator:
    """The published schema, itself valid."""
    found = json.loads(schema_text())
    jsonschema.Draft202012Validator.check_schema(found)
    return jsonschema.Draft202012Validator(found)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The document of an overlap audit, made once."""
    folder = tmp_path_factory.mktemp("whole")
    rows = [f"{'C' * size}O,{size % 2},{int(size % 3 == 0)}," for size in range(1, 41)]
    (folder / "mine.csv").write_text(
        "\n".join(["smiles,alpha,beta,gamma", *rows[8:], "CCN,1,,0.5", "C#,1,1,1"])
    )
    arguments = ["overlap", "mine.csv", "--format", "json"]
    env = {**os.environ, "MTL_AUDIT_CACHE_DIR": str(folder / "cache")}
    command = [sys.executable, "-m", "auditor", *arguments]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def faults(schema: jsonschema.Draft202012Validator, document: Any) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in schema.iter_errors(document)]


def test_report_prints_the_schema(within: Run) -> None:
    outcome = within("report", "--schema")
    assert outcome.code == 0 and json.loads(outcome.out) == json.loads(schema_text())
    assert within("report").code == 2


def test_the_schema_knows_every_kind_block_and_the_version(schema: jsonschema.Draft202012Validator) -> None:
    rules = schema.schema
    assert rules["properties"]["schema_version"] == {"const": SCHEMA_VERSION}
    assert set(rules["properties"]["kind"]["enum"]) == set(KINDS)
    assert set(rules["$defs"]["block"]["properties"]["type"]["enum"]) == set(_TYPES)


def test_overlap_and_its_renderings_are_valid(
    within: Run, table: Path, schema: jsonschema.Draft202012Validator, tmp_path: Path
) -> None:
    path = tmp_path / "a.json"
    every = [f"--also={name}" for name in ("shift", "measurement-plan", "identity-levels", "transfer-gain")]
    assert within("overlap", table, *every, "--output", path).code == 0
    assert faults(schema, json.loads(path.read_text())) == []
    again = within("report", path, "--format", "json")
    assert again.out == path.read_text()


def test_a_benchmark_of_one_task_and_one_that_fails_are_valid(
    within: Run, table: Path, schema: jsonschema.Draft202012Validator
) -> None:
    for tasks in ("alpha", "alpha,gamma"):
        outcome = within("overlap", table, "--tasks", tasks, "--format", "json")
        assert faults(schema, json.loads(outcome.out)) == [], tasks


def test_analyze_and_compare_are_valid(
    within: Run, schema: jsonschema.Draft202012Validator, tmp_path: Path
) -> None:
    outcome = within("analyze", "synthetic", *SHORT, "--format", "json", "--output", tmp_path / "a")
    assert outcome.code == 0, outcome.err
    document = json.loads(outcome.out)
    assert document["kind"] == "analysis" and faults(schema, document) == []
    compared = within("compare", tmp_path / "a", tmp_path / "a", "--format", "json")
    assert compared.code == 0, compared.err
    assert json.loads(compared.out)["kind"] == "comparison"
    assert faults(schema, json.loads(compared.out)) == []


def test_a_recommendation_that_trains_nothing_is_valid(
    within: Run, schema: jsonschema.Draft202012Validator
) -> None:
    small = ("--dataset-option", "compounds=160", "--dataset-option", "tasks=4", "--encoder", "ecfp")
    outcome = within("recommend", "synthetic", *small, "--budget", "6", "--dry-run", "--format", "json")
    assert outcome.code == 0, outcome.err
    assert json.loads(outcome.out)["kind"] == "recommendation"
    assert faults(schema, json.loads(outcome.out)) == []


def test_the_reports_of_this_repository_are_valid(schema: jsonschema.Draft202012Validator) -> None:
    every = sorted((ROOT / "reports").rglob("audit.json"))
    found = [path for path in every if json.loads(path.read_text())["kind"] != "computation"]
    small = [path for path in found if path.stat().st_size < 500_000]
    assert small
    for path in small:
        assert faults(schema, json.loads(path.read_text())) == [], path


def test_leakage_is_valid(within: Run, table: Path, schema: jsonschema.Draft202012Validator) -> None:
    outcome = within("leakage", table, table, "--format", "json")
    assert json.loads(outcome.out)["kind"] == "leakage"
    assert faults(schema, json.loads(outcome.out)) == []


def test_a_plugin_that_fails_leaves_a_valid_document(
    run: Run, table: Path, schema: jsonschema.Draft202012Validator, tmp_path: Path
) -> None:
    info = tmp_path / "path" / "bad_plugin-1.dist-info"
    info.mkdir(parents=True)
    body = "from auditor import hookimpl\n\n\n@hookimpl\ndef register_analyses(register):\n"
    body += "    register('breaks', 'bad_plugin:breaks', summary='s', stage='data')\n\n\n"
    body += "def breaks(context):\n    raise RuntimeError('no luck')\n"
    (tmp_path / "path" / "bad_plugin.py").write_text(body)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bad-plugin\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[mtl_audit]\nbad = bad_plugin\n")
    outcome = run("overlap", table, "--format", "json", PYTHONPATH=str(tmp_path / "path"))
    assert outcome.code == 5
    assert faults(schema, json.loads(outcome.out)) == []


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the place of every key outside of what sources, estimators and analyses tell."""
    if isinstance(value, dict):
        for key, item in value.items():
            if (*place, key)[-2:] not in (("findings", "data"), ("data", "benchmark")):
                yield (*place, key)
                yield from places(item, (*place, key))


def test_the_schema_refuses_what_is_renamed_missing_or_of_another_type(
    whole: dict[str, Any], schema: jsonschema.Draft202012Validator
) -> None:
    later = {"reliable_subset_compounds", "reliable_subset_exact", "reliable_subset_bound"}
    later |= {"retention_equivalent", "median", "mean", "min", "max"}
    checked = 0
    for *path, key in list(places(whole)):
        if key in later or str(key).startswith("above_") or "libraries" in path:
            continue
        spoilt = copy.deepcopy(whole)
        holder = spoilt
        for step in path:
            holder = holder[step]
        holder[f"{key}_"] = holder.pop(key)
        assert faults(schema, spoilt), f"{path} may lack {key}"
        checked += 1
    assert checked > 40
    for change in ({"kind": "analysis"}, {"kind": "other"}, {"schema_version": 2}, {"extra": 1}):
        assert faults(schema, {**whole, **change}), change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"schema_version": 99}, "schema version 99"),
        ({"schema_version": None}, "schema version None"),
        ({"data": "away"}, "lacks data"),
    ],
)
@pytest.mark.parametrize("command", ["report", "compare"])
def test_a_document_of_a_newer_schema_is_refused_with_one_clear_line(
    within: Run, whole: dict[str, Any], tmp_path: Path, change: dict[str, Any], says: str, command: str
) -> None:
    document = whole | change
    if "data" in change:
        del document["data"]
    path = tmp_path / "newer.json"
    path.write_text(json.dumps(document))
    outcome = within(command, *[path] * (2 if command == "compare" else 1))
    assert outcome.code == 4 and outcome.out == "" and len(outcome.said) == 2, outcome.err
    assert says in outcome.said[0] and outcome.said[1].startswith("  hint: ")


def test_whatever_a_document_lacks_is_named_and_no_bug(
    within: Run, whole: dict[str, Any], tmp_path: Path
) -> None:
    assert list(lacking(whole)) == []
    for *path, key in places(whole):
        spoilt = copy.deepcopy(whole)
        holder = spoilt
        for step in path:
            holder = holder[step]
        holder.pop(key)
        optional = {"median", "mean", "min", "max", "retention_equivalent", "identity_means"}
        valid = key in optional or "libraries" in path
        valid = valid or str(key).startswith(("above_", "reliable_subset_"))
        valid = valid or [*path, key] in (["read"], ["data", "answers"], ["data", "label_correlation", "p"])
        assert valid or [*path, key] == list(map(str, next(lacking(spoilt)).split("."))), (path, key)
    for change in ({"data": []}, {"data": {}}, {"meta": 3}, {"data": {**whole["data"], "findings": [{}]}}):
        path_ = tmp_path / "spoilt.json"
        path_.write_text(json.dumps({**whole, **change}))
        outcome = within("report", path_)
        assert outcome.code == 4 and "it lacks" in outcome.said[0] and len(outcome.said) == 2, outcome.err


def test_the_small_commands_hold_the_promised_keys(within: Run, tmp_path: Path) -> None:
    listed = json.loads(within("list", "datasets", "--format", "json").out)
    assert set(listed) == {"schema_version", "kind", "components"}
    assert set(listed["components"][0]) == set(
        "name summary owner needs missing libraries reference licence".split()
    )
    (cache_at(tmp_path / "cache") / "files").mkdir()
    (tmp_path / "cache" / "files" / "a.csv").write_text("1234")
    cache = json.loads(within("cache", "list", "--format", "json").out)
    assert set(cache) == {"schema_version", "action", "path", "parts"}
    assert {"name": "files", "files": 1, "bytes": 4} in cache["parts"]
    cleared = json.loads(within("cache", "clear", "files", "--yes", "--format", "json").out)
    assert cleared["parts"] == [{"name": "files", "files": 1, "bytes": 4}]
    assert json.loads(within("cache", "path", "--format", "json").out)["path"] == str(tmp_path / "cache")


def test_the_documentation_names_every_key_of_the_schema_and_of_doctor(within: Run) -> None:
    text = (ROOT / "docs" / "json.md").read_text()
    documented = {word.removeprefix("data.") for word in re.findall(r"`([a-zA-Z0-9_.]+)`", text)}
    rules = json.loads(schema_text())
    parts = ("meta", "verdict", "finding", "task", "overlap", "overlap_data", "analysis_data", "about")
    keys = {key for part in parts for key in rules["$defs"][part]["properties"]}
    assert keys <= documented, keys - documented
    doctor = json.loads(within("doctor", "--format", "json").out)
    for part in (doctor, doctor["settings"], doctor["cache"], doctor["sources"][0], doctor["core"][0]):
        assert set(part) <= documented, set(part) - documented


WITHOUT_FORMAT = {"completion", "reproduce"}
"""The script of a shell; a command whose product is a folder with its JSON in it."""


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in WITHOUT_FORMAT])
def test_every_command_takes_format_json(name: str) -> None:
    command = cli.get_command(None, name)  # type: ignore[arg-type]
    assert command is not None
    assert any("--format" in param.opts for param in command.params)


def test_wrong_usage_is_json_too_where_json_was_asked_for(within: Run) -> None:
    for arguments in (
        ("overlap", "--format", "json"),
        ("overlap", "x", "--nope", "--format=json"),
        ("cache", "list", "widgets", "--format", "json"),
    ):
        outcome = within(*arguments)
        assert outcome.code == 2 and outcome.out == ""
        assert json.loads(outcome.err)["error"]["code"] == 2
