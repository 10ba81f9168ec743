"""gradproof on scipy's and scikit-learn's own gradients: none that is right is called wrong, and what is wrong is found.

    python benchmarks/foreign.py [--all] [--write FILE] [SUBJECT ...]

Examines every case of checks/foreign_corpus, a subject at a time, and prints a table of Markdown for each; operators whose
cases all pass are one line of the sums at its head unless --all is given. --write puts the tables into a page, between
its lines <!-- SUBJECT --> and <!-- end -->. The exit status is 1 where a verdict is not the one that is known.
"""

import argparse
import collections
import importlib
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import scipy
import sklearn

sys.path.insert(0, str(Path(__file__).parents[1] / "checks"))

import gradproof as gp
from foreign_corpus import DEVIATIONS, Outcome, outcome_of, surprises

# Modules of the corpus, each with a table of its own.
SUBJECTS = {
    "optimize": "scipy.optimize",
    "distributions": "scipy.stats",
    "variables": "scipy.stats, random variables of the new kind",
    "special": "scipy.special, elementwise",
    "bessel": "scipy.special, Bessel functions",
    "several": "scipy.special, several arguments",
    "losses": "sklearn._loss",
    "sgd": "sklearn.linear_model._sgd_fast",
    "kernels": "sklearn.gaussian_process",
    "models": "sklearn's objectives",
    "perceptrons": "sklearn.neural_network",
}
HEAD = ("operator", "cases", "points", "verdicts", "margin", "calls", "remark")


def outcomes(subject: str) -> Iterator[Outcome]:
    """Examine every case of a subject."""
    module = importlib.import_module(f"foreign_corpus.{subject}")
    for case in module.cases():
        yield outcome_of(case, DEVIATIONS)


def table(found: Iterable[Outcome], *, complete: bool) -> str:
    """Return a table with a line for each operator, or only for those that do not pass everywhere."""
    lines = [HEAD, ("---", "--:", "--:", "---", "--:", "--:", "---")]
    operators: dict[str, list[Outcome]] = {}
    for outcome in found:
        operators.setdefault(outcome.operator, []).append(outcome)
    for operator, cases in operators.items():
        if complete or any(case.verdict != "pass" for case in cases):
            lines.append(row(operator, cases))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def row(operator: str, cases: list[Outcome]) -> tuple[str, ...]:
    """Return the line of one operator: of its cases the worst margin, and every remark once."""
    verdicts = collections.Counter(case.verdict for case in cases)
    margin = max(case.margin for case in cases)
    where = collections.defaultdict(list)
    for case in cases:
        if case.remark:
            where[case.remark].append(case.name.partition(": ")[2])
    remarks = [f"{', '.join(places)}: {remark}" for remark, places in where.items()]
    return (
        operator.replace("|", "\\|"),
        str(len(cases)),
        str(sum(case.points for case in cases)),
        ", ".join(f"{verdict} {count}" for verdict, count in verdicts.most_common()),
        f"{margin:.2g}",
        str(sum(case.evaluations for case in cases)),
        "; ".join(remarks).replace("|", "\\|"),
    )


def summary(found: list[Outcome]) -> str:
    """Return the counts, and the largest margin of a pass: how far below its bound the worst right gradient is."""
    verdicts = collections.Counter(outcome.verdict for outcome in found)
    counts = ", ".join(f"{verdict} {count}" for verdict, count in verdicts.most_common())
    margin = max((outcome.margin for outcome in found if outcome.verdict == "pass"), default=0.0)
    operators = len({outcome.operator for outcome in found})
    return (
        f"{operators} operators, {len(found)} cases, {sum(outcome.points for outcome in found)} points: {counts}. "
        f"The largest error of a pass is {margin:.2g} of its bound."
    )


def put(text: str, subject: str, part: str) -> str:
    """Return a page with the part of a subject replaced."""
    pattern = rf"(<!-- {subject} -->\n).*?(<!-- end -->)"
    replaced, count = re.subn(
        pattern, lambda found: f"{found[1]}\n{part}\n\n{found[2]}", text, flags=re.DOTALL
    )
    if count != 1:
        raise ValueError(
            f"the page must have <!-- {subject} --> and <!-- end --> once; got {count}. Add them."
        )
    return replaced


def main(arguments: list[str] | None = None) -> int:
    """Print the tables; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--all", action="store_true", help="a line for each operator, the passes as well")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the tables into a page of Markdown")
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=", ".join(SUBJECTS))
    options = parser.parse_args(arguments)
    unknown = [subject for subject in options.subjects if subject not in SUBJECTS]
    if unknown:
        parser.error(f"SUBJECT must be one of {', '.join(SUBJECTS)}; got {', '.join(unknown)}")
    versions = f"gradproof {gp.__version__}, scipy {scipy.__version__}, scikit-learn {sklearn.__version__}, NumPy {np.__version__}"
    print(versions)
    page = options.write.read_text(encoding="utf-8") if options.write else ""
    seen: list[Outcome] = []
    for subject in options.subjects or SUBJECTS:
        found = list(outcomes(subject))
        seen += found
        part = f"{summary(found)}\n\n{table(found, complete=options.all)}"
        print(f"\n{SUBJECTS[subject]}: {part}", flush=True)
        page = put(page, subject, part) if options.write else page
    wrong = surprises(seen, DEVIATIONS)
    total = f"{summary(seen)} {len(wrong)} verdicts are not as they are known to be."
    print("", total, *wrong, sep="\n")
    if options.write:
        options.write.write_text(put(page, "all", f"{versions}. {total}"), encoding="utf-8")
    return int(bool(wrong) or not seen)


if __name__ == "__main__":
    sys.exit(main())
