"""The body of a process of the pool: it does what arrives on stdin, and ends with its parent."""

from __future__ import annotations

import math
import os
import pickle
import queue
import signal
import sys
import threading
from collections.abc import Callable
from typing import IO, Any, NoReturn

from auditor.faults import line_of

PR_SET_PDEATHSIG = 1


def serve(questions: IO[bytes], parent: int) -> NoReturn:
    """Open the program that arrives first, then do things one by one until the other side is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    answers = _free_streams()
    _end_with(parent)
    try:
        opening, limit_s = _receive(questions)
        things = _arriving(questions)
        do = opening()
    except BaseException as error:
        _tell(answers, line_of(error))
        raise
    allow = _processor_limit(limit_s)
    _tell(answers, None)
    while True:
        thing = things.get()
        allow()
        for answer in do(thing):
            _tell(answers, (answer,))
            allow()
        _tell(answers, None)


def send(stream: IO[bytes], value: object) -> None:
    """Write a value to the other side."""
    pickle.dump(value, stream, pickle.HIGHEST_PROTOCOL)
    stream.flush()


def _free_streams() -> IO[bytes]:
    """Return the stream of answers; what a library reads or prints must not get between the messages."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return answers


def _end_with(parent: int) -> None:
    """Let Linux kill this process when its parent dies: native code that holds the GIL stops no sooner."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL))
        if os.getppid() != parent:  # it died before
            os._exit(1)


def _arriving(questions: IO[bytes]) -> queue.SimpleQueue[Any]:
    """Return a queue of what arrives; a thread fills it, which notices the parent's death in mid-work."""
    things: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def read() -> None:
        while True:
            things.put(_receive(questions))

    threading.Thread(target=read, daemon=True).start()
    return things


def _receive(questions: IO[bytes]) -> Any:
    try:
        return pickle.load(questions)
    except (EOFError, OSError, pickle.UnpicklingError):  # the parent is gone: nobody waits for anything
        os._exit(1)


def _tell(answers: IO[bytes], value: object) -> None:
    message = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    try:
        answers.write(message)
        answers.flush()
    except OSError:  # the parent is gone
        os._exit(1)


def _processor_limit(seconds: int) -> Callable[[], None]:
    """Return a function that allows this process so many more seconds of processor time; 0 = no limit."""
    try:
        import resource
    except ImportError:
        return lambda: None
    if not seconds:
        return lambda: None
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]

    def allow() -> None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        until = math.ceil(used.ru_utime + used.ru_stime) + seconds
        resource.setrlimit(resource.RLIMIT_CPU, (until if hard < 0 else min(until, hard), hard))

    return allow
