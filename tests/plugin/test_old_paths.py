"""What plugins of version 0.1 import works for one release, with a warning that says the new name."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from auditor.plugin import old_paths

old_paths.install()


@pytest.mark.parametrize("old", sorted(old_paths.OLD))
def test_an_old_module_hands_out_the_very_objects_of_the_new_ones_and_warns_once(old: str) -> None:
    sys.modules.pop(old, None)
    with pytest.warns(DeprecationWarning, match=old_paths.OLD[old][0]) as said:
        module = importlib.import_module(old)
        importlib.import_module(old)
    assert len([one for one in said if f"{old} is" in str(one.message)]) == 1
    for home in map(importlib.import_module, old_paths.OLD[old]):
        public = [name for name in vars(home) if not name.startswith("_")]
        assert public or home.__path__
        assert all(getattr(module, name) is not None for name in public)
    with pytest.raises(AttributeError, match="no attribute 'no_such_name'"):
        _ = module.no_such_name


def test_a_type_is_the_same_wherever_it_was_imported_from() -> None:
    from auditor.audit.context import AuditContext
    from auditor.audit.results import AffinityMatrix, Finding

    with pytest.warns(DeprecationWarning):
        sys.modules.pop("auditor.context", None)
        context = importlib.import_module("auditor.context")
        affinity = importlib.import_module("auditor.affinity").AffinityMatrix
    assert (context.AuditContext, context.Finding, affinity) == (AuditContext, Finding, AffinityMatrix)


def test_the_warning_names_the_line_that_imports() -> None:
    code = (
        "from auditor.plugin.old_paths import install; install()\n"
        "from auditor.dataset import Task\n"
        "from auditor.affinity import AffinityMatrix\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "always::DeprecationWarning:__main__", "-c", code],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    said = [line for line in done.stderr.splitlines() if "DeprecationWarning" in line]
    assert len(said) == 2 and all("<string>" in line for line in said), done.stderr


def test_what_was_never_there_stays_an_import_error() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        importlib.import_module("auditor.no_such_module")
