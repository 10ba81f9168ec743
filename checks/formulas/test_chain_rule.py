"""The chain rule as an explicit product of Jacobians: F27."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import slide_forms as slide
from gradproof_reference import (
    ACTIVATIONS,
    Layer,
    affine,
    chain_rule_gradient,
    layer_jacobian,
    mlp_gradient,
    mlp_loss,
)
from harness import Array, agree, arrays, broadcastable_axes, formula, known_at, sizes, split, verify
from networks import problems

every_activation = pytest.mark.parametrize("name", ["step", "sigmoid", "tanh", "relu"])


@formula("F27")
@every_activation
@split(4)
@given(data=st.data())
def test_product_of_jacobians_is_the_derivative_of_the_loss(name: str, data: st.DataObject) -> None:
    """∂l/∂w[k] and ∂l/∂b[k] of every layer of 1 to 4, at any scale, shifted by 1e8, each layer by itself."""
    layers, x, classes, activation = data.draw(problems(name))
    k = data.draw(st.integers(0, len(layers) - 1))
    shift = data.draw(st.sampled_from([0.0, 1e8]))

    def with_layer(layer: Layer) -> list[Layer]:
        return [*layers[:k], layer, *layers[k + 1 :]]

    verify(
        lambda layer: mlp_loss(with_layer(layer), x, classes, activation) + shift,
        lambda layer: chain_rule_gradient(with_layer(layer), x, classes, k, activation),
        layers[k],
    )


@formula("F27")
@every_activation
@split(4)
@given(data=st.data())
def test_product_of_jacobians_is_written_out_with_indices(name: str, data: st.DataObject) -> None:
    """Each entry is Σ over paths of ∂l/∂z_n · w · activation′ ⋯ a_{k−1,j} at 50 digits, summed over the examples."""
    problem = data.draw(problems(name, largest=2))
    one = slide.Computed(slide.mp.mpf(1))
    for k in range(len(problem.layers)):
        computed = chain_rule_gradient(*problem[:3], k, problem.activation)
        examples = [
            slide.gradient_of_layer(problem.layers, example, int(label), k, name)
            for example, label in zip(problem.x, problem.labels, strict=True)
        ]
        for i, j in np.ndindex(*computed.weight.shape):
            expected = slide.product_sum([(weight[i][j], one) for weight, _ in examples])
            agree(computed.weight[i, j], np.asarray(expected.value), expected.error)
        for i in range(len(computed.bias)):
            expected = slide.product_sum([(bias[i], one) for _, bias in examples])
            agree(computed.bias[i], np.asarray(expected.value), expected.error)


@formula("F27", "F26")
@every_activation
@split(4)
@given(data=st.data())
def test_product_of_jacobians_equals_back_propagation(name: str, data: st.DataObject) -> None:
    """The matrices multiplied from the left equal the vectors of back-propagation, layer by layer.

    Both sum the same paths in another order: within the bounds of both against the written-out chain rule.
    """
    problem = data.draw(problems(name, largest=2))
    backward = mlp_gradient(*problem)
    one = slide.Computed(slide.mp.mpf(1))
    for k, by in enumerate(backward):
        product = chain_rule_gradient(*problem[:3], k, problem.activation)
        examples = [
            slide.gradient_of_layer(problem.layers, example, int(label), k, name)
            for example, label in zip(problem.x, problem.labels, strict=True)
        ]
        for i, j in np.ndindex(*by.weight.shape):
            bound = 2 * slide.product_sum([(weight[i][j], one) for weight, _ in examples]).error
            agree(product.weight[i, j], by.weight[i, j], bound)
        for i in range(len(by.bias)):
            bound = 2 * slide.product_sum([(bias[i], one) for _, bias in examples]).error
            agree(product.bias[i], by.bias[i], bound)


@formula("F27")
@every_activation
@split(4)
@given(data=st.data())
def test_layer_jacobian_is_the_derivative_of_every_activation(name: str, data: st.DataObject) -> None:
    """Row i is the gradient of a_k,i as a scalar function of the layer's inputs a_{k−1}, off the kinks."""
    layers, x, _, activation = data.draw(problems(name, depth=2))
    layer = layers[0]
    jacobian = layer_jacobian(layer, affine(x, *layer), activation)
    for e, i in np.ndindex(*jacobian.shape[:-1]):
        verify(
            lambda a, i=i: activation.function(affine(a[None], *layer))[0, i],
            known_at(x[e], jacobian[e, i]),
            x[e],
        )


@formula("F27")
@every_activation
@split(4)
@given(data=st.data())
def test_layer_jacobian_is_the_activation_s_slope_times_the_weight(name: str, data: st.DataObject) -> None:
    """∂a_k,i/∂a_{k−1},j = activation′(z_i) w_ij at 50 digits, leading axes broadcast."""
    n, d_in, d_out = (data.draw(sizes(3)) for _ in range(3))
    axes = data.draw(broadcastable_axes(2, max_dims=1))
    weight: Array = data.draw(arrays((*axes[0], d_out, d_in)))
    z: Array = data.draw(arrays((*axes[1], n, d_out)).map(lambda drawn: drawn + 2.0**-20 * (drawn == 0)))
    jacobian = layer_jacobian(Layer(weight, np.zeros(d_out)), z, ACTIVATIONS[name])
    stack = np.broadcast_shapes(*axes)
    weight, z = np.broadcast_to(weight, (*stack, d_out, d_in)), np.broadcast_to(z, (*stack, n, d_out))
    for at in np.ndindex(*stack):
        for e, i, j in np.ndindex(n, d_out, d_in):
            slope = slide.DERIVATIVES[name](slide.exact(z[at])[e][i])
            expected = slide.product(slope, slide.exact(weight[at])[i][j])
            agree(jacobian[(*at, e, i, j)], np.asarray(expected.value), expected.error)
