"""Render items to files and put them in place: the only module that writes a report."""

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ._style import png_bytes, svg_bytes
from .item import Item
from .manifest import describe_item, lock_sha256, versions

__all__ = ["MANIFEST", "render", "staging", "swap_in", "write_report", "write_run"]

MANIFEST = "manifest.json"
_RUN = ".run"
_INDEX_HEAD = """\
# Reports

What the lecture's formulas and claims come to when they are checked and measured. `gradproof report` writes all of
it anew; on the locked versions the files come out the same, byte for byte.

"""
_INDEX_FOOT = """
`manifest.json` holds what made each item: configuration, seeds, versions, and digests of the lock file, of sources and
of data. What differs from machine to machine or commit to commit is written to `.run/`, which is not committed.
"""


def render(items: Sequence[Item], root: Path = Path()) -> dict[str, bytes]:
    """All files of a report, by their path inside it, the manifest last; `root` is where the lock is looked for."""
    files: dict[str, bytes] = {}
    described: dict[str, Any] = {}
    for item in items:
        own = _render_item(item)
        described[item.name] = describe_item(item, own)
        files |= own
    lines = [f"- [{item.title}]({item.name}/README.md): {item.answer}\n" for item in items]
    files["README.md"] = (_INDEX_HEAD + "".join(lines) + _INDEX_FOOT).encode()
    manifest = {
        "format": 1,
        "files": sorted(files),
        "items": described,
        "lock": lock_sha256(root),
        "packages": versions(),
    }
    files[MANIFEST] = _json(manifest)
    return files


def _render_item(item: Item) -> dict[str, bytes]:
    files = {f"{item.name}/README.md": item.page.encode()}
    for name, table in item.tables.items():
        files[f"{item.name}/{name}.csv"] = table.to_csv(index=False, lineterminator="\n").encode()
    for name, figure in item.figures.items():
        files[f"{item.name}/{name}.svg"] = svg_bytes(figure)
        files[f"{item.name}/{name}.png"] = png_bytes(figure)
    return files


@contextmanager
def staging(output: Path) -> Iterator[Path]:
    """Temporary folder on the file system of `output`, gone afterwards. An OSError here means: cannot write there.

    It lies inside ``.run``, which git ignores, so that even a killed run leaves nothing to commit.
    """
    run = output / _RUN
    run.mkdir(parents=True, exist_ok=True)
    (run / ".gitignore").write_text("*\n", encoding="utf-8")
    folder = Path(tempfile.mkdtemp(prefix="staging-", dir=run))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_report(items: Sequence[Item], output: Path, stage: Path, root: Path = Path()) -> None:
    """Render `items` below `stage`; only when all of it is there, put it in place of what `output` holds."""
    files = render(items, root)
    for name, content in files.items():
        path = stage / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    swap_in(stage, list(files), output)


def swap_in(stage: Path, names: Sequence[str], output: Path) -> None:
    """Move the named files from `stage` into `output`, then drop what only the old manifest lists.

    Each file is renamed over its predecessor, so none is ever half-written; the manifest comes last. Files that no
    manifest lists are someone else's and stay.
    """
    stale = _listed(output) - set(names)
    for name in names:
        (output / name).parent.mkdir(parents=True, exist_ok=True)
        (stage / name).replace(output / name)
    for name in sorted(stale):
        (output / name).unlink(missing_ok=True)
        folder = (output / name).parent
        if folder != output and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def _listed(output: Path) -> set[str]:
    """Files that the manifest in `output` lists and that lie inside `output`; none where there is no manifest."""
    try:
        names = json.loads((output / MANIFEST).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    inside, paths = output.resolve(), names if isinstance(names, list) else []
    return {
        name
        for name in paths
        if isinstance(name, str)
        and (output / name).is_file()
        and (output / name).resolve().is_relative_to(inside)
    }


def write_run(items: Sequence[Item], output: Path, description: dict[str, Any]) -> None:
    """Write what differs from machine to machine: the description of this run, and the measured tables."""
    run = output / _RUN
    run.mkdir(parents=True, exist_ok=True)
    (run / "run.json").write_bytes(_json(description))
    for item in items:
        for name, table in item.measured.items():
            content = table.to_csv(index=False, lineterminator="\n")
            (run / f"{item.name}-{name}.csv").write_text(content, encoding="utf-8", newline="")


def _json(content: Any) -> bytes:
    return (json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
