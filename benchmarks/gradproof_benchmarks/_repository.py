"""The commits of a git repository: which two to compare, and their files."""

from __future__ import annotations

import subprocess
import tarfile
from pathlib import Path

from gradproof_benchmarks._errors import GateError

_DEFAULT_BRANCHES = ("origin/HEAD", "origin/main", "origin/master", "main", "master")


class Repository:
    """A git repository, by any folder in it."""

    def __init__(self, folder: Path) -> None:
        top = _git(folder, "rev-parse", "--show-toplevel")
        if top is None:
            raise GateError(f"the gate must run in a git repository; got {str(folder)!r}. Go to one.")
        self.root = Path(top)

    def commit(self, revision: str) -> str:
        """Return the full hash of a revision."""
        found = _git(
            self.root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        )
        if found:
            return found
        parent = revision.endswith(("~1", "^", "~")) and _git(self.root, "rev-parse", "--verify", "HEAD")
        why = " It has no parent here." if parent else ""
        deeper = " This clone is shallow: `git fetch --deepen=1` brings more." if self._shallow() else ""
        raise GateError(f"the revision must be a commit of this repository; got {revision!r}.{why}{deeper}")

    def default_base(self, head: str) -> str:
        """Return the commit where head left the default branch; its parent, where it is on that branch."""
        for branch in _DEFAULT_BRANCHES:
            fork = _git(self.root, "merge-base", branch, head)
            if fork is not None and fork != head:
                return fork
        return self.commit(f"{head}~1")

    def subject(self, commit: str) -> str:
        """Return the first line of a commit's message."""
        return _git(self.root, "log", "-1", "--format=%s", commit) or ""

    def dirty(self) -> bool:
        """Say whether tracked files differ from HEAD."""
        return bool(_git(self.root, "status", "--porcelain", "--untracked-files=no"))

    def export(self, commit: str, folder: Path) -> None:
        """Write the files of a commit into a new folder."""
        archive = folder.with_suffix(".tar")
        if _git(self.root, "archive", "--format=tar", f"--output={archive}", commit) is None:
            raise GateError(f"git must be able to archive {commit[:10]}; it was not. Look at `git fsck`.")
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
        archive.unlink()

    def _shallow(self) -> bool:
        return _git(self.root, "rev-parse", "--is-shallow-repository") == "true"


def _git(folder: Path, *arguments: str) -> str | None:
    """Return what git says, or None where it refuses."""
    try:
        run = subprocess.run(  # noqa: S603  arguments stand in this file, but for revisions after --end-of-options
            ["git", *arguments],  # noqa: S607  whichever git the user has
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        if error.filename != "git":
            raise
        raise GateError("the gate must find git on the path; it did not. Install git.") from error
    return run.stdout.strip() if run.returncode == 0 else None
