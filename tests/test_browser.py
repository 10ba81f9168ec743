"""The page in a real browser: it loads alone, sorts, fits, prints, and reads well to those who hear it."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
COMMITTED = Path(__file__).parents[1] / "reports" / "index.html"
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SEEN = "e => { const b = e.getBoundingClientRect(); return b.width > 0 && b.height > 0; }"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One Chromium for all tests, with a profile of its own."""
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def address(report_files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the report of the ledger and two experiments lies."""
    folder = tmp_path_factory.mktemp("report")
    for name, content in report_files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    return (folder / "index.html").as_uri()


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Open the page in a fresh context with the given settings."""
    contexts = []

    def opened(url: str = address, **settings: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}} | settings)
        contexts.append(context)
        page = context.new_page()
        page.goto(url)
        return page

    yield opened
    for context in contexts:
        context.close()


@contextmanager
def nothing_happens(page: Any, allowed: str) -> Iterator[None]:
    """Fail where the page speaks to its console, raises an error or requests anything but `allowed`."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: heard.append(request.url) if request.url != allowed else None)
    yield
    page.wait_for_load_state("load")
    assert heard == []


def column(page: Any, table: str, number: int) -> list[str]:
    """Texts of one column of a table, from top to bottom."""
    cells = page.locator(f"#{table} tbody tr td:nth-child({number})")
    return [text.strip() for text in cells.all_inner_texts()]


def violations(page: Any) -> list[str]:
    """What axe has to say against the page."""
    found = axe.Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


def sideways(page: Any) -> int:
    """How many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


# --- loading -------------------------------------------------------------------------------------------------------


def test_page_loads_alone_and_in_silence(visit: Callable[..., Any], address: str) -> None:
    """No request but the file itself, no word on the console."""
    page = visit("about:blank")
    with nothing_happens(page, address):
        page.goto(address)
        page.mouse.wheel(0, 20000)


def test_planted_request_is_seen_and_forbidden(visit: Callable[..., Any], address: str) -> None:
    """An image from elsewhere is noticed, and the page's own policy forbids it."""
    page = visit()

    def ask() -> None:
        with nothing_happens(page, address):
            page.evaluate("document.body.append(Object.assign(new Image(), {src: 'file:///none.png'}))")
            page.wait_for_timeout(50)

    with pytest.raises(AssertionError, match="Content Security Policy"):
        ask()


def test_every_link_inside_the_page_leads_into_view(visit: Callable[..., Any]) -> None:
    """Followed one by one, each brings its target to the window."""
    page = visit()
    page.emulate_media(reduced_motion="reduce")
    links = page.eval_on_selector_all("a[href^='#']", "links => links.map(a => a.getAttribute('href'))")
    assert len(links) > 15
    for link in dict.fromkeys(links):
        page.locator(f"a[href='{link}']").first.evaluate("a => a.click()")
        box = page.locator(link).bounding_box()
        assert page.evaluate("location.hash") == link
        assert box["y"] < 900, link
        assert box["y"] + box["height"] > 0, link


# --- sorting -------------------------------------------------------------------------------------------------------


def test_click_sorts_numbers_as_numbers(visit: Callable[..., Any]) -> None:
    """Up, then down; the head says which, and one column at a time does."""
    page = visit()
    table = "momentum-table-numbers"
    head = page.locator(f"#{table} th").nth(0)
    head.get_by_role("button").click()
    assert column(page, table, 1) == ["1", "2", "10"]
    assert head.get_attribute("aria-sort") == "ascending"
    head.get_by_role("button").click()
    assert column(page, table, 1) == ["10", "2", "1"]
    assert head.get_attribute("aria-sort") == "descending"
    page.locator(f"#{table} th button").nth(1).click()
    assert head.get_attribute("aria-sort") is None
    assert page.locator("[aria-sort]").count() == 1


def test_gaps_and_words_come_after_numbers(visit: Callable[..., Any]) -> None:
    """What is missing stays last in either order; a word among powers of ten comes after them."""
    page = visit()
    table = "momentum-table-numbers"
    loss = page.locator(f"#{table} th button").nth(1)
    loss.click()
    assert column(page, table, 2) == ["−1.25 × 10⁻⁷", "0.5", ""]
    loss.click()
    assert column(page, table, 2) == ["0.5", "−1.25 × 10⁻⁷", ""]
    page.locator(f"#{table} th button").nth(2).click()
    assert column(page, table, 3) == ["10⁻¹⁰", "10⁻⁴", "diverged"]


def test_keyboard_sorts(visit: Callable[..., Any]) -> None:
    """The button of a head takes the focus, and Enter and Space press it."""
    page = visit()
    button = page.locator("#formulas-table-formulas th button").first
    button.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    rows = column(page, "formulas-table-formulas", 1)
    assert rows == [f"F{number:02d}" for number in range(28, 0, -1)]
    assert page.evaluate("document.activeElement.tagName") == "BUTTON"


def test_tab_reaches_tables_and_figures(visit: Callable[..., Any]) -> None:
    """The first stop is the skip link; every region that scrolls can be focused and has a name."""
    page = visit()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the claims"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    regions = page.locator(".scroll, .plate")
    assert regions.count() == 11  # five figures, six tables
    assert all(region.get_attribute("tabindex") == "0" for region in regions.all())
    assert all(region.get_attribute("aria-label") for region in regions.all())


# --- fitting -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [320, 360, 768, 1100, 1440])
def test_page_never_scrolls_sideways(visit: Callable[..., Any], width: int) -> None:
    """On a phone as on a desk; wide tables scroll inside their own region."""
    page = visit(viewport={"width": width, "height": 800})
    assert sideways(page) == 0
    if width == 360:
        inner = page.locator("#formulas-table-formulas .scroll")
        assert inner.evaluate("e => e.scrollWidth > e.clientWidth")
        page.evaluate(
            "document.body.append(Object.assign(document.createElement('pre'), {textContent: 'x'.repeat(99)}))"
        )
        assert sideways(page) > 0


def test_lines_of_prose_are_of_readable_length(visit: Callable[..., Any]) -> None:
    """No paragraph is wider than 75 of its own characters."""
    page = visit()
    ratio = """ps => Math.max(...ps.map(p => {
        const probe = Object.assign(document.createElement('span'), {textContent: '0'.repeat(75)});
        p.append(probe);
        const limit = probe.getBoundingClientRect().width;
        probe.remove();
        return p.getBoundingClientRect().width / limit;
    }))"""
    page.add_style_tag(content="span { white-space: nowrap }")
    assert page.eval_on_selector_all("main p", ratio) <= 1.001


def test_everything_is_there_without_javascript(visit: Callable[..., Any]) -> None:
    """Figures, tables, claims and captions are visible, and no button stands that does nothing."""
    page = visit(java_script_enabled=False)
    for selector in (
        "figure svg",
        "table.data td:first-child",
        ".claims .badge",
        "figcaption",
        "h3",
        "dl dd",
    ):
        found = page.locator(selector)
        assert found.count() > 0
        shown = found.evaluate_all(f"all => all.filter({SEEN}).length")
        assert shown == found.count(), selector
    assert page.locator("button").count() == 0


def test_dark_mode_turns_page_and_figures(visit: Callable[..., Any]) -> None:
    """Dark ground, light ink, and the ink of figures as light; a figure with an image stays on white."""
    ink = "svg => getComputedStyle(svg.querySelector('use')).fill"
    ground = "getComputedStyle(document.body).backgroundColor"
    for scheme, bright_page in (("light", True), ("dark", False)):
        page = visit(color_scheme=scheme)
        page_colour = sum(map(int, re.findall(r"\d+", page.evaluate(ground))[:3]))
        assert (page_colour > 3 * 128) is bright_page
        figure = page.locator("#momentum-figure-curves svg").evaluate(ink)
        assert (sum(map(int, re.findall(r"\d+", figure)[:3])) > 3 * 128) is not bright_page
        paper = page.locator("#momentum-figure-grid svg").evaluate(
            "svg => getComputedStyle(svg).backgroundColor"
        )
        assert paper == "rgb(255, 255, 255)"


def test_print_is_light_and_whole(visit: Callable[..., Any]) -> None:
    """On paper: no navigation, nothing that scrolls, black on white even for who reads in the dark."""
    page = visit(color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator("nav").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    clipped = page.eval_on_selector_all(
        ".scroll, .plate", "all => all.filter(e => getComputedStyle(e).overflowX !== 'visible').length"
    )
    assert clipped == 0
    assert page.pdf(format="A4")[:5] == b"%PDF-"


# --- for those who hear it -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 1440)])
def test_axe_finds_nothing(visit: Callable[..., Any], scheme: str, width: int) -> None:
    """No violation of any rule of axe, contrast of colours included."""
    assert violations(visit(color_scheme=scheme, viewport={"width": width, "height": 800})) == []


def test_axe_finds_planted_faults(visit: Callable[..., Any]) -> None:
    """An image without words, and text that is too pale."""
    page = visit()
    page.evaluate("document.querySelector('figure').append(new Image(1, 1))")
    page.evaluate("document.querySelector('.answer').style.color = '#bbbbbb'")
    found = violations(page)
    assert sorted({text.partition(":")[0] for text in found}) == ["color-contrast", "image-alt"]


def test_figures_are_images_with_words(visit: Callable[..., Any]) -> None:
    """A screen reader hears of each figure what it shows."""
    page = visit()
    names = [image.get_attribute("aria-label") for image in page.get_by_role("img").all()]
    assert len(names) == 5
    assert names[1].startswith('Loss "falls" & rises')


def test_claims_remain_a_table_where_they_are_stacked(visit: Callable[..., Any]) -> None:
    """On a phone each claim is a block to the eye, and a row with four cells to a screen reader."""
    page = visit(viewport={"width": 360, "height": 800})
    table = page.get_by_role("table", name="Claims with verdict")
    assert table.get_by_role("row").count() == 1 + 3 + 12
    assert table.get_by_role("cell").count() == 4 * 12
    assert table.get_by_role("columnheader").count() == 4


# --- the one that is committed -------------------------------------------------------------------------------------


@pytest.mark.skipif(not COMMITTED.is_file(), reason="reports/index.html is not there")
def test_committed_page_loads_fits_and_reads_well(visit: Callable[..., Any]) -> None:
    """The report as it is published: alone, in silence, without a violation, on phone and desk."""
    page = visit("about:blank")
    with nothing_happens(page, COMMITTED.as_uri()):
        page.goto(COMMITTED.as_uri())
    for width in (360, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        assert sideways(page) == 0
    assert violations(page) == []
