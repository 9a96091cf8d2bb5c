"""The command, also as ``python -m auditor``; it answers Ctrl-C while the rest is being imported."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with the code that `auditor.errors.ExitCode` documents."""
    try:
        import signal

        from auditor.cli import run

        code = run()
    except KeyboardInterrupt:
        from auditor.errors import INTERRUPTED, ExitCode

        if sys.stderr is not None:
            sys.stderr.write(f"{INTERRUPTED}\n")
        sys.exit(int(ExitCode.INTERRUPTED))
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # all is done: a late Ctrl-C has nothing to say
    sys.exit(code)


if __name__ == "__main__":
    main()
