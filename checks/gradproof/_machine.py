"""What numbers hang on beside the code: the versions, and the machine with its BLAS."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping
from importlib import metadata
from typing import Any

import numpy as np

from gradproof._version import __version__

# What may have computed f: told where it is loaded.
FRAMEWORKS = ("torch", "jax", "autograd", "scipy")
# What the number of threads, or a kernel of another processor, changes are last bits.
_SETTINGS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "OPENBLAS_CORETYPE",
    "MKL_NUM_THREADS",
    "MKL_CBWR",
    "VECLIB_MAXIMUM_THREADS",
    "NPY_DISABLE_CPU_FEATURES",
)
# OpenBLAS chooses its kernels when it is loaded; the wheels of NumPy give its functions a prefix.
_CORE_NAMES = (
    "scipy_openblas_get_corename64_",
    "scipy_openblas_get_corename",
    "openblas_get_corename64_",
    "openblas_get_corename",
)


def versions() -> dict[str, str]:
    """Return the versions of Python, gradproof, what it stands on, and of the frameworks that are loaded."""
    found = {"python": platform.python_version(), "gradproof": __version__, "numpy": np.__version__}
    for name in ("hypothesis", *(name for name in FRAMEWORKS if name in sys.modules)):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:  # a framework that is on the path only
            found[name] = str(getattr(sys.modules.get(name), "__version__", "unknown"))
    return found


def machine() -> dict[str, Any]:
    """Return the platform, the processor as NumPy and its BLAS see it, and what the environment asks of them.

    Nothing that names the machine or its user.
    """
    return {
        "system": platform.system(),
        "platform": platform.platform(),
        "architecture": platform.machine(),
        "byte_order": sys.byteorder,
        "processors": os.cpu_count(),
        "blas": _blas(),
        "cpu_features": _cpu_features(),
        "environment": {name: os.environ[name] for name in _SETTINGS if name in os.environ},
    }


def _configuration() -> Mapping[str, Any]:
    found: Mapping[str, Any] = np.show_config(mode="dicts")
    return found


def _blas() -> dict[str, Any]:
    found = _configuration().get("Build Dependencies", {}).get("blas", {})
    return {
        "name": str(found.get("name", "unknown")),
        "version": str(found.get("version", "unknown")),
        "core": _core_type(),
    }


def _cpu_features() -> list[str]:
    """Return the instruction sets that NumPy was built with or has found."""
    found = _configuration().get("SIMD Extensions", {})
    return [str(name) for name in (*found.get("baseline", ()), *found.get("found", ()))]


def _core_type() -> str | None:
    """Return the processor for which OpenBLAS has chosen its kernels, or None where there is no asking it."""
    import ctypes  # noqa: PLC0415  only evidence and the self-test ask

    try:
        # A name is looked for in what this library is linked with, and BLAS is.
        library = ctypes.CDLL(sys.modules["numpy._core._multiarray_umath"].__file__)
    except (KeyError, OSError, TypeError):
        return None
    for name in _CORE_NAMES:
        asked = getattr(library, name, None)
        if asked is not None:
            asked.argtypes, asked.restype = (), ctypes.c_char_p
            return bytes(asked()).decode("ascii", "replace")
    return None
