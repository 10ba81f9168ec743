"""scipy's own gradients: no false alarm, and what is wrong among them is found, and is wrong in 40 digits too."""

from typing import Any

import numpy as np
import pytest

import gradproof as gp

pytest.importorskip("scipy", reason="scipy is not installed")
pytest.importorskip(
    "scipy.stats._distr_params", reason="this scipy names the distributions of its tests otherwise"
)

from scipy import optimize as scipy_optimize
from scipy import special as sc
from scipy import stats

from foreign_corpus import (
    DEVIATIONS,
    Case,
    bessel,
    distributions,
    evidence,
    optimize,
    outcome_of,
    several,
    special,
    surprises,
    variables,
)
from foreign_corpus.deviations import WITHOUT_DIGITS
from foreign_corpus.pointwise import pointwise

BODIES = [pytest.param(label, law, id=label) for label, law in distributions.distributions()]
TAILS = ("norm()", "gamma(1.993)", "t(2.743)", "levy()", "beta(2.31, 0.6269)", "arcsine()", "skewnorm(4)")
GENINVGAUSS = "geninvgauss(2.3, 1.5)"
LAWS = dict(distributions.distributions())


def as_known(cases: list[Case]) -> None:
    """Fail where a verdict is not the one that is known for its case."""
    outcomes = [outcome_of(case, DEVIATIONS) for case in cases]
    assert outcomes
    assert surprises(outcomes, DEVIATIONS) == []


@pytest.mark.parametrize("dimension", optimize.DIMENSIONS)
def test_rosenbrock_and_its_derivatives_are_right(dimension: int) -> None:
    """rosen_der, rosen_hess and rosen_hess_prod pass at the minimum and at every scale from 1e-6 to 1e6."""
    as_known([case for case in optimize.cases() if f"n = {dimension}," in case.name])


@gp.gradient_test(
    scipy_optimize.rosen,
    scipy_optimize.rosen_der,
    args=(gp.strategies.arrays(shape=(4,), scales=(-2, 2)),),
)
def test_no_input_is_found_on_which_rosen_der_is_wrong() -> None:
    """Hypothesis searches for the worst input."""


@pytest.mark.parametrize(("label", "law"), BODIES)
def test_the_density_is_the_derivative_of_the_distribution_function(label: str, law: Any) -> None:
    """By the point, by location and by scale, at quantiles from 0.01 to 0.99, for every continuous distribution."""
    with np.errstate(all="ignore"):
        case = distributions.body(label, law)
    as_known([case])


@pytest.mark.parametrize("label", TAILS)
def test_the_density_is_the_derivative_in_the_tails(label: str) -> None:
    """Down to probabilities of 1e-12, where scipy keeps the digits."""
    as_known(list(distributions.tails(label, LAWS[label])))


def test_random_variables_of_the_new_kind_have_their_density() -> None:
    """Normal, Uniform, Logistic, truncated, scaled, exponentiated and mixed: cdf, ccdf and their logarithms."""
    if not hasattr(stats, "Mixture"):
        pytest.skip("this scipy has no Mixture")
    as_known(list(variables.cases()))


@pytest.mark.parametrize("topic", [special, bessel, several], ids=lambda topic: topic.__name__)
def test_special_functions_have_the_derivatives_that_are_known(topic: Any) -> None:
    """Some 140 functions of scipy.special, at arguments of every size."""
    as_known(list(topic.cases()))


@pytest.mark.parametrize("label", ["norm()", "gamma(1.993)", "beta(2.31, 0.6269)", "vonmises_line(3.994)"])
def test_a_density_off_by_a_millionth_is_failed(label: str) -> None:
    """Planted in the density: the factor 1 + 1e-6, at ten quantiles and in the derivatives by location and scale."""
    case = distributions.body(label, LAWS[label])

    def planted(*args: Any) -> tuple[list[float], float, float]:
        slopes, by_loc, by_scale = case.grad(*args)
        return [slope * (1 + 1e-6) for slope in slopes], by_loc, by_scale

    report = gp.examine_gradient(case.f, planted, *case.args, seed=1)
    assert report.verdict == "fail"
    assert report.diagnosis is None or "factor" in report.diagnosis


def test_a_surprise_is_reported_both_ways() -> None:
    """A false alarm, and a known deviation that no longer shows, are told apart from what is expected."""
    wrong = pointwise("sine: wrong", np.sin, lambda x: 1.001 * np.cos(x), [0.5])
    gone = pointwise("kstwobign(): body", np.sin, np.cos, [0.5])
    first, second = surprises((outcome_of(case, DEVIATIONS) for case in (wrong, gone)), DEVIATIONS)
    assert first.startswith("sine: wrong must be pass; got fail")
    assert second.startswith("kstwobign(): body must be fail; got pass")


def test_every_known_deviation_belongs_to_a_case() -> None:
    """None is listed under a name that the corpus does not have."""
    label_of = {name.partition(": ")[0] for name in WITHOUT_DIGITS}
    assert label_of <= set(LAWS)


@pytest.mark.parametrize("name", WITHOUT_DIGITS)
def test_tails_that_cannot_be_seen_have_lost_their_digits(name: str) -> None:
    """Without any derivative: scipy's values there scatter by more than 1e-10 about a smooth curve."""
    label, _, place = name.partition(": ")
    side, _, probability = place.partition(" = ")
    law = LAWS[label]
    x = law.ppf(float(probability)) if side == "cdf" else law.isf(float(probability))
    low, high = law.support()
    assert evidence.scatter(getattr(law, side), x, min(x - low, high - x)) > 1e-10


def test_scatter_tells_a_smooth_tail_from_one_without_digits() -> None:
    """The measure itself: 1e-14 for a tail computed as such, its rounding for one that is 1 − cdf."""
    x = float(stats.norm.isf(1e-12))
    assert evidence.scatter(stats.norm.sf, x) < 1e-12
    assert evidence.scatter(lambda t: 1 - stats.norm.cdf(t), x) > 1e-6


def test_the_density_of_kstwobign_leaves_out_a_term() -> None:
    """In 40 digits cdf and sf are right; the pdf is off above 0.82, by the fourth term of its series, and not below."""
    for x, error in ((0.80, 0.0), (0.83, 1.808e-8), (0.90, 4.618e-10)):
        exact = evidence.kolmogorov_pdf(x)
        assert evidence.relative_error(stats.kstwobign.sf(x), evidence.kolmogorov_sf(x)) < 1e-14
        found = evidence.relative_error(stats.kstwobign.pdf(x), exact)
        assert found == pytest.approx(error, rel=1e-3, abs=1e-14)
        fourth = 8 * x * 16 * np.exp(-32 * x * x) / float(exact)
        assert not error or found == pytest.approx(fourth, rel=1e-2)


def test_the_density_of_kstwo_scatters() -> None:
    """Its cdf is right in 40 digits, and so is its pdf up to what five differences leave: more than 1e-10."""
    at = np.linspace(0.483, 0.495, 5)
    for x in at:
        assert evidence.relative_error(stats.kstwo.cdf(x, 10), evidence.two_sided_cdf(10, x)) < 1e-14
    errors = [evidence.relative_error(stats.kstwo.pdf(x, 10), evidence.two_sided_pdf(10, x)) for x in at]
    assert 1e-10 < max(errors) < 1e-8


def test_the_tail_of_skewnorm_is_off() -> None:
    """At 1e-12 its pdf is right to rounding, and its cdf, a quadrature, is off by more than 1e-9 of itself."""
    x = float(stats.skewnorm.ppf(1e-12, 4))
    assert evidence.relative_error(stats.skewnorm.pdf(x, 4), evidence.skewnorm_pdf(x, 4)) < 1e-13
    assert evidence.relative_error(stats.skewnorm.cdf(x, 4), evidence.skewnorm_cdf(x, 4)) > 1e-9


def test_the_cdf_of_geninvgauss_jumps() -> None:
    """Its pdf is right to rounding; between 3.26 and 3.27 the error of its cdf jumps by 1e-11 of itself."""
    errors = []
    for x in (3.26, 3.27):
        assert (
            evidence.relative_error(stats.geninvgauss.pdf(x, 2.3, 1.5), evidence.geninvgauss_pdf(x, 2.3, 1.5))
            < 1e-14
        )
        errors.append(
            evidence.relative_error(stats.geninvgauss.cdf(x, 2.3, 1.5), evidence.geninvgauss_cdf(x, 2.3, 1.5))
        )
    assert errors[0] < 1e-12
    assert errors[1] > 5e-12


def test_the_slope_of_the_cdf_of_geninvgauss_is_off() -> None:
    """At sf = 0.001 the error of its cdf changes with x, in 40 digits too, by as much as gradproof says it is off."""
    case = next(
        c for c in distributions.tails(GENINVGAUSS, LAWS[GENINVGAUSS]) if c.name.endswith("sf = 0.001")
    )
    worst = case.report().worst
    assert worst is not None
    found = worst.numeric / worst.analytic - 1
    ((x,),) = case.args
    errors = [
        float(LAWS[GENINVGAUSS].cdf(at) - evidence.geninvgauss_cdf(at, 2.3, 1.5))
        for at in (x * 0.999, x * 1.001)
    ]
    derived = (errors[1] - errors[0]) / (0.002 * x) / float(evidence.geninvgauss_pdf(x, 2.3, 1.5))
    assert found == pytest.approx(-3.9e-8, rel=0.02)
    assert derived == pytest.approx(found, rel=0.02)


def test_the_integral_of_j0_is_an_approximation() -> None:
    """Beside a quadrature in 40 digits: right at 4.4 and at 60, off by more than 1e-11 at 17."""
    import mpmath as mp  # noqa: PLC0415  with what it is the evidence for

    with mp.workdps(evidence.DIGITS):
        errors = [
            evidence.relative_error(
                sc.itj0y0(x)[0], mp.quad(lambda u: mp.besselj(0, u), mp.linspace(0, x, 20))
            )
            for x in (4.4, 17.0)
        ]
    assert errors[0] < 1e-13
    assert errors[1] > 1e-11
