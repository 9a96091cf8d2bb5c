"""The command line: a group whose commands are imported only when they are used."""

from __future__ import annotations

import functools
import importlib
import itertools
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from auditor import __version__, console
from auditor.cli.config import load_config, taken_from_file
from auditor.errors import INTERRUPTED, AuditError, ExitCode, PluginError, UsageError

COMMANDS = (
    "check",
    "overlap",
    "analyze",
    "recommend",
    "compare",
    "leakage",
    "report",
    "publish",
    "reproduce",
    "list",
    "plugins",
    "cache",
    "doctor",
    "completion",
)
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
        module = importlib.import_module(f"auditor.cli.commands.{cmd_name}")
        command: click.Command = module.command
        return _with_quiet(command)


def _with_quiet(command: click.Command) -> click.Command:
    """Return the command with --quiet, and with a line on stderr for what a file set."""
    if all(param.name != QUIET.name for param in command.params) and command.callback is not None:
        command.params.append(QUIET)
        command.callback = _telling(command.callback)
    return command


def _telling(callback: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(callback)
    def told(**values: Any) -> Any:
        ctx = click.get_current_context()
        found = taken_from_file(ctx)
        if found:
            console.say(f"options from {ctx.find_root().meta[CONFIG]}: {found}")
        return callback(**values)

    return told


def _quieter(_: click.Context, __: click.Parameter, times: int) -> None:
    console.settings.level -= times


QUIET = click.Option(
    ["-q", "--quiet"],
    count=True,
    show_default=False,
    expose_value=False,
    callback=_quieter,
    help="Say less: no progress; -qq no warnings either.",
)
CONFIG = "auditor.cli.config"
"""Where the context keeps the path of the configuration file."""


@click.group(
    cls=LazyGroup,
    epilog=EPILOG,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
        "show_default": True,
    },
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.option(
    "-v", "--verbose", count=True, show_default=False, help="Say more; -vv shows plugin tracebacks."
)
@click.option(
    "-q", "--quiet", count=True, show_default=False, help="Say less: no progress; -qq no warnings either."
)
@click.option(
    "--progress/--no-progress", default=None, help="Progress bars on stderr [default: on a terminal]."
)
@click.option(
    "--color/--no-color", default=None, help="Colour [default: on a terminal; NO_COLOR is honoured]."
)
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Defaults of options [env: MTL_AUDIT_CONFIG; default: mtl-audit.toml or pyproject.toml here].",
)
@click.option("--no-config", is_flag=True, help="Read no such file.")
@click.pass_context
def cli(
    ctx: click.Context,
    verbose: int,
    quiet: int,
    progress: bool | None,
    color: bool | None,
    config: Path | None,
    no_config: bool,
) -> None:
    """Audit molecular multi-task benchmarks: do the tasks share enough compounds, what do gradients
    say about them, and can that be trusted?"""
    console.settings.level = verbose - quiet
    console.settings.progress = progress
    if color is None and os.environ.get("NO_COLOR"):
        color = False
    console.settings.color = color
    ctx.color = color
    if not no_config:
        found = load_config(cli, ctx, config)
        ctx.default_map = dict(found.defaults)
        ctx.meta[CONFIG] = found.path


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    typed = sys.argv[1:] if arguments is None else arguments
    console.settings = console.Settings(json_errors=wants_json(typed))
    try:
        code = cli.main(args=arguments, prog_name="mtl-audit", standalone_mode=False)
        return int(code) if isinstance(code, int) else 0
    except (click.exceptions.Abort, KeyboardInterrupt):
        console.err(INTERRUPTED)
        return int(ExitCode.INTERRUPTED)
    except click.exceptions.Exit as exit_request:
        return int(exit_request.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        console.out(error.format_message())
        return int(ExitCode.USAGE)
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "mtl-audit"
        console.error(UsageError(" ".join(error.format_message().split()), hint=f"{command} --help"))
        return int(ExitCode.USAGE)
    except AuditError as error:
        console.error(error)
        if isinstance(error, PluginError) and console.settings.level > 1:
            console.err(traceback.format_exc())
        return int(error.exit_code) or int(ExitCode.BUG)  # a plugin may have made its own kind of error
    except BaseException as error:
        if isinstance(error, SystemExit) and "_MTL_AUDIT_COMPLETE" in os.environ:
            return int(error.code or 0)  # click ends so once it has told a shell how to go on
        console.err("mtl-audit: this is a bug in mtl-audit or in a plugin named below; please report it")
        console.err(traceback.format_exc())
        return int(ExitCode.BUG)


def wants_json(arguments: Sequence[str]) -> bool:
    """Return whether a command line asks for JSON, also where the rest of it cannot be parsed."""
    return "--format=json" in arguments or ("--format", "json") in itertools.pairwise(arguments)
