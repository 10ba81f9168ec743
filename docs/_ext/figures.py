"""Figures that pages show: each is drawn from what the code does when the pages are built, and comes out the same each time."""

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from sphinx.application import Sphinx

_SHOWN = re.compile(r"_figures/(\w+)\.svg")
# Of Okabe and Ito: told apart by everyone.
BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#777777"
_LOOK = {
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.facecolor": "white",
    "font.size": 10,
    "legend.frameon": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "gradproof",  # else the ids inside of an SVG are random
}
Plot = Callable[[Any], None]


def setup(app: Sphinx) -> dict[str, Any]:
    """Draw before the pages are read."""
    app.connect("builder-inited", _draw)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _draw(app: Sphinx) -> None:
    folder = Path(app.srcdir)
    pages = (page.read_text(encoding="utf-8") for page in folder.rglob("*.md"))
    names = {name for page in pages for name in _SHOWN.findall(page)}
    if names:
        draw(names, folder / "_figures")


def draw(names: set[str], folder: Path) -> None:
    """Write figures as SVG."""
    import matplotlib as mpl  # noqa: PLC0415  only where a page shows a figure
    from matplotlib.figure import Figure  # noqa: PLC0415

    folder.mkdir(exist_ok=True)
    for name in sorted(names):
        with mpl.rc_context(_LOOK):
            figure = Figure(figsize=(7, 3.6), layout="constrained")
            FIGURES[name](figure.add_subplot())
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None})


def steps(axes: Any) -> None:
    """The error of central differences over the step, and the bound that gradproof states."""
    import gradproof as gp  # noqa: PLC0415

    x, exact = 1.0, math.cos(1.0)
    sizes = np.logspace(-14, 0, 141)
    found = np.array([(math.sin(x + h) - math.sin(x - h)) / ((x + h) - (x - h)) for h in sizes])
    axes.loglog(
        sizes, np.maximum(np.abs(found - exact), 1e-17), ".", color=BLUE, label="error of one difference"
    )
    axes.loglog(sizes, 2**-53 * math.sin(x) / sizes, "--", color=GREY, label="rounding, about u |f| / h")
    axes.loglog(sizes, sizes**2 / 6 * exact, ":", color=GREY, label="truncation, h² |f‴| / 6")
    worst = gp.examine_gradient(math.sin, math.cos, x, seed=0).worst
    axes.axhline(worst.bound, color=ORANGE, label="bound that gradproof states")
    axes.axhline(max(abs(worst.numeric - exact), 1e-17), color=GREEN, label="error of its derivative")
    axes.set(xlabel="step h", ylabel="error of d sin(x)/dx at x = 1", ylim=(1e-17, 10))
    axes.legend(fontsize=8, loc="upper center", ncols=2)


def noise(axes: Any) -> None:
    """A function that computes in float32 inside, beside the noise that was measured."""
    from gradproof._noise import measure_noise  # noqa: PLC0415

    def f(t: Any) -> Any:
        return np.float64(np.exp(np.float32(1.0 + t)))

    level = float(measure_noise(lambda t: f(t)[:, np.newaxis])[0])
    t = np.linspace(-2e-6, 2e-6, 400)
    rounding = f(t) - np.exp(1.0 + t)
    axes.fill_between(t, -level, level, color=ORANGE, alpha=0.25, label="± the noise that was measured")
    axes.plot(t, rounding, ".", markersize=3, color=BLUE, label="exp in float32, minus exp")
    axes.set(xlabel="t", ylabel="error of f(1 + t)")
    axes.legend(fontsize=8, loc="lower right")


def scales(axes: Any) -> None:
    """The smallest relative error that is seen in a gradient, over the unit in which the loss is written."""
    import gradproof as gp  # noqa: PLC0415

    units = 10.0 ** np.arange(-9, 10)
    point = np.array([0.5, -1.0, 2.0])

    def seen(unit: float) -> float:
        report = gp.check_gradient(
            lambda w: unit * np.sum(np.sin(w)), lambda w: unit * np.cos(w), point, seed=0
        )
        return report.resolution

    largest = np.abs(np.cos(point)).max()
    axes.loglog(
        units,
        1e-3 + 1e-5 / (units * largest),
        "s-",
        color=GREY,
        label="torch gradcheck: atol 1e-5, rtol 1e-3",
    )
    axes.loglog(units, 1e-6 / (units * largest), "^-", color=ORANGE, label="a fixed tolerance of 1e-6")
    axes.loglog(
        units, [seen(unit) for unit in units], "o-", color=BLUE, label="gradproof: the resolution it reports"
    )
    axes.axhspan(1, 1e5, color=GREY, alpha=0.15)
    axes.text(1e9, 3, "here a gradient of zeros passes", ha="right", fontsize=8)
    axes.set(xlabel="loss multiplied by", ylabel="smallest relative error seen", ylim=(1e-17, 1e5))
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(0, 0.35))


def directions(axes: Any) -> None:
    """How often k directions miss a wrong entry beside another one of the same size."""
    random = np.random.default_rng(0)
    draws, most = 200_000, 8
    signs = random.choice([-1.0, 1.0], (2, draws, most))
    sizes = signs * random.uniform(1, 2, (2, draws, most))
    counts = np.arange(1, most + 1)
    for moves, bound, color, label in (
        (signs, 0.01, ORANGE, "signs alone, however small the bound"),
        (sizes, 0.5, GREY, "signs and sizes, error of 2 bounds"),
        (sizes, 0.01, BLUE, "signs and sizes, error of 100 bounds"),
    ):
        hidden = np.abs(moves[0] - moves[1]) <= bound
        missed = [np.logical_and.reduce(hidden[:, :k], axis=1).mean() for k in counts]
        shown = [share if share * draws >= 20 else np.nan for share in missed]
        axes.semilogy(counts, shown, "o", color=color, label=label)
        limit = 0.5 if moves is signs else bound
        axes.semilogy(counts, limit**counts, "-", color=color, linewidth=1)
    axes.set(xlabel="directions", ylabel="two wrong entries missed", ylim=(1e-10, 2), xticks=counts)
    axes.legend(fontsize=8, loc="lower left")


def kink(axes: Any) -> None:
    """The gap between the one-sided differences over the step: a kink at the point, a kink beside it, none."""
    sizes = np.logspace(-6, 0, 61)
    for distance, color, label in ((0.0, ORANGE, "kink at the point"), (1e-3, BLUE, "kink 0.001 beside it")):
        ahead = (np.abs(sizes + distance) - abs(distance)) / sizes
        behind = (abs(distance) - np.abs(-sizes + distance)) / sizes
        axes.semilogx(sizes, ahead - behind, color=color, label=label)
    smooth = ((np.exp(sizes) - 1) - (1 - np.exp(-sizes))) / sizes
    axes.semilogx(sizes, smooth, color=GREY, label="exp: no kink")
    axes.set(xlabel="step h", ylabel="gap between the sides")
    axes.legend(fontsize=8, loc="center left")


FIGURES: dict[str, Plot] = {
    "directions": directions,
    "kink": kink,
    "noise": noise,
    "scales": scales,
    "steps": steps,
}
