"""Figure of the formulas: how many inputs were tried or values compared for each row, and with which verdict."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from gradproof_experiments._style import BLUE, GREY, INK, ORANGE, ORANGE_TEXT, RED, new_figure, style

from .verdict import FAILS, MISPRINT, NO_CHECK, RIGHT, WRONG_AS_PRINTED, RowVerdict

__all__ = ["plot_examples"]

# Colour and shape both tell the verdict.
_MARKS = {
    RIGHT: (BLUE, "o", BLUE),
    MISPRINT: (ORANGE, "D", ORANGE_TEXT),
    WRONG_AS_PRINTED: (RED, "s", RED),
    FAILS: (INK, "X", INK),
    NO_CHECK: (GREY, "X", INK),
}


def plot_examples(verdicts: Sequence[RowVerdict]) -> Figure:
    """Inputs tried, or values compared, per row of the ledger, marked by verdict."""
    with style():
        figure = new_figure(9.2, 0.22 * len(verdicts) + 1.0)
        axes = figure.subplots()
        for place, verdict in enumerate(verdicts):
            colour, marker, text = _MARKS[verdict.verdict]
            count = max(verdict.examples, 1)
            axes.plot([1, count], [place, place], color=colour, linewidth=1.2, alpha=0.4)
            axes.plot(count, place, marker, color=colour, markersize=6, clip_on=False)
            note = f"{verdict.examples}" + ("" if verdict.verdict == RIGHT else f"   {verdict.verdict}")
            axes.annotate(
                note,
                (count, place),
                xytext=(8, 0),
                textcoords="offset points",
                va="center",
                color=text,
                fontsize=8.5,
            )
        axes.set_yticks(range(len(verdicts)), _labels(verdicts), fontsize=8.5)
        axes.set_ylim(len(verdicts) - 0.4, -0.8)
        axes.set_xscale("log")
        axes.set_xlim(1, None)
        axes.grid(visible=False, axis="y")
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel("inputs tried or values compared by the checks of the row")
        height = float(figure.get_figheight())
        figure.subplots_adjust(left=0.36, right=0.80, bottom=0.6 / height, top=1 - 0.1 / height)
    return figure


def _labels(verdicts: Sequence[RowVerdict]) -> list[str]:
    """ID of each row; before the first row of a slide, the slide's title."""
    slides = ["", *(verdict.row.slide for verdict in verdicts)]
    return [
        f"{v.row.slide if v.row.slide != before else ''}   {v.row.id}"
        for before, v in zip(slides, verdicts, strict=False)
    ]
