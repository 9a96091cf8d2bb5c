"""Inputs that nobody meant: every format is read from spoilt files, which may only be taken or refused."""

from benchmarks.fuzz.rounds import main

__all__ = ["main"]
