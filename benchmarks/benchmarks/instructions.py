"""Instructions of fixed kernels, counted by valgrind's callgrind: where a clock sees noise, these see one per cent.

All that chooses between code for one machine and for another is pinned: threads, hash seed, the BLAS kernels, and
NumPy's loops (valgrind knows no AVX-512). One run of `kernels/kernels.py` serves all benchmarks.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import ClassVar

import gradproof as gp
import gradproof_reference as ref

PROGRAM = Path(__file__).resolve().parents[1] / "kernels" / "kernels.py"
NAMES = ("softmax_cross_entropy_gradient", "mlp_loss_and_gradient", "train_mlp_epoch", "check_gradient")
PINNED = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OPENBLAS_CORETYPE": "Haswell",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "LC_ALL": "C",
}
# Each kernel is marked before its first repetition, between its k and its 2k repetitions, and after them.
MARKS = 3


class Instructions:
    """Instructions of one repetition: those of 2k less those of k, so that loops and marks drop out."""

    version = "1"
    unit = "instructions"
    timeout = 300
    param_names = ("kernel",)
    params: ClassVar = [NAMES]

    def setup_cache(self) -> dict[str, float]:
        """Count them all in one run, where there is a valgrind: asv knows no cache of None."""
        return instructions(PROGRAM) if shutil.which("valgrind") else {}

    setup_cache.timeout = 300

    def setup(self, counts: dict[str, float], kernel: str) -> None:
        """Skip by name what cannot be counted here."""
        if not counts:
            raise NotImplementedError("instructions are counted by valgrind, which is not installed")
        if kernel not in counts:
            raise NotImplementedError(f"this commit has no {kernel}")

    def track_instructions(self, counts: dict[str, float], kernel: str) -> float:
        return counts[kernel]


def instructions(program: Path) -> dict[str, float]:
    """Run a program of marked kernels under callgrind; return the instructions of one repetition of each.

    Raises
    ------
    RuntimeError
        If valgrind or the program fails, or there are not as many marks as its output asks for.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = [
            "valgrind",
            "--tool=callgrind",
            "--dump-before=getppid",
            f"--callgrind-out-file={folder}/counts",
        ]
        done = subprocess.run(  # noqa: S603  a program of this repository
            [*command, sys.executable, str(program)],
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(
                f"the kernels must run under valgrind; got exit status {done.returncode}.\n{done.stderr[-2000:]}"
            )
        between = [
            totals(Path(folder, f"counts.{number}")) for number in range(1, len(list(Path(folder).iterdir())))
        ]
    return per_repetition(done.stdout, between)


def environment() -> dict[str, str]:
    """Return what a counted process sees of the environment: the packages that this one sees, and little else."""
    kept = {
        name: os.environ[name] for name in ("PATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH") if name in os.environ
    }
    files = [str(package.__file__) for package in (gp, ref)]
    roots = dict.fromkeys(str(Path(file).parents[1]) for file in files)
    path = os.pathsep.join([*roots, *filter(None, [os.environ.get("PYTHONPATH")])])
    return kept | {"PYTHONPATH": path} | PINNED


def totals(dump: Path) -> int:
    """Read how many instructions ran between the mark before and that of this file."""
    found = re.search(r"^totals: (\d+)", dump.read_text("utf-8", "replace"), re.MULTILINE)
    if found is None:
        raise RuntimeError(f"a file of callgrind must have a line 'totals:'; got none in {dump.name}.")
    return int(found[1])


def per_repetition(output: str, between: list[int]) -> dict[str, float]:
    """Divide: the program prints a name and k for each kernel, and marked each MARKS times."""
    kernels = [line.split() for line in output.splitlines()]
    if not kernels or len(between) != MARKS * len(kernels):
        raise RuntimeError(
            f"each kernel must leave {MARKS} marks; got {len(between)} of {len(kernels)} kernels. "
            "Does the C library name its function getppid?"
        )
    return {
        name: (between[MARKS * i + 2] - between[MARKS * i + 1]) / int(k)
        for i, (name, k) in enumerate(kernels)
    }
