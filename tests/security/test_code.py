"""No module unpickles, evaluates, shells out or unpacks archives, but for the few named here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = sorted([*(ROOT / "auditor").rglob("*.py"), *(ROOT / "plugins").rglob("*.py")])
ALLOWED = {
    (
        "auditor/cache/arrays.py",
        "zipfile.ZipFile",
    ): "arrays of gradients or vectors, their sizes looked at before; nothing pickled",
    (
        "auditor/compute/processes.py",
        "pickle.load",
    ): "answers of a process that it started, over its own pipe",
    (
        "auditor/compute/worker.py",
        "pickle.load",
    ): "questions of the process that started it, over its own pipe",
    (
        "auditor/transfer/kernel/opening.py",
        "pickle.loads",
    ): "the panel from the process that started this one, once its threads are limited",
    (
        "auditor/source/table/excel.py",
        "zipfile.ZipFile",
    ): "names and sizes of a workbook's parts; refuses bombs",
    (
        "auditor/source/table/foreign.py",
        "zipfile.ZipFile",
    ): "names of an archive's parts, to say what it is",
}
"""Where something is allowed that is refused elsewhere, and why."""
REFUSED = {
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "pickle.load", "pickle.loads",
    "pickle.Unpickler", "marshal.load", "marshal.loads", "shelve.open", "joblib.load", "pd.read_pickle",
    "pandas.read_pickle", "yaml.load", "yaml.unsafe_load", "runpy.run_path", "subprocess.getoutput",
    "subprocess.getstatusoutput", "shutil.unpack_archive", "zipfile.ZipFile", "tarfile.open", "tempfile.mktemp",
    "urllib.request.urlopen", "urlopen", "torch.jit.load", "torch.hub.load", "gzip.decompress", "gzip.open",
    "zlib.decompress",
}  # fmt: skip


def called(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call with the dotted name of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def faults(path: str, text: str) -> list[tuple[str, str]]:
    """Return what a module must not do, by its path and what it calls."""
    found = []
    for name, call in called(ast.parse(text)):
        given = {word.arg: ast.unparse(word.value) for word in call.keywords}
        if (
            name in REFUSED
            or (name == "torch.load" and given.get("weights_only") != "True")
            or (name in ("np.load", "numpy.load") and given.get("allow_pickle") != "False")
            or given.get("shell", "False") != "False"
            or given.get("allow_pickle", "False") != "False"
            or given.get("reload", "False") != "False"  # DeepChem unpickles what it finds
            or given.get("autoescape", "True") != "True"
            or given.get("verify", "True") != "True"
        ):
            found.append((path, name))
    return found


def test_no_module_does_what_data_could_abuse() -> None:
    found = [
        fault
        for path in MODULES
        for fault in faults(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
    ]
    assert len(MODULES) > 250
    assert sorted(set(found)) == sorted(ALLOWED)


def test_the_search_finds_what_it_looks_for() -> None:
    bad = (
        "pickle.load(f)", "torch.load(p)", "torch.load(p, weights_only=False)", "np.load(p)",
        "np.load(p, allow_pickle=True)", "subprocess.run(c, shell=True)", "eval(t)", "os.system(t)",
        "load_tox21(reload=True)", "zipfile.ZipFile(p)", "yaml.load(t)", "Environment(autoescape=False)",
        "requests.get(u, verify=False)",
    )  # fmt: skip
    assert [len(faults("m.py", text)) for text in bad] == [1] * len(bad)
    good = (
        "torch.load(p, weights_only=True)",
        "np.load(p, allow_pickle=False)",
        "json.loads(t)",
        "model.eval()",
    )
    assert [faults("m.py", text) for text in good] == [[]] * len(good)
