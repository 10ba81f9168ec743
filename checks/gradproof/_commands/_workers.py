"""Examinations in processes of their own: one that dies takes one gradient with it, and none is left behind."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Generator, Iterator, Sequence
from multiprocessing import connection
from typing import Any

from gradproof._commands import _users_output
from gradproof._commands._targets import BrokenModuleError, Source, TargetError, declared_in
from gradproof._commands._task import Manner, Task, carried_out
from gradproof._results import Result

# Seconds that a process has to end by itself.
_GRACE = 2.0

# sys.path before any target is imported, which puts its folder first: there a random.py is not that of Python.
_PATH_AT_START = tuple(sys.path)
_SAFE_PATH = "PYTHONSAFEPATH"


def examine_in_processes(
    tasks: Sequence[Task], manner: Manner, sources: Sequence[Source], jobs: int
) -> Generator[tuple[int, Result]]:
    """Yield the place of each task with its result, as they come to an end; closing ends all processes.

    Parameters
    ----------
    tasks : sequence of Task
    manner : Manner
    sources : sequence of Source
        All modules of the run. Each process imports them in this order before it examines, since Hypothesis draws
        constants that it finds in loaded modules.
    jobs : int
        How many processes.
    """
    waiting = list(enumerate(tasks))[::-1]
    workers: list[_Worker] = []
    try:
        while waiting or workers:
            while waiting and len(workers) < jobs:
                workers.append(_Worker(sources, manner))
                workers[-1].begin(*waiting.pop())
            ready = connection.wait([part for worker in workers for part in worker.signs])
            for worker in [worker for worker in workers if set(worker.signs) & set(ready)]:
                index, result = worker.result()
                if worker.ended or not waiting:
                    workers.remove(worker)
                    worker.end()
                else:
                    worker.begin(*waiting.pop())
                yield index, result
    finally:
        for worker in workers:
            worker.end(at_once=True)


class _Worker:
    """One process, and the task that it has."""

    def __init__(self, sources: Sequence[Source], manner: Manner) -> None:
        # spawn everywhere: a forked copy of threads and of a BLAS may hang.
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        safe = os.environ.get(_SAFE_PATH)
        self._process = context.Process(target=_serve, args=(theirs, tuple(sources), manner, safe))
        with _no_interrupt(), _path_of_the_start():
            self._process.start()
        theirs.close()
        self._task: tuple[int, Task] | None = None
        self.ended = False

    @property
    def signs(self) -> list[Any]:
        """What becomes ready when there is a result, or when the process has ended."""
        return [self._ours, self._process.sentinel]

    def begin(self, index: int, task: Task) -> None:
        """Hand it a task."""
        self._task = index, task
        with contextlib.suppress(OSError):  # it has ended: `result` says so
            self._ours.send(task)

    def result(self) -> tuple[int, Result]:
        """Return the result of its task, also where the process ended instead."""
        assert self._task is not None  # noqa: S101  a process that is waited for has one
        index, task = self._task
        try:
            # What it sent before it ended counts.
            if self._ours.poll():
                return index, self._ours.recv()
        except (EOFError, OSError):
            pass
        self.ended = True
        self._process.join(_GRACE)
        return index, _lost(task, self._process.exitcode)

    def end(self, *, at_once: bool = False) -> None:
        """End the process: by closing what it listens to, else by force."""
        self._ours.close()
        if at_once:
            self._process.terminate()
        self._process.join(_GRACE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()


def _serve(
    tasks: connection.Connection, sources: tuple[Source, ...], manner: Manner, safe_path: str | None
) -> None:
    """Carry out what comes, in the process of a worker, until nothing can come any more."""
    _set_safe_path(safe_path)  # what the user's code starts inherits it
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all: the first process ends the others
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _users_output.redirect_for_good()
    sys.stdout = sys.stderr
    for source in sources:
        with contextlib.suppress(BrokenModuleError, TargetError, ValueError):  # the first process has said so
            declared_in(source)
    with contextlib.suppress(EOFError, OSError):
        while True:
            task = tasks.recv()
            tasks.send(carried_out(task, manner))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _lost(task: Task, status: int | None) -> Result:
    reason = f"the process that examined it ended {_how(status)}"
    remedy = "A crash of compiled code, os._exit or lack of memory does that. See it alone with --jobs 1."
    return Result(
        task.name,
        task.source.shown,
        "unchecked",
        f"{task.name} cannot be examined: {reason}. {remedy}",
        reason=reason,
    )


def _how(status: int | None) -> str:
    if status is None:
        return "without a status"
    if status >= 0:
        return f"with exit status {status}"
    try:
        return f"by signal {signal.Signals(-status).name}"
    except ValueError:
        return f"by signal {-status}"


@contextlib.contextmanager
def _no_interrupt() -> Iterator[None]:
    """Hold Ctrl-C back while a process starts: until it ignores the signal, it would print a traceback."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _path_of_the_start() -> Iterator[None]:
    """Let a process look for modules where this one did at its start: spawn would look into the current folder first."""
    path, safe = sys.path[:], os.environ.get(_SAFE_PATH)
    sys.path[:] = _PATH_AT_START
    _set_safe_path("1")
    try:
        yield
    finally:
        sys.path[:] = path
        _set_safe_path(safe)


def _set_safe_path(value: str | None) -> None:
    if value is None:
        os.environ.pop(_SAFE_PATH, None)
    else:
        os.environ[_SAFE_PATH] = value
