"""asv's pages of the results: published without measuring, carried whole, and drawn in a real browser without a network."""

import functools
import http.server
import io
import json
import shutil
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import history_pages
import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
KEPT = Path(history_pages.__file__).parent / ".asv" / "vendor"
BENCHMARK = "scaling.Models.time_epoch"
SIZES = (16, 32, 64)


def git(folder: Path, *arguments: str) -> str:
    """Return what git says."""
    named = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    asked = ["git", *named, *arguments]
    return subprocess.run(asked, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def results(folder: Path, commit: str, date: int, slower: float) -> None:
    """Write what asv writes of one commit: seconds in proportion to the size."""
    seconds = [slower * size / 1000 for size in SIZES]
    row = [seconds, [list(map(str, SIZES))], "1", date, 1.0]
    content = {
        "commit_hash": commit,
        "env_name": "virtualenv-py3.11",
        "date": date,
        "params": {"machine": "toy", "python": "3.11"},
        "python": "3.11",
        "requirements": {},
        "env_vars": {},
        "result_columns": ["result", "params", "version", "started_at", "duration"],
        "results": {BENCHMARK: row},
        "durations": {},
        "version": 2,
    }
    (folder / f"{commit[:8]}-virtualenv-py3.11.json").write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with three commits, and the results of one benchmark for each."""
    root = tmp_path_factory.mktemp("history")
    git(root, "init", "--quiet", "--initial-branch=main")
    folder = root / "benchmarks" / "results" / "toy"
    folder.mkdir(parents=True)
    (folder / "machine.json").write_text('{"machine": "toy", "version": 1}', encoding="utf-8")
    for number, slower in enumerate((1.0, 1.1, 0.5)):
        git(root, "commit", "--quiet", "--allow-empty", "--message", f"Change {number}")
        results(folder, git(root, "rev-parse", "HEAD"), 1_700_000_000_000 + number * 86_400_000, slower)
    benchmark = {
        "code": "",
        "name": BENCHMARK,
        "param_names": ["models"],
        "params": [list(map(str, SIZES))],
        "type": "time",
        "unit": "seconds",
        "version": "1",
    }
    described = json.dumps({BENCHMARK: benchmark, "version": 2})
    (folder.parent / "benchmarks.json").write_text(described, encoding="utf-8")
    settings = {
        "version": 1,
        "project": "toy",
        "repo": "..",
        "branches": ["HEAD"],
        "environment_type": "virtualenv",
        "benchmark_dir": "benchmarks",
        "results_dir": "results",
        "html_dir": ".asv/html",
    }
    file = root / "benchmarks" / "asv.conf.json"
    file.write_text(json.dumps(settings), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def pages(config: Path) -> Path:
    """Folder of the pages as asv publishes them."""
    pytest.importorskip("asv")
    history_pages.publish(config)
    return config.parent / ".asv" / "html"


# --- without a browser ---------------------------------------------------------------------------------------------


def packed(package: str) -> bytes:
    """Archive that holds each part of a package, with its own name as content."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for _, path in filter(lambda part: part[0] == package, history_pages.PARTS.values()):
            member = tarfile.TarInfo(f"package/{path}")
            member.size = len(path)
            archive.addfile(member, io.BytesIO(path.encode()))
    return buffer.getvalue()


def test_everything_that_asv_links_is_carried(pages: Path, tmp_path: Path) -> None:
    """With all packages no script and no style is left on another host: a new link of a new asv would be."""
    html = shutil.copytree(pages, tmp_path / "html")
    assert (
        history_pages.carry(html, {package: packed(package) for package, _ in history_pages.PARTS.values()})
        == []
    )
    assert {path.name for path in (html / "vendor").iterdir()} == set(history_pages.PARTS)
    page = (html / "index.html").read_text(encoding="utf-8")
    assert "integrity" not in page
    assert page.count('"vendor/') == len(history_pages.PARTS)


def test_what_is_not_there_stays_linked_and_is_named(pages: Path, tmp_path: Path) -> None:
    """Without a package its parts come from their hosts, as asv wrote them."""
    html = shutil.copytree(pages, tmp_path / "html")
    packages = {package for package, _ in history_pages.PARTS.values()} - {"jquery@3.3.1"}
    left = history_pages.carry(html, {package: packed(package) for package in packages})
    assert left == ["jquery-3.3.1.min.js"]
    assert "https://code.jquery.com/jquery-3.3.1.min.js" in (html / "index.html").read_text(encoding="utf-8")


def test_another_package_than_the_pinned_is_refused(tmp_path: Path) -> None:
    """A planted archive in the cache is not carried."""
    (tmp_path / "blueimp-md5@2.19.0.tgz").write_bytes(packed("blueimp-md5@2.19.0"))
    with pytest.raises(SystemExit, match=r"blueimp-md5@2\.19\.0 must have SHA-256 [0-9a-f]{64}; got"):
        history_pages.packages(tmp_path)


def test_no_results_are_an_error_with_a_remedy(tmp_path: Path) -> None:
    """Not an empty site."""
    (tmp_path / "results").mkdir()
    with pytest.raises(SystemExit, match=r"got none in results/\. `make bench-history`"):
        history_pages.publish(tmp_path / "asv.conf.json")


def test_graph_holds_every_commit(pages: Path) -> None:
    """The index that the page reads names the benchmark and the three commits."""
    index = json.loads((pages / "index.json").read_text(encoding="utf-8"))
    assert BENCHMARK in index["benchmarks"]
    assert len(index["revision_to_hash"]) == 3


# --- in Chromium ---------------------------------------------------------------------------------------------------


class _Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  the name is that of the base class
        """Say nothing."""


@pytest.fixture(scope="module")
def carried(pages: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages with the real packages, where they can be had."""
    found = history_pages.packages(KEPT)
    if {package for package, _ in history_pages.PARTS.values()} - set(found):
        pytest.skip("npm did not bring the packages that asv's pages load")
    html = shutil.copytree(pages, tmp_path_factory.mktemp("carried") / "html")
    assert history_pages.carry(html, found) == []
    return html


@pytest.fixture(scope="module")
def address(carried: Path) -> Iterator[str]:
    """Where a server of our own serves the pages."""
    handler = functools.partial(_Silent, directory=str(carried))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def page(address: str) -> Iterator[Any]:
    """A page of Chromium that reaches nothing but our server, and keeps what it complains of in `heard`."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--headless", "--no-sandbox"])
        opened = browser.new_page()
        opened.heard = heard = []
        opened.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
        opened.on("pageerror", lambda error: heard.append(str(error)))
        opened.route(
            lambda url: not url.startswith(address),
            lambda route: (heard.append(route.request.url), route.abort()),
        )
        yield opened
        browser.close()


def test_list_of_benchmarks_shows_in_silence(page: Any, address: str) -> None:
    """The first page draws the grid, asks no other host, and has no complaint."""
    page.heard.clear()
    page.goto(address)
    page.get_by_text("time_epoch").first.wait_for()
    assert page.heard == []


def test_graph_draws(page: Any, address: str) -> None:
    """Flot's canvas holds ink: colours other than that of the ground."""
    page.heard.clear()
    page.goto(f"{address}/#{BENCHMARK}")
    page.locator("#main-graph canvas.flot-base").wait_for()
    page.get_by_text("models").first.wait_for()
    page.wait_for_function(
        "() => { const c = document.querySelector('#main-graph canvas.flot-base');"
        " const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
        " return new Set(new Uint32Array(d.buffer)).size > 5; }"
    )
    assert page.heard == []


def test_missing_part_is_seen(page: Any, address: str, carried: Path) -> None:
    """Flot taken away, the page complains: the tests above can fail."""
    flot = carried / "vendor" / "jquery.flot.min.js"
    content = flot.read_bytes()
    flot.unlink()
    try:
        page.heard.clear()
        page.goto("about:blank")
        page.goto(f"{address}/#{BENCHMARK}")
        page.wait_for_load_state("load")
        assert any("404" in words for words in page.heard)
    finally:
        flot.write_bytes(content)
