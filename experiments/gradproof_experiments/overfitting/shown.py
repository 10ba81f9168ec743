"""The tables with their words."""

import pandas as pd

from gradproof_experiments.item import Table

from .config import OverfittingConfig

__all__ = ["shown"]

_INTERVAL = {"test_low": "from", "test_high": "to"}


def shown(config: OverfittingConfig, tables: dict[str, pd.DataFrame]) -> tuple[Table, ...]:
    """All tables; those of single coefficients, seeds and epochs as files only."""
    return (
        *_errors(config, tables),
        *_sweeps(tables),
        *_bishop(config, tables),
        *_descents(config, tables),
        *_files(tables),
    )


def _errors(config: OverfittingConfig, tables: dict[str, pd.DataFrame]) -> tuple[Table, ...]:
    return (
        Table(
            "errors",
            tables["errors"],
            f"RMS errors of the fits to Bishop's ten points: on these, and on new points, expected (theory) and measured "
            f"on {config.n_bishop_test:,} for each of {config.seeds} seeds, with the 95 % interval.",
            {"training": "training", "test_theory": "test, theory", "test": "test, measured", **_INTERVAL},
        ),
        Table(
            "redraws",
            tables["redraws"],
            f"RMS errors over {config.redraws * config.seeds:,} redraws of the noise at the same inputs. Single fits: the "
            "error on new points that 10, 50 and 90 % of them stay below.",
            {
                "training_theory": "training, theory",
                "test": "test",
                "test_theory": "test, theory",
                "spread_low": "single fits, 10 %",
                "spread_median": "50 %",
                "spread_high": "90 %",
                **_INTERVAL,
            },
        ),
        Table(
            "split",
            tables["split"],
            "Squared error on new points in its parts. Squared bias is estimated without bias, so that a small one may "
            "come out below 0.",
            {
                "noise": "noise²",
                "bias": "squared bias",
                "bias_theory": "theory",
                "variance_theory": "theory",
                "sum": "sum",
                "test": "test error²",
                "test_theory": "theory",
            },
        ),
    )


def _sweeps(tables: dict[str, pd.DataFrame]) -> tuple[Table, ...]:
    return (
        Table(
            "sizes",
            tables["sizes"],
            "RMS errors of degree 9 by the number of training points.",
            {
                "training_theory": "theory",
                "same_inputs": "new targets, same inputs",
                "same_inputs_theory": "theory",
                "test": "new points",
                "test_theory": "theory",
                **_INTERVAL,
            },
        ),
        Table(
            "noises",
            tables["noises"],
            "Test RMS by the noise, at ten training points.",
            {
                name: heading
                for degree in (3, 9)
                for name, heading in (
                    (f"degree_{degree}", f"degree {degree}"),
                    (f"degree_{degree}_low", "from"),
                    (f"degree_{degree}_high", "to"),
                    (f"degree_{degree}_theory", "theory"),
                )
            },
        ),
    )


def _bishop(config: OverfittingConfig, tables: dict[str, pd.DataFrame]) -> tuple[Table, ...]:
    bishop = tables["bishop"]
    return (
        Table(
            "bishop",
            bishop.assign(same_digits=bishop["same_digits"].map({True: "yes", False: "no"})),
            "Bishop's table 1.1. Ours is the QR solution to 6 significant digits; exact is the solution in rational "
            "arithmetic from the targets as published, to the digits of the print.",
            {"bishop": "Bishop", "qr": "ours", "same_digits": "exact as printed"},
        ),
        Table(
            "solvers",
            tables["solvers"],
            "What the normal equations lose. Errors are relative, ‖w − w*‖ / ‖w*‖ against the exact solution: the median "
            f"over {config.solver_orders * config.seeds} orders of the ten points, to the nearest power of ten. A single "
            "rounding error depends on the BLAS; the typical one does not.",
            {
                "condition_number": "condition number",
                "qr_error": "error by QR",
                "normal_equations_error": "error by normal equations",
                "qr_last_error": "of the last coefficient by QR",
                "normal_equations_last_error": "of the last coefficient by normal equations",
            },
        ),
    )


def _descents(config: OverfittingConfig, tables: dict[str, pd.DataFrame]) -> tuple[Table, ...]:
    return (
        Table(
            "full_batch",
            tables["full_batch"],
            "SGD on full batches beside the closed form.",
            {"learning_rate": "λ", "momentum": "τ", "agrees_to": "coefficients agree to"},
        ),
        Table(
            "minibatch",
            tables["minibatch"],
            f"How far from the solution SGD on batches of {config.minibatch_size} wanders at a constant rate: root mean "
            f"square of ‖w − w*‖ over the last half of {config.minibatch_epochs} epochs, at degree "
            f"{config.minibatch_degree}, with the 95 % interval over seeds.",
            {"learning_rate": "λ", "low": "from", "high": "to"},
        ),
    )


def _files(tables: dict[str, pd.DataFrame]) -> tuple[Table, ...]:
    captions = {
        "coefficients": "All coefficients of all degrees on Bishop's ten points.",
        "curves": "The curves of the slide's fits.",
        "seeds": "Every seed of every sweep: RMS errors, squared bias and variance.",
        "trace": "Distance of minibatch SGD from the solution, every fifth epoch of every seed.",
        "trace_full_batch": "The same for full batches.",
    }
    return tuple(Table(name, tables[name], caption, shown=False) for name, caption in captions.items())
