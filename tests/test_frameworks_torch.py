"""torch functions, modules and hand-written autograd.Functions are examined as they are, without a gradient."""

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import gradproof as gp
from gradproof._frameworks import adapt

torch = pytest.importorskip("torch", reason="torch is not installed: requirements/frameworks.txt")
nn = torch.nn


@pytest.fixture(scope="module", autouse=True)
def single_thread() -> Iterator[None]:
    """Small arrays are slower with more threads, much slower where those share their cores."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def tensor(*shape: Any, seed: Any = 0, dtype: Any = torch.float64) -> Any:
    """A tensor of normal numbers from a seed."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(dtype)


class Product(torch.autograd.Function):
    """x y, with the derivative by x times `factor`."""

    @staticmethod
    def forward(ctx: Any, x: Any, y: Any, factor: Any = 1.0) -> Any:
        """The product."""
        ctx.save_for_backward(x, y)
        ctx.factor = factor
        return x * y

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        """The chain rule, but for the factor."""
        x, y = ctx.saved_tensors
        return ctx.factor * gradient * y, gradient * x, None


class Cube(torch.autograd.Function):
    """x ** 3 in the newer manner, with forward apart from its context; the derivative is half of what it should be."""

    @staticmethod
    def forward(base: Any) -> Any:
        """The cube."""
        return base**3

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:  # noqa: ARG004  the signature is torch's
        """Keep the argument."""
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        """Half the derivative."""
        (base,) = ctx.saved_tensors
        return 1.5 * base**2 * gradient


class Scaling(nn.Module):
    """A layer with one parameter and a hand-written derivative."""

    def __init__(self, factor: Any) -> None:
        super().__init__()
        self.scale = nn.Parameter(tensor(3, seed=5))
        self.factor = factor

    def forward(self, inputs: Any) -> Any:
        """Scale the inputs."""
        return Product.apply(self.scale, inputs, self.factor)


def network(factor: Any = 1.0) -> Any:
    """A linear layer in float32 and a scaling whose derivative is off by a factor."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.Tanh(), Scaling(factor)))


def test_a_function_of_float32_tensors_is_examined_in_float64() -> None:
    """What is seen is far sharper than float32 could show."""
    report = gp.check_gradient(lambda x: torch.tanh(x).sum(), tensor(3, 4, dtype=torch.float32))
    assert report.verdict == "pass"
    assert report.resolution < 1e-9


def test_outputs_that_are_no_scalar_are_reduced_with_weights_of_the_seed() -> None:
    """The value is a weighted sum with all weights in ±[1, 2), the same for the same seed."""
    first, again, other = (adapt(lambda x: x, None, (tensor(4),), seed=seed) for seed in (1, 1, 2))
    weights = np.array([first.f(row) for row in np.eye(4)])
    assert np.all((np.abs(weights) >= 1) & (np.abs(weights) < 2))
    np.testing.assert_array_equal(first.grad(np.zeros(4))[0], weights)
    assert first.f(np.ones(4)) == again.f(np.ones(4)) != other.f(np.ones(4))


def test_a_real_scalar_is_taken_as_it_is() -> None:
    """No weight is put before the one number that f returns."""
    adapted = adapt(lambda x: (x**2).sum(), None, (tensor(3),), seed=1)
    assert adapted.f(np.array([1.0, 2.0, 3.0])) == 14.0


def test_every_output_of_a_tuple_counts() -> None:
    """A derivative that is wrong in the second of two outputs is found; integers beside them do no harm."""
    x, y = tensor(3), tensor(3, seed=1)
    right = gp.examine_gradient(
        lambda x, y: (x + y, {"index": x.argmax(), "rest": Product.apply(x, y)}), x, y
    )
    wrong = gp.examine_gradient(lambda x, y: (x + y, {"rest": Product.apply(x, y, 1.001)}), x, y)
    assert (right.verdict, wrong.verdict) == ("pass", "fail")
    assert {entry.path for entry in wrong.entries if entry.status == "fail"} == {"x"}


@pytest.mark.parametrize("factor", [2.0, -1.0, 0.0, 1 + 1e-6])
def test_a_planted_factor_in_a_function_is_found(factor: Any) -> None:
    """A backward that is off by a factor fails, and only the argument concerned is named."""
    report = gp.examine_gradient(lambda x, y: Product.apply(x, y, factor), tensor(3), tensor(3, seed=1))
    assert report.verdict == "fail"
    assert {entry.path for entry in report.entries if entry.status == "fail"} == {"x"}


@pytest.mark.parametrize("given", [Product, Product.apply], ids=["class", "apply"])
def test_a_function_of_the_older_manner_is_named_with_its_arguments(given: Any) -> None:
    """The class and its `apply` are the same, and the context is no argument."""
    report = gp.check_gradient(given, tensor(3), tensor(3, seed=1))
    assert report.function == "Product"
    assert {entry.path for entry in report.entries} == {"x", "y"}


@pytest.mark.parametrize("given", [Cube, Cube.apply], ids=["class", "apply"])
def test_a_wrong_function_of_the_newer_manner_is_found(given: Any) -> None:
    """Half the derivative fails, under the name of forward's argument."""
    report = gp.examine_gradient(given, tensor(3))
    assert report.verdict == "fail"
    assert report.worst.path == "base"
    assert report.worst.analytic == pytest.approx(report.worst.numeric / 2)


def test_a_module_is_examined_by_its_parameters() -> None:
    """Parameters that require a gradient vary, under their paths, in float64; inputs that require none do not."""
    report = gp.check_gradient(network(), tensor(4, 2, dtype=torch.float32))
    assert {entry.path for entry in report.entries} == {"0.weight", "0.bias", "1.1.scale"}
    assert report.function == "Sequential"
    assert report.resolution < 1e-7


class Tied(nn.Module):
    """Two layers with one weight."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(3, 3, bias=False)
        self.second = nn.Linear(3, 3, bias=False)
        self.second.weight = self.first.weight

    def forward(self, inputs: Any) -> Any:
        """Go through both."""
        return self.second(torch.tanh(self.first(inputs)))


MODULES = {
    "lstm": (lambda: nn.LSTM(3, 2), (4, 1, 3)),
    "attention": (lambda: nn.TransformerEncoderLayer(2, 1, 2, dropout=0.0), (3, 1, 2)),
    "convolution": (lambda: nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.MaxPool2d(2)), (2, 1, 6, 6)),
    "weight norm": (lambda: nn.utils.parametrizations.weight_norm(nn.Linear(3, 2)), (4, 3)),
    "tied": (Tied, (4, 3)),
}


@pytest.mark.parametrize("name", MODULES)
def test_what_torch_has_right_in_a_module_passes(name: str) -> None:
    """No false alarm on layers that keep, share or compute their parameters in ways of their own."""
    make, shape = MODULES[name]
    torch.manual_seed(0)
    assert gp.check_gradient(make(), tensor(*shape, dtype=torch.float32)).verdict == "pass"


def test_a_module_of_many_parameters_is_examined_along_directions() -> None:
    """Ten thousand pass in some hundred evaluations; a parameter whose gradient is off by 1e-4 is found."""
    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(100, 100), nn.Tanh(), nn.Linear(100, 2))
    report = gp.check_gradient(module, tensor(4, 100))
    assert (report.verdict, report.mode) == ("pass", "directions")
    assert report.evaluations.f < 500
    module[2].bias.register_hook(lambda gradient: gradient * 1.0001)
    assert gp.examine_gradient(module, tensor(4, 100)).verdict == "fail"


def test_a_wrong_derivative_inside_a_module_is_named_by_its_parameter() -> None:
    """With the factor before the parameter's own derivative, only that parameter is wrong."""
    report = gp.examine_gradient(network(1.5), tensor(4, 2))
    assert report.verdict == "fail"
    assert {entry.path for entry in report.entries if entry.status == "fail"} == {"1.1.scale"}


def test_a_hook_that_spoils_a_gradient_is_found() -> None:
    """Backward hooks of modules and of parameters take part."""
    module = network()
    module[1][0].register_full_backward_hook(lambda _module, inputs, _outputs: (2 * inputs[0],))
    report = gp.examine_gradient(module, tensor(4, 2))
    assert {entry.path for entry in report.entries if entry.status == "fail"} == {"0.weight", "0.bias"}
    module = network()
    module[0].bias.register_hook(lambda gradient: -gradient)
    report = gp.examine_gradient(module, tensor(4, 2))
    assert {entry.path for entry in report.entries if entry.status == "fail"} == {"0.bias"}


@pytest.mark.parametrize("training", [True, False])
def test_a_module_stays_as_it_is(training: Any) -> None:
    """Parameters, running statistics, dtypes, gradients and the mode are afterwards what they were."""
    module = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3)).train(training)
    before = copy.deepcopy(module)
    assert gp.check_gradient(module, tensor(4, 2, dtype=torch.float32)).passed
    state = module.state_dict()
    assert all(
        torch.equal(value, state[key]) and value.dtype == state[key].dtype
        for key, value in before.state_dict().items()
    )
    assert all(parameter.grad is None for parameter in module.parameters())
    assert module.training is training


@pytest.mark.parametrize(("training", "expected"), [(True, [-1.0, 1.0]), (False, [1.0, 3.0])])
def test_the_mode_of_a_module_is_kept_while_it_is_examined(training: Any, expected: Any) -> None:
    """In training mode a normalisation uses the batch, in evaluation mode its statistics: the values say which."""
    module = nn.BatchNorm1d(1, affine=False).train(training)
    x = torch.tensor([[1.0], [3.0]])
    weighted, normalised = adapt(lambda y: y, None, (x,), seed=1), adapt(module, None, (x,), seed=1)
    column = np.array(expected)[:, np.newaxis] / np.sqrt(
        1 + 1e-5
    )  # eps of the normalisation, with variance 1
    assert normalised.f(np.array([[1.0], [3.0]])) == pytest.approx(weighted.f(column), rel=1e-12)


def test_dropout_in_training_mode_is_told() -> None:
    """A module that draws anew at each call has no derivative to compare."""
    report = gp.examine_gradient(nn.Sequential(nn.Linear(2, 8), nn.Dropout()), tensor(4, 2))
    assert report.verdict == "inconclusive"
    assert "not deterministic" in report.reason


def test_a_module_without_parameters_is_examined_by_its_inputs() -> None:
    """A layer that only computes has its inputs to differentiate by."""
    report = gp.check_gradient(nn.Softmax(dim=-1), tensor(2, 3))
    assert {entry.path for entry in report.entries} == {"input"}


def test_frozen_parameters_are_held_fixed() -> None:
    """requires_grad=False keeps a parameter out."""
    module = network()
    module[0].weight.requires_grad_(requires_grad=False)
    report = gp.check_gradient(module, tensor(4, 2))
    assert {entry.path for entry in report.entries} == {"0.bias", "1.1.scale"}


def test_only_tensors_that_require_a_gradient_vary_where_any_does() -> None:
    """As torch itself understands it; where none does, all floats vary, and integers never."""
    table, index = tensor(5, 2), torch.tensor([0, 3, 3])
    everything = gp.check_gradient(lambda table, index, shift: table[index] + shift, table, index, tensor(2))
    assert {entry.path for entry in everything.entries} == {"table", "shift"}
    one = gp.check_gradient(
        lambda table, index, shift: table[index] + shift, table, index, tensor(2).requires_grad_()
    )
    assert {entry.path for entry in one.entries} == {"shift"}


def test_nested_arguments_keep_their_paths() -> None:
    """Dicts and lists of tensors arrive as such, and what is wrong is named as one would write it."""
    params = {"layers": [tensor(3), tensor(3, seed=1)]}
    report = gp.examine_gradient(lambda params: Product.apply(*params["layers"], 3.0), params)
    assert {entry.path for entry in report.entries if entry.status == "fail"} == {"params['layers'][0]"}


def test_a_complex_tensor_varies_by_its_real_and_its_imaginary_part() -> None:
    """|z|² has the derivatives 2a and 2b, and the analytic square of z those of its weighted parts."""
    z = torch.tensor([1.0 + 2.0j, -0.5 + 0.25j])
    adapted = adapt(lambda z: (z.abs() ** 2).sum(), None, (z,), seed=1)
    assert adapted.names == ("z.real", "z.imag")
    real, imaginary = adapted.grad(*adapted.args)
    np.testing.assert_allclose(real, [2.0, -1.0], rtol=1e-15)
    np.testing.assert_allclose(imaginary, [4.0, 0.5], rtol=1e-15)
    assert gp.check_gradient(lambda z: z**2, z).passed


def test_a_forgotten_conjugate_is_found() -> Any:
    """The backward of z² for complex z takes 2 conj(z); without the conjugate it fails."""

    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, z: Any) -> Any:
            ctx.save_for_backward(z)
            return z * z

        @staticmethod
        def backward(ctx: Any, gradient: Any) -> Any:
            (z,) = ctx.saved_tensors
            return 2 * z * gradient

    assert gp.examine_gradient(Square, tensor(3, dtype=torch.complex128) * (1 + 1j)).verdict == "fail"


def test_a_function_that_refuses_float64_is_examined_in_its_own_precision() -> Any:
    """The name tells the precision; what float32 can show passes, and a factor of 2 still fails."""
    weights = tensor(3, dtype=torch.float32)

    def f(x: Any) -> Any:
        return torch.tanh(x @ weights).sum()

    x = tensor(4, 3, dtype=torch.float32)
    assert gp.examine_gradient(f, x).verdict == "inconclusive"
    report = gp.check_gradient(f, x, resolution=1e-2)
    assert report.function.endswith("in float32")
    wrong = gp.examine_gradient(lambda x: Product.apply(x, weights, 2.0), x[0])
    assert wrong.verdict == "fail"


def test_bfloat16_is_examined_in_float64_or_refused() -> None:
    """NumPy knows no bfloat16: it takes a function that takes float64."""
    x = tensor(3, dtype=torch.bfloat16)
    assert gp.check_gradient(lambda x: torch.sin(x), x).resolution < 1e-9  # noqa: PLW0108  a name for the argument
    with pytest.raises(TypeError, match="a dtype that NumPy knows"):
        gp.examine_gradient(lambda x: torch.dot(x, torch.ones(3, dtype=torch.bfloat16)), x)


def test_a_function_that_differentiates_inside_is_examined() -> Any:
    """A gradient penalty needs a graph even where only its value is asked for."""

    def penalty(x: Any) -> Any:
        x = x if x.requires_grad else x.detach().requires_grad_()
        (slope,) = torch.autograd.grad(torch.sin(x).sum(), x, create_graph=True)
        return (slope**2).sum()

    assert gp.check_gradient(penalty, tensor(3)).verdict == "pass"


def test_an_argument_that_does_not_matter_has_a_zero_gradient() -> None:
    """What autograd calls unused is 0."""
    report = gp.check_gradient(lambda x, _y: x**2, tensor(2), tensor(2, seed=1))
    assert [entry.analytic for entry in report.entries][2:] == [0.0, 0.0]


def test_a_part_cut_off_from_the_graph_is_found() -> None:
    """.detach() where it does not belong makes the derivative too small."""
    report = gp.examine_gradient(lambda x: x * x.detach(), tensor(3))
    assert report.verdict == "fail"


def test_a_subgradient_at_a_kink_passes() -> None:
    """At 0 relu answers 0, which lies between its one-sided derivatives."""
    report = gp.check_gradient(torch.relu, torch.tensor([-1.0, 0.0, 2.0]))
    assert report.verdict == "nondifferentiable"


def test_running_statistics_given_as_arguments_may_be_overwritten() -> None:
    """What is held fixed goes in as a copy where f writes into it, and comes out as it was."""
    mean, variance = torch.zeros(3), torch.ones(3)
    x = tensor(4, 3).requires_grad_()
    report = gp.check_gradient(
        lambda x, mean, variance: nn.functional.batch_norm(x, mean, variance, training=True),
        x,
        mean,
        variance,
    )
    assert report.verdict == "pass"
    assert torch.equal(mean, torch.zeros(3))


def test_points_along_a_leading_axis_are_weighted_alike() -> Any:
    """With vectorized=True the same function of many points passes, in fewer calls of Python."""
    calls = []

    def f(x: Any) -> Any:
        calls.append(x.shape)
        return torch.tanh(x) * x

    assert gp.check_gradient(f, tensor(5), vectorized=True).verdict == "pass"
    assert any(len(shape) == 2 for shape in calls)


def test_a_gradient_by_hand_is_called_with_tensors() -> Any:
    """Both get tensors, in float64, and a wrong one is found."""
    seen = []

    def f(x: Any) -> Any:
        seen.append((type(x), x.dtype))
        return (x**3).sum()

    x = tensor(3, dtype=torch.float32)
    assert gp.check_gradient(f, lambda x: 3 * x**2, x).resolution < 1e-9
    assert {kind for kind, _ in seen} == {torch.Tensor}
    assert {dtype for _, dtype in seen} == {
        torch.float64,
        torch.complex128,
    }  # differences, and the complex step
    assert gp.examine_gradient(f, lambda x: 3 * x, x).verdict == "fail"


def test_a_gradient_by_hand_in_its_own_precision() -> None:
    """Where f takes float32 alone, both are called with that."""
    weights = tensor(3, dtype=torch.float32)
    x = tensor(3, seed=1, dtype=torch.float32)
    report = gp.check_gradient(lambda x: torch.dot(x, weights), lambda _x: weights, x, resolution=1e-2)
    assert report.function.endswith("in its own dtypes")
    wrong = gp.examine_gradient(lambda x: torch.dot(x, weights), lambda _x: 2 * weights, x)
    assert wrong.verdict == "fail"


def overwrite(x: Any) -> Any:
    """Square in place."""
    return x.mul_(x)


@pytest.mark.parametrize(
    ("f", "args", "error", "message"),
    [
        (lambda x: x.sum().item(), (tensor(2),), TypeError, "must return a float tensor.*got float"),
        (lambda x: x.argmax(), (tensor(2),), TypeError, r"must return a float tensor.*torch\.int64"),
        (lambda x: x.detach(), (tensor(2),), TypeError, "depends on its arguments through autograd"),
        (overwrite, (tensor(2),), ValueError, "got x changed in place"),
        (
            lambda i: i * 2.0,
            (torch.arange(3),),
            TypeError,
            r"at least one argument must be a float tensor.*int64",
        ),
        (lambda s: s.to_dense(), (torch.eye(2).to_sparse(),), TypeError, r"must be dense; got s of .*sparse"),
        (lambda x: x[x > x.mean()], (tensor(2),), None, "same shapes everywhere"),
    ],
    ids=["number", "integers", "detached", "in place", "no floats", "sparse", "shapes"],
)
def test_misuse_is_told(f: Any, args: Any, error: Any, message: Any) -> None:
    """Each has a text of its own that names what is wrong."""
    if error is None:
        adapted = adapt(f, None, args, seed=1)
        with pytest.raises(ValueError, match=message):
            adapted.f(np.zeros(2))
        return
    with pytest.raises(error, match=message):
        gp.examine_gradient(f, *args)


def test_an_error_of_the_function_itself_passes_through() -> None:
    """What f raises on its own arguments is what the user sees."""

    def f(x: Any) -> Any:
        message = f"no luck with {x.dtype}"
        raise LookupError(message)

    with pytest.raises(LookupError, match=r"torch\.float32"):
        gp.examine_gradient(f, tensor(2, dtype=torch.float32))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_tensors_on_a_device_stay_there() -> Any:
    """The function sees tensors on the device where the user's are, and the numbers come back."""
    devices = set()

    def f(x: Any) -> Any:
        devices.add(x.device.type)
        return torch.tanh(x)

    assert gp.check_gradient(f, tensor(3).cuda()).verdict == "pass"
    assert devices == {"cuda"}
