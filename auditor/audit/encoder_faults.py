"""Whether a failure is the encoder's: it is called inside trainings, whose asker would be blamed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditor.errors import AuditError, PluginError
from auditor.faults import Escaped, contained, line_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from auditor.audit.context import AuditContext

TRIED = 3
"""Compounds on which an encoder is tried once something has failed."""


def encoder_error(context: AuditContext, error: Exception) -> PluginError | None:
    """Return the error that names the encoder's plugin, if the encoder is why a step failed.

    It is where the failure passed through the encoder's own package, or where the encoder, tried on a
    few compounds, breaks its contract. None where nothing was to be trained, or the encoder is ours
    and sound.
    """
    trainings = context.trainings
    if trainings is None or isinstance(error, PluginError):
        return None
    try:
        build = trainings.encoder.load()
    except AuditError:
        return None  # its own error names it
    said = _own_failure(build, error)
    if not said and not trainings.traces:
        said = _fault(build, trainings.encoder_options, context.benchmark.inputs[:TRIED])
    if not said:
        return None
    encoder = trainings.encoder
    return PluginError(
        f"encoder '{encoder.name}' of plugin {encoder.owner} {said}",
        hint="choose another --encoder, or report it to the plugin's author",
    )


def _own_failure(build: Callable[..., Any], error: Exception) -> str:
    """Return what happened, if the encoder's own code was running; core encoders have no package apart."""
    if isinstance(error, AuditError):
        return ""
    package = (getattr(build, "__module__", "") or "").partition(".")[0]
    thrown = error.__cause__ if isinstance(error, Escaped) else error
    trace = thrown.__traceback__ if thrown is not None else None
    while package and package != "auditor" and trace is not None:
        if str(trace.tb_frame.f_globals.get("__name__", "")).partition(".")[0] == package:
            return f"failed: {line_of(error)}"
        trace = trace.tb_next
    return ""


def _fault(build: Callable[..., Any], options: dict[str, Any], inputs: Any) -> str:
    """Return how an encoder breaks its contract on some compounds; empty where it does not."""
    import torch

    from auditor.training.features import pack_features

    try:
        with contained():
            encoder = build(seed=0, **options)
            features = pack_features(encoder, inputs)
            out = encoder.train()(features.batch(torch.arange(len(inputs))))
    except AuditError:
        return ""
    except Exception as error:
        return f"failed: {line_of(error)}"
    wanted = (len(inputs), getattr(encoder, "width", None))
    if not isinstance(out, torch.Tensor) or tuple(out.shape) != wanted:
        shape = tuple(out.shape) if isinstance(out, torch.Tensor) else type(out).__name__
        return f"returned {shape} for a batch of {len(inputs)}, not {wanted}"
    if not bool(torch.isfinite(out).all()):
        return "returned embeddings that are not finite"
    return ""
