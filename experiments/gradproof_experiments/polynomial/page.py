"""The polynomial experiment as an item of the report."""

from dataclasses import asdict
from pathlib import Path

import gradproof_reference
from gradproof_experiments.claim import Claim
from gradproof_experiments.data import BISHOP_TARGETS, bishop_points
from gradproof_experiments.item import Item, markdown_table

from .claims import claims
from .config import PolynomialConfig
from .descent import describe_sgd
from .figures import plot_descent, plot_errors, plot_fits
from .results import PolynomialResults, run

__all__ = ["item"]

_HERE = Path(__file__).parent
_SHARED = ("_rounding.py", "_style.py", "claim.py", "data.py", "item.py")

_PAGE = """\
# Overfitting: polynomials through ten points (F01)

**Question.** The slide says: a line fits badly, a cubic well, and degree 9 drives the loss to zero. Is that so, and
is zero what we want?

**Method.** Polynomials of degree 0 to 9 are fitted to Bishop's ten points by least squares, through QR.
Their error is measured on those ten points and on {n_test} new ones, x at equal distances on [0, 1] and
t = sin 2πx + N(0, {noise:g}²), seed {seed}. Degrees {descended} are fitted by {sgd} as well.

![The fits of degree {shown} with the ten points and the sine they came from. Degree 9 goes through every point and \
swings far beyond them near both ends.](fits.svg)

## Result

{claims}

![RMS error against degree. The training error falls to zero at degree 9; the test error is \
high up to degree 2, near the noise from degree 3 to 8, and jumps at degree 9.](errors.svg)

{errors}

### Bishop's table 1.1

{bishop}

Ours is the QR solution to 6 significant digits; "exact" is the solution in rational arithmetic from the targets as
published, to the digits of the print. All coefficients of all degrees: [coefficients.csv](coefficients.csv).

### What the normal equations lose

{solvers}

Errors are relative, ‖w − w*‖ / ‖w*‖ against the exact solution: the median over {orders} orders of the ten points, to
the nearest power of ten. A single rounding error depends on the BLAS; the typical one does not. At degree
{worst_degree} the normal equations get the last coefficient wrong by {worst_normal} of its value, QR by {worst_qr}.

### SGD beside the closed form

{full_batch}

![Distance from the solution after each epoch. With full batches it keeps falling, and is drawn down to 1e-7; with \
batches of two it levels off, the lower the smaller the learning rate.](descent.svg)

At a constant learning rate, batches of {batch} do not arrive: after {epochs} epochs at degree {degree} they
wander at this distance from the solution (root mean square over the last half).

{minibatch}

## What it means

A loss of zero on ten points says that ten coefficients can pass through ten points, and nothing about the points in
between. The price shows in the coefficients: from 25 at degree 3 to a million at degree 9.

## What it does not mean

The test error belongs to one draw of ten points and one of the test noise; it is no average over draws. Degree 9
overfits *ten* points; how that changes with more of them is not measured here.
"""


def item(config: PolynomialConfig | None = None) -> Item:
    """Run the experiment and make its item of the report."""
    config = config or PolynomialConfig()
    results = run(config)
    found = claims(config, results)
    rms = results.errors.set_index("degree")
    return Item(
        name="polynomial",
        title="Overfitting: polynomials through ten points (F01)",
        answer=f"{sum(claim.holds for claim in found)} of {len(found)} claims hold; degree {rms.index[-1]} has "
        f"training RMS {rms['train_rms'].iloc[-1]:.3g} and test RMS {rms['test_rms'].iloc[-1]:.3g}.",
        page=_page(config, results, found),
        tables={
            "bishop": results.bishop,
            "coefficients": results.coefficients,
            "errors": results.errors,
            "full_batch": results.full_batch,
            "minibatch": results.minibatch,
            "solvers": results.solvers,
        },
        figures={
            "descent": plot_descent(results.trace),
            "errors": plot_errors(results.errors, config.noise),
            "fits": plot_fits(results.curves, results.errors, bishop_points()),
        },
        claims=found,
        configuration=asdict(config),
        sources=(
            Path(gradproof_reference.__file__).parent,
            _HERE,
            *(_HERE.parent / name for name in _SHARED),
        ),
        data={"bishop_targets": "\n".join(BISHOP_TARGETS)},
        measured=results.measured,
    )


def _page(config: PolynomialConfig, results: PolynomialResults, found: tuple[Claim, ...]) -> str:
    worst = results.solvers.iloc[-1]
    return _PAGE.format(
        n_test=config.n_test,
        noise=config.noise,
        seed=config.seed,
        descended=", ".join(str(setting.degree) for setting in config.full_batch),
        sgd=describe_sgd(config.full_batch),
        shown=", ".join(map(str, config.shown_degrees)),
        claims="\n".join(f"- {claim}" for claim in found),
        errors=markdown_table(
            results.errors, {"degree": "degree", "train_rms": "training RMS", "test_rms": "test RMS"}
        ),
        bishop=markdown_table(
            results.bishop.assign(same_digits=results.bishop["same_digits"].map({True: "yes", False: "no"})),
            {"bishop": "Bishop", "qr": "ours", "same_digits": "exact as printed"},
        ),
        solvers=markdown_table(
            results.solvers,
            {
                "condition_number": "condition number",
                "qr_error": "error by QR",
                "normal_equations_error": "error by normal equations",
                "qr_last_error": "of the last coefficient by QR",
                "normal_equations_last_error": "of the last coefficient by normal equations",
            },
        ),
        orders=config.solver_orders,
        worst_degree=worst["degree"],
        worst_normal=worst["normal_equations_last_error"],
        worst_qr=worst["qr_last_error"],
        full_batch=markdown_table(
            results.full_batch, {"learning_rate": "λ", "momentum": "τ", "agrees_to": "coefficients agree to"}
        ),
        batch=config.minibatch_size,
        epochs=config.minibatch.epochs,
        degree=config.minibatch.degree,
        minibatch=markdown_table(results.minibatch),
    )
