"""The one look of every figure, and figures that come out the same, byte for byte, wherever they are drawn."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

__all__ = [
    "BLUE",
    "GREEN",
    "GREY",
    "INK",
    "ORANGE",
    "ORANGE_TEXT",
    "RED",
    "new_figure",
    "png_bytes",
    "style",
    "svg_bytes",
]

# Okabe and Ito's colours, told apart with any colour vision: https://jfly.uni-koeln.de/color/
BLUE = "#0072B2"
ORANGE = "#E69F00"
ORANGE_TEXT = "#8F6200"  # the same hue, dark enough to read
GREEN = "#009E73"
RED = "#D55E00"
GREY = "#8A8A8A"
INK = "#222222"

_STYLE: Any = {  # its keys are strings here, but a Literal of every parameter in matplotlib's types
    "axes.edgecolor": GREY,
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "figure.dpi": 100,
    "figure.facecolor": "white",
    "font.family": "DejaVu Sans",  # ships with matplotlib: the same outlines everywhere
    "font.size": 10,
    "grid.color": "#E6E6E6",
    "grid.linewidth": 0.8,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "savefig.dpi": 150,
    "svg.fonttype": "path",
    "svg.hashsalt": "gradproof",  # otherwise the ids inside an SVG are random
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


@contextmanager
def style() -> Iterator[None]:
    """Draw in the house's style whatever the reader's own matplotlibrc says, and put theirs back."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)
        yield


def new_figure(width: float, height: float) -> Figure:
    """Empty figure in inches that no window and no pyplot state knows of. Call it inside `style`."""
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure


def svg_bytes(figure: Figure) -> bytes:
    """SVG of a figure, without date and version."""
    buffer = io.BytesIO()
    with style():
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def png_bytes(figure: Figure) -> bytes:
    """PNG of a figure, without date and version."""
    buffer = io.BytesIO()
    with style():
        # Z_RLE (3) looks for runs only: a search for longer matches depends on the CPU in zlib-ng.
        options = {"compress_type": 3}
        figure.savefig(buffer, format="png", metadata={"Software": None}, pil_kwargs=options)
    return buffer.getvalue()
