"""The committed results of the asv suite as an item of the report."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from gradproof_experiments.claim import Claim, Within
from gradproof_experiments.item import Item, Picture, Table

from . import tables
from .exponents import PowerLaw, power_laws
from .figures import plot_exponents, plot_subjects
from .results import files_of, read_results

__all__ = ["item"]

_HERE = Path(__file__).parent
_SHARED = ("_rounding.py", "_style.py", "claim.py", "item.py")
_LINEAR = 1.1


def item(folder: Path) -> Item | None:
    """Make the item from the results below `folder`; None where no time was measured.

    Parameters
    ----------
    folder : Path
        Usually ``benchmarks/results`` of a checkout: asv's results in a folder per machine, ``benchmarks.json``,
        and, where they are there, ``commits.json``, ``gate.json`` and ``peers.json``.
    """
    files = files_of(folder)
    frame = read_results(files)
    if frame[frame["kind"] == "time"].empty:
        return None
    measured, laws = tables.ratios(frame), power_laws(frame)
    over = tables.subjects(measured)
    gate = tables.gate_table(files["gate.json"]) if "gate.json" in files else None
    shared = (_HERE, *(_HERE.parent / name for name in _SHARED))
    return Item(
        name="speed",
        title="Speed over commits",
        question="Which commit made what slower or faster, and does the cost grow with the size as it should?",
        method=(
            "The asv suite was run on each commit, on one machine, and its results are committed.",
            "A subject's ratio is a chain: from commit to commit, the geometric mean over the benchmarks that both measured.",
            "Exponents are straight lines fitted to the logarithms of size and time at the last commit.",
        ),
        answer=_answer(over, laws),
        claims=(*_exponent_claims(laws), *_gate_claims(gate)),
        pictures=_pictures(over, laws),
        tables=_tables(frame, measured, laws, gate, files),
        means=(
            "A ratio below 1 is a gain. A deterministic cost has no noise: every change of it is one of the code.",
        ),
        limits=(
            "Times are those of one machine; a ratio near 1 can be its noise, which the gate measures and the page does not.",
        ),
        configuration={"results": sorted(files)},
        sources=shared,
        data=files,
    )


def _answer(over: pd.DataFrame, laws: Sequence[PowerLaw]) -> str:
    last = over.iloc[-1, 4:].astype(float).dropna()
    said = ", ".join(f"{name} {value:.2f}" for name, value in last.items())
    steepest = max((law.exponent for law in laws), default=None)
    more = f"; the steepest exponent is {steepest:.2f}" if steepest is not None else ""
    return (
        f"{len(over)} commit{'s' * (len(over) != 1)}; time at the last over time at the first: {said}{more}."
    )


def _exponent_claims(laws: Sequence[PowerLaw]) -> list[Claim]:
    return [
        Claim(
            f"Time grows no faster than linearly with {law.size}.",
            f"exponent of {law.benchmark}",
            law.exponent,
            law.interval,
            Within(high=_LINEAR),
        )
        for law in laws
    ]


def _gate_claims(gate: pd.DataFrame | None) -> list[Claim]:
    found = []
    for what, runs, alarms, caught in [] if gate is None else gate.itertuples(index=False, name=None):
        if what == "head_against_head":
            text, number, expected = (
                "The gate raises no alarm on a commit against itself.",
                alarms,
                Within(0, 0),
            )
        else:
            text, number, expected = (
                f"The gate catches the planted fault {what}.",
                runs - caught,
                Within(0, 0),
            )
        quantity = "false alarms" if what == "head_against_head" else "runs that missed it"
        found.append(Claim.exact(text, quantity, number, expected, f"{runs} runs"))
    return found


def _pictures(over: pd.DataFrame, laws: Sequence[PowerLaw]) -> tuple[Picture, ...]:
    names = ", ".join(over.columns[4:])
    commits = Picture(
        "commits",
        plot_subjects(over),
        alt=f"One line for each subject ({names}) over {len(over)} commits from old to new: time over that of the first "
        "commit that measured it, on a logarithmic axis with a line at 1.",
        caption="Time over commits, as a ratio to the first measured: geometric mean per subject.",
    )
    if not laws:
        return (commits,)
    fits = "; ".join(f"{law.size} {law.exponent:.2f}" for law in laws)
    grown = Picture(
        "exponents",
        plot_exponents(laws),
        alt=f"Points and fitted straight lines of doublings of time against doublings of size; exponents: {fits}.",
        caption="Time against size at the last commit, with the fitted power laws.",
    )
    return commits, grown


def _tables(
    frame: pd.DataFrame,
    measured: pd.DataFrame,
    laws: Sequence[PowerLaw],
    gate: pd.DataFrame | None,
    files: dict[str, str],
) -> tuple[Table, ...]:
    code = ("benchmark", "title")
    found = [
        Table("subjects", tables.subjects(measured), "Ratio of time to the first measured.", code=("title",)),
        Table(
            "headlines",
            tables.headlines(measured),
            "The dozen longest benchmarks: seconds, and ratio to the first measured.",
            code=code,
        ),
        Table(
            "costs",
            tables.costs(frame),
            "Deterministic costs, where first measured and where they changed.",
            code=(*code, "parameter", "point"),
        ),
        Table(
            "exponents",
            tables.exponents_table(laws),
            "Exponents of time against size, with 95 % intervals.",
            code=("benchmark",),
        ),
    ]
    if gate is not None:
        found.append(
            Table("gate", gate, "The gate's own test: runs, alarms, and faults caught.", code=("what",))
        )
    if "peers.json" in files:
        peers = tables.peers_table(files["peers.json"])
        found.append(
            Table(
                "peers",
                peers,
                "The training loops against their peers in one run: median and range of the ratio, and what it must be.",
                code=("contestant",),
            )
        )
    return tuple(table for table in found if not table.frame.empty)
