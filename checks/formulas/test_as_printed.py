"""The errata: each printed form against the derived one, on the smallest input that shows the difference.

`hypothesis.find` searches small integers and fractions, always in the same order, for an input on which the two
forms differ, and shrinks it: the counter-example of an erratum is the same on every machine. Where the erratum is
one of a gradient or a step, the checker then has to reject the printed form there, and to accept the derived one,
as the gradient of the slide's objective. The other errata are held to the slide's scalars, written out.
"""

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import gradproof as gp
import slide_forms as slide
import tails
from gradproof_reference import (
    Layer,
    SigmoidNetwork,
    affine,
    as_printed,
    chain_rule_gradient,
    mlp,
    mlp_loss,
    momentum_l2_step,
    momentum_step,
    perceptron,
    sgd_l2_step,
    sigmoid_network_forward,
    squared_error_backward,
    squared_error_loss,
    two_layer_mlp,
)
from gradproof_reference.ledger import Erratum, row
from harness import Array, agree, counterexample, formula, known_at, verify

Found = TypeVar("Found")

INTEGERS = st.integers(-2, 2)
FRACTIONS = st.sampled_from([1.0, 0.5, 0.25])
SIZES = st.integers(1, 2)


# --- finding and showing -------------------------------------------------------------------------------------------


def smallest(examples: st.SearchStrategy[Found], shows: Callable[[Found], bool]) -> Found:
    """Return the smallest example that shows an erratum; the same one every time."""
    quiet = settings(max_examples=1000, database=None, deadline=None, derandomize=True)
    return find(examples, shows, settings=quiet, random=Random(0))  # noqa: S311  an order, not a secret


def integers(*shape: int) -> st.SearchStrategy[Array]:
    """Arrays of small integers, as floats."""
    return hnp.arrays(np.float64, shape, elements=INTEGERS, fill=st.nothing())


def erratum(row_id: str, printed_form: str | None, part: int = 0) -> Erratum:
    """The erratum of a row with that printed form, the `part`-th where there are several."""
    return [entry for entry in row(row_id).errata if entry.printed_form == printed_form][part]


def show(entry: Erratum, given_input: dict[str, Any], printed: Any, derived: Any) -> None:
    """Leave the counter-example on the report, in short text."""
    counterexample(
        entry.row,
        entry.printed,
        input=", ".join(f"{name} = {text(value)}" for name, value in given_input.items()),
        printed_value=text(printed),
        derived_value=text(derived),
    )


def text(value: Any) -> str:
    """Return a number, array or text to four digits, which any machine computes alike."""
    if isinstance(value, str):
        return value
    array = np.asarray(value, dtype=np.float64) + 0.0
    return f"{array:.4g}" if array.ndim == 0 else f"[{', '.join(map(text, array))}]"


def differ(printed: Any, derived: Any) -> bool:
    """Tell whether two gradients differ by more than rounding."""
    return any(np.max(np.abs(a - b)) > 1e-9 for a, b in zip(_parts(printed), _parts(derived), strict=True))


def decide(f: Callable[..., Any], point: Any, printed: Any, derived: Any) -> None:
    """Require that the checker fails the printed gradient of f at a point, and passes the derived one."""
    with pytest.raises(gp.GradientMismatch) as refusal:
        gp.check_gradient(f, lambda _: printed, point, seed=0)
    assert refusal.value.report.verdict == "fail"
    verify(f, known_at(point, derived), point)


def _parts(gradient: Any) -> tuple[Any, ...]:
    return gradient if isinstance(gradient, tuple) else (gradient,)


# --- steps ---------------------------------------------------------------------------------------------------------


class Step(NamedTuple):
    """One layer, the gradient of the loss without its penalty, λ and α."""

    layer: Layer
    gradient: Layer
    learning_rate: float
    l2_strength: float

    @property
    def described(self) -> dict[str, Any]:
        """What the slide calls it."""
        return {
            "w": self.layer.weight,
            "b": self.layer.bias,
            "dl/dw": self.gradient.weight,
            "dl/db": self.gradient.bias,
            "λ": self.learning_rate,
            "α": self.l2_strength,
        }

    def objective(self, weight: Array, bias: Array) -> Any:
        """L(w, b) + α Σ w², with the linear L whose gradient is the one given."""
        linear = np.sum(self.gradient.weight * weight) + np.sum(self.gradient.bias * bias)
        return linear + self.l2_strength * np.sum(weight * weight)


@st.composite
def steps(draw: st.DrawFn) -> Step:
    """Steps of a layer of at most 2 by 2; λ and α are powers of two, so that (w − w′)/λ is exact."""
    d_out, d_in = draw(SIZES), draw(SIZES)
    layer, gradient = (Layer(draw(integers(d_out, d_in)), draw(integers(d_out))) for _ in range(2))
    return Step(layer, gradient, draw(FRACTIONS), draw(FRACTIONS))


@formula("F05")
def test_sgd_with_l2_steps_by_2_alpha_w() -> None:
    """The printed step (w − w′)/λ is no gradient of L + α Σ w²; the derived one is, on the same input."""

    def printed(step: Step) -> Array:
        return as_printed.sgd_l2_weight_step(
            step.layer.weight, step.gradient.weight, step.learning_rate, step.l2_strength
        )

    def gradients(step: Step) -> list[Array]:
        w, rate = step.layer.weight, step.learning_rate
        return [(w - new) / rate for new in (printed(step), sgd_l2_step(*step).weight)]

    found = smallest(steps(), lambda step: differ(*gradients(step)))
    derived = sgd_l2_step(*found).weight
    decide(lambda w: found.objective(w, found.layer.bias), found.layer.weight, *gradients(found))
    kept = {name: value for name, value in found.described.items() if name not in {"b", "dl/db"}}
    show(
        erratum("F05", "as_printed.sgd_l2_weight_step"),
        kept,
        f"w = {text(printed(found))}",
        f"w = {text(derived)}",
    )


@formula("F05")
@given(steps())
def test_sgd_with_l2_as_printed_is_the_step_of_half_the_penalty(step: Step) -> None:
    """It is the exact step for L + (α/2) Σ w², in fractions: right for another objective."""
    new = as_printed.sgd_l2_weight_step(
        step.layer.weight, step.gradient.weight, step.learning_rate, step.l2_strength
    )
    rate, half = Fraction(step.learning_rate), Fraction(step.l2_strength) / 2
    for at in np.ndindex(*new.shape):
        w, g = (Fraction(float(part.weight[at].real)) for part in (step.layer, step.gradient))
        agree(new[at], np.asarray(w - rate * (g + 2 * half * w)))


@formula("F06")
def test_sgd_with_l2_takes_no_weights_from_the_bias() -> None:
    """The printed step of b is no gradient of the objective by b, even where the shapes allow it."""

    def printed(step: Step) -> Array:
        new = as_printed.sgd_l2_bias_step(
            step.layer.bias, step.gradient.bias, step.layer.weight, step.learning_rate, step.l2_strength
        )
        return new[0]  # b (1,) − λ α w (1, 1) has the shape (1, 1)

    def gradients(step: Step) -> list[Array]:
        b, rate = step.layer.bias, step.learning_rate
        return [(b - new) / rate for new in (printed(step), sgd_l2_step(*step).bias)]

    # With more weights than biases, b gets another shape: the check below.
    one_weight = steps().filter(lambda step: step.layer.weight.shape == (1, 1))
    found = smallest(one_weight, lambda step: differ(*gradients(step)))
    derived = sgd_l2_step(*found).bias
    decide(lambda b: found.objective(found.layer.weight, b), found.layer.bias, *gradients(found))
    kept = {name: value for name, value in found.described.items() if name != "dl/dw"}
    show(
        erratum("F06", "as_printed.sgd_l2_bias_step"),
        kept,
        f"b = {text(printed(found))}",
        f"b = {text(derived)}",
    )


@formula("F06")
def test_sgd_with_l2_as_printed_gives_the_bias_another_shape() -> None:
    """B (2,) minus w (3, 2) would be (3, 2), and minus w (2, 3) is nothing at all."""
    b, g = np.zeros(2), np.zeros(2)
    assert as_printed.sgd_l2_bias_step(b, g, np.ones((3, 2)), 1.0, 1.0).shape == (3, 2)
    with pytest.raises(ValueError, match="must broadcast"):
        as_printed.sgd_l2_bias_step(b, g, np.ones((2, 3)), 1.0, 1.0)


# --- momentum ------------------------------------------------------------------------------------------------------


@formula("F09")
def test_momentum_adds_2_alpha_w() -> None:
    """What the printed rule adds to τv is no gradient of L + α Σ w²; what the derived one adds is."""
    momentum = 0.5

    def velocity(step: Step) -> Layer:
        return Layer(np.ones_like(step.layer.weight), np.ones_like(step.layer.bias))

    def printed(step: Step) -> Array:
        return as_printed.momentum_velocity(
            velocity(step).weight, step.gradient.weight, step.layer.weight, momentum, step.l2_strength
        )

    def derived(step: Step) -> Array:
        layer, gradient, rate, strength = step
        return momentum_l2_step(layer, velocity(step), gradient, rate, momentum, strength)[1].weight

    def gradients(step: Step) -> list[Array]:
        return [new - momentum * velocity(step).weight for new in (printed(step), derived(step))]

    found = smallest(steps(), lambda step: differ(*gradients(step)))
    decide(lambda w: found.objective(w, found.layer.bias), found.layer.weight, *gradients(found))
    given_input = {"v": velocity(found).weight, "w": found.layer.weight, "dl/dw": found.gradient.weight}
    given_input |= {"τ": np.asarray(momentum), "α": np.asarray(found.l2_strength)}
    show(
        erratum("F09", "as_printed.momentum_velocity"),
        given_input,
        f"v = {text(printed(found))}",
        f"v = {text(derived(found))}",
    )


@formula("F09")
def test_momentum_moves_the_bias_too() -> None:
    """Left where the slide leaves it, b would claim a gradient of 0; with a velocity of its own it has dl/db."""
    found = smallest(steps(), lambda step: bool(np.any(step.gradient.bias)))
    layer, gradient, rate, strength = found
    at_rest = Layer(np.zeros_like(layer.weight), np.zeros_like(layer.bias))
    new, velocity = momentum_l2_step(layer, at_rest, gradient, rate, 0.5, strength)
    unmoved = (layer.bias - layer.bias) / rate
    for derived_gradient in (velocity.bias, (layer.bias - new.bias) / rate):
        decide(lambda b: found.objective(layer.weight, b), layer.bias, unmoved, derived_gradient)
    given_input = {"b": layer.bias, "dl/db": gradient.bias, "λ": rate}
    printed, derived = f"b = {text(layer.bias)} for good", f"b = {text(new.bias)}"
    show(row("F09").errata[1], given_input, printed, derived)


@formula("F09")
def test_momentum_is_no_weighted_average() -> None:
    """An average of v and dl/dw lies between them; v ← τv + dl/dw leaves that interval, on its way to g/(1 − τ)."""

    def velocity(case: tuple[int, float]) -> float:
        gradient, momentum = np.array([float(case[0])]), case[1]
        return float(momentum_step(np.zeros(1), gradient, gradient, 1.0, momentum)[1][0])

    cases = st.tuples(INTEGERS, st.sampled_from([0.5, 0.75]))
    found = smallest(cases, lambda case: velocity(case) != case[0])
    gradient, momentum = Fraction(found[0]), Fraction(found[1])
    agree(velocity(found), np.asarray((1 + momentum) * gradient))  # not between g and g
    show(
        row("F09").errata[2],
        {"v": float(gradient), "dl/dw": float(gradient), "τ": found[1]},
        f"v = {text(float(gradient))}, as any average of the two",
        f"v = {text(velocity(found))}",
    )


# --- naming --------------------------------------------------------------------------------------------------------


@formula("F13")
def test_biases_named_by_class_letters_are_the_numbered_ones() -> None:
    """b_c, b_d, b_b go with scores 1, 2, 3 in that order: read so, the printed lines are the affine map."""
    weight, x = np.arange(12.0).reshape(3, 4), np.array([1.0, -2.0, 3.0, 0.5])
    named = {"b_c": 0.5, "b_d": -1.0, "b_b": 2.0}
    printed = [
        sum(weight[line, k] * x[k] for k in range(4)) + named[name]
        for line, name in enumerate(("b_c", "b_d", "b_b"))
    ]
    agree(affine(x[None], weight, np.array(list(named.values())))[0], np.array(printed))


@formula("F20")
def test_sum_of_the_perceptron_has_no_term_0() -> None:
    """With inputs x₁ to x₄ there is no term i = 0; summed from i = 1 it is the perceptron."""
    w = {i: float(value) for i, value in enumerate([1, -2, 3, 1], start=1)}
    x = {i: float(value) for i, value in enumerate([2, 1, 0, -1], start=1)}
    for bias in (-1.0, 0.0, 1.0, 2.0):
        fires = sum(w[i] * x[i] for i in range(1, 5)) + bias > 0
        outputs = perceptron(np.array(list(w.values())), np.array(bias), np.array([list(x.values())]))
        agree(outputs, np.array([float(fires)]))


# --- forward passes ------------------------------------------------------------------------------------------------


class TwoLayers(NamedTuple):
    """Two layers and their inputs."""

    first: Layer
    second: Layer
    x: Array


@st.composite
def two_layers(draw: st.DrawFn) -> TwoLayers:
    """Two layers of at most two units, on at most two examples."""
    n, d, h = draw(SIZES), draw(SIZES), draw(SIZES)
    first = Layer(draw(integers(h, d)), draw(integers(h)))
    return TwoLayers(first, Layer(draw(integers(2, h)), draw(integers(2))), draw(integers(n, d)))


@formula("F23", "F24")
def test_two_layer_mlp_does_not_transpose_its_hidden_column() -> None:
    """Where a₁ᵀ conforms at all it mixes examples and units: other values than the slide's scalars.

    The slide of N layers prints the same transpose at each of them; two layers show it.
    """

    def slide_form(network: TwoLayers) -> list[list[slide.Computed]]:
        return [slide.softmax(slide.logits(network[:2], example)) for example in network.x]

    def shows(network: TwoLayers) -> bool:
        if len(network.x) != len(network.first.bias):
            return False  # then it does not conform: the check below
        return differ(as_printed.two_layer_mlp(*network), two_layer_mlp(*network))

    found = smallest(two_layers(), shows)
    derived = two_layer_mlp(*found)
    for actual, expected in zip(derived, slide_form(found), strict=True):
        agree(actual, slide.values_of(expected), slide.errors_of(expected))
    given_input = {
        "w[1]": found.first.weight,
        "b[1]": found.first.bias,
        "w[2]": found.second.weight,
        "b[2]": found.second.bias,
        "x": found.x,
    }
    agree(mlp((found.first, found.second), found.x), derived)
    for formula_id in ("F23", "F24"):
        show(
            erratum(formula_id, "as_printed.two_layer_mlp"),
            given_input,
            f"f = {text(as_printed.two_layer_mlp(*found))}",
            f"f = {text(derived)}",
        )


@formula("F23")
@given(two_layers())
def test_two_layer_mlp_as_printed_conforms_only_for_as_many_examples_as_units(network: TwoLayers) -> None:
    """w[2] (k, h) times a₁ᵀ (n, h) needs h = n."""
    if len(network.x) == len(network.first.bias):
        as_printed.two_layer_mlp(*network)
    else:
        with pytest.raises(ValueError, match="must conform"):
            as_printed.two_layer_mlp(*network)
    assert two_layer_mlp(*network).shape == (len(network.x), 2)


@st.composite
def hidden_layers(draw: st.DrawFn) -> tuple[Array, Array, Array]:
    """Hidden weights, biases and one input, as many units as inputs."""
    size = draw(SIZES)
    return draw(integers(size, size)), draw(integers(size)), draw(integers(size))


def hidden_of_slide(weight: Array, bias: Array, x: Array) -> Array:
    """z_i = Σ_j w_1ij x_j + b_1i in exact fractions."""
    z = [
        sum((Fraction(weight[i, j]) * Fraction(x[j]) for j in range(len(x))), Fraction(bias[i]))
        for i in range(len(bias))
    ]
    return np.array(z)


def forward_z(weight: Array, bias: Array, x: Array) -> Array:
    """Z of the reference's network with that hidden layer."""
    network = SigmoidNetwork(weight, bias, np.zeros(len(bias)), np.array(0.0))
    return sigmoid_network_forward(network, x[None]).z[0]


@formula("F25")
def test_hidden_sum_runs_over_the_inputs() -> None:
    """Σ_i w_1ij x_i takes the transposed weights: other values, though the bias is one for all."""

    def printed(case: tuple[Array, Array, Array]) -> Array:
        weight, bias, x = case
        return as_printed.hidden_pre_activation(weight, bias[0], x[None])[0]

    shared = hidden_layers().map(lambda case: (case[0], np.full_like(case[1], case[1][0]), case[2]))
    found = smallest(shared, lambda case: bool(np.any(printed(case) != hidden_of_slide(*case))))
    agree(forward_z(*found), hidden_of_slide(*found))
    show(
        erratum("F25", "as_printed.hidden_pre_activation"),
        dict(zip(("w₁", "b₁", "x"), found, strict=True)),
        f"z = {text(printed(found))}",
        f"z = {text(forward_z(*found))}",
    )


@formula("F25")
def test_hidden_sum_as_printed_needs_as_many_units_as_inputs() -> None:
    """I runs over units in w and over inputs in x: two units on three inputs do not conform."""
    with pytest.raises(ValueError, match="units and inputs alike"):
        as_printed.hidden_pre_activation(np.ones((2, 3)), 0.0, np.ones((1, 3)))


@formula("F25")
def test_every_hidden_unit_has_its_own_bias() -> None:
    """No shared b_1 gives what two biases do, even with weights that the transpose leaves alone."""

    def printed(case: tuple[Array, Array, Array], shared: float) -> Array:
        weight, _, x = case
        return as_printed.hidden_pre_activation(weight, shared, x[None])[0]

    def shows(case: tuple[Array, Array, Array]) -> bool:
        wanted = hidden_of_slide(*case)
        return all(np.any(printed(case, float(shared)) != wanted) for shared in case[1])

    symmetric = hidden_layers().map(lambda case: (case[0] + case[0].T, *case[1:]))
    found = smallest(symmetric, shows)
    agree(forward_z(*found), hidden_of_slide(*found))
    # z_i − (w_1 x)_i is b_1 for each unit: one number as printed.
    off = np.unique(hidden_of_slide(*found) - hidden_of_slide(found[0], np.zeros_like(found[1]), found[2]))
    assert len(off) > 1
    first = float(found[1][0])
    show(
        erratum("F25", "as_printed.hidden_pre_activation", part=1),
        dict(zip(("w₁", "b₁", "x"), found, strict=True)),
        f"z = {text(printed(found, first))} with b₁ = {text(first)} for both",
        f"z = {text(forward_z(*found))}",
    )


class Network(NamedTuple):
    """A sigmoid network with one example and its target."""

    network: SigmoidNetwork
    x: Array
    y: Array

    @property
    def described(self) -> dict[str, Any]:
        """What the slide calls it."""
        return {
            **dict(zip(("w₁", "b₁", "w₂", "b₂"), self.network, strict=True)),
            "x": self.x[0],
            "y": self.y[0],
        }


@st.composite
def networks(draw: st.DrawFn, least_units: int = 1) -> Network:
    """Sigmoid networks of at most two hidden units on at most two inputs."""
    h, d = draw(st.integers(least_units, 2)), draw(SIZES)
    network = SigmoidNetwork(draw(integers(h, d)), draw(integers(h)), draw(integers(h)), draw(integers()))
    return Network(network, draw(integers(1, d)), draw(integers(1)))


def loss_of_slide(case: Network) -> slide.Number:
    """½ (ŷ_1 − y_1)² at 50 digits, from explicit indices."""
    network, x, y = case
    z = slide.affine(slide.exact(network.hidden_weight), slide.exact(network.hidden_bias), slide.exact(x[0]))
    p = slide.affine(
        [slide.exact(network.output_weight)],
        slide.exact(network.output_bias),
        [slide.sigmoid(z_i) for z_i in z],
    )
    return (slide.sigmoid(p[0]).value - float(y[0])) ** 2 / 2


@formula("F25")
def test_output_is_not_called_by_the_target_s_name() -> None:
    """With the output called y_1 the loss compares it with itself: 0, whatever the target."""
    found = smallest(
        networks(), lambda case: differ(as_printed.squared_error_loss(*case), squared_error_loss(*case))
    )
    derived, expected = squared_error_loss(*found), loss_of_slide(found)
    agree(derived, np.asarray(expected), 16 * slide.UNIT * float(expected))
    agree(as_printed.squared_error_loss(*found), 0.0)
    backward = squared_error_backward(*found)
    verify(
        lambda network: tails.squared_error(tails.prediction_from_x(network, found.x), found.y),
        known_at(found.network, backward.network),
        found.network,
    )
    show(
        erratum("F25", "as_printed.squared_error_loss"),
        found.described,
        f"Loss = {text(as_printed.squared_error_loss(*found))}",
        f"Loss = {text(derived)}",
    )


@formula("F25")
def test_output_comes_from_the_only_p() -> None:
    """There is no p_i for a hidden unit i beyond the first; p_1 gives ŷ_1."""

    def exists(case: tuple[Network, int]) -> bool:
        (network, x, _), i = case
        try:
            as_printed.output(network, x, i)
        except ValueError:
            return False
        return True

    cases = networks().flatmap(
        lambda case: st.tuples(st.just(case), st.integers(0, len(case.network.hidden_bias) - 1))
    )
    found, i = smallest(cases, lambda case: not exists(case))
    assert i > 0
    (p,) = sigmoid_network_forward(found.network, found.x).p
    y_hat = sigmoid_network_forward(found.network, found.x).y_hat
    expected = slide.sigmoid(slide.Computed(slide.mp.mpf(float(p))))
    agree(y_hat, slide.values_of([expected]), slide.errors_of([expected]))
    agree(
        as_printed.output(found.network, found.x, 0), slide.values_of([expected]), slide.errors_of([expected])
    )
    kept = {name: value for name, value in found.described.items() if name != "y"}
    show(
        erratum("F25", "as_printed.output"),
        {**kept, "i": i + 1},
        f"no p{'₀₁₂'[i + 1]}",
        f"ŷ₁ = {text(y_hat[0])}",
    )


# --- gradients -----------------------------------------------------------------------------------------------------


class Classifier(NamedTuple):
    """Layers, one example with its label, and the layer in question."""

    layers: tuple[Layer, ...]
    x: Array
    labels: Array
    k: int

    def loss(self, layer: Layer) -> Any:
        """Loss as a function of layer k alone."""
        return mlp_loss([*self.layers[: self.k], layer, *self.layers[self.k + 1 :]], self.x, self.labels)


@st.composite
def classifiers(draw: st.DrawFn) -> Classifier:
    """Networks of two layers for two classes, and one of the layers."""
    d, h = draw(SIZES), draw(SIZES)
    layers = Layer(draw(integers(h, d)), draw(integers(h))), Layer(draw(integers(2, h)), draw(integers(2)))
    label = np.array([draw(st.integers(0, 1))])
    return Classifier(layers, draw(integers(1, d)), label, draw(st.integers(0, 1)))


@formula("F27")
def test_chain_rule_ends_with_the_layer_s_own_activation() -> None:
    """The printed factors ∂a_{k−1}/∂w[k] make the gradient 0, which the checker rejects; the derived product passes."""
    found = smallest(
        classifiers(),
        lambda case: differ(as_printed.chain_rule_gradient(*case), chain_rule_gradient(*case)),
    )
    printed, derived = as_printed.chain_rule_gradient(*found), chain_rule_gradient(*found)
    decide(found.loss, found.layers[found.k], printed, derived)
    given_input: dict[str, Any] = {}
    for number, layer in enumerate(found.layers, start=1):
        given_input |= {f"w[{number}]": layer.weight, f"b[{number}]": layer.bias}
    given_input |= {"x": found.x[0], "label": found.labels[0] + 1, "k": found.k + 1}
    show(
        erratum("F27", "as_printed.chain_rule_gradient"),
        given_input,
        f"∂l/∂b[{found.k + 1}] = {text(printed.bias)}",
        f"∂l/∂b[{found.k + 1}] = {text(derived.bias)}",
    )


@formula("F28")
def test_hidden_unit_has_the_gradient_of_its_own_activation() -> None:
    """σ′(z_i) ∂L/∂a_k with another unit's k is no gradient by z; σ′(z_i) ∂L/∂a_i is."""

    def printed(case: Network) -> Array:
        z, by_a = sigmoid_network_forward(case.network, case.x).z, squared_error_backward(*case).a
        return as_printed.z_gradient(z, by_a, 0)

    found = smallest(
        networks(least_units=2), lambda case: differ(printed(case), squared_error_backward(*case).z)
    )
    derived = squared_error_backward(*found).z
    decide(
        lambda z: tails.squared_error(tails.prediction_from_z(found.network, z), found.y),
        sigmoid_network_forward(found.network, found.x).z,
        printed(found),
        derived,
    )
    show(
        erratum("F28", "as_printed.z_gradient"),
        {**found.described, "k": 1},
        f"∂L/∂z = {text(printed(found)[0])}",
        f"∂L/∂z = {text(derived[0])}",
    )


@formula("F28")
def test_input_has_the_gradients_of_all_hidden_units() -> None:
    """(∂z_i/∂x_k) ∂L/∂z_i of one unit is no gradient by x; the sum over the units is."""

    def printed(case: Network) -> Array:
        return as_printed.x_gradient(case.network.hidden_weight, squared_error_backward(*case).z, 0)

    found = smallest(networks(), lambda case: differ(printed(case), squared_error_backward(*case).x))
    derived = squared_error_backward(*found).x
    decide(
        lambda x: tails.squared_error(tails.prediction_from_x(found.network, x), found.y),
        found.x,
        printed(found),
        derived,
    )
    show(
        erratum("F28", "as_printed.x_gradient"),
        {**found.described, "i": 1},
        f"∂L/∂x = {text(printed(found)[0])}",
        f"∂L/∂x = {text(derived[0])}",
    )
