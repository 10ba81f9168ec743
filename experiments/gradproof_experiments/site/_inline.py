"""Figures inside the page: unique ids, shared styles and letters, colours that follow the reader's light or dark."""

import colorsys
import html
import re
from xml.etree import ElementTree as ET

from gradproof_experiments._style import BLUE, GREEN, ORANGE, ORANGE_TEXT, RED

__all__ = ["Inliner", "dark"]

_HREF = "{http://www.w3.org/1999/xlink}href"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")
_DECIMAL = re.compile(r"-?\d+\.\d+")
_LETTER = re.compile(
    r"[A-Za-z]\w*(?:-[A-Za-z]+)*-[0-9a-f]+"
)  # DejaVuSans-Oblique-3b1: the font, and which of its letters
_DROPPED = {"metadata", "style"}
_WHITE = "#ffffff"
# Okabe and Ito's other colours count as the house's own.
_PALETTE = {BLUE, ORANGE, ORANGE_TEXT, GREEN, RED, "#56B4E9", "#F0E442", "#CC79A7"}


class Inliner:
    """Turns matplotlib's SVG files into elements of one page.

    What repeats is kept once for the page: a class for each style, and the outline of each letter. All numbers of a
    path are rounded to a hundredth of a point, which no screen shows.
    """

    def __init__(self) -> None:
        self._classes: dict[str, str] = {}
        self._letters: dict[str, str] = {}
        self._colours: dict[str, str] = {}
        self._figures = 0

    def inline(self, svg: bytes, alt: str) -> str:
        """Make the element of a figure, with `alt` as its text."""
        root = ET.fromstring(svg)  # noqa: S314 - made by `_style.svg_bytes` of this package
        self._figures += 1
        figure = _Figure(self, root, f"f{self._figures}-")
        width, height = (
            round(float(root.attrib[key].removesuffix("pt")) * 4 / 3) for key in ("width", "height")
        )
        inside = "".join(figure.element(child) for child in root)
        return (
            f'<svg class="plot{"" if figure.themed else " paper"}" role="img" aria-label="{html.escape(alt)}" '
            f'width="{width}" height="{height}" viewBox="{root.attrib["viewBox"]}" '
            f'style="min-width:min({width}px,36rem)">{inside}</svg>'
        )

    def letters(self) -> str:
        """Element that holds the outlines of all letters, to be placed before the first figure."""
        outlines = "".join(outline for _, outline in sorted(self._letters.items()))
        return f'<svg class="letters" aria-hidden="true" width="0" height="0"><defs>{outlines}</defs></svg>'

    def css(self) -> str:
        """Rules of all classes, and the colours for light and dark."""
        light = "".join(f"--{colour[1:]}:{colour};" for colour in sorted(self._colours))
        dark = "".join(f"--{colour[1:]}:{other};" for colour, other in sorted(self._colours.items()))
        rules = "\n".join(f".{name}{{{style}}}" for style, name in self._classes.items())
        return (
            f":root{{{light}}}\n@media screen and (prefers-color-scheme: dark){{:root{{{dark}}}}}\n{rules}\n"
        )

    def keep_letter(self, identifier: str, outline: str) -> None:
        """Keep the outline of a letter for the page."""
        if self._letters.setdefault(identifier, outline) != outline:
            raise ValueError(f"a letter must look the same in every figure; got two for {identifier}.")

    def class_of(self, style: str, *, themed: bool) -> str:
        """Name of the class that stands for a style attribute."""
        if themed:
            for colour in map(str.lower, _COLOUR.findall(style)):
                self._colours[colour] = dark(colour)
            style = _COLOUR.sub(lambda found: f"var(--{found[0][1:].lower()})", style)
        compact = re.sub(r"\s*([:;])\s*", r"\1", style.strip())
        return self._classes.setdefault(compact, f"k{len(self._classes)}")


class _Figure:
    """One figure on its way into the page."""

    def __init__(self, page: Inliner, root: ET.Element, prefix: str) -> None:
        self._page, self._prefix = page, prefix
        values = [value for element in root.iter() for value in element.attrib.values()]
        self._used_ids = {name for value in values for name in re.findall(r"#([^)]+)", value)}
        # Colours that stand for numbers mean what they mean on white: such a figure stays there.
        self.themed = not any(_tag(element) == "image" for element in root.iter()) and all(
            _follows(colour) for value in values for colour in _COLOUR.findall(value)
        )

    def element(self, element: ET.Element) -> str:
        """HTML of an element and all below it; nothing for what the page does not need."""
        tag = _tag(element)
        if tag in _DROPPED:
            return ""
        attributes = self._attributes(element)
        identifier = element.get("id", "")
        inside = "".join(map(self.element, element))
        if tag == "path" and _LETTER.fullmatch(identifier):
            self._page.keep_letter(identifier, f'<path id="{identifier}"{attributes}/>')
            return ""
        if identifier in self._used_ids:
            attributes = f' id="{self._prefix}{html.escape(identifier)}"' + attributes
        if tag in {"g", "defs"} and not inside:
            return ""
        if tag == "g" and not attributes:
            return inside
        return f"<{tag}{attributes}>{inside}</{tag}>" if inside else f"<{tag}{attributes}/>"

    def _attributes(self, element: ET.Element) -> str:
        found = {}
        for name, given in element.attrib.items():
            value = given.replace("url(#", f"url(#{self._prefix}")
            if name == "style":
                found["class"] = self._page.class_of(value, themed=self.themed)
            elif name == _HREF:
                found["href"] = self._reference(value)
            elif name in {"d", "x", "y"}:
                found[name] = _DECIMAL.sub(_short, " ".join(value.split()))
            elif name != "id":
                found[name] = value
        return "".join(f' {name}="{html.escape(value)}"' for name, value in found.items())

    def _reference(self, value: str) -> str:
        letter = _LETTER.fullmatch(value.removeprefix("#"))
        return value if letter or not value.startswith("#") else f"#{self._prefix}{value[1:]}"


def dark(colour: str) -> str:
    """Colour on a dark ground that stands for one on white: the same hue, the lightness turned round.

    Examples
    --------
    >>> dark("#ffffff"), dark("#222222"), dark("#0072b2")
    ('var(--plate)', '#cbcbcb', '#56b5ea')
    """
    if colour == _WHITE:
        return "var(--plate)"
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    turned = colorsys.hls_to_rgb(hue, 0.9 - 0.78 * lightness, 0.78 * saturation)
    return "#" + "".join(f"{round(255 * part):02x}" for part in turned)


def _follows(colour: str) -> bool:
    """Whether a colour of a figure may turn dark with the page: one of the palette, or a grey."""
    return colour.upper() in _PALETTE or colour[1:3] == colour[3:5] == colour[5:7]


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _short(found: re.Match[str]) -> str:
    return f"{float(found[0]):.2f}".rstrip("0").rstrip(".")
