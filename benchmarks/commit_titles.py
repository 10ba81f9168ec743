"""Titles of the measured commits, from git, into ``results/commits.json``: the report reads them without a history.

python benchmarks/commit_titles.py
"""

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def titles(results: Path, repository: Path) -> dict[str, str]:
    """Title of every commit that has results, by its hash."""
    measured = {
        json.loads(path.read_text(encoding="utf-8"))["commit_hash"]
        for path in results.glob("*/*.json")
        if path.name != "machine.json"
    }
    asked = ["git", "-C", str(repository), "show", "--no-patch", "--format=%s"]
    return {
        commit: subprocess.run([*asked, commit], check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603
        for commit in sorted(measured)
    }


def main() -> int:
    """Write the file, whole or not at all."""
    found = titles(HERE / "results", HERE.parent)
    if not found:
        raise SystemExit(
            "results must hold asv's files; got none in results/. Measure them: make bench-history."
        )
    content = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    unfinished = HERE / "results" / "commits.json.new"
    unfinished.write_text(content, encoding="utf-8")
    unfinished.replace(HERE / "results" / "commits.json")
    return 0


if __name__ == "__main__":
    sys.exit(main())
