"""JAX's functions with the domain on which each is smooth, or the point at which it has a kink.

Cases are declared by group: functions that take arguments from the same domains. What a domain is called tells how its
numbers are drawn, with a seed of the case's own; the shapes are small, and of odd sizes so that no axis is taken for another.
"""

import itertools
import operator
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np


@dataclass(frozen=True)
class Case:
    """A function, the arguments that vary, and whether forward mode is asked for as well."""

    name: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]


# How numbers of a domain are made of uniform ones in (0, 1).
DOMAINS: dict[str, Callable[[Any], Any]] = {
    "real": lambda u: 4 * u - 2,
    "positive": lambda u: 0.2 + 3 * u,
    "large": lambda u: 3 + 20 * u,
    "unit": lambda u: 0.05 + 0.9 * u,
    "symmetric": lambda u: 1.8 * u - 0.9,
    "above one": lambda u: 1.1 + 3 * u,
    "negative": lambda u: -0.2 - 3 * u,
    "apart": lambda u: (np.argsort(np.argsort(u.ravel())) - u.size // 2 + u.ravel() / 2).reshape(u.shape) / 2,
    "tiny": lambda u: 1e-8 * (0.5 + u),
}


def drawn(name: str, *specs: str) -> tuple[Any, ...]:
    """Return an array for each spec: a domain and a shape, "real 3x4", "complex 3" or "spd 3"."""
    random = np.random.default_rng(zlib.crc32(name.encode()))
    return tuple(_array(random, *spec.rsplit(" ", 1)) for spec in specs)


def _array(random: np.random.Generator, domain: str, size: str) -> Any:
    shape = tuple(map(int, size.split("x"))) if size != "scalar" else ()
    if domain == "complex":
        return jnp.asarray(random.standard_normal(shape) + 1j * random.standard_normal(shape))
    if domain == "spd":
        root = random.standard_normal((*shape, *shape)) / 2
        return jnp.asarray(root @ root.T + np.diag(np.arange(1.0, shape[0] + 1)))
    if domain == "lower":
        return jnp.asarray(np.tril(random.standard_normal((*shape, *shape))) / 2 + 2 * np.eye(*shape))
    if domain == "simplex":
        return jnp.asarray(random.dirichlet(np.full(shape[-1], 3.0), shape[:-1]))
    return jnp.asarray(DOMAINS[domain](random.uniform(size=shape)))


def _resolved(path: str) -> Callable[..., Any]:
    found: Callable[..., Any] = operator.attrgetter(path.removeprefix("jax."))(jax)
    return found


def _group(module: str, names: str, *specs: str, suffix: str = "") -> Iterator[Case]:
    """Declare functions of a module, by name alone."""
    for name in names.split():
        path = f"{module}.{name}"
        yield Case(path + suffix, _resolved(path), drawn(path, *specs))


def _calls(module: str, calls: dict[str, tuple[Any, ...]]) -> Iterator[Case]:
    """Declare calls with options: each takes its function from the module, then specs of arguments."""
    for label, (function, *specs) in calls.items():
        yield Case(f"{module}.{label}", function, drawn(f"{module}.{label}", *specs))


def elementwise() -> Iterator[Case]:
    """Functions of one number, and of two."""
    everywhere = (
        "sin cos tanh sinh cosh arctan arcsinh exp exp2 expm1 square sinc negative positive deg2rad rad2deg degrees "
        "radians cbrt nan_to_num real conj absolute abs fabs reciprocal tan i0"
    )
    yield from _group("jax.numpy", everywhere, "real 5")
    yield from _group("jax.numpy", "log log2 log10 log1p sqrt", "positive 5")
    yield from _group("jax.numpy", "arcsin arccos arctanh asin acos atanh", "symmetric 5")
    yield from _group("jax.numpy", "arccosh acosh", "above one 5")
    yield from _group("jax.numpy", "asinh atan", "real 5")
    yield from _group(
        "jax.numpy",
        "add subtract multiply arctan2 hypot logaddexp logaddexp2 heaviside",
        "apart 4",
        "apart 3x4",
    )
    yield from _group(
        "jax.numpy", "maximum minimum fmax fmin fmod mod remainder copysign", "symmetric 3x1", "positive 4"
    )
    yield from _group("jax.numpy", "divide true_divide power float_power pow", "positive 3x4", "positive 4")
    yield from _group(
        "jax.numpy",
        "exp sin cos tanh sinh cosh square reciprocal conj real imag abs angle",
        "complex 4",
        suffix="(complex)",
    )
    yield from _group(
        "jax.lax", "log sqrt rsqrt cbrt lgamma digamma bessel_i0e bessel_i1e log1p", "positive 5"
    )
    yield from _group(
        "jax.lax", "sin cos tan tanh exp exp2 expm1 logistic erf erfc sinh cosh neg abs square", "real 5"
    )
    yield from _group("jax.lax", "asin acos atanh erf_inv", "symmetric 5")
    yield from _group("jax.lax", "asinh atan", "real 5")
    yield from _group("jax.lax", "acosh", "above one 5")
    yield from _group(
        "jax.lax", "add sub mul div pow atan2 max min rem igamma igammac", "positive 4", "positive 4"
    )
    yield from _group("jax.lax", "complex", "real 4", "real 4")
    yield from _calls(
        "jax.lax",
        {
            "integer_pow(5)": (lambda x: jax.lax.integer_pow(x, 5), "real 5"),
            "integer_pow(-3)": (lambda x: jax.lax.integer_pow(x, -3), "positive 5"),
            "regularized_incomplete_beta": (lambda x: jax.lax.betainc(2.5, 1.5, x), "unit 5"),
            "clamp": (lambda x: jax.lax.clamp(-0.6, x, 0.6), "real 5"),
            "select": (lambda x, y: jax.lax.select(x > 0, x * y, y), "real 5", "real 5"),
            "reduce_precision": (lambda x: jax.lax.reduce_precision(x, 11, 52), "real 5"),
        },
    )


def activations() -> Iterator[Case]:
    """jax.nn, away from kinks."""
    smooth = (
        "sigmoid log_sigmoid softplus soft_sign silu swish gelu elu celu selu relu relu6 leaky_relu hard_tanh hard_sigmoid "
        "hard_silu hard_swish squareplus mish sparse_plus sparse_sigmoid softmax log_softmax logsumexp logmeanexp standardize"
    )
    yield from _group("jax.nn", smooth, "real 6")
    yield from _group("jax.nn", "glu", "real 3x4")
    yield from _calls(
        "jax.nn",
        {
            "gelu(approximate=False)": (lambda x: jax.nn.gelu(x, approximate=False), "real 6"),
            "softmax(axis=0)": (lambda x: jax.nn.softmax(x, axis=0), "real 3x4"),
            "softmax(where)": (lambda x: jax.nn.softmax(x, where=jnp.arange(5) % 3 > 0), "real 5"),
            "logsumexp(b)": (lambda x, b: jax.nn.logsumexp(x, b=b), "real 5", "positive 5"),
            "logsumexp(large)": (lambda x: jax.nn.logsumexp(100 * x, axis=1), "large 3x4"),
            "dot_product_attention": (
                jax.nn.dot_product_attention,
                "real 1x3x2x4",
                "real 1x5x2x4",
                "real 1x5x2x4",
            ),
            "dot_product_attention(causal)": (
                lambda q, k, v: jax.nn.dot_product_attention(q, k, v, is_causal=True),
                "real 1x4x1x3",
                "real 1x4x1x3",
                "real 1x4x1x3",
            ),
            "log1mexp": (jax.nn.log1mexp, "positive 5"),
        },
    )


def reductions() -> Iterator[Case]:
    """What makes less of an array, or puts it in order."""
    names = (
        "sum mean prod var std max min amax amin ptp median nansum nanmean nanvar nanstd nanmax nanmin nanprod nanmedian "
        "cumsum cumprod nancumsum sort average trace diff ediff1d gradient trapezoid linalg.norm"
    )
    for name in names.split():
        path = f"jax.numpy.{name}"
        sorts = name in {"trapezoid", "gradient", "cumprod", "diff", "ediff1d"}
        function = jnp.trapezoid if name == "trapezoid" else _resolved(path)
        yield Case(path, function, drawn(path, "apart 7" if sorts else "apart 3x4"))
    yield from _calls(
        "jax.numpy",
        {
            "sum(axis=1)": (lambda x: jnp.sum(x, axis=1), "real 3x4"),
            "var(ddof=1)": (lambda x: jnp.var(x, axis=0, ddof=1), "real 3x4"),
            "max(axis=0)": (lambda x: jnp.max(x, axis=0), "apart 3x4"),
            "prod(axis=1, one zero)": (
                lambda x: jnp.prod(x * jnp.array([1.0, 0.0, 1.0]), axis=1),
                "real 2x3",
            ),
            "quantile": (lambda x: jnp.quantile(x, 0.3), "apart 7"),
            "percentile": (lambda x: jnp.percentile(x, 70.0, axis=1), "apart 3x5"),
            "average(weights)": (lambda x, w: jnp.average(x, weights=w), "real 5", "positive 5"),
            "cov": (jnp.cov, "real 3x5"),
            "corrcoef": (jnp.corrcoef, "real 3x5"),
            "interp": (lambda x, f: jnp.interp(x, jnp.linspace(-2.0, 2.0, 5), f), "real 6", "real 5"),
            "convolve": (jnp.convolve, "real 6", "real 3"),
            "correlate": (jnp.correlate, "real 6", "real 3"),
            "polyval": (jnp.polyval, "real 4", "real 5"),
            "polyfit": (lambda x, y: jnp.polyfit(x, y, 2), "apart 6", "real 6"),
            "polymul": (jnp.polymul, "real 3", "real 4"),
            "unwrap": (jnp.unwrap, "apart 6"),
            "vander": (lambda x: jnp.vander(x, 4), "real 4"),
        },
    )
    axis = {"cumsum": "real", "cumprod": "real", "cummax": "apart", "cummin": "apart", "cumlogsumexp": "real"}
    yield from _calls(
        "jax.lax", {name: (getattr(jax.lax, name), f"{domain} 6") for name, domain in axis.items()}
    )
    yield from _calls(
        "jax.lax",
        {
            "top_k": (lambda x: jax.lax.top_k(x, 3)[0], "apart 7"),
            "sort(two operands)": (lambda x, y: jax.lax.sort((x, y), num_keys=1), "apart 6", "real 6"),
            "reduce_window(max)": (
                lambda x: jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (2, 2), (1, 1), "VALID"),
                "apart 4x4",
            ),
            "reduce_window(sum)": (
                lambda x: jax.lax.reduce_window(x, 0.0, jax.lax.add, (2, 2), (2, 1), "SAME"),
                "real 4x4",
            ),
            "associative_scan(multiply)": (lambda x: jax.lax.associative_scan(jnp.multiply, x), "positive 6"),
            "scan": (lambda x: jax.lax.scan(lambda c, v: (jnp.sin(c) * v, c), x[0], x)[1], "real 6"),
            "cond": (lambda x: jax.lax.cond(x[0] > 5, jnp.sin, jnp.cos, x), "real 4"),
            "switch": (lambda x: jax.lax.switch(1, [jnp.sin, jnp.exp, jnp.cos], x), "real 4"),
            "map": (lambda x: jax.lax.map(lambda row: jnp.exp(row).sum(), x), "real 3x4"),
            "fori_loop": (lambda x: jax.lax.fori_loop(0, 3, lambda _, c: jnp.sin(c) + x, x), "real 4"),
            "custom_root": (_square_root, "positive 4"),
            "custom_linear_solve": (_solved, "spd 3", "real 3"),
        },
    )


def _square_root(x: Any) -> Any:
    return jax.lax.custom_root(
        lambda y: y**2 - x,
        jnp.ones_like(x),
        lambda f, start: jnp.sqrt(x) + 0 * f(start),
        lambda g, y: y / g(jnp.ones_like(y)),
    )


def _solved(a: Any, b: Any) -> Any:
    return jax.lax.custom_linear_solve(
        lambda v: a @ v,
        b,
        lambda _, v: jnp.linalg.solve(a, v),
        transpose_solve=lambda _, v: jnp.linalg.solve(a.T, v),
    )


def rearrangements() -> Iterator[Case]:
    """What moves entries: the derivative moves them back, and adds those that were copied."""
    yield from _group(
        "jax.numpy", "transpose ravel flip fliplr flipud rot90 tril triu atleast_3d squeeze", "real 3x4"
    )
    yield from _group("jax.numpy", "diag diagflat", "real 4")
    yield from _group("jax.numpy", "kron outer", "real 2", "real 3")
    yield from _group("jax.numpy", "hstack vstack concatenate stack dstack column_stack block", "real 3x4")
    yield from _calls(
        "jax.numpy",
        {
            "tile": (lambda x: jnp.tile(x, (2, 3)), "real 2x3"),
            "repeat": (lambda x: jnp.repeat(x, jnp.array([2, 0, 3]), total_repeat_length=5), "real 3"),
            "roll": (lambda x: jnp.roll(x, 2, axis=1), "real 3x4"),
            "take": (lambda x: jnp.take(x, jnp.array([2, 0, 2]), axis=1), "real 2x3"),
            "take_along_axis": (
                lambda x: jnp.take_along_axis(x, jnp.argsort(-x, axis=1), axis=1),
                "apart 3x4",
            ),
            "pad(reflect)": (lambda x: jnp.pad(x, 2, mode="reflect"), "real 4"),
            "pad(edge)": (lambda x: jnp.pad(x, ((1, 2), (0, 1)), mode="edge"), "real 3x2"),
            "pad(linear_ramp)": (lambda x: jnp.pad(x, 2, mode="linear_ramp"), "real 4"),
            "pad(mean)": (lambda x: jnp.pad(x, 2, mode="mean"), "real 4"),
            "where": (lambda x, y: jnp.where(x > 0, x * y, y), "real 5", "real 5"),
            "clip": (lambda x: jnp.clip(x, -0.6, 0.6), "real 6"),
            "select": (lambda x: jnp.select([x > 1, x > 0], [x**2, jnp.sin(x)], x), "real 6"),
            "piecewise": (lambda x: jnp.piecewise(x, [x > 0], [jnp.sin, jnp.cos]), "real 6"),
            "at.add": (lambda x, y: x.at[jnp.array([0, 2, 0])].add(y), "real 4", "real 3"),
            "at.set": (lambda x, y: x.at[1:3].set(y), "real 4", "real 2"),
            "at.mul": (lambda x, y: x.at[jnp.array([0, 2])].mul(y, unique_indices=True), "real 4", "real 2"),
            "at.max": (lambda x, y: x.at[jnp.array([0, 2])].max(y), "apart 4", "unit 2"),
            "at.min": (lambda x, y: x.at[jnp.array([0, 2])].min(y), "apart 4", "unit 2"),
            "at.power": (lambda x: x.at[jnp.array([0, 2])].power(3.0), "positive 4"),
            "broadcast_to": (lambda x: jnp.broadcast_to(x, (3, 4)), "real 4"),
            "moveaxis": (lambda x: jnp.moveaxis(x, 0, 2), "real 2x3x2"),
        },
    )
    yield from _calls(
        "jax.lax",
        {
            "dynamic_slice": (lambda x: jax.lax.dynamic_slice(x, (1,), (3,)), "real 6"),
            "dynamic_update_slice": (
                lambda x, y: jax.lax.dynamic_update_slice(x, y, (2,)),
                "real 6",
                "real 2",
            ),
            "slice(strided)": (lambda x: jax.lax.slice(x, (1,), (6,), (2,)), "real 7"),
            "pad(interior)": (lambda x, c: jax.lax.pad(x, c, [(1, -1, 2)]), "real 4", "real scalar"),
            "rev": (lambda x: jax.lax.rev(x, (1,)), "real 2x3"),
            "conv(VALID)": (lambda x, k: jax.lax.conv(x, k, (1, 1), "VALID"), "real 1x2x4x4", "real 3x2x2x2"),
            "conv(SAME, strided)": (
                lambda x, k: jax.lax.conv(x, k, (2, 2), "SAME"),
                "real 1x2x4x4",
                "real 2x2x3x3",
            ),
            "conv_general_dilated(groups)": (
                lambda x, k: jax.lax.conv_general_dilated(
                    x, k, (1, 1), [(1, 0), (0, 2)], (2, 1), (1, 2), feature_group_count=2
                ),
                "real 1x2x3x3",
                "real 2x1x2x2",
            ),
            "conv_transpose": (
                lambda x, k: jax.lax.conv_transpose(
                    x, k, (2,), "SAME", dimension_numbers=("NCH", "OIH", "NCH")
                ),
                "real 1x2x4",
                "real 3x2x3",
            ),
            "dot_general(batched)": (
                lambda a, b: jax.lax.dot_general(a, b, (((2,), (1,)), ((0,), (0,)))),
                "real 2x3x4",
                "real 2x4x2",
            ),
        },
    )


def linear_algebra() -> Iterator[Case]:
    """Products, factorisations, and functions of matrices."""
    yield from _group("jax.numpy", "matmul dot", "real 3x4", "real 4x2")
    yield from _group("jax.numpy", "inner vdot", "real 4", "real 4")
    yield from _group("jax.numpy", "cross", "real 2x3", "real 2x3")
    yield from _group("jax.numpy", "matvec", "real 3x4", "real 4")
    yield from _group("jax.numpy.linalg", "det inv slogdet matrix_norm eigvalsh svdvals trace", "spd 3")
    yield from _group("jax.numpy.linalg", "pinv", "real 4x3")
    yield from _group("jax.numpy.linalg", "solve", "spd 3", "real 3x2")
    yield from _group("jax.scipy.linalg", "det inv expm", "spd 3")
    yield from _calls(
        "jax.numpy",
        {
            "einsum": (lambda a, b: jnp.einsum("ijk,kl->jil", a, b), "real 2x3x2", "real 2x3"),
            "einsum(trace)": (lambda a, b: jnp.einsum("ij,ji", a, b), "real 2x3", "real 3x2"),
            "tensordot": (lambda a, b: jnp.tensordot(a, b, axes=([1, 0], [0, 1])), "real 2x3x2", "real 3x2"),
            "matmul(complex)": (jnp.matmul, "complex 2x3", "complex 3x2"),
            "linalg.norm(nuc)": (lambda a: jnp.linalg.norm(a, "nuc"), "real 3x4"),
            "linalg.norm(2)": (lambda a: jnp.linalg.norm(a, 2), "real 3x4"),
            "linalg.norm(inf)": (lambda a: jnp.linalg.norm(a, jnp.inf), "real 3x4"),
            "linalg.norm(ord=3)": (lambda a: jnp.linalg.norm(a, 3), "real 5"),
            "linalg.cholesky": (jnp.linalg.cholesky, "spd 3"),
            "linalg.qr": (jnp.linalg.qr, "real 4x3"),
            "linalg.eigh(values, projectors)": (_projectors, "spd 3"),
            "linalg.svd(values)": (lambda a: jnp.linalg.svd(a, compute_uv=False), "real 3x4"),
            "linalg.svd(polar factor)": (_polar, "real 3x3"),
            "linalg.eigvals": (lambda a: jnp.sort(jnp.linalg.eigvals(a).real), "spd 3"),
            "linalg.matrix_power(3)": (lambda a: jnp.linalg.matrix_power(a, 3), "real 3x3"),
            "linalg.matrix_power(-2)": (lambda a: jnp.linalg.matrix_power(a, -2), "spd 3"),
            "linalg.multi_dot": (
                lambda a, b, c: jnp.linalg.multi_dot([a, b, c]),
                "real 2x3",
                "real 3x4",
                "real 4x2",
            ),
            "linalg.lstsq": (lambda a, b: jnp.linalg.lstsq(a, b)[0], "real 5x3", "real 5"),
            "linalg.cond": (jnp.linalg.cond, "spd 3"),
            "linalg.tensorsolve": (
                lambda a, b: jnp.linalg.tensorsolve(a.reshape(2, 3, 6), b),
                "spd 6",
                "real 2x3",
            ),
            "linalg.inv(complex)": (jnp.linalg.inv, "complex 3x3"),
            "linalg.det(complex)": (jnp.linalg.det, "complex 3x3"),
        },
    )
    yield from _calls(
        "jax.scipy.linalg",
        {
            "cholesky": (lambda a: jax.scipy.linalg.cholesky(a, lower=True), "spd 3"),
            "cho_solve": (lambda c, b: jax.scipy.linalg.cho_solve((c, True), b), "lower 3", "real 3"),
            "solve(pos)": (lambda a, b: jax.scipy.linalg.solve(a, b, assume_a="pos"), "spd 3", "real 3"),
            "solve(pos, symmetrised)": (
                lambda a, b: jax.scipy.linalg.solve((a + a.T) / 2, b, assume_a="pos"),
                "spd 3",
                "real 3",
            ),
            "cholesky(symmetrised)": (
                lambda a: jax.scipy.linalg.cholesky((a + a.T) / 2, lower=True),
                "spd 3",
            ),
            "solve_triangular": (
                lambda a, b: jax.scipy.linalg.solve_triangular(a, b, lower=True),
                "lower 3",
                "real 3",
            ),
            "solve_triangular(trans)": (
                lambda a, b: jax.scipy.linalg.solve_triangular(a, b, trans=1, lower=True),
                "lower 3",
                "real 3",
            ),
            "lu_factor": (lambda a: jax.scipy.linalg.lu_factor(a)[0], "spd 3"),
            "lu_solve": (
                lambda a, b: jax.scipy.linalg.lu_solve(jax.scipy.linalg.lu_factor(a), b),
                "spd 3",
                "real 3",
            ),
            "expm(upper)": (lambda a: jax.scipy.linalg.expm(a, upper_triangular=True), "lower 3"),
            "expm_frechet": (lambda a, e: jax.scipy.linalg.expm_frechet(a, e)[1], "real 3x3", "real 3x3"),
            "block_diag": (jax.scipy.linalg.block_diag, "real 2x2", "real 1x3"),
            "toeplitz": (jax.scipy.linalg.toeplitz, "real 4", "real 3"),
            "eigh_tridiagonal": (
                lambda d, e: jax.scipy.linalg.eigh_tridiagonal(d, e, eigvals_only=True),
                "apart 4",
                "unit 3",
            ),
            "solve_sylvester": (jax.scipy.linalg.solve_sylvester, "spd 3", "spd 2", "real 3x2"),
            "polar": (lambda a: jax.scipy.linalg.polar(a)[0], "real 3x3"),
            "svd": (lambda a: jax.scipy.linalg.svd(a, compute_uv=False), "real 3x2"),
            "qr": (lambda a: jax.scipy.linalg.qr(a, mode="economic"), "real 4x2"),
        },
    )


def _projectors(a: Any) -> Any:
    """Return eigenvalues, and projectors on the eigenvectors: those have a sign of their own each."""
    values, vectors = jnp.linalg.eigh(a)
    return values, jnp.einsum("ik,jk,k->ij", vectors, vectors, jnp.arange(1.0, 4.0))


def _polar(a: Any) -> Any:
    u, _, vh = jnp.linalg.svd(a)
    return u @ vh


def transforms() -> Iterator[Case]:
    """Fourier transforms."""
    yield from _group("jax.numpy.fft", "fft ifft hfft fftshift ifftshift", "complex 5")
    yield from _group("jax.numpy.fft", "rfft ihfft", "real 6")
    yield from _group("jax.numpy.fft", "irfft", "complex 4")
    yield from _group("jax.numpy.fft", "fft2 ifft2 fftn ifftn irfft2 irfftn", "complex 3x4")
    yield from _group("jax.numpy.fft", "rfft2 rfftn", "real 3x4")
    yield from _calls(
        "jax.scipy",
        {
            "fft.dct": (jax.scipy.fft.dct, "real 6"),
            "fft.idct": (jax.scipy.fft.idct, "real 6"),
            "signal.convolve": (jax.scipy.signal.convolve, "real 6", "real 3"),
            "signal.fftconvolve": (jax.scipy.signal.fftconvolve, "real 6", "real 4"),
            "signal.detrend": (jax.scipy.signal.detrend, "real 6"),
            "ndimage.map_coordinates": (
                lambda x, at: jax.scipy.ndimage.map_coordinates(x, [at], order=1),
                "real 6",
                "above one 4",
            ),
        },
    )


def special() -> Iterator[Case]:
    """jax.scipy.special."""
    yield from _group(
        "jax.scipy.special",
        "erf erfc expit log_ndtr ndtr i0 i0e i1 i1e logsumexp softmax log_softmax",
        "real 6",
    )
    yield from _group(
        "jax.scipy.special", "gammaln loggamma digamma gamma entr exp1 expi spence", "positive 6"
    )
    yield from _group("jax.scipy.special", "logit ndtri", "unit 6")
    yield from _group("jax.scipy.special", "erfinv", "symmetric 6")
    yield from _group(
        "jax.scipy.special",
        "xlogy xlog1py beta betaln rel_entr kl_div gammainc gammaincc",
        "positive 4",
        "positive 4",
    )
    yield from _group("jax.scipy.special", "betainc", "positive 4", "positive 4", "unit 4")
    yield from _group("jax.scipy.special", "zeta", "above one 4", "positive 4")
    yield from _group("jax.scipy.special", "hyp1f1", "positive 3", "positive 3", "real 3")
    yield from _group("jax.scipy.special", "hyp2f1", "positive 3", "positive 3", "above one 3", "symmetric 3")
    yield from _calls(
        "jax.scipy.special",
        {
            "polygamma(1)": (lambda x: jax.scipy.special.polygamma(1, x), "positive 6"),
            "polygamma(3)": (lambda x: jax.scipy.special.polygamma(3, x), "positive 6"),
            "multigammaln(3)": (lambda x: jax.scipy.special.multigammaln(x, 3), "large 4"),
            "expn(2)": (lambda x: jax.scipy.special.expn(2, x), "positive 6"),
            "expn(3, large)": (lambda x: jax.scipy.special.expn(3, x), "large 4"),
            "digamma(negative)": (jax.scipy.special.digamma, "negative 5"),
            "gammaln(large)": (jax.scipy.special.gammaln, "large 5"),
            "log_ndtr(far left)": (lambda x: jax.scipy.special.log_ndtr(-x), "large 5"),
            "erfc(large)": (lambda x: jax.scipy.special.erfc(x / 2), "large 5"),
            "bessel_jn(v=3)": (lambda x: jax.scipy.special.bessel_jn(x, v=3), "positive 4"),
            "sph_harm_y": (_harmonic, "unit 3", "unit 3"),
            "logsumexp(return_sign)": (
                lambda x, b: jax.scipy.special.logsumexp(x, b=b, return_sign=True)[0],
                "real 5",
                "positive 5",
            ),
            "poch": (jax.scipy.special.poch, "positive 4", "positive 4"),
            "fresnel": (jax.scipy.special.fresnel, "real 5"),
            "sici": (jax.scipy.special.sici, "positive 5"),
        },
    )


def _harmonic(theta: Any, phi: Any) -> Any:
    degree, order = jnp.array([2, 2, 2]), jnp.array([1, 1, 1])
    return jax.scipy.special.sph_harm_y(degree, order, theta, phi, n_max=2)


def distributions() -> Iterator[Case]:
    """jax.scipy.stats: by the variate, and by every parameter."""
    families = {
        "norm": ("real 4", "real 4", "positive 4"),
        "cauchy": ("real 4", "real 4", "positive 4"),
        "laplace": ("apart 4", "unit 4", "positive 4"),
        "logistic": ("real 4", "real 4", "positive 4"),
        "gumbel_l": ("real 4", "real 4", "positive 4"),
        "gumbel_r": ("real 4", "real 4", "positive 4"),
        "expon": ("above one 4", "unit 4", "positive 4"),
        "t": ("real 4", "positive 4"),
        "chi2": ("positive 4", "positive 4"),
        "gamma": ("positive 4", "positive 4"),
        "beta": ("unit 4", "positive 4", "positive 4"),
        "pareto": ("above one 4", "positive 4"),
        "uniform": ("unit 4", "negative 4", "large 4"),
        "truncnorm": ("unit 4", "negative 4", "above one 4"),
        "gennorm": ("apart 4", "above one 4"),
        "wrapcauchy": ("positive 4", "unit 4"),
        "vonmises": ("real 4", "positive 4"),
    }
    for family, specs in families.items():
        module = getattr(jax.scipy.stats, family)
        for method in ("logpdf", "pdf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf"):
            function = getattr(module, method, None)
            if function is None:
                continue
            path = f"jax.scipy.stats.{family}.{method}"
            own = ("unit 4", *specs[1:]) if method in {"ppf", "isf"} else specs
            yield Case(path, function, drawn(path, *own))
    yield from _calls(
        "jax.scipy.stats",
        {
            "poisson.logpmf": (lambda mu: jax.scipy.stats.poisson.logpmf(jnp.arange(4), mu), "positive 4"),
            "poisson.cdf": (lambda mu: jax.scipy.stats.poisson.cdf(jnp.arange(4), mu), "positive 4"),
            "bernoulli.logpmf": (lambda p: jax.scipy.stats.bernoulli.logpmf(jnp.arange(4) % 2, p), "unit 4"),
            "binom.logpmf": (lambda p: jax.scipy.stats.binom.logpmf(jnp.arange(4), 5, p), "unit 4"),
            "nbinom.logpmf": (
                lambda n, p: jax.scipy.stats.nbinom.logpmf(jnp.arange(4), n, p),
                "positive 4",
                "unit 4",
            ),
            "geom.logpmf": (lambda p: jax.scipy.stats.geom.logpmf(jnp.arange(1, 5), p), "unit 4"),
            "betabinom.logpmf": (
                lambda a, b: jax.scipy.stats.betabinom.logpmf(jnp.arange(4), 5, a, b),
                "positive 4",
                "positive 4",
            ),
            "dirichlet.logpdf": (
                lambda a: jax.scipy.stats.dirichlet.logpdf(jnp.array([0.2, 0.3, 0.5]), a),
                "positive 3",
            ),
            "multinomial.logpmf": (
                lambda p: jax.scipy.stats.multinomial.logpmf(jnp.array([1, 2, 2]), 5, p / p.sum()),
                "unit 3",
            ),
            "multivariate_normal.logpdf": (
                jax.scipy.stats.multivariate_normal.logpdf,
                "real 3",
                "real 3",
                "spd 3",
            ),
            "gaussian_kde": (
                lambda data, at: jax.scipy.stats.gaussian_kde(data).logpdf(at),
                "real 6",
                "real 3",
            ),
        },
    )


def kinks() -> Iterator[Case]:
    """Points at which a function has a kink, or looks as if it had: what JAX answers must be a subgradient there."""
    zero, ties = jnp.array([0.0, 1.0, -1.0]), jnp.array([1.0, 3.0, 3.0])
    at = {
        "nn.relu": (jax.nn.relu, zero),
        "nn.relu6(at=6)": (jax.nn.relu6, jnp.array([6.0, 1.0])),
        "nn.leaky_relu": (jax.nn.leaky_relu, zero),
        "nn.hard_tanh(at=1)": (jax.nn.hard_tanh, jnp.array([1.0, 0.5])),
        "nn.hard_sigmoid(at=3)": (jax.nn.hard_sigmoid, jnp.array([3.0, 0.5])),
        "nn.elu": (jax.nn.elu, zero),
        "nn.selu": (jax.nn.selu, zero),
        "nn.celu": (jax.nn.celu, zero),
        "nn.softplus": (jax.nn.softplus, zero),
        "nn.logsumexp(ties)": (jax.nn.logsumexp, ties),
        "nn.squareplus": (jax.nn.squareplus, zero),
        "numpy.abs": (jnp.abs, zero),
        "lax.abs": (jax.lax.abs, zero),
        "numpy.max(ties)": (jnp.max, ties),
        "numpy.min(ties)": (jnp.min, -ties),
        "numpy.maximum(equal)": (jnp.maximum, ties, jnp.array([1.0, 0.0, 3.5])),
        "numpy.minimum(equal)": (jnp.minimum, ties, jnp.array([1.0, 0.0, 3.5])),
        "numpy.clip(edge)": (lambda x: jnp.clip(x, 0.0, 1.0), jnp.array([0.0, 0.5, 1.0])),
        "lax.clamp(edge)": (lambda x: jax.lax.clamp(0.0, x, 1.0), jnp.array([0.0, 0.5, 1.0])),
        "numpy.median(ties)": (jnp.median, jnp.array([1.0, 3.0, 3.0, 5.0])),
        "numpy.sort(ties)": (jnp.sort, ties),
        "numpy.linalg.norm(at=0)": (jnp.linalg.norm, jnp.zeros(3)),
        "numpy.sinc(at=0)": (jnp.sinc, zero),
        "numpy.logaddexp(equal)": (jnp.logaddexp, ties, ties),
        "numpy.hypot(at=0)": (jnp.hypot, jnp.array([0.0, 1.0]), jnp.array([0.0, 0.0])),
        "numpy.prod(two zeros)": (jnp.prod, jnp.array([0.0, 2.0, 0.0])),
        "numpy.cumprod(zero)": (jnp.cumprod, jnp.array([2.0, 0.0, 3.0])),
        "numpy.std(equal)": (jnp.std, jnp.ones(3)),
        "numpy.var(equal)": (jnp.var, jnp.ones(3)),
        "numpy.power(0, 2)": (lambda x: jnp.power(x, 2.0), zero),
        "numpy.power(0 ** y)": (lambda y: jnp.power(0.0, y), jnp.array([1.5, 2.0])),
        "numpy.sqrt(x**2)": (lambda x: jnp.sqrt(x**2), zero),
        "numpy.where(safe sqrt)": (
            lambda x: jnp.where(x > 0, jnp.sqrt(jnp.where(x > 0, x, 1.0)), x),
            jnp.array([1.0, -2.0]),
        ),
        "numpy.linalg.det(singular)": (jnp.linalg.det, jnp.array([[1.0, 2.0], [2.0, 4.0]])),
        "scipy.special.xlogy(0, y)": (jax.scipy.special.xlogy, jnp.array([0.0, 1.0]), jnp.array([2.0, 3.0])),
        "scipy.special.entr(at=1)": (jax.scipy.special.entr, jnp.array([1.0, 0.5])),
        "scipy.special.i0e(at=0)": (jax.scipy.special.i0e, zero),
        "scipy.stats.laplace.logpdf(at=loc)": (jax.scipy.stats.laplace.logpdf, zero),
        "numpy.arctan2(axis)": (jnp.arctan2, jnp.array([0.0, 1.0]), jnp.array([1.0, 0.0])),
        "numpy.expm1(tiny)": (jnp.expm1, jnp.array([1e-9, -1e-12])),
        "numpy.log1p(tiny)": (jnp.log1p, jnp.array([1e-9, -1e-12])),
        "nn.softmax(far)": (jax.nn.softmax, jnp.array([0.0, 40.0, -40.0])),
        "nn.log_sigmoid(far)": (jax.nn.log_sigmoid, jnp.array([-700.0, 5.0])),
    }
    for name, (function, *arguments) in at.items():
        yield Case(f"jax.{name}" if "(" in name else f"jax.{name}(at=0)", function, tuple(arguments))


GROUPS: dict[str, Callable[[], Iterator[Case]]] = {
    "elementwise": elementwise,
    "activations": activations,
    "reductions": reductions,
    "rearrangements": rearrangements,
    "linear algebra": linear_algebra,
    "transforms": transforms,
    "special functions": special,
    "distributions": distributions,
    "at kinks": kinks,
}


def cases() -> list[tuple[str, Case]]:
    """Return all cases, each with its group; a name that comes twice would hide one of them."""
    found = [(group, case) for group, declare in GROUPS.items() for case in declare()]
    names = [case.name for _, case in found]
    doubled = {
        name for name, count in ((n, len(list(g))) for n, g in itertools.groupby(sorted(names))) if count > 1
    }
    if doubled:
        raise ValueError(f"names must be unique; got {', '.join(sorted(doubled))} twice. Rename one.")
    return found
