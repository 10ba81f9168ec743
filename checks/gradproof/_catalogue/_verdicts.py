"""Verdicts, what a run makes of them, and what is said of a single entry."""

from __future__ import annotations

from gradproof._catalogue._explanation import Explanation

VERDICTS = (
    Explanation(
        "pass",
        "verdict",
        "every entry agrees with the numerical derivative, within a bound small enough to mean something",
        """
        Each entry of the gradient lies within the bound of its numerical derivative, and no bound is larger than
        `resolution` times the gradient's scale. There is no tolerance: the bound is that derivative's own error,
        measured at the point. Of a single entry it says the same.

        It holds at the arguments that were given. That f is the right function is not part of it.
        """,
        "Nothing. To look for a point where it does not hold, draw the arguments: `gp.gradient_test`.",
    ),
    Explanation(
        "fail",
        "verdict",
        "the gradient is wrong: at least one entry lies outside of the bound of its numerical derivative",
        """
        By differences it does so at three separated steps and with the same sign, so that neither rounding nor a step
        of bad size explains it. A gradient also fails where grad does not behave like a function of its arguments:
        it changes them, keeps state, or returns another shape.

        The report names the worst entry, which entries are wrong, and the cause where only one explains all of them.
            worst entry w[1]:
              analytic 4.0
              numeric  8.0 +- 1.8e-15
        """,
        """
        Read the diagnosis first, then the map of wrong entries: one row or one array points to the line that computes
        it. The call under "again" examines the same point once more.
        """,
    ),
    Explanation(
        "nondifferentiable",
        "verdict",
        "f has a kink or a jump at the point",
        """
        At a kink, as of |x| or max(x, 0) at 0, the derivatives from the left and from the right differ. Any value
        between them is accepted, and the gradient passes; one outside fails. At a jump no value is right, and the
        gradient is unchecked.
            np.maximum(x, 0)   # at x = 0 every slope from 0 to 1 is a subgradient
        """,
        "At a kink nothing. At a jump choose another point, away from where f changes branch.",
    ),
    Explanation(
        "inconclusive",
        "verdict",
        "something could not be seen, and nothing that was seen is wrong",
        """
        f is too noisy for an error of `resolution` to be visible, not deterministic, not finite, or needs more
        evaluations than it may have. An examination that sees too little never passes.
            loss + 1e8         # the constant eats the digits that the difference of two values needs
        """,
        """
        The reason in the report says what was in the way. What helps most: let f accept complex input, compute in
        float64, take constants away, or pass a `resolution` that is good enough.
        """,
    ),
    Explanation(
        "error",
        "verdict",
        "an error was raised before there was a verdict",
        """
        f or grad raised at the point that was given, the arguments cannot be examined, or the module that declares
        them cannot be loaded. That says nothing about the gradient: it is neither right nor wrong.
        """,
        "Read the error: it is that of your code, or says what the arguments must be.",
    ),
)

OUTCOMES = (
    Explanation(
        "right",
        "outcome",
        "the gradient passed",
        "The verdict is pass, or nondifferentiable with a gradient that is a valid subgradient of the kink.",
        "Nothing.",
    ),
    Explanation(
        "wrong",
        "outcome",
        "the gradient was refuted: exit status 1",
        "The verdict is fail. One wrong gradient makes the exit status of the whole run 1, whatever else was found.",
        "Mend the gradient. `gradproof explain fail` says how to read the report.",
    ),
    Explanation(
        "unchecked",
        "outcome",
        "nothing could be said of the gradient: exit status 2 where none is wrong",
        """
        The verdict is inconclusive, f jumps at the point, an error was raised, or the module cannot be loaded. A run
        in which something is unchecked does not succeed: what nobody looked at is not right.
        """,
        "Let f be seen, or choose a point at which it can be: the reason of each says how.",
    ),
    Explanation(
        "expected",
        "outcome",
        "the gradient did not pass, in a test of pytest that did not fail",
        """
        A test vouches for what comes out in it: `pytest.raises(gp.GradientMismatch)`, `xfail`, `expected_failures=`, or an
        `examine_gradient` whose report it judges by itself. Only reports of the pytest plugin have this outcome.
        """,
        "None, if the test means it. Where a test only prints a report, let it assert that `report.passed`.",
    ),
)

STATUSES = (
    Explanation(
        "kink",
        "status",
        "the one-sided derivatives differ here, and the entry lies between them",
        """
        The gap between the slopes from both sides stays as the step shrinks. Every value in between is a valid
        subgradient. The numeric value that is shown is the middle.
            np.abs(x)          # at x = 0 every slope from -1 to 1
        """,
        "Nothing.",
    ),
    Explanation(
        "outside kink",
        "status",
        "the one-sided derivatives differ here, and the entry lies outside of both",
        """
        No convention about the point itself makes it right: it is neither slope, nor anything between them.
            grad = np.where(x > 0, 1, 2)   # of max(x, 0): 2 is no slope of it anywhere
        """,
        "Return the slope of one side, or a value between both.",
    ),
    Explanation(
        "jump",
        "status",
        "f itself is discontinuous here: no value of the gradient is right",
        """
        The difference of f over a step does not vanish with the step.
            np.floor(x), x > 0, np.argmax(x), np.round(x)   # at their thresholds
        """,
        "Examine another point. If the jump is not meant, f has a branch that does not meet the other.",
    ),
    Explanation(
        "unresolved",
        "status",
        "the numerical derivative is not sharp enough here to say anything",
        """
        Its bound is larger than `resolution` allows, or it disagrees with the gradient without doing so at three
        separated steps. Usual reasons: a large constant in f, a sum over very many terms, float32 inside of f, a random
        number, an iterative solver that stops early.
        """,
        """
        Let f accept complex input: the complex step has no rounding to fight. Else compute in float64, shift f towards
        0, tighten the solver, or pass the `resolution` that you need.
        """,
    ),
)
