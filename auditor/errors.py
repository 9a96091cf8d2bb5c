"""The errors a user may see, each with one clear line, a hint and an exit code."""

from __future__ import annotations

from enum import IntEnum

from auditor.privacy import without_secrets

TYPE_CHECKING = False  # typing is slow to import, and Ctrl-C is answered after this module only
if TYPE_CHECKING:
    from auditor.api.audit import Audit
    from auditor.audit.context import AuditContext

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

    def __repr__(self) -> str:
        said = f"{type(self).__name__}({self.message!r}"
        return f"{said}, hint={self.hint!r})" if self.hint else f"{said})"

    def _render_traceback_(self) -> list[str]:
        """Return what a notebook shows: what happened and what to do, without our own frames."""
        hint = [f"  hint: {self.hint}"] if self.hint else []
        return [f"{type(self).__name__}: {self.message}", *hint]


class UsageError(AuditError):
    """An unknown name or an option that cannot be honoured."""

    exit_code = ExitCode.USAGE


class GateFailed(AuditError):
    """The tasks share too few compounds for the analysis that was asked for.

    ``context`` is what was found until then; ``audit`` the same as Python's calls return it.
    """

    exit_code = ExitCode.GATE_FAILED
    context: AuditContext | None = None
    audit: Audit | None = None


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
