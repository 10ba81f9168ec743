"""Runs benchmarks of an asv suite over the code that comes first on the path; started by path, in a fresh process.

It imports the standard library and asv_runner only: gradproof must come from the commit under measurement. The job
stands in a JSON file, and each result is a line of JSON, written as soon as it is there.
"""

import contextlib
import importlib
import itertools
import json
import math
import os
import pickle
import pkgutil
import re
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any


def close_the_checkout(root: str) -> None:
    """Take the checkout's own folders from the path: an editable install would lend head's modules to base.

    The interpreter's environment may stand inside of the checkout, as .venv does, and stays.
    """
    own = tuple(os.path.realpath(prefix) + os.sep for prefix in (sys.prefix, sys.base_prefix))

    def inside(entry: str) -> bool:
        real = os.path.realpath(entry) + os.sep
        return real.startswith(os.path.realpath(root) + os.sep) and not real.startswith(own)

    sys.path[:] = [entry for entry in sys.path if not inside(entry)]
    # setuptools' editable installs are finders instead of paths.
    sys.meta_path[:] = [
        finder for finder in sys.meta_path if "__editable__" not in getattr(finder, "__module__", "")
    ]


def failing_modules(name: str) -> dict[str, str]:
    """Import a suite's modules, and return the errors of those that cannot be."""
    try:
        package = importlib.import_module(name)
    except BaseException:  # noqa: BLE001  a suite may raise what it likes, SystemExit too
        return {name: traceback.format_exc(limit=-1).strip()}
    found: dict[str, str] = {}
    for module in pkgutil.iter_modules(getattr(package, "__path__", ()), f"{name}."):
        found |= failing_modules(module.name)
    return found


def parameters(benchmark: Any) -> list[str]:
    """Return each point of a benchmark's parameters as text, in asv's order."""
    points = itertools.product(*benchmark.params) if benchmark.params else [()]
    return [", ".join(map(str, point)) for point in points]


def listed(root: str, pattern: str) -> list[dict[str, Any]]:
    """Return what there is to run, and what cannot be imported."""
    from asv_runner.discovery import disc_benchmarks

    found: list[dict[str, Any]] = [
        {"name": name, "error": error} for name, error in failing_modules(Path(root).name).items()
    ]
    for benchmark in disc_benchmarks(root, ignore_import_errors=True):
        for index, shown in enumerate(parameters(benchmark)):
            if re.search(pattern, f"{benchmark.name}({shown})" if shown else benchmark.name):
                found.append(
                    {
                        "name": benchmark.name,
                        "index": index,
                        "parameters": shown,
                        "parameter_names": list(benchmark.param_names),
                        "type": benchmark.type,
                        "unit": str(getattr(benchmark, "unit", "")),
                        "version": str(benchmark.version),
                    }
                )
    return found


def measured(root: str, name: str, index: int, attributes: dict[str, Any]) -> dict[str, Any]:
    """Run one benchmark at one point, in a process of its own; what it raises is returned."""
    from asv_runner.benchmarks.mark import SkipNotImplemented
    from asv_runner.discovery import get_benchmark_from_name

    benchmark = get_benchmark_from_name(root, f"{name}-{index}", extra_params=attributes)
    benchmark.set_cache(_cache(benchmark))
    try:
        if benchmark.do_setup():
            return {"skipped": True}
        try:
            result = benchmark.do_run()
        except SkipNotImplemented:
            return {"skipped": True}
    finally:
        benchmark.do_teardown()
    if isinstance(result, dict):
        return {"samples": [float(sample) for sample in result["samples"]]}
    value = float(result)
    return {"skipped": True} if math.isnan(value) else {"samples": [value]}


def _cache(benchmark: Any) -> Any:
    """Return what setup_cache made, once for all that share it."""
    if benchmark.setup_cache_key is None:
        return None
    path = Path("cache-" + re.sub(r"\W", "-", str(benchmark.setup_cache_key)) + ".pickle")
    if not path.exists():
        path.write_bytes(pickle.dumps(benchmark.do_setup_cache()))
    return pickle.loads(path.read_bytes())  # noqa: S301  written a line above


def forked(root: str, task: dict[str, Any], attributes: dict[str, Any], limit: float) -> dict[str, Any]:
    """Run one benchmark in a child, so that none sees what another left behind, and end it after `limit` seconds."""
    scratch = Path("result.json")
    scratch.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        os.setsid()
        try:
            found = measured(root, task["name"], task["index"], attributes)
        except BaseException:  # noqa: BLE001  the benchmark's own
            found = {"error": traceback.format_exc(limit=-1).strip()}
        scratch.write_text(json.dumps(found), encoding="utf-8")
        os._exit(0)
    status = _waited(child, limit)
    if status is None:
        return {"error": f"it must end within {limit:g} seconds; it did not"}
    if not scratch.exists():
        return {"error": f"its process must return a result; it ended with status {status}"}
    return dict(json.loads(scratch.read_text(encoding="utf-8")))


def _waited(child: int, limit: float) -> int | None:
    end = time.monotonic() + limit
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def main(job: dict[str, Any]) -> None:
    """List a suite, or run some of it."""
    close_the_checkout(job["checkout"])
    from asv_runner._aux import update_sys_path

    root = job["suite"]
    update_sys_path(root)
    with Path(job["results"]).open("w", encoding="utf-8") as results:
        if job["tasks"] is None:
            results.writelines(json.dumps(found) + "\n" for found in listed(root, job["pattern"]))
            return
        for task in job["tasks"]:
            found = forked(root, task, job["attributes"], job["limit"])
            results.write(json.dumps(task | found) + "\n")
            results.flush()


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
