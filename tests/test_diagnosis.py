"""A diagnosis names the cause that was planted, and none where there is none to name."""

from dataclasses import replace

import numpy as np
import pytest

import gradproof as gp
from diagnosis_corpus import (
    NEAR_MISSES,
    PLANTED,
    Case,
    cause_in,
    diagnosis_of,
    evidence_of,
    examined,
    unstructured,
)
from diagnosis_corpus.functions import network, ridge, softmax_regression, square
from gradproof._diagnosis import diagnose

CAUSES = sorted({str(case.cause) for case in PLANTED})


def doubled(*only: int, function: str = "network") -> Case:
    """A factor 2 in some leaves of a network."""
    chosen = network((20, 30, 25, 10), 16) if function == "network" else softmax_regression()
    return Case(
        "factor 2", "doubled", chosen, lambda g, _: [2 * gi if i in only else gi for i, gi in enumerate(g)]
    )


def test_the_corpus_is_as_wide_as_it_is_said_to_be() -> None:
    """At least 60 planted faults of at least 18 causes, each with a near miss; factors of any size are one cause."""
    near = {str(case.cause).removeprefix("!") for case in NEAR_MISSES}
    assert len(PLANTED) >= 60
    assert len(CAUSES) >= 18
    assert {cause for cause in CAUSES if not cause.startswith("factor 0.")} <= near


@pytest.mark.parametrize("cause", CAUSES)
def test_four_in_five_of_each_cause_are_named_and_none_wrongly(cause: str) -> None:
    """What is planted is named, or nothing is."""
    found = [diagnosis_of(case) for case in PLANTED if case.cause == cause]
    assert set(found) <= {cause, None}
    assert found.count(cause) >= 0.8 * len(found)


@pytest.mark.parametrize("case", NEAR_MISSES, ids=lambda case: f"{case.cause} {case.fault}")
def test_a_near_miss_is_not_taken_for_the_cause(case: Case) -> None:
    """What is nearly a cause is not named so."""
    assert diagnosis_of(case) != str(case.cause).removeprefix("!")


def test_errors_without_structure_are_left_unnamed() -> None:
    """Single entries, scattered entries, noise, and two causes at once have no one cause."""
    assert [diagnosis_of(case) for case in unstructured(200)] == [None] * 200


@pytest.mark.parametrize(
    "cause", ["sign", "factor 8", "transposed", "L2 penalty", "mask x < 0", "precision of float16"]
)
def test_an_examination_names_the_cause(cause: str) -> None:
    """The same from the numerical derivative that an examination measures."""
    assert (
        cause_in(next(case for case in PLANTED if case.cause == cause and case.function.name != "network"))
        == cause
    )


def test_a_batch_size_is_recognised_as_one() -> None:
    """A factor that is a length of the data is said to be a sum in place of a mean."""
    text = examined(next(case for case in PLANTED if case.cause == "factor 8")).diagnosis
    assert text is not None
    assert text.endswith("and 8 is the length of axis 0 of labels: a sum where a mean is meant?")


def test_directions_name_the_cause_of_the_leaf_at_fault() -> None:
    """Where entries are looked at by sample, a factor in one leaf is named with that leaf."""
    text = examined(doubled(2), "directions").diagnosis
    assert text == "factor 2: analytic = 2 x numeric in every entry of layers[1].weight that was looked at"


def test_directions_name_the_layer_from_which_on_a_backward_pass_is_wrong() -> None:
    """The last layer is right, all before it are wrong in no simple way."""
    case = Case(
        "backward pass",
        "a wrong delta",
        network((20, 30, 25, 10), 16),
        lambda g, x: [
            gi + np.sin(3 * xi + i) if i < 4 else gi for i, (gi, xi) in enumerate(zip(g, x, strict=True))
        ],
    )
    text = examined(case, "directions").diagnosis
    assert (
        text == "backward pass: right at layer 2, wrong from layer 1 down: look at what layer 2 passes back"
    )


def test_entries_that_were_not_measured_are_not_read() -> None:
    """A factor is named from the entries that are known, whatever stands in the place of others."""
    evidence = evidence_of(Case("factor 3", "", ridge(), lambda g, _: [3 * g[0]]))
    known = np.arange(6) != 4
    numeric = np.where(known, evidence.numeric, np.nan)
    found = diagnose(replace(evidence, numeric=numeric, known=known, wrong=evidence.wrong & known))
    assert found is not None
    assert found.cause == "factor 3"


def test_a_transpose_of_which_a_partner_is_unknown_is_not_named() -> None:
    """Each wrong entry must be explained by a number that was measured."""
    evidence = evidence_of(Case("transposed", "", square(), lambda g, _: [g[0].T]))
    known = np.arange(16) != 1
    assert diagnose(replace(evidence, known=known, wrong=evidence.wrong & known)) is None


def test_one_entry_is_explained_by_too_much() -> None:
    """The sign of the only entry of a leaf may be wrong for many reasons."""
    assert diagnosis_of(Case(None, "", ridge(1), lambda g, _: [-g[0]])) is None


def test_causes_that_explain_the_same_are_not_chosen_between() -> None:
    """The transpose of a skew matrix is its negative: neither is named."""
    skew = np.array([[0.0, 1.0, -2.0], [-1.0, 0.0, 3.0], [2.0, -3.0, 0.0]])
    function = square(3)._replace(grad=lambda _: skew)
    assert diagnosis_of(Case(None, "", function, lambda g, _: [-g[0]])) is None


def test_a_gradient_of_another_call_is_said_to_stand_still() -> None:
    """A cache that was filled elsewhere returns the same at every point; a wrong gradient that moves does not."""
    function = ridge()
    (w,) = function.args
    cached = function.grad(w + np.arange(6))
    left = gp.examine_gradient(function.f, lambda _: cached.copy(), w, seed=0).diagnosis
    assert left is not None
    assert left.startswith("stale: analytic is the same at another point in w")
    moving = gp.examine_gradient(function.f, lambda v: function.grad(v + np.arange(6)), w, seed=0)
    assert moving.diagnosis is None


def test_a_gradient_that_raises_elsewhere_keeps_its_verdict() -> None:
    """The look at another point is a guess that may fail."""
    evidence = evidence_of(Case(None, "", ridge(), lambda g, _: [g[0] + np.arange(1, 7) ** 2]))

    def raising(_: object) -> np.ndarray:
        raise FloatingPointError

    assert diagnose(replace(evidence, gradient_at=raising)) is None


def test_a_large_array_is_diagnosed_by_sample() -> None:
    """Of 90 000 entries a few that are wrong have no cause; all of them doubled have one."""
    function = square(300)
    sparse = evidence_of(
        Case(None, "", function, lambda g, _: [g[0] + np.eye(300, k=299) + 2 * np.eye(300, k=298)])
    )
    assert diagnose(sparse) is None
    assert diagnosis_of(Case("factor 2", "", function, lambda g, _: [2 * g[0]])) == "factor 2"
