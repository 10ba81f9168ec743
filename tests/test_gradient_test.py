"""`@gradient_test`: the search for the worst input, what it refuses, and how it fits among pytest and Hypothesis."""

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, example, seed, settings
from hypothesis.errors import FailedHealthCheck

import gradproof as gp
import gradproof_reference as gr
from gradproof._search import Search

ROOT = Path(__file__).parents[1]
FEW = settings(max_examples=20)
MODERATE = (gp.strategies.arrays(scales=(0, 0)),)
PLAIN = (gp.strategies.arrays(2, scales=(0, 0), kinks=(), subnormals=False),)


def cube(w: Any) -> Any:
    """Σ w³."""
    return np.sum(w**3)


def by_cube(w: Any) -> Any:
    """Its gradient."""
    return 3 * w**2


def wrong_above_1(w: Any) -> Any:
    """The same, a thousandth too large where w > 1."""
    return 3 * w**2 * np.where(w > 1, 1.001, 1)


def nowhere(w: Any) -> float:
    """No number anywhere: nothing can be seen of it."""
    return float("nan") * float(np.sum(w))


def failure_of(test: Callable[..., None], **passed: Any) -> gp.GradientMismatch:
    """Run a test that must fail."""
    with pytest.raises(gp.GradientMismatch) as found:
        test(**passed)
    return found.value


def replayed(program: str) -> gp.GradientMismatch:
    """Run the program of a failure, without Hypothesis."""
    with pytest.raises(gp.GradientMismatch) as found:
        exec(program, {"grad": wrong_above_1})  # noqa: S102  the text under test
    return found.value


@FEW
@gp.gradient_test(cube, by_cube, args=MODERATE)
def test_a_right_gradient_passes() -> None:
    """An empty body is a whole test."""


@FEW
@gp.gradient_test(
    lambda w: np.sum(np.maximum(w, 0)), lambda w: np.where(w > 0, 1.0, 0.0), args=(gp.strategies.arrays(3),)
)
def test_a_valid_subgradient_passes_at_a_kink() -> None:
    """ReLU at and beside 0, at every scale."""


@pytest.mark.parametrize("at_zero", [2.0, -1.0])
def test_no_subgradient_fails_at_a_kink(at_zero: float) -> None:
    """The derivative of ReLU at 0 lies in [0, 1]."""

    @gp.gradient_test(
        lambda w: np.sum(np.maximum(w, 0)),
        lambda w: np.where(w > 0, 1.0, np.where(w == 0, at_zero, 0.0)),
        args=(gp.strategies.arrays(3, scales=(0, 0)),),
    )
    def search() -> None: ...

    assert failure_of(search).report.verdict == "fail"


def test_a_wrong_gradient_fails_on_the_smallest_input() -> None:
    """However large what was drawn first: one entry, and few digits."""

    @gp.gradient_test(cube, lambda w: 3 * w**2 * np.where(w > 0.5, 1 + 1e-5, 1), args=MODERATE)
    def search() -> None: ...

    failure = failure_of(search)
    text = failure.__notes__[-1]
    literal = re.search(r"np\.array\((.*?)\), seed=", text)
    assert literal, text
    assert literal[1] in {"1.0", "[1.0]"}


def test_a_failure_shrinks_to_the_smallest_shapes() -> None:
    """A missing 1/n takes two examples to show: one feature, two classes, and zeros for numbers."""

    def by_parameters(parameters: Any, x: Any, classes: Any) -> Any:
        by = gr.linear_softmax_gradient(**parameters, x=x, labels=classes)
        error = gr.linear_softmax(**parameters, x=x) - gr.one_hot(classes, len(by.bias))
        return by._asdict(), error @ parameters["weight"] / len(x), None

    arrays, labels = gp.strategies.arrays, gp.strategies.labels
    operation = gp.Differentiable(
        lambda parameters, x, classes: gr.linear_softmax_loss(**parameters, x=x, labels=classes) / len(x),
        by_parameters,
        gp.strategies.arguments(
            lambda n, d, k: ({"weight": arrays((k, d)), "bias": arrays(k)}, arrays((n, d)), labels(n, k)),
            n=4,
            d=3,
            k=(2, 3),
        ),
    )
    failure = failure_of(gp.gradient_test(operation)(lambda: None))
    assert (
        "{'weight': np.array([[0.0], [0.0]]), 'bias': np.array([0.0, 0.0])}, "
        "np.array([[0.0], [0.0]]), np.array([0, 0])"
    ) in failure.__notes__[-1]


def test_a_failure_ends_with_a_program_that_replays_it() -> None:
    """It imports what it names, holds exact literals, and finds the same worst entry."""
    search = gp.gradient_test(cube, wrong_above_1, args=MODERATE)(lambda: None)
    failure = failure_of(search)
    heading, program = failure.__notes__[-1].split("\n\n", 1)
    assert heading == "Replay it without Hypothesis:"
    assert f"from {__name__} import cube, wrong_above_1" in program
    assert "hypothesis" not in program
    assert replayed(program).report.worst == failure.report.worst


def test_the_search_climbs_to_the_worst_input() -> None:
    """Without a failure, Hypothesis is given the error in bounds of every input, and its logarithm."""
    heard: dict[str, list[float]] = {}

    def target(value: float, *, label: str) -> None:
        heard.setdefault(label, []).append(value)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hypothesis.target", target)
        FEW(gp.gradient_test(cube, by_cube, args=MODERATE)(lambda: None))()
    assert set(heard) == {"error / bound", "log10(error / bound)"}
    positive = [value for value in heard["error / bound"] if value > 0]
    assert np.allclose(np.log10(positive), heard["log10(error / bound)"])
    assert max(positive) < 1


def test_an_input_that_shows_nothing_is_passed_over_but_not_too_many() -> None:
    """A function that is NaN shows nothing; where it is so on few inputs, the rest is enough."""
    nothing = FEW(gp.gradient_test(nowhere, by_cube, args=MODERATE)(lambda: None))
    with pytest.raises(
        AssertionError, match=r"at least 50% of the drawn inputs must be conclusive; got 0 of \d+"
    ):
        nothing()

    def sometimes(w: Any) -> float:
        return float(cube(w)) if w[0] <= 1 else float("nan")

    # Whether one of a few draws is beyond 1 must not be left to chance.
    same = settings(FEW, derandomize=True)
    draw = (gp.strategies.arrays(2, scales=(0, 0)),)
    same(gp.gradient_test(sometimes, by_cube, args=draw)(lambda: None))()
    with pytest.raises(AssertionError, match="at least 100% of the drawn inputs must be conclusive"):
        same(gp.gradient_test(sometimes, by_cube, args=draw, conclusive=1.0)(lambda: None))()


def test_a_search_that_examines_nothing_fails() -> None:
    """In itself; where the strategy rejects all inputs, Hypothesis says so."""
    with pytest.raises(AssertionError, match="must examine at least one input; got none"):
        Search(cube, by_cube, {}).require_conclusive()
    draw = (gp.strategies.arrays(2).filter(lambda _: False),)
    with pytest.raises(FailedHealthCheck):
        gp.gradient_test(cube, by_cube, args=draw)(lambda: None)()


@FEW
@gp.gradient_test(
    lambda w, x: np.sum(np.tanh(x @ w)),
    lambda w, x: ((1 - np.tanh(x @ w) ** 2) @ x, np.outer(1 - np.tanh(x @ w) ** 2, w)),
    args=gp.strategies.arguments(
        lambda n: (gp.strategies.arrays(2, scales=(0, 0)), gp.strategies.arrays((n, 2), scales=(0, 0))),
        n=(0, 2),
    ),
)
def test_no_examples_at_all_are_examined_too() -> None:
    """A sum over an empty batch is 0, and so is its gradient."""


def test_an_example_that_shows_nothing_fails() -> None:
    """An input that was asked for by name is never passed over."""
    search = example(args=(np.ones(2),))(gp.gradient_test(nowhere, by_cube, args=MODERATE)(lambda: None))
    assert failure_of(search).report.verdict == "inconclusive"


def test_a_step_passes_beside_its_jump() -> None:
    """At a jump no gradient is right: the input is passed over, as one that shows nothing."""
    draw = (gp.strategies.arrays(2, scales=(0, 0), kinks=()),)
    gp.gradient_test(lambda w: np.sum(w > 0.5) + np.sum(w), np.ones_like, args=draw, conclusive=0.2)(
        lambda: None
    )()


@example(args=(np.array([1.0, 2.0]),))
@pytest.mark.parametrize("least", [0.0, -1.0])
@settings(max_examples=5)
@gp.gradient_test(cube, by_cube, args=MODERATE)
@example(args=(np.array(0.5),))
def test_decorators_stand_on_either_side(least: float, report: gp.GradientReport, args: Any) -> None:
    """@example, @settings and parametrize; the body sees the report, the arguments and its own parameters."""
    assert report.passed
    assert isinstance(args, tuple)
    assert report.resolution > least


@pytest.fixture(scope="module")
def limit() -> float:
    """A bound of which the test knows nothing but the name."""
    return 1e-6


@FEW
@gp.gradient_test(cube, by_cube, args=MODERATE)
def test_fixtures_are_passed_on(limit: float, report: gp.GradientReport) -> None:
    """By name, beside the report."""
    assert report.resolution < limit


class TestMethod:
    """A test that is a method."""

    @FEW
    @gp.gradient_test(cube, by_cube, args=MODERATE)
    def test_a_method_is_a_test(self, report: gp.GradientReport) -> None:
        """With its own self."""
        assert isinstance(self, TestMethod)
        assert report.passed


def counted(*decorators: Callable[[Any], Any]) -> list[tuple[Any, ...]]:
    """Return the arguments that a decorated search examined."""
    seen: list[tuple[Any, ...]] = []

    def body(args: tuple[Any, ...]) -> None:
        seen.append(args)

    test = gp.gradient_test(cube, by_cube, args=PLAIN, seed=0)(body)
    for decorate in decorators:
        test = decorate(test)
    test()
    return seen


def test_settings_and_examples_are_heard() -> None:
    """Put on the finished test, they reach the search: so many examples, the explicit one first."""
    seen = counted(settings(max_examples=3), example(args=(np.array([0.1, 0.2]),)))
    assert seen[0][0].tolist() == [0.1, 0.2]
    assert len(seen) <= 4


@pytest.mark.parametrize(
    "given", [settings(max_examples=3, deadline=200), settings(max_examples=3, deadline=5000)]
)
def test_settings_suit_examinations(given: settings) -> None:
    """No explanations and no default deadline, whatever the profile; a deadline of one's own stays."""
    found: list[settings] = []

    def body() -> None:
        found.append(settings())

    given(gp.gradient_test(cube, by_cube, args=PLAIN)(body))()
    assert Phase.explain not in found[0].phases
    assert found[0].max_examples == given.max_examples
    assert found[0].deadline == (given.deadline if given.deadline == timedelta(seconds=5) else None)


def test_the_search_repeats_itself_where_settings_are_derandomized() -> None:
    """The same inputs in the same order; with both seeds fixed, elsewhere too."""
    once, again = (
        [a[0].tolist() for a in counted(settings(derandomize=True, max_examples=20))] for _ in range(2)
    )
    assert once == again
    free = settings(derandomize=False, max_examples=20, database=None)
    once, again = ([a[0].tolist() for a in counted(free, seed(5))] for _ in range(2))
    assert once == again


@pytest.mark.parametrize(("derandomize", "fixed"), [(True, True), (False, False)])
def test_directions_are_fixed_only_where_settings_are_derandomized(*, derandomize: bool, fixed: bool) -> None:
    """One seed for all inputs of a run; fresh in every run where Hypothesis searches afresh."""
    seeds: list[set[int]] = [set(), set()]
    for found in seeds:
        test = gp.gradient_test(cube, by_cube, args=MODERATE)(_keep_seed(found))
        settings(derandomize=derandomize, database=None, max_examples=5)(test)()
    assert [len(found) for found in seeds] == [1, 1]
    assert (seeds == [{0}, {0}]) == fixed


def _keep_seed(found: set[int]) -> Callable[..., None]:
    """A body that notes the seed of each report."""

    def body(report: gp.GradientReport) -> None:
        found.add(report.seed)

    return body


def test_a_differentiable_brings_its_functions_and_its_strategy() -> None:
    """Declared once, tested in two lines."""
    gp.gradient_test(gp.Differentiable(cube, by_cube, args=MODERATE[0].map(lambda w: (w,))))(lambda: None)()
    failure_of(gp.gradient_test(gp.Differentiable(cube, wrong_above_1, args=MODERATE))(lambda: None))


def test_values_beside_strategies_are_taken_as_they_are() -> None:
    """A tuple may mix both, at any depth; every examination gets a copy of its own."""
    fixed = np.array([1.0, 2.0])

    @FEW
    @gp.gradient_test(
        lambda layers, x: layers[0]["w"] @ x,
        lambda layers, x: ([{"w": x.copy()}], layers[0]["w"].copy()),
        args=([{"w": gp.strategies.arrays(2, scales=(0, 0))}], fixed),
    )
    def search(args: Any) -> None:
        assert args[1] is not fixed
        assert args[1].tolist() == [1.0, 2.0]
        assert args[0][0]["w"].shape == (2,)

    search()


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ({"grad": by_cube}, TypeError, "got args=None"),
        ({"grad": by_cube, "args": ()}, TypeError, r"args=\(\)"),
        ({"grad": by_cube, "args": MODERATE, "conclusive": 0.0}, ValueError, "got conclusive=0.0"),
    ],
)
def test_what_cannot_be_searched_is_refused_where_it_is_defined(
    arguments: dict[str, Any], kind: type[Exception], message: str
) -> None:
    """Before pytest collects anything."""
    with pytest.raises(kind, match=message):
        gp.gradient_test(cube, **arguments)


def test_arguments_that_are_no_tuple_are_refused() -> None:
    """One argument needs a tuple as well."""
    with pytest.raises(TypeError, match=re.escape("Wrap it: args=(strategy,).")):
        gp.gradient_test(cube, by_cube, args=MODERATE[0])(lambda: None)()
    search = example(args=np.ones(2))(gp.gradient_test(cube, by_cube, args=MODERATE)(lambda: None))
    with pytest.raises(TypeError, match=re.escape("Wrap it: args=(argument,).")):
        search()


def test_the_body_decides_too() -> None:
    """What its own assertions find is a failure like any other, without a replay."""

    @FEW
    @gp.gradient_test(cube, by_cube, args=PLAIN)
    def search(report: gp.GradientReport) -> None:
        assert report.verdict == "fail", "the body"

    with pytest.raises(AssertionError, match="the body") as found:
        search()
    assert not any("Replay" in note for note in getattr(found.value, "__notes__", []))


SCRATCH = """
import numpy as np
import pytest
import gradproof as gp

@pytest.mark.parametrize("k", [1, 2])
@gp.gradient_test(lambda w: np.sum(w**3), lambda w: 2 * w**2, args=(gp.strategies.arrays(scales=(0, 0)),))
def test_wrong(k): ...

@gp.gradient_test(lambda w: np.sum(w**3), lambda w: 3 * w**2, args=(gp.strategies.arrays(scales=(0, 0)),))
def test_right(tmp_path_factory): ...
"""


def test_pytest_prints_the_program_last(tmp_path: Path) -> None:
    """In a run of its own: collected once per parameter, failing with the replay at the end of the message."""
    (tmp_path / "test_scratch.py").write_text(SCRATCH)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "--config-file=/dev/null",
            f"--rootdir={tmp_path}",
            str(tmp_path),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 failed, 1 passed" in done.stdout
    said = [line.removeprefix("E").strip() for line in done.stdout.splitlines()]
    replay = "gp.check_gradient(f, grad, np.array(1.0), seed="
    assert [line for line in said if line.startswith(replay)], done.stdout
