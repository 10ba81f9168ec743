"""What several test files share: items of a report, and gradproof installed as a user has it.

The items are the real ledger with a canned verification, and experiments that never ran.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gradproof_experiments import formulas
from gradproof_experiments import report as report_module
from gradproof_experiments._style import BLUE, GREEN, INK, RED, new_figure, style
from gradproof_experiments.claim import Claim, Within
from gradproof_experiments.formulas import Check, Counterexample
from gradproof_experiments.formulas.verification import Verification
from gradproof_experiments.item import Item, Picture, Table
from gradproof_experiments.report import render
from gradproof_reference.ledger import LEDGER
from installation import Environment, build_wheel, lend, locked, new_environment, once


def ledger_item() -> Item:
    """The formulas' item, from checks that all passed and a counter-example for each erratum with a printed form."""
    checks = tuple(
        Check(
            f"test_{row.id}.py::test",
            "passed",
            formulas=(row.id,),
            examples=10 * (place + 3) ** 2,
            counterexamples=tuple(
                Counterexample(row.id, erratum.printed_form, "w = [[1]], λ = 1", "w = [[0]]", "w = [[-1]]")
                for erratum in row.errata
                if erratum.printed_form
            ),
        )
        for place, row in enumerate(LEDGER)
    )
    verification = Verification(checks, ())
    verdicts = formulas.judge(LEDGER, verification)
    folder = Path(report_module.__file__).parents[2] / "checks" / "formulas"
    return formulas.item(verdicts, [], verification, folder)


def experiment_item(name: str) -> Item:
    """An experiment with every kind of claim, two figures, and tables of numbers, words, gaps and code."""
    x = np.linspace(0, 1, 20)
    with style():
        curves = new_figure(7.2, 4.0)
        axes = curves.subplots()
        axes.plot(x, x**2, color=BLUE, marker="o")
        axes.fill_between(x, x**2 - 0.1, x**2 + 0.1, color=BLUE, alpha=0.2)
        axes.plot(x, x, color=INK, linewidth=0.8)
        axes.text(0.5, 0.7, "theory", color=RED)
        axes.set_xlabel("learning rate λ")
        image = new_figure(5, 3)
        image.subplots().imshow(np.eye(4))
    numbers = pd.DataFrame(
        {
            "seed": [2, 10, 1],
            "loss": [0.5, -1.25e-7, float("nan")],
            "end": ["1e-4", "diverged", "1e-10"],
            "stable": [True, False, True],
            "formula": ["w_i * x_i | y", "", "a`b"],
        }
    )
    long = pd.DataFrame({"step": range(60), "distance": [0.5**step for step in range(60)]})
    return Item(
        name=name,
        title=f"Momentum & <friends> ({name})",
        question="Does τ = 0.9 help on a *narrow* valley, and by how much?",
        method=("Ten seeds, paired.", "A quadratic with κ = 100.", "Every learning_rate on one grid."),
        answer="It does: 10 times fewer steps at κ = 100.",
        claims=(
            Claim(
                "Momentum is faster.", "ratio of steps", 9.8, (9.1, 10.4), Within(low=1.0), "All seeds agree."
            ),
            Claim("It is always faster.", "worst ratio of steps", 0.7, (0.5, 0.9), Within(low=1.0)),
            Claim("The rate is (√κ − 1)/(√κ + 1).", "rate", 0.815, (0.79, 0.83), Within(0.81, 0.82)),
            Claim.exact("It arrives.", "distance at the end", 1.2e-12, Within(high=1e-9)),
            Claim.exact("At λ = 2 it does not.", "distance at the end", float("inf"), Within(low=1.0)),
        ),
        pictures=(
            Picture("curves", curves, 'Loss "falls" & rises: a parabola with its band.', "Loss against λ."),
            Picture("grid", image, "Four bright cells on the diagonal of a dark grid.", "A grid."),
        ),
        tables=(
            Table("numbers", numbers, "Some numbers.", {"end": "distance at the end"}, code=("formula",)),
            Table("path", long, "The path of one seed."),
            Table("all", long, "All paths.", shown=False),
        ),
        means=("A parabola has one minimum.", "The text holds a < b & c."),
        limits=("A quadratic is no network.",),
        configuration={"seed": 1, "seeds": 10, "rates": (0.1, 0.2), "colour": GREEN},
        sources=(Path(report_module.__file__),),
        data={"points": "1 2"},
    )


@pytest.fixture(scope="session")
def report_items() -> list[Item]:
    """The ledger and two experiments."""
    return [ledger_item(), experiment_item("momentum"), experiment_item("depth")]


@pytest.fixture(scope="session")
def report_files(report_items: list[Item]) -> dict[str, bytes]:
    """Files of the report of these items."""
    return render(report_items, Path(report_module.__file__).parents[2])


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The wheel in an environment with NumPy and Hypothesis, no more."""

    def make(folder: Path) -> None:
        environment = new_environment(folder)
        environment.install(*locked("numpy", "hypothesis"))
        environment.install_wheel(build_wheel(folder / "wheel"))

    return once(tmp_path_factory, "installed", make)


@pytest.fixture(scope="session")
def equipped(installed: Environment, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The same, seen from an environment that has pip, pytest and shtab besides."""

    def make(folder: Path) -> None:
        environment = new_environment(folder)
        environment.install(*locked("pytest", "shtab"), "pip")
        lend(installed, environment)

    return once(tmp_path_factory, "equipped", make)
