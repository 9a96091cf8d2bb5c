"""A digest of everything that estimators and analyses read from a context and must not change."""

from __future__ import annotations

import hashlib
import pickle
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditor.audit.context import AuditContext

READ = ("joined", "overlap", "empirical", "gate", "seed", "window", "ignore_gate", "affinities", "findings")


def footprint(context: AuditContext) -> dict[str, str]:
    """Return a digest per part of the context; what is trained meanwhile does not count."""
    parts: dict[str, Any] = {name: getattr(context, name) for name in READ}
    request = context.request
    parts["request"] = (request.benchmark, request.only, request.skip, request.also, request.thresholds)
    if context.trainings is not None:
        parts["configuration of trainings"] = context.trainings.config
    return {name: hashlib.sha256(_bytes(part)).hexdigest() for name, part in parts.items()}


def _bytes(part: Any) -> bytes:
    """Return a text of a value that depends on its content alone, not on who else holds its parts."""
    import numpy as np

    if isinstance(part, np.ndarray):
        return repr((part.shape, str(part.dtype))).encode() + np.ascontiguousarray(part).tobytes()
    if isinstance(part, dict):
        return b"{" + b",".join(_bytes(k) + b":" + _bytes(v) for k, v in part.items()) + b"}"
    if isinstance(part, list | tuple):
        return b"[" + b",".join(_bytes(item) for item in part) + b"]"
    if hasattr(part, "__dataclass_fields__"):
        return b"(" + b",".join(_bytes(getattr(part, name)) for name in part.__dataclass_fields__) + b")"
    if part is None or isinstance(part, str | int | float | bool):
        return repr(part).encode()
    return pickle.dumps(part)
