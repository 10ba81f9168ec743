"""Whole commands in fresh processes and temporary folders: cold, warm and resumed. Left out of `make bench`: seconds each."""

import importlib.util
import io
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import ClassVar

CHECKOUT = Path(__file__).resolve().parents[2]
MODULE = """
import numpy as np
import gradproof as gp

cubes = gp.Differentiable(lambda w: np.sum(w**3), lambda w: 3 * w**2, (np.linspace(0.5, 1, 50),), "cubes")
"""


def command(*arguments: str, folder: str) -> None:
    """Run gradproof in a folder; what it says is kept for the message of a failure."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    run = subprocess.run(  # noqa: S603  our own arguments
        [sys.executable, "-m", "gradproof", *arguments],
        cwd=folder,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    if run.returncode:
        raise RuntimeError(run.stdout + run.stderr)


class _Command:
    version = "1"
    timeout = 300
    number, repeat, rounds, warmup_time = 1, (1, 3, 20.0), 1, 0

    def setup(self, *_: object) -> None:
        """Make an empty folder."""
        self._temporary = tempfile.TemporaryDirectory()
        self.folder = self._temporary.name

    def teardown(self, *_: object) -> None:
        self._temporary.cleanup()


class Check(_Command):
    """`gradproof check` of a module with one gradient."""

    def setup(self) -> None:
        """Write the module."""
        super().setup()
        (Path(self.folder) / "declared.py").write_text(MODULE, encoding="utf-8")

    def time_check(self) -> None:
        command("check", "declared.py", folder=self.folder)


class Version(_Command):
    """The shortest command there is."""

    def time_version(self) -> None:
        command("--version", folder=self.folder)


class _Experiments(_Command):
    """What needs the experiments' packages."""

    def setup(self, *_: object) -> None:
        """Skip where the experiments cannot run."""
        super().setup()
        missing = [name for name in ("pandas", "scipy", "sklearn") if importlib.util.find_spec(name) is None]
        if missing:
            raise NotImplementedError(f"the experiments' packages are an extra: {', '.join(missing)}")


class Run(_Experiments):
    """`gradproof run --quick` of one experiment: from nothing, where all runs are kept, and where those of two seeds are."""

    version = "2"
    param_names = ("store",)
    params: ClassVar = [("cold", "warm", "resumed")]

    def setup(self, store: str) -> None:
        """Fill the store for the warm and the resumed one."""
        super().setup()
        if store != "cold":
            self._run(*(() if store == "warm" else ("--seeds", "2")))

    def time_run(self, _: str) -> None:
        self._run()

    def _run(self, *options: str) -> None:
        command("run", "momentum", "--quick", *options, folder=self.folder)


class Report(_Experiments):
    """`gradproof report --quick` of a checkout: from nothing, where all runs are kept, and where nothing has changed."""

    version = "2"
    repeat = 1  # each needs another whole report before it
    param_names = ("kept",)
    params: ClassVar = [("nothing", "runs", "everything")]

    def setup(self, kept: str) -> None:
        """Take the files of the commit that is measured."""
        super().setup()
        self._root = CHECKOUT if measures_checkout() else files_of_measured_commit(Path(self.folder, "root"))
        if kept != "nothing":
            self._report("first")

    def time_report(self, kept: str) -> None:
        self._report("first" if kept == "everything" else "second")

    def _report(self, output: str) -> None:
        # Elsewhere than in the checkout's reports/, and from no store but this one.
        places = (
            "--root",
            str(self._root),
            "--output",
            output,
            "--store",
            str(Path(self.folder, "runs.sqlite")),
        )
        command("report", "--quick", *places, folder=self.folder)


def measures_checkout() -> bool:
    """Tell whether the packages are those beside this file: asv installs those of the commit that it measures."""
    specification = importlib.util.find_spec("gradproof")
    return specification is not None and Path(str(specification.origin)).is_relative_to(CHECKOUT / "checks")


def files_of_measured_commit(folder: Path) -> Path:
    """Write the files of the commit whose packages asv has installed."""
    commit = os.environ.get("ASV_COMMIT")
    if commit is None:
        raise NotImplementedError("the report needs the checkout of the packages that it imports")
    archive = ("git", "-C", str(CHECKOUT), "archive", "--format=tar", commit)
    files = subprocess.run(archive, check=True, capture_output=True).stdout  # noqa: S603  our own arguments
    with tarfile.open(fileobj=io.BytesIO(files)) as tar:
        tar.extractall(folder, filter="data")
    return folder
