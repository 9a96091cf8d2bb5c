"""How Sphinx makes the site out of the Markdown files: ``make site``.

The source is the whole repository, so that the links between README, pages and reports hold there as they
hold here. The order of the pages is that of docs/index.md.
"""

from __future__ import annotations

import re
from os.path import normpath
from pathlib import Path

from sphinx.application import Sphinx

import auditor

project = "mtl-audit"
author = copyright = "The mtl-audit authors"
version = release = auditor.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "docs/index"
include_patterns = ["README.md", "SECURITY.md", "CHANGELOG.md", "docs/**", "reports/**.md"]
exclude_patterns = ["docs/pictures/**", "docs/examples/**"]
myst_heading_anchors = 3
suppress_warnings = ["myst.header"]  # a report may begin with a second heading

html_theme = "furo"
html_title = f"mtl-audit {version}"
html_copy_source = False
html_show_sourcelink = False
add_module_names = False
autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
python_maximum_signature_line_length = 80
napoleon_google_docstring = False

_FIRST_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>mtl-audit</title>
<meta http-equiv="refresh" content="0; url=docs/index.html"><a href="docs/index.html">mtl-audit</a></html>
"""
_INDEXES = ("docs/index", "reports/index", "reports/overlap/README")
_LINK = re.compile(r"\]\(([\w./-]+)\.(?:md|rst)[)#]")


def setup(app: Sphinx) -> None:
    """Give every index its place in the side bar, and the folder of the site a first page."""
    app.connect("source-read", _with_contents)
    app.connect("build-finished", _with_first_page)


def _with_contents(app: Sphinx, page: str, source: list[str]) -> None:
    """Add hidden tables of contents to an index: the pages that each of its sections links to."""
    if page in _INDEXES:
        folder = Path("/", page).parent
        sections = re.split(r"^## ", source[0], flags=re.M)
        for number, section in enumerate(sections):
            linked = (normpath(folder / match[1]) for match in _LINK.finditer(section))
            names = [name for name in dict.fromkeys(linked) if name != "/docs/index"]
            if names:
                caption = f":caption: {section.splitlines()[0]}\n" if number else ""
                source[0] += f"\n\n```{{toctree}}\n:hidden:\n{caption}\n" + "\n".join(names) + "\n```\n"


def _with_first_page(app: Sphinx, failed: Exception | None) -> None:
    if failed is None:
        Path(app.outdir, "index.html").write_text(_FIRST_PAGE, encoding="utf-8")
