"""The checks of the other kinds find the flaws that they are for."""

from __future__ import annotations

import dataclasses
import socket
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from auditor.audit.results import AffinityMatrix, Finding
from auditor.document.blocks import Report, Table
from auditor.errors import DataError, UsageError
from auditor.reproduction.plan import Claim, Measured, Plan
from auditor.source.rows import SourceData, Task, TaskTable
from auditor.testing import NotConforming, NotSupported, checks_of, small_audit
from auditor.testing.check import MODULES
from auditor.testing.material import molecules

RNG = np.random.default_rng(0)


def check(kind: str, name: str) -> Callable[..., None]:
    """Return a check by its name."""
    return next(check for check in checks_of(kind) if str(check) == name)


@pytest.mark.parametrize("kind", MODULES)
def test_every_check_has_a_sentence_and_a_name_of_its_own(kind: str) -> None:
    checks = checks_of(kind)
    assert len({str(one) for one in checks}) == len(checks) > 4
    assert all(one.claim.endswith(".") for one in checks)


def test_a_kind_or_a_setting_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageError, match="widget"):
        checks_of("widget")
    with pytest.raises(TypeError, match="by_structure"):
        checks_of("identity")[0](str, structure=True)


def written(smiles: str, mol: Any) -> str:
    return smiles


def constant(smiles: str, mol: Any) -> str:
    return "compound"


def failing(smiles: str, mol: Any) -> str:
    raise ValueError("no name")


def changing(smiles: str, mol: Any) -> str:
    mol.GetAtomWithIdx(0).SetIsotope(13)
    return smiles


def drifting(smiles: str, mol: Any) -> str:
    return f"{smiles}-{RNG.integers(1 << 40)}"


@pytest.mark.parametrize(
    ("level", "name"),
    [
        (failing, "names_are_text"),
        (constant, "tells_compounds_apart"),
        (written, "the_way_of_writing_does_not_matter"),
        (drifting, "names_do_not_depend_on_what_was_named_before"),
        (changing, "the_molecule_stays_as_it_was"),
        (lambda smiles, mol: smiles, "worker_processes_can_import_it"),
    ],
)
def test_a_flaw_of_an_identity_is_found(level: Any, name: str) -> None:
    with pytest.raises(NotConforming):
        check("identity", name)(level)


def test_an_identity_of_texts_may_say_so() -> None:
    with pytest.raises(NotSupported):
        check("identity", "the_way_of_writing_does_not_matter")(written, by_structure=False)


def altered(**changes: Callable[[AffinityMatrix], Any]) -> Callable[..., AffinityMatrix]:
    """Return an estimator whose matrix is sound but for some fields."""

    def estimate(context: Any) -> AffinityMatrix:
        found = context.affinities["error-cosine"]
        return dataclasses.replace(found, **{name: change(found) for name, change in changes.items()})

    return estimate


def drawing(context: Any) -> AffinityMatrix:
    np.random.rand()  # noqa: NPY002 - this is the flaw
    return altered()(context)


def writing(context: Any) -> AffinityMatrix:
    context.affinities["mine"] = altered()(context)
    return altered()(context)


def by_place(context: Any) -> AffinityMatrix:
    t = context.benchmark.t
    steps = np.arange(t, dtype=float) / 10
    return AffinityMatrix(
        "place", context.benchmark.task_names, np.minimum.outer(steps, steps), np.zeros((t, t)),
        np.ones((t, t), dtype=np.int64), meaning="Where the tasks stand.",
    )  # fmt: skip


def with_wild(context: Any, **options: Any) -> AffinityMatrix:
    return altered()(context)


@pytest.mark.parametrize(
    ("estimate", "name"),
    [
        (with_wild, "options_can_be_typed"),
        (altered(tasks=lambda f: f.tasks[::-1]), "relates_the_tasks_of_the_benchmark"),
        (altered(meaning=lambda f: ""), "says_what_it_is"),
        (altered(about=lambda f: {"of": object()}), "says_what_it_is"),
        (altered(count=lambda f: np.zeros_like(f.count)), "what_cannot_be_estimated_is_nan"),
        (altered(count=lambda f: f.count.astype(float)), "counts_are_whole_numbers"),
        (altered(standard_error=lambda f: np.full_like(f.values, np.nan)), "every_value_has_its_error"),
        (altered(standard_error=lambda f: np.triu(f.standard_error)), "the_orientation_holds"),
        (altered(value_range=lambda f: (-0.001, 0.001)), "values_lie_in_their_range"),
        (altered(values=lambda f: f.values + RNG.normal()), "the_same_audit_gives_the_same_affinity"),
        (drawing, "leaves_the_global_random_state_alone"),
        (writing, "leaves_the_context_alone"),
        (by_place, "the_order_of_tasks_does_not_matter"),
        (altered(signed=lambda f: True, values=lambda f: -f.values), "a_sign_means_what_it_says"),
    ],
)
def test_a_flaw_of_an_estimator_is_found(estimate: Any, name: str) -> None:
    context = dataclasses.replace(small_audit(), affinities=dict(small_audit().affinities))
    with pytest.raises(NotConforming):
        check("affinity", name)(estimate, audit=context)


def finding(**changes: Any) -> Callable[..., Finding]:
    """Return an analysis whose finding is sound but for some fields."""
    sound: dict[str, Any] = {"sentence": "All is said.", "data": {"n": 1}, "name": "mine"}
    return lambda context: Finding(**{**sound, **changes})


def greedy(context: Any) -> Finding:
    context.overlap.support[0, 1] += 1
    return finding()(context)


def of_two(context: Any) -> Finding:
    context.benchmark.tasks[1]
    return finding()(context)


@pytest.mark.parametrize(
    ("analyse", "name"),
    [
        (lambda context: "All is said.", "returns_a_finding"),
        (finding(data={"of": object()}), "returns_a_finding"),
        (finding(blocks=(Table(("a", "b"), ((1,),)),)), "returns_a_finding"),
        (finding(status="error"), "has_something_to_say"),
        (finding(sentence="Two\nlines."), "says_it_in_one_sentence"),
        (finding(blocks=("<b>bold</b>",)), "returns_a_finding"),
        (
            lambda context: finding(data={"at": time.perf_counter_ns()})(context),
            "the_same_audit_gives_the_same_finding",
        ),
        (of_two, "a_single_task_is_no_error"),
    ],
)
def test_a_flaw_of_an_analysis_is_found(analyse: Any, name: str) -> None:
    with pytest.raises((NotConforming, IndexError)):
        check("analysis", name)(analyse)


def test_an_analysis_that_changes_the_overlap_is_found() -> None:
    context = small_audit(trained=False, tasks=("alike", "opposite"))
    with pytest.raises(NotConforming, match="overlap"):
        check("analysis", "leaves_the_context_alone")(greedy, audit=context)


def raw(report: Report) -> bytes:
    return "\n".join([report.title, *report.stamps]).encode()


@pytest.mark.parametrize(
    ("export", "name", "media"),
    [
        (lambda report: report.title, "gives_bytes", ""),
        (lambda report: report.sections[0].title.encode(), "renders_a_report_without_sections", ""),
        (lambda report: str(report.sections[0].blocks[0].text).encode(), "renders_every_block", ""),
        (lambda report: str(time.perf_counter_ns()).encode(), "renders_the_same_again", ""),
        (raw, "terminals_obey_nothing", "text/plain"),
        (raw, "browsers_run_nothing", "text/html"),
        (
            lambda report: "\r\n".join(["stamp", "=HYPERLINK(1)"]).encode(),
            "spreadsheets_compute_nothing",
            "text/csv",
        ),
    ],
)
def test_a_flaw_of_a_format_is_found(export: Any, name: str, media: str) -> None:
    with pytest.raises(NotConforming):
        check("format", name)(export, media_type=media)


def one_claim(works: tuple[str, ...] = ()) -> Plan:
    """A plan of one claim, which names no audit that it holds."""
    measure = (lambda _: Measured(0.5)) if works else None
    claim = Claim("r", "Table 1", "r is 0.5", 0.5, works=works, measure=measure, reason="not released")
    return Plan("P", "R", "p", (claim,))


@pytest.mark.parametrize(
    ("offered", "name"),
    [
        (lambda: 7, "gives_a_plan"),
        (lambda: one_claim(works=("nothing",)), "can_be_run"),
        (
            lambda: dataclasses.replace(
                one_claim(), claims=(Claim(f"c{time.perf_counter_ns()}", "p", "s", None, reason="r"),)
            ),
            "gives_the_same_again",
        ),
        (
            lambda: dataclasses.replace(one_claim(), claims=(Claim("c", "p", " ", None, reason="r"),)),
            "can_be_reported",
        ),
    ],
)
def test_a_flaw_of_a_plan_is_found(offered: Any, name: str) -> None:
    with pytest.raises(NotConforming):
        check("plan", name)(offered)
    check("plan", name)(one_claim)


def rows(
    values: Any, *, names: tuple[str, ...] = ("a",), smiles: Any = None, **task: Any
) -> Callable[..., SourceData]:
    """Return a dataset with these values for every task."""
    array = np.asarray(values, dtype=float)
    texts = smiles or molecules(len(array))
    kind = task.pop("kind", "regression")
    return lambda files: SourceData(tuple(TaskTable(Task(n, kind, **task), texts, array) for n in names))


def connecting(files: Any) -> SourceData:
    with socket.socket() as stream:
        stream.connect(("192.0.2.1", 80))
    return rows([1.0])(files)


def silent(files: Any) -> SourceData:
    raise DataError("nothing here")


@pytest.mark.parametrize(
    ("load", "name"),
    [
        (lambda files, *, paths=(): rows([1.0])(files), "options_can_be_typed"),
        (connecting, "offline_it_reads_or_says_what_is_missing"),
        (silent, "offline_it_reads_or_says_what_is_missing"),
        (rows([1.0, np.nan]), "keeps_the_contract"),
        (rows([0.0, 2.0], kind="classification"), "keeps_the_contract"),
        (rows([1.0], names=("a", "a")), "keeps_the_contract"),
        (rows([1.0, 2.0], low=5.0), "bounds_and_words_are_whole"),
        (rows([1.0, 2.0], smiles=("CCO", "not a molecule")), "most_compounds_can_be_read"),
        (lambda files: rows(RNG.normal(size=3))(files), "reads_the_same_rows_again"),
        (lambda files: rows([np.random.rand()])(files), "leaves_the_global_random_state_alone"),  # noqa: NPY002
    ],
)
def test_a_flaw_of_a_dataset_is_found(load: Any, name: str) -> None:
    with pytest.raises(NotConforming):
        check("dataset", name)(load)


def test_rows_that_were_deduplicated_are_found() -> None:
    with pytest.raises(NotConforming, match="published are 4"):
        check("dataset", "rows_are_as_published")(rows([1.0, 2.0, 3.0]), published={"a": 4})


def test_published_rows_without_their_files_are_not_checked_and_say_so() -> None:
    def load(files: Any) -> SourceData:
        files.need("lab/a.csv", url="https://data.example.org/a.csv")
        raise AssertionError("there is no such file")

    check("dataset", "offline_it_reads_or_says_what_is_missing")(load)
    with pytest.raises(NotSupported, match="mirror="):
        check("dataset", "keeps_the_contract")(load)


PLUGIN = "from auditor import hookimpl\n\n\n@hookimpl\ndef register_encoders(register):\n    "
GOOD = "register('mine', 'collections:OrderedDict', summary='an encoder')\n"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("import numpy\n" + PLUGIN + GOOD, "imports_nothing_heavy"),
        ("MTL_AUDIT_API = 99\n" + PLUGIN + GOOD, "its_api_version_is_spoken"),
        (PLUGIN.replace("encoders", "encoder") + GOOD, "its_hooks_are_known"),
        (PLUGIN + "pass\n", "it_registers_components"),
        (PLUGIN + GOOD.replace("an encoder", ""), "it_registers_components"),
        (PLUGIN + GOOD.replace("mine", "gcn"), "its_names_are_free"),
        (PLUGIN + GOOD.replace("collections", "nowhere_at_all"), "every_component_can_be_loaded"),
    ],
)
def test_a_flaw_of_a_plugin_is_found(
    code: str, name: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = f"plugin_{abs(hash(code))}"
    (tmp_path / f"{module}.py").write_text(code)
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(NotConforming):
        check("plugin", name)(module)
