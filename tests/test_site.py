"""The page for a browser: its structure, its words, its figures, and the faults that it refuses."""

import dataclasses
import itertools
import json
import re
from collections import Counter
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from gradproof_experiments._style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE_TEXT,
    RED,
    new_figure,
    style,
    svg_bytes,
)
from gradproof_experiments.claim import Claim, Within
from gradproof_experiments.item import Item, Picture, Table
from gradproof_experiments.report import render
from gradproof_experiments.site import _checks
from gradproof_experiments.site._inline import Inliner, dark
from gradproof_experiments.site._strip import strip
from gradproof_experiments.site._text import typeset

VOID = {"meta", "link", "br", "hr", "img", "input"}
MOST_BYTES = 3_000_000


class Page(HTMLParser):
    """A page taken apart: elements with their attributes, what they hold as text, and whether tags match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.faults: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element, and await its end."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element of an SVG that ends where it starts."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        """Match the last open tag."""
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        """Keep what a reader reads."""
        if self._open and self._open[-1] not in {"style", "script"}:
            self.texts.append(data)


def faults(text: str, files: Mapping[str, bytes]) -> list[str]:
    """What is wrong with a page: unbalanced tags, ids that are there twice, links to nothing, images without words."""
    page = Page(text)
    ids = Counter(attributes["id"] for _, attributes in page.elements if "id" in attributes)
    found = [*page.faults, *(f"id {name} is there {count} times" for name, count in ids.items() if count > 1)]
    for tag, attributes in page.elements:
        is_image = tag == "img" or attributes.get("role") == "img"
        if is_image and not (attributes.get("alt") or attributes.get("aria-label")):
            found.append(f"<{tag}> has no alternative text")
        for name, value in attributes.items():
            if re.search(r"(?:https?:)?//", value):
                found.append(f"{name}={value} leads outside")
        references = [attributes.get(name, "") for name in ("href", "src")]
        references += re.findall(r"url\((#[^)]+)\)", " ".join(attributes.values()))
        references += [
            f"#{name}"
            for key in ("aria-labelledby", "aria-describedby")
            for name in attributes.get(key, "").split()
        ]
        for reference in references:
            if reference.startswith("#") and reference[1:] not in ids:
                found.append(f"{reference} leads nowhere")
            if reference and not reference.startswith(("#", "data:")) and reference not in files:
                found.append(f"{reference} is no file of the report")
    if re.search(
        r"@import|url\(\s*[\"']?(?!#)", "".join(re.findall(r"<style>(.*?)</style>", text, re.DOTALL))
    ):
        found.append("the style loads something")
    return found


@pytest.fixture(scope="module")
def page(report_files: dict[str, bytes]) -> str:
    """The page of the ledger and two experiments."""
    return report_files["index.html"].decode()


# --- structure -----------------------------------------------------------------------------------------------------


def test_page_is_whole(page: str, report_files: dict[str, bytes]) -> None:
    """Tags match, ids are unique, links lead somewhere, figures have words, nothing comes from elsewhere."""
    assert faults(page, report_files) == []


def test_page_is_small(page: str) -> None:
    """A page of five figures stays far below what a phone would mind."""
    assert len(page.encode()) < MOST_BYTES / 3


@pytest.mark.parametrize(
    ("planted", "named"),
    [
        ("<p>", "</main> closes nothing"),
        ("</i>", "</i> closes nothing"),
        ('<p id="claims"></p>', "id claims is there 2 times"),
        ('<a href="#nowhere">a</a>', "#nowhere leads nowhere"),
        ('<a href="thing/none.csv">a</a>', "thing/none.csv is no file of the report"),
        ('<img src="data:,">', "<img> has no alternative text"),
        ('<svg role="img"></svg>', "<svg> has no alternative text"),
        ('<img alt="a" src="https://example.org/a.png">', "src=https://example.org/a.png leads outside"),
        ('<p aria-labelledby="none"></p>', "#none leads nowhere"),
        ("<style>@import 'a.css';</style>", "the style loads something"),
    ],
)
def test_planted_fault_is_named(page: str, report_files: dict[str, bytes], planted: str, named: str) -> None:
    """Each kind of fault is seen by the check above."""
    assert named in faults(page.replace("</main>", f"{planted}</main>"), report_files)


def test_page_says_what_it_is(page: str) -> None:
    """Language, character set, width of the device, a title, one first heading, a skip link that leads to the claims."""
    parsed = Page(page)
    assert page.startswith("<!DOCTYPE html>")
    assert ("html", {"lang": "en"}) in parsed.elements
    assert ("meta", {"charset": "utf-8"}) in parsed.elements
    assert [tag for tag, _ in parsed.elements].count("h1") == 1
    first_link = next(attributes for tag, attributes in parsed.elements if tag == "a")
    assert first_link == {"class": "skip", "href": "#main"}


def test_headings_skip_no_level(page: str) -> None:
    """Each heading is at most one level below the one before."""
    levels = [int(tag[1]) for tag, _ in Page(page).elements if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_every_item_is_in_the_contents(page: str, report_items: list[Item]) -> None:
    """The contents link to the claims, each item and the provenance, in the order of the page."""
    contents = re.findall(r'href="#([^"]+)"', page[page.index("<nav") : page.index("</nav>")])
    assert contents == ["claims", *(item.name for item in report_items), "provenance"]
    places = [page.index(f'id="{name}"') for name in contents]
    assert places == sorted(places)


def test_every_word_of_an_item_is_on_the_page(page: str, report_items: list[Item]) -> None:
    """Words with <, & and * come out as they are, not as markup."""
    text = " ".join(" ".join(Page(page).texts).split())
    for item in report_items:
        words = [item.title, item.question, *item.method, item.answer, *item.means, *item.limits]
        words += [
            word
            for claim in item.claims
            for word in (claim.statement, claim.quantity, claim.evidence.rstrip("."))
        ]
        words += [thing.caption for thing in (*item.pictures, *item.tables)]
        assert [word for word in words if " ".join(word.split()) not in text] == []


def test_claims_stand_at_the_top_with_their_numbers(page: str) -> None:
    """Verdict in words and by a shape, statement, value with interval, what was expected; each leads to its evidence."""
    top = page[page.index('id="claims"') : page.index('id="formulas"')]
    (row,) = re.findall(
        r'<tr role="row">\s*<td role="cell">(?:(?!</tr>).)*It is always faster.*?</tr>', top, re.DOTALL
    )[:1]
    assert "fails</span>" in row
    assert 'href="#mark-fails"' in row
    assert "0.7 [0.5, 0.9]" in row
    assert ">at least 1<" in row
    assert 'href="#momentum-claim-2"' in row
    assert len(re.findall('class="badge', top)) == 12


def test_hidden_table_is_linked_and_not_shown(page: str) -> None:
    """What is too long for the page is a link to its files."""
    assert 'href="momentum/all.csv"' in page
    assert 'aria-label="Table momentum/path"' in page
    assert 'aria-label="Table momentum/all"' not in page


def test_only_its_own_script_may_run(page: str) -> None:
    """The page's policy forbids every request, and names the digest of its one script."""
    (policy,) = [a["content"] for tag, a in Page(page).elements if tag == "meta" and "http-equiv" in a]
    assert "default-src 'none'" in policy
    assert re.search(r"script-src 'sha256-[A-Za-z0-9+/]{43}='", policy)
    assert page.count("<script") == 1


def test_provenance_is_that_of_the_manifest(page: str, report_files: dict[str, bytes]) -> None:
    """Lock, versions, configuration and the digests of sources; no path of this machine."""
    manifest = json.loads(report_files["manifest.json"])
    foot = page[page.index('id="provenance"') :]
    assert manifest["lock"][:16] in foot
    for name, version in manifest["packages"].items():
        assert f"<dt>{name}</dt><dd>{version}</dd>" in foot
    for made in manifest["items"].values():
        assert all(digest[:16] in foot for digest in (*made["sources"].values(), *made["data"].values()))
    assert "<dt>rates</dt><dd><code>[0.1, 0.2]</code></dd>" in foot
    assert str(Path.cwd()) not in page


# --- what is refused -----------------------------------------------------------------------------------------------


def changed(item: Item, **parts: Any) -> Item:
    """The item with other parts."""
    return dataclasses.replace(item, **parts)


def test_picture_without_words_is_refused(report_items: list[Item]) -> None:
    """No figure without alternative text, nor without a caption; the message names it."""
    item = report_items[1]
    for part in ("alt", "caption"):
        picture = dataclasses.replace(item.pictures[0], **{part: " "})
        with pytest.raises(ValueError, match=rf"{part}=' '.*for momentum/curves"):
            render([changed(item, pictures=(picture,))])


def test_table_without_caption_is_refused(report_items: list[Item]) -> None:
    """A table's caption is its name for those who hear the page."""
    item = report_items[1]
    with pytest.raises(ValueError, match="caption='' for momentum/path"):
        render([changed(item, tables=(dataclasses.replace(item.tables[1], caption=""),))])


def test_names_that_clash_are_refused(report_items: list[Item]) -> None:
    """Two tables, two pictures or two items of one name, and an item named like a part of the page."""
    item = report_items[1]
    for parts in ({"tables": item.tables[:1] * 2}, {"pictures": item.pictures[:1] * 2}):
        with pytest.raises(
            ValueError, match=r"of momentum must have a name of its own; got \['(numbers|curves)'\]"
        ):
            render([changed(item, **parts)])
    with pytest.raises(ValueError, match=r"'momentum'.* more than once"):
        render([item, item])
    with pytest.raises(ValueError, match=r"got \['claims', 'claims-heading'\] more than once"):
        render([changed(item, name="claims")])


@pytest.mark.parametrize("name", ["two words", "Upper", "a/b", "", "1st", 'a"b'])
def test_names_that_are_no_links_are_refused(report_items: list[Item], name: str) -> None:
    """The message shows the name."""
    with pytest.raises(ValueError, match=re.escape(f"got {name!r}")):
        _checks.check_item(changed(report_items[1], name=name))


# --- figures -------------------------------------------------------------------------------------------------------


def drawn(colour: str = BLUE, marker: str = "o") -> bytes:
    """SVG of a small figure."""
    with style():
        figure = new_figure(3, 2)
        axes = figure.subplots()
        axes.plot([0, 1, 2], [0, 1, 0], color=colour, marker=marker)
        axes.set_title("a title")
    return svg_bytes(figure)


def test_two_figures_share_letters_and_styles_but_no_ids() -> None:
    """What repeats is there once, and each figure's clips and markers are its own."""
    inliner = Inliner()
    one, two = inliner.inline(drawn(), "one"), inliner.inline(drawn(), "two")
    ids = [re.findall(r' id="([^"]+)"', text) for text in (one, two, inliner.letters())]
    assert all(ids)
    assert not set(ids[0]) & set(ids[1])
    assert len(set(ids[2])) == len(ids[2])
    used = set(re.findall(r'(?:href="|url\()#([^")]+)', one + two))
    assert used == {name for group in ids for name in group}
    assert inliner.css().count("stroke:var(--0072b2)") == len(
        set(re.findall(r"[^\n]*stroke:var\(--0072b2\)[^\n]*", inliner.css()))
    )


def test_hatches_of_two_figures_are_their_own() -> None:
    """A pattern is named in a style, and the style of each figure names its own."""
    inliner, shown = Inliner(), ""
    for colour in (BLUE, RED):
        with style():
            figure = new_figure(2, 2)
            figure.subplots().bar([0], [1], hatch="//", color="white", edgecolor=colour)
        shown += inliner.inline(svg_bytes(figure), "")
    patterns = re.findall(r'<pattern id="([^"]+)"', shown)
    assert len(set(patterns)) == 2
    assert set(re.findall(r"fill:url\(#([^)]+)\)", inliner.css())) == set(patterns)


def test_inlined_figure_draws_what_its_file_draws() -> None:
    """As many paths and uses as the file has, each point of the curve where it was, to a hundredth of a point."""
    svg = drawn().decode()
    inlined = Inliner().inline(svg.encode(), "")
    curve = re.findall(r'd="([^"]+)"[^>]*clip-path', svg)[-1]
    shown = re.findall(r'd="([^"]+)"[^>]*clip-path', inlined)[-1]
    numbers = [np.array(re.findall(r"[\d.]+", text), dtype=float) for text in (curve, shown)]
    np.testing.assert_allclose(numbers[0], numbers[1], rtol=0, atol=0.0051)
    assert inlined.count("<use") == svg.count("<use")
    assert "metadata" not in inlined


def test_alternative_text_with_quotes_stays_one_attribute() -> None:
    """A quote in the words does not end them."""
    alt = 'It "falls" <fast> & far.'
    (attributes,) = [a for tag, a in Page(Inliner().inline(drawn(), alt)).elements if tag == "svg"]
    assert attributes["aria-label"] == alt


def test_figure_with_an_image_stays_on_white() -> None:
    """The pixels cannot follow the page to dark, so nothing of the figure does."""
    with style():
        figure: Figure = new_figure(2, 2)
        figure.subplots().imshow(np.eye(2))
    inliner = Inliner()
    assert 'class="plot paper"' in inliner.inline(svg_bytes(figure), "")
    assert "var(" not in inliner.css()
    assert 'class="plot"' in inliner.inline(drawn(), "")
    assert "var(--0072b2)" in inliner.css()


def test_figure_of_many_shades_stays_on_white() -> None:
    """A shade that stands for a number would stand for another one if it were turned; text on it would fade."""
    assert 'class="plot paper"' in Inliner().inline(drawn("#B2A022"), "")
    assert 'class="plot"' in Inliner().inline(drawn("#CC79A7"), "")
    assert 'class="plot"' in Inliner().inline(drawn("#454545"), "")


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours by WCAG 2, from 1 to 21."""

    def luminance(colour: str) -> float:
        parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    light, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", [BLUE, GREEN, RED, INK, ORANGE_TEXT])
def test_colours_of_text_are_legible_on_a_dark_plate(page: str, colour: str) -> None:
    """4.5 to 1 at least for every colour that figures write in."""
    plates = re.findall(r"--plate: (#[0-9a-f]{6})", page)
    assert len(plates) == 2
    assert contrast(dark(colour), plates[1]) > 4.5
    assert contrast(dark(GREY), plates[1]) > 3  # lines and marks


def test_contrast_is_that_of_wcag() -> None:
    """Black on white is 21 to 1, and the grey that just passes is #767676."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21, rel=1e-12)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


# --- numbers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.5", "1.5"),
        ("-1.5", "−1.5"),
        ("1e-12", "10⁻¹²"),
        ("-2.5e+07", "−2.5 × 10⁷"),
        ("3 [-0.1, 1e+05]", "3 [−0.1, 10⁵]"),
        ("0.99 to 1.01", "0.99 to 1.01"),
        ("-inf", "−∞"),
        ("degree-9", "degree-9"),
        ("It lies at -16.08, not at 1e-8.", "It lies at −16.08, not at 10⁻⁸."),
        ("2026-11-25 and 1.2.3-4", "2026-11-25 and 1.2.3-4"),
        ("F01 1e4x", "F01 1e4x"),
    ],
)
def test_numbers_are_set_as_in_print(text: str, expected: str) -> None:
    """A true minus, and powers of ten; what is no number stays."""
    assert typeset(text) == expected


def test_cells_carry_the_number_that_they_show(report_items: list[Item]) -> None:
    """Where a cell is written in another way than a program reads, its number is beside it."""
    frame = pd.DataFrame({"x": [-1.25e-7, 0.5, np.nan], "word": ["1e-4", "diverged", ""]})
    item = changed(report_items[1], tables=(Table("t", frame, "A table."),), pictures=())
    page = render([item])["index.html"].decode()
    assert (
        '<td class="number" data-v="-1.25e-07">−1.25 × 10⁻⁷</td><td class="text" data-v="1e-4">10⁻⁴</td>'
        in page
    )
    assert '<td class="number">0.5</td><td class="text">diverged</td>' in page
    assert '<td class="number"></td><td class="text"></td>' in page


def test_text_that_is_all_numbers_stands_to_the_right(report_items: list[Item]) -> None:
    """Digits kept as text for the sake of their zeros, and powers of ten, are numbers to a reader."""
    frame = pd.DataFrame(
        {"digits": ["0.10", "-12.50"], "power": ["1e-4", ""], "word": ["1", "no"], "none": ["", ""]}
    )
    item = changed(report_items[1], tables=(Table("t", frame, "A table."),), pictures=())
    page = render([item])["index.html"].decode()
    heads = re.findall(r'<th scope="col" class="(\w+)">', page[page.index('id="momentum-table-t"') :])
    assert heads == ["number", "number", "text", "text"]


def test_strip_orders_numbers_as_they_are() -> None:
    """Band, whisker and dot are in the order of their numbers, inside the strip; a bound at infinity is its edge."""
    found = strip(Claim("", "", 2.0, (1.0, 4.0), Within(3.0, 5.0)))
    assert found is not None
    assert 0 < found.whisker[0] < found.dot < found.band[0] < found.whisker[1] < found.band[1] < 120
    open_ended = strip(Claim("", "", 2.0, (1.0, 4.0), Within(high=3.0)))
    assert open_ended is not None
    assert open_ended.band[0] == 0


def test_strip_of_numbers_far_apart_is_logarithmic() -> None:
    """1e-12 and 1e-9 with 1e-6 between two others lie at equal distances."""
    found = strip(Claim("", "", 1e-9, (1e-12, 1e-6), Within(low=1e-12)))
    assert found is not None
    assert found.dot - found.whisker[0] == pytest.approx(found.whisker[1] - found.dot, abs=0.11)


def test_strip_of_an_exact_claim_shows_whether_it_is_met() -> None:
    """One expected value is a narrow band: the dot lies in it where it is met, else beside."""
    met, missed = (strip(Claim.exact("", "", value, Within(0, 0))) for value in (0, 3))
    assert met is not None
    assert missed is not None
    assert met.band[0] < met.dot < met.band[1]
    assert missed.dot > missed.band[1]


def test_infinite_number_has_no_strip() -> None:
    """There is no place for it."""
    assert strip(Claim.exact("", "", float("inf"), Within(low=1))) is None


def test_item_without_claims_tables_and_figures_has_a_page(report_items: list[Item]) -> None:
    """Words alone are enough."""
    item = changed(report_items[1], claims=(), tables=(), pictures=(), data={}, configuration={})
    files = render([item])
    assert faults(files["index.html"].decode(), files) == []


def test_picture_that_is_drawn_later_does_not_change_the_first(report_items: list[Item]) -> None:
    """The same items give the same bytes again, although the figures have been drawn before."""
    assert render(report_items) == render(report_items)
    assert isinstance(report_items[1].pictures[0], Picture)
