"""Classes of tasks: built in, and from a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.analyses.clusters.annotations import SIDER, TOX21, built_in, read_annotation
from auditor.errors import UsageError
from auditor.source.rows import Task
from tests.plugins.reading import read

TASKS = ("one", "two, or so", "three")
GOOD = 'task,coarse,fine\none,a,x\n"two, or so",a,y\nthree,b,z\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "classes.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_levels_are_in_the_order_of_the_benchmark(tmp_path: Path) -> None:
    found = read_annotation(written(tmp_path, GOOD), TASKS[::-1])
    assert (
        found.levels == {"coarse": ("b", "a", "a"), "fine": ("z", "y", "x")}
        and found.source == "classes.csv"
    )


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("task,coarse\none,a\n", "no row for 2 of 3 tasks: two, or so, three", "--tasks"),
        (GOOD + "thre,b,z\n", "annotates 'thre'", "did you mean three"),
        (GOOD + "one,b,z\n", "line 5: task 'one' is there twice", "one row"),
        (GOOD.replace("three,b", "three,"), "'three' has no class at level 'coarse'", "of its own"),
        (GOOD.replace('"', ""), "has 4 cells, its header 3", "in quotes"),
        ("name,coarse\none,a\n", "has the columns name, coarse", "column 'task'"),
        ("task\none\n", "has the columns task", "per level"),
        ("", "has the columns (none)", "column 'task'"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_what_to_change(
    tmp_path: Path, text: str, message: str, hint: str
) -> None:
    with pytest.raises(UsageError) as caught:
        read_annotation(written(tmp_path, text), TASKS)
    assert message in caught.value.message and hint in caught.value.hint


def test_a_missing_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read the annotations"):
        read_annotation(tmp_path / "none.csv", TASKS)


def test_tox21_has_the_papers_two_five_and_nine_groups() -> None:
    found = built_in([Task(name, "classification") for name in TOX21])
    assert found is not None
    assert [len(set(names)) for names in found.levels.values()] == [2, 5, 9]
    together = [a for i, a in enumerate(TOX21) for b in list(TOX21)[:i] if TOX21[a][2] == TOX21[b][2]]
    assert len(together) == 3  # of 66 pairs


def test_sources_and_assays_that_a_panel_states_are_levels_and_strangers_have_none() -> None:
    tasks = [Task(f"t{n}", "regression", domain="AB"[n % 2], assay=f"assay {n // 2}") for n in range(6)]
    found = built_in(tasks)
    assert found is not None and list(found.levels) == ["domain", "assay"]
    assert built_in([Task("t", "regression"), Task("u", "regression")]) is None


@pytest.mark.published
@pytest.mark.parametrize(("name", "classes"), [("tox21", TOX21), ("sider", SIDER)])
def test_every_published_task_has_a_class(
    mirror: Path, published_cache: Path, name: str, classes: dict[str, tuple[str, ...]]
) -> None:
    data, _ = read(name, published_cache, mirror)
    assert sorted(table.task.name for table in data.tables) == sorted(classes)
