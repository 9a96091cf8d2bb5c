"""The body of a process that names molecules: answers from stdin to stdout until stdin closes."""

from __future__ import annotations

import contextlib
import math
import os
import pickle
import signal
import sys
from collections.abc import Callable
from typing import IO

STRIDE = 16
"""Short molecules between two answers: a system call for each would cost a tenth of the naming."""
SHORT = 100
"""Length up to which a molecule cannot take seconds."""


def serve() -> None:
    """Answer (texts, careful) with one (name, reason) per text; careful sends each before the next."""
    from rdkit import rdBase

    from auditor.chemistry.named import name_one

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    level, limit_s = pickle.load(sys.stdin.buffer)
    function = level.load()
    allow = _processor_limit(limit_s)
    send(answers, None)
    with contextlib.suppress(EOFError), rdBase.BlockLogs():
        while True:
            texts, careful = pickle.load(sys.stdin.buffer)
            for place, text in enumerate(texts):
                if careful or place % STRIDE == 0 or len(text) > SHORT:
                    answers.flush()
                    allow()
                named = name_one(text, function)
                pickle.dump((named.name, named.reason), answers)
            answers.flush()


def _processor_limit(seconds: int) -> Callable[[], None]:
    """Return a function that allows this process so many more seconds of processor time."""
    try:
        import resource
    except ImportError:
        return lambda: None
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]

    def allow() -> None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        until = math.ceil(used.ru_utime + used.ru_stime) + seconds
        resource.setrlimit(resource.RLIMIT_CPU, (until if hard < 0 else min(until, hard), hard))

    return allow


def send(stream: IO[bytes], value: object) -> None:
    """Write a value to the other side."""
    pickle.dump(value, stream)
    stream.flush()
