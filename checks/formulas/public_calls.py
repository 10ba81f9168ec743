"""Every public formula with arguments to call it on: for the checks that hold for all of them.

An argument is named by what it is; its own axes are single letters, n examples, d inputs, h hidden units, k classes.
Numbers are eighths in [−1, 1] and axes at most 3 long. Scores are then exact in float32 already, so that steps and
comparisons come out the same in every precision and order of summation.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import gradproof_reference as gr
from gradproof_reference.ledger import LEDGER
from harness import EPS, Array, Shape

ROUNDING = 1000
"""Units roundoff by which two evaluations of a formula may differ on these arguments.

A path through a formula of two layers has less than 50 roundings, of sums whose terms add up to less than 20.
"""

EIGHTHS = st.integers(-8, 8).map(lambda k: k / 8)
POSITIVE = st.integers(1, 8).map(lambda k: k / 8)


@dataclass(frozen=True)
class Argument:
    """How to draw an argument.

    Attributes
    ----------
    axes : str
        Its own axes, without those of a stack.
    elements : strategy
        Of its entries.
    scalar : bool
        Whether it is a scalar of an update, always a Python float or float64, and not data with a dtype of its own.
    stacked : bool
        Whether it always has all the axes of the stack: gradients have, in the updates of nested parameters.
    """

    axes: str = ""
    elements: st.SearchStrategy[Any] = EIGHTHS
    scalar: bool = False
    stacked: bool = False

    @property
    def is_data(self) -> bool:
        """Whether it is made of floats that may have another dtype."""
        return not self.scalar and self.axes != "labels"

    @property
    def can_be_huge(self) -> bool:
        """Whether it may be any number: not a probability, a distinct point, or a number of some range."""
        return self.is_data and self.elements is EIGHTHS and self.axes != "points"


ARGUMENTS = {
    "x": Argument("nd"),
    "weight": Argument("kd"),
    "bias": Argument("k"),
    "scores": Argument("nk"),
    "targets": Argument("nk", EIGHTHS.map(abs)),
    "labels": Argument("labels"),
    "w1": Argument("hd"),
    "b1": Argument("h"),
    "w2": Argument("kh"),
    "b2": Argument("k"),
    "hidden": Argument("nh"),
    "unit_weight": Argument("d"),
    "unit_output": Argument("h"),
    "unit_bias": Argument(),
    "examples": Argument("n"),
    "probabilities": Argument("n", st.integers(0, 8).map(lambda k: k / 8)),
    "points": Argument("points"),
    "values": Argument("points", EIGHTHS),
    "coefficients": Argument("d"),
    "loss": Argument(),
    "curvature": Argument("k"),
    "positive": Argument("", POSITIVE),
    "condition": Argument("", st.integers(8, 64).map(lambda k: k / 8)),
    "rate": Argument("", POSITIVE, scalar=True),
    "momentum": Argument("", st.integers(0, 7).map(lambda k: k / 8), scalar=True),
    "l2_strength": Argument("", st.integers(0, 8).map(lambda k: k / 8), scalar=True),
    "weight_gradient": Argument("kd", stacked=True),
    "bias_gradient": Argument("k", stacked=True),
}


@dataclass(frozen=True)
class Call:
    """A public formula and its arguments.

    Attributes
    ----------
    arguments : str
        Names of `ARGUMENTS`, in the order in which `run` takes them; each is drawn on its own.
    run : callable
        Calls the formula; the result may be nested.
    aligned : bool
        Whether stack axes do not broadcast: an argument has all of them or none.
    takes_complex : bool
        Whether the formula has an analytic continuation.
    partly : bool
        Whether its results have only the stack axes that each depends on.
    rounding : float
        Units roundoff by which two evaluations may differ.
    """

    arguments: str
    run: Callable[..., Any]
    aligned: bool = False
    takes_complex: bool = True
    partly: bool = False
    rounding: float = ROUNDING

    @property
    def kinds(self) -> list[Argument]:
        """The arguments, in order."""
        return [ARGUMENTS[name] for name in self.arguments.split()]


def on_layers(function: Callable[..., Any], *more: Any) -> Callable[..., Any]:
    """Call a function of layers with the arrays of two."""
    return lambda w1, b1, w2, b2, *rest: function([gr.Layer(w1, b1), gr.Layer(w2, b2)], *rest, *more)


def on_two(function: Callable[..., Any]) -> Callable[..., Any]:
    """Call a function of a first and a second layer with their arrays."""
    return lambda w1, b1, w2, b2, *rest: function(gr.Layer(w1, b1), gr.Layer(w2, b2), *rest)


def on_network(function: Callable[..., Any]) -> Callable[..., Any]:
    """Call a function of a sigmoid network with its arrays."""
    return lambda w1, b1, w2, b2, *rest: function(gr.SigmoidNetwork(w1, b1, w2, b2), *rest)


def trained(start: Array, rate: Array, momentum: Array) -> list[Any]:
    """Train w on ½ Σ |w − cᵢ|² for two epochs, and return parameters, velocity and loss of every step."""
    centers = np.array([[0.5, -0.25, 1.0], [-1.0, 0.0, 0.125], [0.25, 0.5, -0.5]]).astype(start.dtype)

    def loss_and_gradient(w: Array, batch: Array) -> tuple[Any, Any]:
        residuals = w[..., None, :] - centers[batch, : w.shape[-1]]
        return np.sum(residuals * residuals, axis=(-2, -1)) / 2, np.sum(residuals, axis=-2)

    options: dict[str, Any] = {"learning_rate": rate, "momentum": momentum, "n_epochs": 2, "batch_size": 2}
    return [step[2:] for step in gr.train(loss_and_gradient, start, 3, **options)]


def trained_in_place(w1: Array, b1: Array, w2: Array, b2: Array, x: Array, *more: Array) -> Any:
    """Train two layers for two epochs of batches of two."""
    labels, rate, momentum, l2_strength = more
    options: dict[str, Any] = {"learning_rate": rate, "momentum": momentum, "n_epochs": 2, "batch_size": 2}
    layers = [gr.Layer(w1, b1), gr.Layer(w2, b2)]
    return list(gr.train_mlp(layers, x, labels, gr.TANH, l2_strength, **options))


MLP = "w1 b1 w2 b2 x"
NETWORK = "w1 b1 unit_output unit_bias x"
STEP = "weight bias weight_gradient bias_gradient"

CALLS: dict[str, Call] = {
    **{
        name: Call("scores", getattr(gr, name))
        for name in (
            "step",
            "step_derivative",
            "sigmoid",
            "sigmoid_derivative",
            "tanh",
            "tanh_derivative",
            "relu",
            "relu_derivative",
            "softmax",
            "log_softmax",
            "softmax_jacobian",
            "decode",
        )
    },
    "affine": Call("x weight bias", gr.affine),
    "affine_gradient": Call("x weight scores", gr.affine_gradient),
    "affine_jacobian": Call("x", lambda x: gr.affine_jacobian(x, 2)),
    "binary_cross_entropy_backward": Call(
        f"{NETWORK} probabilities", on_network(gr.binary_cross_entropy_backward)
    ),
    "binary_cross_entropy_loss": Call(f"{NETWORK} probabilities", on_network(gr.binary_cross_entropy_loss)),
    "chain_rule_gradient": Call(f"{MLP} labels", on_layers(gr.chain_rule_gradient, 0)),
    "convergence_rate": Call("rate curvature momentum", gr.convergence_rate, takes_complex=False),
    "design_matrix": Call("points", lambda x: gr.design_matrix(x, 3)),
    # The condition number of the design matrix on the four points below is less than 10; its square enters.
    "fit_polynomial": Call(
        "points values", lambda x, t: gr.fit_polynomial(x, t, 2), takes_complex=False, rounding=100 * ROUNDING
    ),
    "l2_penalty": Call("weight l2_strength", gr.l2_penalty),
    "l2_penalty_gradient": Call("weight l2_strength", gr.l2_penalty_gradient),
    "layer_jacobian": Call(
        "w1 hidden",
        lambda w, z: gr.layer_jacobian(gr.Layer(w, np.zeros(w.shape[-2])), z),  # the bias does not enter
    ),
    "linear_softmax": Call("weight bias x", gr.linear_softmax),
    "linear_softmax_gradient": Call("weight bias x labels", gr.linear_softmax_gradient),
    "linear_softmax_loss": Call("weight bias x labels", gr.linear_softmax_loss),
    "minibatch_cost": Call("points", lambda costs: gr.minibatch_cost(costs, [3, 0, 3])),
    "minibatch_cost_gradient": Call("points", lambda costs: gr.minibatch_cost_gradient(costs, [3, 0, 3])),
    "mlp": Call(MLP, on_layers(gr.mlp)),
    "mlp_backward": Call(f"{MLP} labels", on_layers(gr.mlp_backward)),
    "mlp_forward": Call(MLP, on_layers(gr.mlp_forward), partly=True),
    "mlp_gradient": Call(
        f"{MLP} labels l2_strength",
        lambda *a: on_layers(gr.mlp_gradient)(*a[:-1], gr.TANH, a[-1]),
    ),
    "mlp_loss": Call(f"{MLP} labels l2_strength", lambda *a: on_layers(gr.mlp_loss)(*a[:-1], gr.RELU, a[-1])),
    "mlp_loss_and_gradient": Call(
        f"{MLP} labels l2_strength",
        lambda *a: on_layers(gr.mlp_loss_and_gradient)(*a[:-1], gr.RELU, a[-1]),
    ),
    "momentum_converges": Call("rate curvature momentum", gr.momentum_converges, takes_complex=False),
    "momentum_l2_step": Call(
        "weight bias weight bias weight bias rate momentum l2_strength",
        lambda w, b, v, u, g, f, *scalars: gr.momentum_l2_step(
            gr.Layer(w, b), gr.Layer(v, u), gr.Layer(g, f), *scalars
        ),
    ),
    "momentum_step": Call(
        f"weight bias {STEP} rate momentum",
        lambda w, b, v, u, g, f, *scalars: gr.momentum_step(
            {"w": w, "b": b}, {"w": v, "b": u}, {"w": g, "b": f}, *scalars
        ),
        aligned=True,
    ),
    "one_hot": Call("labels", lambda labels: gr.one_hot(labels, 3)),
    "optimal_gradient_descent_rate": Call("condition", gr.optimal_gradient_descent_rate, takes_complex=False),
    "optimal_learning_rate": Call("positive condition", gr.optimal_learning_rate, takes_complex=False),
    "optimal_momentum": Call("condition", gr.optimal_momentum, takes_complex=False),
    "optimal_momentum_rate": Call("condition", gr.optimal_momentum_rate, takes_complex=False),
    "perceptron": Call("unit_weight unit_bias x", gr.perceptron),
    "perceptron_gradient": Call("unit_weight unit_bias x examples", gr.perceptron_gradient),
    "polynomial": Call("coefficients points", gr.polynomial),
    "rescale_to_full": Call("weight", lambda gradient: gr.rescale_to_full([gradient], 7, 3)),
    "rms_error": Call("coefficients points values", gr.rms_error),
    "sgd_l2_step": Call(
        "weight bias weight bias rate l2_strength",
        lambda w, b, g, f, *scalars: gr.sgd_l2_step(gr.Layer(w, b), gr.Layer(g, f), *scalars),
    ),
    "sgd_step": Call(
        f"{STEP} rate",
        lambda w, b, g, f, rate: gr.sgd_step({"w": w, "b": b}, {"w": g, "b": f}, rate),
        aligned=True,
    ),
    "sigmoid_network_forward": Call(NETWORK, on_network(gr.sigmoid_network_forward), partly=True),
    "softmax_cross_entropy": Call("scores labels", gr.softmax_cross_entropy),
    "softmax_cross_entropy_gradient": Call("scores labels", gr.softmax_cross_entropy_gradient),
    "softmax_cross_entropy_of_targets": Call("scores targets", gr.softmax_cross_entropy_of_targets),
    "softmax_cross_entropy_of_targets_gradient": Call(
        "scores targets", gr.softmax_cross_entropy_of_targets_gradient
    ),
    "squared_error_backward": Call(f"{NETWORK} examples", on_network(gr.squared_error_backward)),
    "squared_error_loss": Call(f"{NETWORK} examples", on_network(gr.squared_error_loss)),
    "sum_of_squares": Call("coefficients points values", gr.sum_of_squares),
    "sum_of_squares_gradient": Call("coefficients points values", gr.sum_of_squares_gradient),
    "total_cost": Call("examples", gr.total_cost),
    "total_cost_gradient": Call("examples", gr.total_cost_gradient),
    "train": Call("bias_gradient rate momentum", trained, aligned=True),
    "train_mlp": Call(f"{MLP} labels rate momentum l2_strength", trained_in_place, takes_complex=False),
    "train_polynomial": Call(
        "coefficients points values rate momentum",
        lambda w, x, t, rate, momentum: gr.train_polynomial(
            w, x, t, learning_rate=rate / 8, momentum=momentum, n_epochs=2, batch_size=2
        ),
        takes_complex=False,
    ),
    "two_layer_mlp": Call(MLP, on_two(gr.two_layer_mlp)),
    "two_layer_mlp_gradient": Call(f"{MLP} labels", on_two(gr.two_layer_mlp_gradient)),
    "two_layer_mlp_loss": Call(f"{MLP} labels", on_two(gr.two_layer_mlp_loss)),
    "unlearns": Call("loss loss loss loss", gr.unlearns, takes_complex=True),
    "zero_velocity": Call("weight bias", lambda w, b: gr.zero_velocity({"w": w, "b": b}), partly=True),
}

WITHOUT_ARRAYS = {"minibatches"}
"""Public functions that take counts alone: nothing to stack and no dtype."""


def rows_of(name: str) -> tuple[str, ...]:
    """Return the IDs of the rows that name a formula."""
    return tuple(row.id for row in LEDGER if name in (*row.implementation, *row.gradient))


def leaves(result: Any) -> list[Array]:
    """Return the arrays of a nested result, in order."""
    if isinstance(result, dict):
        result = list(result.values())
    if isinstance(result, list | tuple):
        return [leaf for entry in result for leaf in leaves(entry)]
    return [np.asarray(result)]


def without_nan(array: Array) -> Array:
    """Put a number in the place of NaN, which stands where a derivative is undefined."""
    return np.where(np.isnan(array), array.dtype.type(1e6), array)


def own_shape(argument: Argument, lengths: dict[str, int]) -> Shape:
    """Return the shape of one model's argument."""
    if argument.axes in {"points", "labels"}:
        return (4,) if argument.axes == "points" else (lengths["n"],)
    return tuple(lengths[axis] for axis in argument.axes)


@st.composite
def drawn_arguments(draw: st.DrawFn, call: Call, stack: Shape = ()) -> list[Array]:
    """Draw the arguments of a call; each has the axes of the stack, some that broadcast to them, or none."""
    lengths = {axis: draw(st.integers(1, 3)) for axis in "ndh"} | {"k": draw(st.integers(2, 3))}
    arrays = []
    for name, argument in zip(call.arguments.split(), call.kinds, strict=True):
        leading = draw(_leading(stack, argument, aligned=call.aligned))
        shape = (*leading, *own_shape(argument, lengths))
        if name == "labels":
            arrays.append(draw(hnp.arrays(np.int64, shape, elements=st.integers(0, lengths["k"] - 1))))
        elif name == "points":  # distinct ones in every row, for fits
            shifts = draw(hnp.arrays(np.float64, (*leading, 1), elements=st.integers(0, 1)))
            arrays.append((np.array([-8.0, -3.0, 2.0, 7.0]) + shifts) / 8)
        elif name == "targets":  # distributions in eighths: what the first class has not, the last one has
            first = draw(hnp.arrays(np.float64, shape[:-1], elements=st.integers(0, 8))) / 8
            rows = np.zeros(shape)
            rows[..., 0], rows[..., -1] = first, 1 - first
            arrays.append(rows)
        else:
            arrays.append(draw(hnp.arrays(np.float64, shape, elements=argument.elements, fill=st.nothing())))
    return arrays


def _leading(stack: Shape, argument: Argument, *, aligned: bool) -> st.SearchStrategy[Shape]:
    if argument.stacked or not stack:
        return st.just(stack)
    if aligned:
        return st.sampled_from([(), stack])
    choices = [(), stack, stack[1:], (1, *stack[1:]), (*stack[:-1], 1)]
    return st.sampled_from(list(dict.fromkeys(choices)))


def stack_of(call: Call, arguments: Iterable[Array]) -> Shape:
    """Return the axes of the stack that the arguments make together."""
    own = (len(own_shape(kind, dict.fromkeys("ndhk", 1))) for kind in call.kinds)
    return np.broadcast_shapes(*(a.shape[: a.ndim - axes] for axes, a in zip(own, arguments, strict=True)))


def member_of(call: Call, arguments: Iterable[Array], stack: Shape, index: Shape) -> list[Array]:
    """Return the arguments of one model of a stack."""
    own = (len(own_shape(kind, dict.fromkeys("ndhk", 1))) for kind in call.kinds)
    return [
        np.broadcast_to(a, stack + a.shape[a.ndim - axes :])[index]
        for axes, a in zip(own, arguments, strict=True)
    ]


def as_dtype(call: Call, arguments: Iterable[Array], dtype: Any) -> list[Array]:
    """Convert the arguments that are data."""
    return [
        array.astype(dtype) if kind.is_data else array
        for kind, array in zip(call.kinds, arguments, strict=True)
    ]


def bound(call: Call, eps: float = EPS) -> float:
    """Bound the difference of two evaluations of a call."""
    return call.rounding * eps / 2
