"""The errors a user may see, each with one clear line, a hint and an exit code."""

from __future__ import annotations

from enum import IntEnum

from auditor.privacy import without_secrets

INTERRUPTED = "mtl-audit: interrupted; what was finished is kept, the same command goes on from there"
"""What is said after Ctrl-C, whenever it comes."""


class ExitCode(IntEnum):
    """Exit codes of every command."""

    DONE = 0
    BUG = 1
    USAGE = 2
    GATE_FAILED = 3
    UNAVAILABLE = 4
    PLUGIN_FAILED = 5
    INTERRUPTED = 130


class AuditError(Exception):
    """A failure that the user can act on.

    Parameters
    ----------
    message
        What happened to which input, in one line.
    hint
        What to type or change; empty when there is nothing to say.
    """

    exit_code = ExitCode.BUG

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(without_secrets(message))
        self.message = without_secrets(message)
        self.hint = without_secrets(hint)


class UsageError(AuditError):
    """An unknown name or an option that cannot be honoured."""

    exit_code = ExitCode.USAGE


class GateFailed(AuditError):
    """The tasks share too few compounds for the analysis that was asked for."""

    exit_code = ExitCode.GATE_FAILED


class DataError(AuditError):
    """Published data that is missing, corrupt or unusable."""

    exit_code = ExitCode.UNAVAILABLE


class StorageError(AuditError):
    """A file that the system refuses to write: a full disk, a read-only folder."""

    exit_code = ExitCode.UNAVAILABLE


class MissingExtra(AuditError):
    """An optional dependency that is not installed."""

    exit_code = ExitCode.UNAVAILABLE


class PluginError(AuditError):
    """A plugin that broke its contract."""

    exit_code = ExitCode.PLUGIN_FAILED
