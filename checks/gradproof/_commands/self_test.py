"""``gradproof self-test``: run planted errors and exact derivatives on this machine and its BLAS."""

from __future__ import annotations

import argparse
import json
import traceback

from gradproof._commands._shared import complain, one_of, say

_FORMATS = ("text", "json")


class _SelfTest:
    """``gradproof self-test``: what gradproof can do on this machine."""

    help = "run planted errors and exact derivatives on this machine and its BLAS"
    examples = """\
Right gradients must be seen to be right, errors planted in them must be caught and their causes named, and the bounds of
numerical derivatives must hold against derivatives that were computed in 50 digits. NumPy and Hypothesis are all it needs.

Last bits hang on the BLAS, its kernels and its number of threads: OPENBLAS_NUM_THREADS=1 (OMP_NUM_THREADS, MKL_NUM_THREADS)
holds the last of these still, OPENBLAS_CORETYPE chooses other kernels. None of them may change the outcome. Where one does,
open an issue with the output of `gradproof self-test --format json`.

examples:
  gradproof self-test                 all of it
  gradproof self-test --quick         a fifth of it
  gradproof self-test --format json   what an issue should hold

exit status:
  0    all is as it must be
  1    something is not
  2    the self-test could not be run, or the usage is wrong
  130  stopped by Ctrl-C
"""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--quick", action="store_true", help="a fifth of the points, and fewer planted errors"
        )
        parser.add_argument("--seed", type=_seed, default=0, help="of all that is drawn (default: 0)")
        parser.add_argument(
            "--format", choices=_FORMATS, type=one_of(_FORMATS), default="text", help="text by default"
        )

    def run(self, options: argparse.Namespace) -> int:
        """Run the command.

        Returns
        -------
        int
            0 if all is as it must be, 1 if something is not, 2 if it could not be run.
        """
        try:
            from gradproof._self_check import as_plain, as_text, self_test  # noqa: PLC0415  loads the checker

            test = self_test(quick=options.quick, seed=options.seed)
        except Exception:  # noqa: BLE001  whatever is broken here is what a self-test is for
            traceback.print_exc()
            complain("gradproof self-test: could not be run.")
            return 2
        say(
            json.dumps(as_plain(test), indent=2, allow_nan=False)
            if options.format == "json"
            else as_text(test)
        )
        return 1 if test.faults else 0


def _seed(text: str) -> int:
    try:
        seed = int(text)
    except ValueError:
        seed = -1
    if seed < 0:
        raise argparse.ArgumentTypeError(f"seed must be a whole number from 0; got {text!r}")
    return seed


command = _SelfTest()
