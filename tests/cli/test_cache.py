"""What `cache clear` deletes: the parts of a folder that is known as a cache of this tool, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.cache.contents import PARTS
from auditor.cache.marker import MARKER, cache_at, is_marked
from tests.cli.conftest import Run


@pytest.mark.parametrize("part", PARTS)
def test_a_folder_that_is_no_cache_is_not_cleared(within: Run, tmp_path: Path, part: str) -> None:
    mine = tmp_path / "project" / part / "thesis.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("years of work")
    (tmp_path / "project" / MARKER).write_text(
        "Signature: 8a477f597d28d172789f06886806bc55\n# of another\n"
    )
    done = within("cache", "clear", "--yes", cache=tmp_path / "project")
    assert done.code == 2 and "is not known as a cache of mtl-audit" in done.said[0], done.err
    assert mine.read_text() == "years of work"


def test_a_folder_with_data_of_the_name_of_a_part_is_never_taken_for_a_cache(
    within: Run, tmp_path: Path
) -> None:
    mine = tmp_path / "project" / "files" / "thesis.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("years of work")
    assert within("overlap", "synthetic", cache=tmp_path / "project").code == 0
    assert within("cache", "clear", "--yes", cache=tmp_path / "project").code == 2
    assert mine.exists()


def test_a_cache_is_marked_when_it_is_made_and_cleared_but_for_its_marker(
    within: Run, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    assert within("overlap", "synthetic").code == 0
    assert is_marked(cache) and (cache / "identity").is_dir()
    assert within("cache", "clear", "--yes").code == 0
    assert [path.name for path in cache.iterdir()] == [MARKER]


def test_a_symbolic_link_is_named_and_what_it_leads_to_stays(within: Run, tmp_path: Path) -> None:
    cache, elsewhere = cache_at(tmp_path / "cache"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("x")
    (cache / "identity").mkdir()
    (cache / "files").symlink_to(elsewhere)
    done = within("cache", "clear", "--yes")
    assert done.code == 2 and "is a symbolic link" in done.said[0] and "delete the link" in done.said[1]
    assert (elsewhere / "kept").exists() and (cache / "identity").exists(), "nothing was deleted before"
