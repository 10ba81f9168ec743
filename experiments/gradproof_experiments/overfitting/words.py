"""What the report says of the experiment, beyond its claims."""

from .config import OverfittingConfig
from .descent import describe_sgd
from .theory import crossing, expected

__all__ = ["LIMITS", "QUESTION", "TITLE", "means", "method"]

TITLE = "Overfitting: polynomials through ten points (F01)"

QUESTION = (
    "The slide says: a line fits badly, a cubic well, and degree 9 drives the loss to zero. Is that so, and is zero what "
    "we want?"
)

_MEANS = (
    (
        "A loss of zero on ten points says that ten coefficients can pass through ten points, and nothing about the points "
        "in between. The price shows in the coefficients: from 25 at degree 3 to a million at degree 9."
    ),
    (
        "What goes wrong is variance, not the model: without noise degree 9 draws the sine thousands of times better than the "
        "cubic does. A degree that is added buys less bias and costs variance; at noise {noise:g} the best bargain is degree "
        "{best}, and degree 9 beats the cubic only below noise {crossing:.2g}."
    ),
    (
        "More data cure it where it is: at the same inputs the gap between squared test and training errors closes as 1/n. "
        "Between them the first few further points help most, because they keep the polynomial from swinging near the ends."
    ),
    (
        "Bishop's ten points are one draw, and not a typical one: degree 9 does worse on them than on most others. The right "
        "panel of the first figure shows what to expect."
    ),
)

LIMITS = (
    (
        "All of this holds for the sine, for normal noise of one size, and for inputs at equal distances on [0, 1] with new "
        "points spread evenly over it. Outside [0, 1] every one of these fits is useless."
    ),
    (
        "That the cubic is best belongs to this noise and these ten inputs; with less noise, or more points, higher degrees "
        "win."
    ),
    (
        "Polynomials without any penalty are the subject here. What the optimiser and a penalty change is another matter, "
        "and has experiments of its own."
    ),
)


def means(config: OverfittingConfig) -> tuple[str, ...]:
    """What the results mean; the numbers in it are theory's."""
    errors = {degree: expected(degree, 10, config.noise, config.n_test).test for degree in config.degrees}
    best = min(errors, key=lambda degree: errors[degree])
    return tuple(text.format(noise=config.noise, best=best, crossing=crossing(3, 9)) for text in _MEANS)


def method(config: OverfittingConfig) -> tuple[str, ...]:
    """How it was done, in about three sentences."""
    drawn = config.redraws * config.seeds
    degrees = ", ".join(str(degree) for degree, *_ in config.full_batch)
    return (
        (
            f"Polynomials of degree {config.degrees[0]} to {config.degrees[-1]} are fitted to Bishop's ten points by least "
            f"squares, through QR; degrees {degrees} by {describe_sgd(config.full_batch)} as well."
        ),
        (
            f"Errors are those on new points, x uniform on [0, 1] and t = sin 2πx + N(0, {config.noise:g}²): "
            f"{config.n_bishop_test} for each of {config.seeds} seeds with his own targets, then averaged over {drawn:,} "
            f"redraws of the noise on his targets ({config.redraws:,} for each of {config.seeds} paired seeds, root "
            f"{config.seed}), with more points and with other noise."
        ),
        (
            "An RMS error is the root of a mean squared error, its mean taken over seeds; intervals are BCa bootstrap "
            "intervals at 95 % over seeds, and what a comparison with theory expects comes from linear algebra, before anything was drawn."
        ),
    )
