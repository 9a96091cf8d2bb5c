"""The command line: a group whose commands are imported only when they are used."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import click

from auditor import __version__, console
from auditor.errors import AuditError, ExitCode, PluginError, UsageError

COMMANDS = ("overlap", "analyze", "compare", "leakage", "report", "list", "plugins", "cache")
EPILOG = (
    "Exit codes: 0 done, 1 a bug, 2 wrong usage, 3 gate failed, 4 data or an optional dependency "
    "missing, 5 a plugin failed (partial result written), 130 interrupted."
)


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of their use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"auditor.cli.{cmd_name}_command")
        command: click.Command = module.command
        return command


@click.group(
    cls=LazyGroup,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.option("-v", "--verbose", count=True, help="Say more; -vv shows plugin tracebacks.")
@click.option("-q", "--quiet", count=True, help="Say less: no progress; -qq no warnings either.")
@click.option(
    "--progress/--no-progress", default=None, help="Progress bars on stderr [default: on a terminal]."
)
@click.option(
    "--color/--no-color", default=None, help="Colour [default: on a terminal; NO_COLOR is honoured]."
)
@click.pass_context
def cli(ctx: click.Context, verbose: int, quiet: int, progress: bool | None, color: bool | None) -> None:
    """Audit molecular multi-task benchmarks: do the tasks share enough compounds, what do gradients
    say about them, and can that be trusted?"""
    console.settings.level = verbose - quiet
    console.settings.progress = progress
    if color is None and os.environ.get("NO_COLOR"):
        color = False
    console.settings.color = color
    ctx.color = color


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with the code that errors.ExitCode documents."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    console.settings = console.Settings()
    try:
        code = cli.main(args=arguments, prog_name="mtl-audit", standalone_mode=False)
        return int(code) if isinstance(code, int) else 0
    except click.exceptions.Abort:
        return _interrupted()
    except KeyboardInterrupt:
        return _interrupted()
    except click.exceptions.Exit as exit_request:
        return int(exit_request.exit_code)
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "mtl-audit"
        console.error(UsageError(error.format_message(), hint=f"{command} --help"))
        return int(ExitCode.USAGE)
    except AuditError as error:
        console.error(error)
        if isinstance(error, PluginError) and console.settings.level > 1:
            traceback.print_exc()
        return int(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(ExitCode.DONE)
    except Exception:
        console.err("mtl-audit: this is a bug in mtl-audit or in a plugin named below; please report it")
        traceback.print_exc()
        return int(ExitCode.BUG)


def _interrupted() -> int:
    console.err("mtl-audit: interrupted; what was finished is kept, the same command goes on from there")
    return int(ExitCode.INTERRUPTED)


def invoked_as(ctx: click.Context, shown: Sequence[Any] = ()) -> str:
    """Return the command line as typed, for provenance."""
    import shlex

    arguments = sys.argv[1:] if sys.argv and not shown else [str(item) for item in shown]
    return shlex.join(["mtl-audit", *arguments])
