"""mtl-audit completion: the script that lets a shell complete commands, options and names."""

from __future__ import annotations

import click

from auditor import console
from auditor.cli import cli

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_MTL_AUDIT_COMPLETE"


@click.command("completion", short_help="Print a shell's completion script.")
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> int:
    """Print the script that completes mtl-audit's commands, options and names in a SHELL.

    Have the shell read it: eval "$(mtl-audit completion bash)" in ~/.bashrc.

    Example: mtl-audit completion zsh
    """
    console.out(script(shell))
    return 0


def script(shell: str) -> str:
    """Return the completion script of a shell."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    complete = found(cli, {}, "mtl-audit", VARIABLE)
    return complete.source_template % complete.source_vars()
