"""The figures with their words."""

import pandas as pd
from matplotlib.figure import Figure

from gradproof_experiments.data import bishop_points
from gradproof_experiments.item import Picture

from .config import OverfittingConfig
from .figures import plot_descent, plot_errors, plot_fits, plot_noises, plot_sizes, plot_split
from .theory import crossing

__all__ = ["pictures"]


def pictures(config: OverfittingConfig, tables: dict[str, pd.DataFrame]) -> tuple[Picture, ...]:
    """All figures, the one that answers the question first."""
    seeds, noise = tables["seeds"], config.noise
    return (
        _errors(plot_errors(tables["errors"], tables["redraws"], seeds, noise), config, tables),
        Picture(
            "fits",
            plot_fits(tables["curves"], tables["errors"], bishop_points()),
            f"The fits of degree {', '.join(map(str, config.shown_degrees))} with Bishop's ten points and the sine they "
            "came from. Degree 9 goes through every point and swings far beyond them near both ends.",
            "The slide's three fits, on Bishop's ten points.",
        ),
        Picture(
            "split",
            plot_split(tables["split"], seeds),
            "Squared bias, variance, noise and test error against the degree, on a logarithmic axis. The bias falls in "
            "steps, at the odd degrees; the variance grows with every degree and is nearly all of the error at degree 9.",
            "Where the error on new points comes from. Dots are seeds, thin lines theory. Every "
            "second degree adds nothing against the bias, because the sine is odd about the middle.",
        ),
        Picture(
            "sizes",
            plot_sizes(tables["sizes"], seeds, noise),
            "RMS error of degree 9 against the number of training points. The error on new points falls steeply from ten "
            "points to fifteen, then meets the training error, which rises from zero, at the noise.",
            "More points close the gap. Dots are seeds, wide lines their means, thin lines theory.",
        ),
        Picture(
            "noises",
            plot_noises(tables["noises"], seeds, crossing(3, 9)),
            "Test RMS of degrees 3 and 9 against the noise. Degree 9 grows in proportion to it, the cubic less than half "
            "as fast and from a floor; with next to no noise degree 9 has the smaller error.",
            "Degree 9 multiplies the noise; the cubic has a floor, its bias. Dots are seeds, wide lines their means, thin lines theory.",
        ),
        Picture(
            "descent",
            plot_descent(tables["trace"], tables["trace_full_batch"], config),
            "Distance from the solution after each epoch. With full batches it keeps falling, and is drawn down to 1e-7; "
            "with batches of two it levels off, the lower the smaller the learning rate.",
            f"SGD at degree {config.minibatch_degree}, every fifth epoch, a line for each seed.",
        ),
    )


def _errors(figure: Figure, config: OverfittingConfig, tables: dict[str, pd.DataFrame]) -> Picture:
    own, redrawn = (tables[name]["test_theory"].iloc[-1] for name in ("errors", "redraws"))
    return Picture(
        "errors",
        figure,
        "RMS error against degree, in two panels. The training error falls to zero at degree 9. The error on new points "
        f"is high up to degree 2 and low from degree 3 on; at degree 9 it jumps to {own:.2g} for Bishop's ten points, and "
        f"to {redrawn:.2g} over redraws of their noise, which it nears step by step.",
        f"Left: Bishop's targets, each dot {config.n_bishop_test:,} new points. Right: each dot the mean over "
        f"{config.redraws:,} redraws of the noise, the band 80 % of single fits. Wide lines are means over seeds, thin "
        "ones theory.",
    )
