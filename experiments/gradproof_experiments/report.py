"""Render items to files and put them in place: the only module that writes a report."""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ._style import png_bytes, svg_bytes
from ._tables import csv_bytes, parquet_bytes
from .item import Item
from .manifest import describe_item, lock_sha256, sha256, tree_sha256, versions
from .page import index_markdown, item_markdown
from .site import render_page

__all__ = ["MANIFEST", "render", "staging", "swap_in", "write_report", "write_run"]

MANIFEST = "manifest.json"
_RUN = ".run"
_HERE = Path(__file__).parent
# What puts the items of a report into files: a change of it changes files as a change of an item does.
_RENDERING = ("_markdown.py", "_style.py", "_tables.py", "page.py", "report.py", "site")


def render(items: Sequence[Item], root: Path = Path()) -> dict[str, bytes]:
    """All files of a report, by their path inside it, the manifest last; `root` is where the lock is looked for."""
    files: dict[str, bytes] = {}
    described: dict[str, Any] = {}
    drawn = {
        item.name: {picture.name: svg_bytes(picture.figure) for picture in item.pictures} for item in items
    }
    for item in items:
        own = _render_item(item, drawn[item.name])
        described[item.name] = describe_item(item, own)
        files |= own
    provenance = {"items": described, "lock": lock_sha256(root), "packages": versions()}
    pages = {"README.md": index_markdown(items).encode(), "index.html": render_page(items, drawn, provenance)}
    files |= pages
    manifest = provenance | {
        "format": 2,
        "files": sorted(files),
        "pages": {name: sha256(content) for name, content in pages.items()},
        "rendering": _rendering(),
    }
    files[MANIFEST] = _json(manifest)
    return files


def _render_item(item: Item, drawn: Mapping[str, bytes]) -> dict[str, bytes]:
    files = {"README.md": item_markdown(item).encode()}
    for table in item.tables:
        files[f"{table.name}.csv"] = csv_bytes(table.frame)
        files[f"{table.name}.parquet"] = parquet_bytes(table.frame)
    for picture in item.pictures:
        files[f"{picture.name}.svg"] = drawn[picture.name]
        files[f"{picture.name}.png"] = png_bytes(picture.figure)
    return {f"{item.name}/{name}": content for name, content in files.items()}


def _rendering() -> dict[str, str]:
    """Digest of every file that renders, templates with their style and script included."""
    found = [path for name in _RENDERING for path in (_HERE / name, *(_HERE / name).rglob("*"))]
    kinds = {".py", ".j2", ".css", ".js"}
    return {
        f"{_HERE.name}/{path.relative_to(_HERE).as_posix()}": tree_sha256(path)
        for path in sorted(found)
        if path.is_file() and path.suffix in kinds
    }


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


def write_report(items: Sequence[Item], output: Path, stage: Path, root: Path = Path()) -> list[str]:
    """Render `items` below `stage`; only when all of it is there, put it in place of what `output` holds.

    Returns
    -------
    list of str
        The files that were written, by their path inside `output`.
    """
    files = render(items, root)
    for name, content in files.items():
        path = stage / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    swap_in(stage, list(files), output)
    return list(files)


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
