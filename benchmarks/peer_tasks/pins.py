"""One thread for every library. Call `pin` before NumPy, torch or jax is imported: they read these settings once."""

import os

__all__ = ["SETTINGS", "cores", "pin"]

SETTINGS = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "JAX_PLATFORMS": "cpu",
    "JAX_ENABLE_X64": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
}


def cores() -> list[int]:
    """Return the cores that this process may run on, or none where the system does not say."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def pin(chosen: list[int]) -> None:
    """Hold this process, and those it will start, to the chosen cores and to one thread for each library."""
    os.environ.update(SETTINGS)
    if chosen and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, chosen)
