"""The content of features and of encoders as one digest, whatever objects hold it."""

from __future__ import annotations

import hashlib
import pickle
import weakref
from collections.abc import Mapping
from types import BuiltinFunctionType, CellType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np
import torch

from auditor.errors import PluginError

_NAMED = (type, FunctionType, BuiltinFunctionType, MethodType, ModuleType)
_PLAIN = (str, bytes, int, float, complex, type(None), np.generic)


def digest_of_content(value: object, *, strict: bool = True) -> str:
    """Return the SHA-256 of an object's tensors, arrays, numbers and texts, wherever they are held.

    Parameters
    ----------
    strict
        Refuse an object whose content is not to be had; else its type stands for it.

    Raises
    ------
    PluginError
        There is such an object.
    """
    state = hashlib.sha256()
    _Feeder(state.update, strict).feed(value)
    return state.hexdigest()


class _Feeder:
    """Gives the bytes of an object to a hash, each object that holds others once."""

    def __init__(self, update: Any, strict: bool) -> None:
        self.update, self.strict = update, strict
        self.seen: dict[int, tuple[int, object]] = {}  # holds what it saw, so that no id comes twice

    def feed(self, value: object) -> None:
        if isinstance(value, _PLAIN):
            self._word(f"{type(value).__name__} {value!r}")
        elif isinstance(value, _NAMED):
            self._word(
                f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', value.__name__)}"
            )
        elif isinstance(value, torch.Tensor):
            self._tensor(value)
        elif isinstance(value, torch.Generator):
            self._tensor(value.get_state())
        elif isinstance(value, np.ndarray) and value.dtype != object:
            self._word(f"array {value.dtype.str} {value.shape}")
            self.update(np.ascontiguousarray(value).tobytes())
        elif id(value) in self.seen:
            self._word(f"again {self.seen[id(value)][0]}")
        else:
            self.seen[id(value)] = len(self.seen), value
            self._holder(value)

    def _word(self, text: str) -> None:
        self.update(f"{len(text)} {text}\n".encode())

    def _tensor(self, value: torch.Tensor) -> None:
        value = value.detach().cpu()
        self._word(f"tensor {value.layout} {value.dtype} {tuple(value.shape)}")
        for part in _strided(value):
            self.update(part.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())

    def _holder(self, value: object) -> None:
        if isinstance(value, list | tuple | np.ndarray):
            self._word(f"{type(value).__name__} {len(value)}")
            for part in value:
                self.feed(part)
        elif isinstance(value, set | frozenset):
            self._word(f"set {sorted(digest_of_content(part, strict=self.strict) for part in value)}")
        elif isinstance(value, Mapping):
            self._word(f"{type(value).__name__} {len(value)}")
            for key, part in sorted(value.items(), key=lambda item: repr(item[0])):
                self.feed(key)
                self.feed(part)
        elif not isinstance(value, weakref.ReferenceType):
            self._object(value)

    def _object(self, value: object) -> None:
        kind = type(value)
        self._word(f"{kind.__module__}.{kind.__qualname__}")
        slots = [name for base in kind.__mro__ for name in _slots(base) if hasattr(value, name)]
        if slots or getattr(value, "__dict__", None):
            self.feed({name: getattr(value, name) for name in slots} | dict(getattr(value, "__dict__", {})))
        if enclosed := _enclosed(kind):
            self.feed(enclosed)
        if slots or enclosed or getattr(value, "__dict__", None):
            return
        try:
            self.update(pickle.dumps(value))
        except Exception as error:
            if self.strict:
                raise PluginError(
                    f"the features hold a {kind.__qualname__}, whose content cannot be compared",
                    hint="an encoder's pack keeps tensors, arrays, numbers and texts",
                ) from error


def _enclosed(kind: type) -> list[object]:
    """Return what the methods of a class that a function defined hold of that function's variables."""
    cells = [
        cell
        for method in vars(kind).values()
        if isinstance(method, FunctionType)
        for cell in method.__closure__ or ()
    ]
    return [cell.cell_contents for cell in cells if cell != CellType()]


def _slots(base: type) -> tuple[str, ...]:
    found = base.__dict__.get("__slots__", ())
    names = (found,) if isinstance(found, str) else tuple(found)
    return tuple(name for name in names if name not in ("__dict__", "__weakref__"))


def _strided(value: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Return the tensors that a tensor is stored in, which of a sparse one are small."""
    if value.layout is torch.sparse_coo:
        value = value.coalesce()
        return value.indices(), value.values()
    if value.layout is torch.sparse_csr:
        return value.crow_indices(), value.col_indices(), value.values()
    return (value.to_dense(),)
