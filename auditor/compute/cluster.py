"""Run jobs on a Dask cluster, whose workers need this package installed and no shared disk."""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import threading
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from typing import Any

from auditor import __version__, console
from auditor.cache.code import digest_of_modules, modules_behind, versions_of
from auditor.compute.jobs import Done, Failure, Job, run_job
from auditor.errors import DataError, MissingExtra, UsageError

CONNECT_S = 10
_TURN = threading.Lock()
"""Held by the job that runs: initialising a network uses torch's global random state."""


def require_dask() -> None:
    """Check that Dask's client is installed, importing none of it.

    Raises
    ------
    MissingExtra
        It is not.
    """
    if importlib.util.find_spec("distributed") is None:
        raise MissingExtra(
            "a Dask scheduler needs distributed, which is not installed",
            hint="pip install 'mtl-audit[distributed]'",
        )


def on_cluster(jobs: Sequence[Job], data: bytes, *, address: str) -> Iterator[Done]:
    """Run jobs on the workers of a Dask scheduler and yield each as it ends.

    The data goes to each worker once, also to one that joins later. A job whose worker is lost is
    run again elsewhere, as often as the cluster allows (``distributed.scheduler.allowed-failures``).
    A worker runs one job at a time, however many threads it has.

    Raises
    ------
    UsageError
        There is no scheduler at that address.
    DataError
        A worker that is there has no mtl-audit or another version of it, or the scheduler was lost.
    """
    from distributed import as_completed

    client = _connect(address)
    name = f"mtl-audit-{uuid.uuid4().hex}"  # another run may use the same workers
    with _without_its_log():
        try:
            _check_workers(client, address, sorted({job.function for job in jobs}))
            client.register_plugin(_delivery(data), name=name)
            futures = {
                client.submit(run_on_worker, job, name, key=f"{name}-{job.key}", pure=False): job
                for job in jobs
            }
            for future in as_completed(list(futures), loop=client.loop):
                yield _done(future, futures[future])
                future.release()
        except (CancelledError, OSError) as error:
            raise DataError(
                f"the scheduler at {address} was lost",
                hint="run the same command again: what is finished is kept",
            ) from error
        finally:
            _leave(client, name)


@contextlib.contextmanager
def _without_its_log() -> Iterator[None]:
    """Keep Dask's client from writing on stderr that it lost the scheduler, which our error says."""
    log = logging.getLogger("distributed.client")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)


def run_on_worker(job: Job, name: str) -> Done:
    """Run a job in a Dask worker, on the data that the plugin of that name has brought."""
    from distributed import get_worker

    with _TURN:
        return run_job(job, get_worker().plugins[name].data)


def code_here(functions: Sequence[str]) -> tuple[str, ...]:
    """Return what has to be the same on every worker: version, digest of the code, version of torch.

    Parameters
    ----------
    functions
        ``"package.module:function"`` of the jobs: the code is their modules and all that these
        import of their own package.
    """
    roots = [function.partition(":")[0] for function in functions]
    modules = modules_behind(roots, {root.partition(".")[0] for root in roots})
    return __version__, digest_of_modules(modules), *versions_of(["torch"]).values()


def _check_workers(client: Any, address: str, functions: Sequence[str]) -> None:
    """Compare the code of the workers that are there with ours; one that joins later is refused job by job.

    Raises
    ------
    DataError
        A worker cannot import the package, or has another version of it.
    """
    if not client.scheduler_info()["workers"]:
        console.warn(f"the scheduler at {address} has no workers yet; waiting for one")
        return
    ours = code_here(functions)
    for worker, theirs in client.run(code_here, functions, on_error="return").items():
        if isinstance(theirs, Exception):
            raise DataError(
                f"the worker at {worker} cannot run mtl-audit: {' '.join(str(theirs).split())}",
                hint="install the same version of mtl-audit on every worker",
            )
        if tuple(theirs) != ours:
            raise DataError(
                f"the worker at {worker} has mtl-audit {' / '.join(theirs)}, here is {' / '.join(ours)} "
                "(version / code of trainings / torch)",
                hint="install the same versions on every worker, and start it again",
            )


def _delivery(data: bytes) -> Any:
    from distributed import WorkerPlugin

    class Delivery(WorkerPlugin):  # type: ignore[misc]
        """Brings the data to each worker, also to one that joins later."""

        def __init__(self, data: bytes) -> None:
            self.data = data

    return Delivery(data)


def _connect(address: str) -> Any:
    from distributed import Client

    try:
        return Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise UsageError(
            f"there is no Dask scheduler at {address}: {error}",
            hint="start one with 'dask scheduler', and workers with 'dask worker ADDRESS --nthreads 1'",
        ) from error


def _done(future: Any, job: Job) -> Done:
    from distributed.scheduler import KilledWorker

    try:
        done: Done = future.result()
    except KilledWorker as error:
        return Done(job, Failure(f"ended its worker too often: {error}"))
    return done


def _leave(client: Any, name: str) -> None:
    """Take back what was asked for; the scheduler may be gone already."""
    with contextlib.suppress(Exception):
        client.unregister_worker_plugin(name)
    client.close(timeout=CONNECT_S)
