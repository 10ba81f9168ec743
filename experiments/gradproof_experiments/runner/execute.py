"""Compute runs: here, in processes of this machine, or on the workers of a cluster. Results come back as they finish."""

import os
import platform
import threading
import time
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeAlias

import numpy as np

from gradproof_experiments._errors import CannotRunError
from gradproof_experiments.experiment import Columns

from .fingerprint import fingerprint
from .plan import Run

__all__ = ["Backend", "Done", "compute", "compute_elsewhere", "compute_in_worker", "finished_runs"]

Backend: TypeAlias = Literal["local", "dask"]


@dataclass(frozen=True)
class Done:
    """A finished run.

    Parameters
    ----------
    run : Run
    columns : dict of str to list, or None
        What it returned, as Python's own numbers; None where it raised.
    seconds : float
    failure : str
        The end of the traceback where it raised.
    """

    run: Run
    columns: dict[str, list[Any]] | None
    seconds: float
    failure: str = ""


def compute(run: Run) -> Done:
    """Compute one run with one BLAS thread, whatever raises inside it; the same bits in any process."""
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 - comes with joblib's users, and is slow to load

    start = time.perf_counter()
    try:
        with threadpool_limits(limits=1):
            columns = _columns(run.compute(run.point, run.seed))
    except Exception:  # noqa: BLE001 - one run that fails must not take the sweep with it
        return Done(run, None, time.perf_counter() - start, "".join(traceback.format_exc(limit=-3)))
    return Done(run, columns, time.perf_counter() - start)


def compute_in_worker(run: Run) -> Done:
    """Compute one run in a process that this driver started, and that must not outlive it."""
    _end_with_the_driver()
    return compute(run)


@cache  # once for each process
def _end_with_the_driver() -> None:
    """End this process when its parent is gone: killed, a driver tells its workers nothing, and they would wait on."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def compute_elsewhere(run: Run) -> Done:
    """Compute one run on a worker that this driver did not start, if its code and versions are those of the driver.

    The result is kept under the driver's fingerprint: from other code it would be another number under the same key.
    """
    if _code_here(run.modules) != run.code:
        where = platform.node()
        return Done(
            run,
            None,
            0.0,
            f"a worker must have the code and the versions of the driver; {where} has others. "
            "Install the same commit and requirements/lock.txt there, and start the worker again.",
        )
    return compute(run)


@cache  # once for each process: what is loaded there stays as it is, whatever is written to the files later
def _code_here(modules: tuple[str, ...]) -> str:
    return fingerprint(modules)


def _columns(found: Columns) -> dict[str, list[Any]]:
    columns = {name: _plain(values) for name, values in found.items()}
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"columns must be equally long; got {lengths}.")
    return columns


def _plain(values: Any) -> list[Any]:
    """Python's numbers, strings and booleans: what JSON keeps bit by bit."""
    plain = [value.item() if isinstance(value, np.generic) else value for value in values]
    wrong = [value for value in plain if not isinstance(value, bool | int | float | str)]
    if wrong:
        raise TypeError(f"columns must hold numbers, strings or booleans; got {wrong[0]!r}.")
    return plain


@contextmanager
def finished_runs(
    runs: Sequence[Run], backend: Backend, jobs: int, scheduler: str | None
) -> Iterator[Iterator[Done]]:
    """Yield the iterator of finished runs, in the order in which they finish; on leaving, what still runs is stopped.

    Parameters
    ----------
    runs : sequence of Run
    backend : {"local", "dask"}
    jobs : int
        Processes; 1 computes in this one.
    scheduler : str or None
        Address of a dask scheduler; without one, "dask" starts a cluster on this machine.
    """
    if backend == "dask":
        with _client(jobs, scheduler) as client:
            yield _on_cluster(client, runs)
    elif jobs == 1 or len(runs) <= 1:
        yield map(compute, runs)
    else:
        # For several processes alone.
        from joblib import Parallel, delayed  # noqa: PLC0415
        from joblib.externals.loky.process_executor import TerminatedWorkerError  # noqa: PLC0415

        parallel = Parallel(n_jobs=jobs, backend="loky", return_as="generator_unordered")
        results = parallel(delayed(compute_in_worker)(run) for run in runs)
        try:
            yield results
        except TerminatedWorkerError as error:
            raise CannotRunError(
                "a worker process was killed, perhaps for want of memory; what had finished is kept. The same command goes on; "
                "try fewer --jobs."
            ) from error
        finally:
            with warnings.catch_warnings():
                # It warns that what still ran was cancelled, or not used: that is what stopping means.
                warnings.simplefilter("ignore", UserWarning)
                results.close()


@contextmanager
def _client(jobs: int, scheduler: str | None) -> Iterator[Any]:
    try:
        from distributed import Client, LocalCluster  # noqa: PLC0415 - an extra of its own
    except ImportError as error:
        raise CannotRunError(
            "--backend dask needs the package distributed. Install it: pip install '.[experiments,distributed]' in the checkout."
        ) from error
    if scheduler is None:
        cluster = LocalCluster(n_workers=jobs, threads_per_worker=1, dashboard_address=None)
        with cluster, Client(cluster) as client:
            yield client
        return
    try:
        client = Client(scheduler, timeout="20s")
    except (OSError, ValueError, TimeoutError) as error:
        raise CannotRunError(
            f"--scheduler must be the address of a running dask scheduler; got --scheduler {scheduler} ({error}). "
            "Start one with `dask scheduler`."
        ) from error
    with client:
        yield client


def _on_cluster(client: Any, runs: Sequence[Run]) -> Iterator[Done]:
    """Results as they come; a worker that dies takes nothing with it but its runs in flight, which start again."""
    from distributed import as_completed  # noqa: PLC0415 - an extra of its own

    # Keys of their own: dask would otherwise hand out again what an earlier driver computed, or forget what is equal.
    futures = {
        future.key: (future, run)
        for run, future in (
            (run, client.submit(compute_elsewhere, run, key=f"{run.key}-{time.time_ns()}", pure=False))
            for run in runs
        )
    }
    for future in as_completed([future for future, _ in futures.values()]):
        _, run = futures.pop(future.key)
        try:
            yield future.result()
        except Exception as error:  # noqa: BLE001 - the cluster gave this run up, after several workers died on it
            yield Done(run, None, float("nan"), f"{type(error).__name__}: {error}")
