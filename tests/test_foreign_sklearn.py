"""scikit-learn's own gradients: no false alarm, and what is wrong among them is found, and is wrong by derivation too."""

from typing import Any

import mpmath as mp
import numpy as np
import pytest

import gradproof as gp

pytest.importorskip("sklearn._loss.loss", reason="this scikit-learn has its losses elsewhere")
pytest.importorskip(
    "sklearn.linear_model._linear_loss", reason="this scikit-learn has its linear models elsewhere"
)
pytest.importorskip(
    "sklearn.linear_model._sgd_fast", reason="this scikit-learn has its losses of SGD elsewhere"
)
pytest.importorskip(
    "sklearn.linear_model._huber", reason="this scikit-learn has its HuberRegressor elsewhere"
)
pytest.importorskip("sklearn.manifold._t_sne", reason="this scikit-learn has its t-SNE elsewhere")
pytest.importorskip(
    "sklearn.neural_network._multilayer_perceptron", reason="this scikit-learn has its perceptrons elsewhere"
)

from scipy.spatial.distance import pdist, squareform
from sklearn._loss import loss as library
from sklearn.gaussian_process.kernels import Matern

from foreign_corpus import (
    DEVIATIONS,
    kernels,
    losses,
    models,
    outcome_of,
    perceptrons,
    sgd,
    surprises,
)
from foreign_corpus.evidence import relative_error

LOSSES = sorted({case.operator for case in losses.cases()})
KERNELS = [pytest.param(kernel, id=kernels.label(kernel)) for kernel in (*kernels.ONE, *kernels.COMPOSED)]
SCIKIT_LEARN_8349 = 2.0  # the factor by which the gradient of two outputs is too large


def as_known(cases: list[Any]) -> None:
    """Fail where a verdict is not the one that is known for its case."""
    outcomes = [outcome_of(case, DEVIATIONS) for case in cases]
    assert outcomes
    assert surprises(outcomes, DEVIATIONS) == []


@pytest.mark.parametrize("name", LOSSES)
def test_losses_have_the_derivatives_they_return(name: str) -> None:
    """gradient, loss_gradient and gradient_hessian: far out, in float32, with weights, at kinks and beside them."""
    as_known([case for case in losses.cases() if case.operator == name])


def test_losses_of_stochastic_gradient_descent_are_right() -> None:
    """Away from their corners, at them and beside them."""
    as_known(list(sgd.cases()))


@pytest.mark.parametrize("kernel", KERNELS)
def test_kernels_have_the_derivative_by_their_parameters(kernel: Any) -> None:
    """Every entry of the matrix, by the logarithm of every parameter."""
    as_known([kernels.matrix(kernel)])


def test_the_evidence_of_gaussian_processes_has_its_gradient() -> None:
    """log_marginal_likelihood of regression with one target and two, and of classification."""
    as_known([kernels.evidence(name, model) for name, model in kernels.models()])


@pytest.mark.parametrize("topic", [models, perceptrons], ids=lambda topic: topic.__name__)
def test_objectives_have_their_gradients(topic: Any) -> None:
    """Linear models, Huber's, neighbourhood components, t-SNE; and the backward pass of perceptrons."""
    as_known(list(topic.cases()))


@pytest.mark.parametrize("name", ["HalfPoissonLoss", "HuberLoss(0.5)", "HalfMultinomialLoss(3)"])
def test_a_sample_weight_that_is_forgotten_is_failed(name: str) -> None:
    """Planted in the gradient: the first sample counts as if it had no weight."""
    case = next(c for c in losses.cases() if c.operator == name and "float32" in c.name)
    weight = np.random.default_rng(1).uniform(0.5, 2.0)

    def planted(raw: Any) -> Any:
        slopes = case.grad(raw)
        slopes[0] /= np.float32(weight)
        return slopes

    assert gp.examine_gradient(case.f, planted, *case.args, seed=1, **case.options).verdict == "fail"


def test_a_slope_outside_the_kink_is_failed() -> None:
    """Planted in the absolute error at its kink: a slope of 1.5."""
    case = next(c for c in losses.cases() if c.name == "AbsoluteError: at the kink")
    report = gp.examine_gradient(case.f, lambda raw: 1.5 * np.abs(case.grad(raw)), *case.args, seed=1)
    assert report.verdict == "fail"


@pytest.mark.parametrize("raw", [20.0, 25.0, 30.0])
def test_the_binomial_loss_loses_its_digits_where_its_gradient_keeps_them(raw: float) -> None:
    """In 40 digits: at y = 1 and a confident prediction the value is off by 1e-7 and more, the slope by rounding."""
    loss = library.HalfBinomialLoss()
    y, at = np.array([1.0]), np.array([raw])
    with mp.workdps(40):
        exact = mp.log(1 + mp.exp(mp.mpf(raw))) - raw
        slope = -1 / (1 + mp.exp(mp.mpf(raw)))
    assert relative_error(float(loss.loss(y, at)[0]), exact) > 1e-7
    assert relative_error(float(loss.gradient(y, at)[0]), slope) < 1e-14


def test_the_gradient_of_two_outputs_is_twice_that_of_their_mean() -> None:
    """Without a penalty it is the gradient of a sum over outputs, and the loss a mean: the diagnosis is a factor of 2."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(7, 3)), rng.normal(size=(7, 2))
    model = perceptrons.MLPRegressor(
        hidden_layer_sizes=perceptrons.HIDDEN,
        activation="tanh",
        alpha=0.0,
        max_iter=3,
        solver="lbfgs",
        random_state=0,
    )
    case = perceptrons.perceptron("two outputs", model, x, y, None)
    report = case.report()
    assert report.verdict == "fail"
    assert report.diagnosis is not None
    assert report.diagnosis.startswith("factor 2")
    halved = gp.examine_gradient(case.f, lambda w: case.grad(w) / SCIKIT_LEARN_8349, *case.args, seed=1)
    assert halved.verdict == "pass"


def gradient_of_t_sne(y: Any, p: Any, freedom: int) -> Any:
    """Return dC/dy of C = Σ p log(p/q), q ∝ (1 + d²/ν)^(−(ν+1)/2): 2 (ν+1)/ν Σ (p − q) (yᵢ − yⱼ) / (1 + d²/ν)."""
    kernel = 1 + squareform(pdist(y, "sqeuclidean")) / freedom
    q = kernel ** (-(freedom + 1) / 2)
    np.fill_diagonal(q, 0)
    pull = (p - q / q.sum()) / kernel
    return 2 * (freedom + 1) / freedom * np.array([row @ (at - y) for row, at in zip(pull, y, strict=True)])


@pytest.mark.parametrize("components", [2, 3, 4])
def test_the_gradient_of_t_sne_is_right_for_one_degree_of_freedom_alone(components: int) -> None:
    """The derived gradient passes everywhere; scikit-learn's is the same for 2 components alone."""
    case = next(c for c in models.tsne() if c.name == f"TSNE: {components} components")
    (params,) = case.args
    rng = np.random.default_rng(1)
    joint = rng.uniform(size=(models.SAMPLES, models.SAMPLES))
    joint += joint.T
    np.fill_diagonal(joint, 0)
    joint /= joint.sum()
    freedom = max(components - 1, 1)

    def derived(at: Any) -> Any:
        return gradient_of_t_sne(at.reshape(models.SAMPLES, components), joint, freedom).ravel()

    assert gp.examine_gradient(case.f, derived, params, seed=1).verdict == "pass"
    off = np.abs(case.grad(params) - derived(params)).max() / np.abs(derived(params)).max()
    assert off < 1e-12 if components == 2 else off > 0.3


def test_the_gradient_of_an_uncommon_matern_kernel_is_a_difference() -> None:
    """At nine points 1e-9 apart it scatters by more than 1e-6 of itself; that of a common one does not."""

    def scatter(nu: float) -> float:
        x = kernels.data()
        thetas = np.log(0.9) + 1e-9 * np.arange(9)
        slopes = [Matern(np.exp(theta), nu=nu)(x, eval_gradient=True)[1][0, 1, 0] for theta in thetas]
        return float(np.ptp(slopes) / np.abs(slopes).max())

    assert scatter(0.7) > 1e-6
    assert scatter(1.5) < 1e-7
