"""gradproof on the operators of torch and JAX: a gradient that is right must not be called wrong.

    python benchmarks/frameworks.py [--corpus CORPUS] [--every N] [--all] [--markdown FILE] [NAME ...]

Examines the operators and modules of torch's own test suite, each on up to four of its own small samples, and some 550
functions of JAX, each inside of its domain or at its kinks. Prints those without a plain pass, with --all every one; with
names only those. Needs requirements/frameworks.txt. The exit status is 1 where a verdict is not the expected one: a
gradient that is right was failed, or a fault that is known was not found.
"""

import argparse
import functools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import jax
import jax_operators
import numpy as np
import torch
import torch_modules
import torch_operators
from foreign_faults import KNOWN
from operator_outcomes import HEADER, Chosen, Outcome, row, summary, unexpected
from operator_page import page

# By name: what examines the chosen operators.
CORPORA: dict[str, Callable[[Chosen], Iterator[Outcome]]] = {
    **{f"torch {way}": functools.partial(torch_operators.outcomes, way) for way in torch_operators.WAYS},
    **{
        f"torch modules, {mode}": functools.partial(torch_modules.outcomes, mode)
        for mode in torch_modules.MODES
    },
    **{f"jax {way}": functools.partial(jax_operators.outcomes, way) for way in jax_operators.WAYS},
}


def main() -> int:
    """Print the tables."""
    options = _options()
    names, every = options.names, options.every

    def chosen(corpus: str, number: int, name: str) -> bool:
        return name in names if names else number % every == 0 or (corpus, name) in KNOWN

    print(f"torch {torch.__version__}, jax {jax.__version__}, NumPy {np.__version__}")
    seen: dict[str, list[Outcome]] = {}
    for corpus in options.corpus or CORPORA:
        found = list(_printed(CORPORA[corpus](chosen), everything=options.all or bool(names), corpus=corpus))
        if found:
            seen[corpus] = found
            print(
                f"{summary(found)}: {len(found)} operators, {sum(outcome.samples for outcome in found)} samples\n"
            )
    outcomes = [outcome for found in seen.values() for outcome in found]
    wrong = [*unexpected(outcomes, KNOWN), *_missing(outcomes, complete=not (names or options.corpus))]
    for line in wrong:
        print(line, file=sys.stderr)
    samples = sum(outcome.samples for outcome in outcomes)
    print(f"{len(outcomes)} operators, {samples} samples, {len(wrong)} unexpected verdicts")
    if options.markdown is not None:
        options.markdown.write_text(page(seen, KNOWN, versions=_versions()), encoding="utf-8")
    return int(bool(wrong) or not outcomes)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--corpus", action="append", choices=CORPORA, help="only these (may be repeated)")
    parser.add_argument(
        "--every",
        type=int,
        default=1,
        metavar="N",
        help="only every N-th of a corpus, and all that is known to deviate",
    )
    parser.add_argument("--all", action="store_true", help="print the passes as well")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the page of the documentation")
    parser.add_argument("names", nargs="*", metavar="NAME", help="operators, as the tables call them")
    return parser.parse_args()


def _printed(found: Iterator[Outcome], *, everything: bool, corpus: str) -> Iterator[Outcome]:
    print(f"{corpus}\n{HEADER}")
    for outcome in found:
        if everything or outcome.verdict != "pass":
            print(row(outcome, KNOWN), flush=True)
        yield outcome


def _missing(outcomes: list[Outcome], *, complete: bool) -> Iterator[str]:
    """Tell what is known of operators that no corpus holds any more; nothing where only a part was asked for."""
    if complete:
        examined = {outcome.key for outcome in outcomes}
        for corpus, name in sorted(KNOWN.keys() - examined):
            yield f"{corpus} {name} must be examined, it is known to deviate; got no such operator. Strike it out."


def _versions() -> str:
    return f"torch {torch.__version__}, JAX {jax.__version__}, NumPy {np.__version__}"


if __name__ == "__main__":
    sys.exit(main())
