"""The command line as provenance tells it."""

from __future__ import annotations

import sys

import click

from auditor.cli.asking import asking
from auditor.cli.config import taken_from_file
from auditor.privacy import shown_arguments


def command_line() -> str:
    """Return what was asked, for provenance, then what a configuration file added to it.

    Options that cannot change the answer are left out (`auditor.cli.asking`), secrets are hidden.
    """
    import shlex

    ctx = click.get_current_context(silent=True)
    if ctx is not None and ctx.params.get("anonymise"):
        return f"mtl-audit {ctx.info_name} --anonymise"  # arguments name files and tasks
    typed = shlex.join(["mtl-audit", *shown_arguments(asking(sys.argv[1:], ctx))])
    taken = shlex.split(taken_from_file(ctx)) if ctx else []
    added = shlex.join(shown_arguments(asking(taken, ctx)))
    return f"{typed}  # from the configuration file: {added}" if added else typed
