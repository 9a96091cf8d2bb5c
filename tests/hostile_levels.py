"""Identity levels that misbehave as native code can: for tests of the worker processes."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

from auditor.plugin.component import Identity, Owner

if TYPE_CHECKING:
    from rdkit.Chem import Mol


def level(function: str) -> Identity:
    """Return a level of this module."""
    owner = Owner("hostile", "tests", "0")
    return Identity(function, f"tests.hostile_levels:{function}", "hostile", owner)


def crashing(smiles: str, mol: Mol) -> str:
    """Crash on every bromide as a wild pointer does."""
    if "Br" in smiles:
        os.kill(os.getpid(), signal.SIGSEGV)
    return smiles


def endless(smiles: str, mol: Mol) -> str:
    """Never return for a bromide."""
    while "Br" in smiles:
        pass
    return smiles


def leaving(smiles: str, mol: Mol) -> str:
    """Leave the process without a word at a bromide."""
    if "Br" in smiles:
        os._exit(3)
    return smiles


def killed(smiles: str, mol: Mol) -> str:
    """Be killed as by the system's guard of memory."""
    os.kill(os.getpid(), signal.SIGKILL)
    return smiles


def talking(smiles: str, mol: Mol) -> str:
    """Print in every way there is."""
    print("a library says", smiles)
    os.write(1, b"native code says so too\n")
    sys.stdout.flush()
    return smiles


def unpicklable(smiles: str, mol: Mol) -> str:
    """Do nothing wrong."""
    return smiles
