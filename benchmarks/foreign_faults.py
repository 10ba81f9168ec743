"""What is known to be wrong in torch and JAX, or to have no derivative, or not to be seen: each with its reason.

A "fail" stands here only where the derivative is wrong for a reason found without gradproof, or where gradproof is known to be:
tests/test_frameworks_operators.py and tests/test_frameworks_jax_operators.py compute most of the faults anew, by closed
forms or with mpmath at 30 digits.
"""

from collections.abc import Iterator

from operator_outcomes import Known

SIXTH = "the derivative is 1/6 rounded to float32, in float64 too: off by 5e-9"
TARGET = "f asks whether its float target, which varies here, is exactly 1 or -1: it jumps there"
STEPS = "a staircase: 0 is right, but a step lies within the widest differences, and 0 has no scale to be measured by"
CONSTANT = "f is constant up to its rounding: 0 is right, but has no scale to be measured by"
PIECES = (
    "the first derivative is constant but where the order changes, and it changes within the widest differences; "
    "0 has no scale to be measured by"
)
COARSE = "values in float32 do not show 3 %: a kink, a tie or a cancellation is closer than their steps"
WRAPPED = (
    "at 2e6 the imaginary part wraps thousands of times within the differences: the derivative is right, and seen at the "
    "finest steps only"
)
OF_TWO = f"of two observations every correlation is 1 or -1: {CONSTANT}"
STORAGE = "the sample reads storage beyond the tensor that it is given, which a copy has not"
SPENCE = "log(x) / (1 - x) is a number, JAX answers NaN between 1 and 2 (closed form)"
FAR = "right to 1e-9 only at x = -23, where the value is right to 1e-11 (mpmath)"
TRIANGLE = (
    "the value reads one triangle of the matrix, the rule is that of both: right along symmetric changes only, "
    "and right where the argument is symmetrised before"
)
ATTENTION = "the softmax is computed in float32 whatever the arguments are"
SATURATED = "at 40 apart all is saturated: little but rounding is left"
KINK = "the point is at a kink, the answer a subgradient"
AT_KINKS = (
    "jax.nn.relu(at=0) jax.nn.relu6(at=6) jax.nn.leaky_relu(at=0) jax.nn.hard_tanh(at=1) jax.nn.hard_sigmoid(at=3) "
    "jax.nn.selu(at=0) jax.numpy.abs(at=0) jax.lax.abs(at=0) jax.numpy.max(ties) jax.numpy.min(ties) "
    "jax.numpy.maximum(equal) jax.numpy.minimum(equal) jax.numpy.clip(edge) jax.numpy.sort(ties) jax.numpy.hypot(at=0) "
    "jax.scipy.special.i0e(at=0) jax.scipy.stats.laplace.logpdf(at=loc)"
)
UNDEFINED = "at its kink 0 is a subgradient; JAX answers NaN, 0 times the infinite slope of the root"
NAN_AT_KINK = "jax.numpy.linalg.norm(at=0) jax.numpy.std(equal) jax.numpy.sqrt(x**2)"
UNRULED = (
    "jax.scipy.linalg.solve_sylvester jax.scipy.special.betainc jax.scipy.stats.gumbel_l.logpdf "
    "jax.scipy.stats.gumbel_l.pdf jax.scipy.stats.gumbel_l.ppf jax.scipy.stats.gumbel_r.logpdf "
    "jax.scipy.stats.gumbel_r.pdf jax.scipy.stats.gumbel_r.ppf jax.scipy.stats.beta.cdf jax.scipy.stats.beta.logcdf "
    "jax.scipy.stats.beta.sf jax.scipy.stats.beta.logsf"
)
TRIGAMMA = "torch's trigamma is off by 1e-9 near 0.3 and by 4e-10 at 1.5 (mpmath): its series ends too early for float64"


def _of(
    corpus: str, verdict: str, reason: str, names: str | tuple[str, ...]
) -> Iterator[tuple[tuple[str, str], Known]]:
    """Declare operators of a corpus that share a verdict and its reason; in a tuple where names have spaces."""
    for name in names.split() if isinstance(names, str) else names:
        yield (corpus, name), Known(verdict, reason)


def _without_rule(corpus: str, names: str) -> Iterator[tuple[tuple[str, str], Known]]:
    """Declare functions of which JAX says itself that it has no derivative: it raises an error."""
    return _of(corpus, "refused", "JAX raises an error: it has no derivative of this", names)


KNOWN: dict[tuple[str, str], Known] = dict(
    [
        # --- torch: wrong
        *_of("torch float64", "fail", SIXTH, "nn.functional.hardsigmoid"),
        *_of(
            "torch forward",
            "inconclusive",
            f"{SIXTH}; along a tangent too few steps show it",
            "nn.functional.hardsigmoid",
        ),
        *_of(
            "torch forward",
            "fail",
            "the forward rule is wrong unless the factor is near the identity: by 0.28 in a matrix of size 1 (mpmath), "
            "where the backward rule is right to 1e-15",
            "cholesky_inverse",
        ),
        *_of(
            "torch forward",
            "fail",
            "the forward rule adds a constant to the denominator: the first output is the first input, "
            "but its derivative comes out below 1 (closed form), by 3e-6 here",
            "logcumsumexp",
        ),
        *_of(
            "torch twice",
            "inconclusive",
            TRIGAMMA,
            "mvlgamma.mvlgamma_p_1 mvlgamma.mvlgamma_p_3 mvlgamma.mvlgamma_p_5",
        ),
        # --- torch: jumps
        *_of(
            "torch float64",
            "jump",
            TARGET,
            "nn.functional.cosine_embedding_loss nn.functional.hinge_embedding_loss",
        ),
        *_of(
            "torch twice",
            "jump",
            TARGET,
            "nn.functional.cosine_embedding_loss nn.functional.hinge_embedding_loss",
        ),
        *_of(
            "torch forward",
            "fail",
            f"{TARGET}, and every tangent moves the target",
            "nn.functional.cosine_embedding_loss nn.functional.hinge_embedding_loss",
        ),
        # --- torch: not seen, or not to be examined
        *_of("torch float64", "inconclusive", STEPS, "ceil floor round round.decimals_0 trunc"),
        *_of("torch float64", "inconclusive", "the quotient jumps within the widest differences", "__rmod__"),
        *_of("torch float64", "inconclusive", OF_TWO, "corrcoef"),
        *_of("torch forward", "inconclusive", OF_TWO, "corrcoef"),
        *_of("torch float64", "refused", STORAGE, "as_strided.partial_views"),
        *_of("torch complex128", "refused", STORAGE, "as_strided.partial_views"),
        *_of("torch complex128", "inconclusive", WRAPPED, "logsumexp"),
        *_of(
            "torch float32",
            "inconclusive",
            COARSE,
            "__rmod__ ceil copysign corrcoef cummax floor frac linalg.eigh linalg.lstsq.grad_oriented "
            "max_pool2d_with_indices_backward nn.functional.cosine_embedding_loss nn.functional.hardtanh "
            "nn.functional.hinge_embedding_loss nn.functional.multi_head_attention_forward norm.nuc round "
            "round.decimals_0 sort trunc",
        ),
        *_of(
            "torch twice",
            "inconclusive",
            PIECES,
            "__rmod__ aminmax clamp_max clamp_min cummax cummin fmax fmin fmod frexp kthvalue max.binary "
            "max.reduction_no_dim max.reduction_with_dim maximum median min.binary min.reduction_no_dim "
            "min.reduction_with_dim minimum mode nanmedian nn.functional.adaptive_max_pool1d "
            "nn.functional.adaptive_max_pool2d nn.functional.threshold remainder scatter_reduce.prod sort",
        ),
        *_of("torch twice", "inconclusive", CONSTANT, "copysign corrcoef masked.norm"),
        *_of(
            "torch twice",
            "inconclusive",
            "the rows have two entries, so that little but rounding is left of what is normalised",
            "nn.functional.layer_norm",
        ),
        *_of(
            "torch twice",
            "inconclusive",
            "off by 2e-12 / (x (1 - x)) of itself, too little to be seen at three steps: the guard of the denominator is "
            "added, squared, where the first derivative has a maximum (closed form)",
            "nn.functional.binary_cross_entropy",
        ),
        *_of(
            "torch modules, training",
            "inconclusive",
            "at x = -7.9 the value is -1e-14, of which the rounding of 1 + erf leaves two digits",
            "nn.GELU",
        ),
        *_of(
            "torch modules, training",
            "inconclusive",
            "the power 1.5 of a negative input is NaN",
            "nn.LPPool1d",
        ),
        # --- JAX: wrong
        *_of(
            "jax float64",
            "fail",
            SPENCE,
            "jax.scipy.special.spence",
        ),
        *_of("jax float64", "fail", FAR, ("jax.scipy.special.log_ndtr(far left)",)),
        *_of(
            "jax forward",
            "inconclusive",
            f"{FAR}; along a tangent too few steps show it",
            ("jax.scipy.special.log_ndtr(far left)",),
        ),
        *_of(
            "jax forward",
            "fail",
            "JAX differentiates its bisection: by d_i, eigenvalue k has the derivative v_ik^2 (closed form), which is off by 0.4",
            "jax.scipy.linalg.eigh_tridiagonal",
        ),
        *_of("jax float64", "fail", TRIANGLE, "jax.scipy.linalg.cholesky jax.scipy.linalg.solve(pos)"),
        *_of("jax forward", "fail", TRIANGLE, "jax.scipy.linalg.cholesky jax.scipy.linalg.solve(pos)"),
        *_of("jax float64", "fail", UNDEFINED, NAN_AT_KINK),
        *_of("jax forward", "fail", UNDEFINED, NAN_AT_KINK),
        # --- JAX: kinks
        *_of("jax float64", "nondifferentiable", KINK, f"{AT_KINKS} jax.lax.clamp(edge)"),
        *_of("jax forward", "nondifferentiable", KINK, AT_KINKS),
        *_of(
            "jax forward",
            "fail",
            "a false alarm of gradproof: of two kinks that bend in opposite ways, as both edges do, the one-sided derivatives "
            "along a tangent do not enclose the sum of two subgradients; entry by entry it is a subgradient",
            "jax.lax.clamp(edge)",
        ),
        # --- JAX: not seen, or without a derivative
        *_of(
            "jax float64",
            "inconclusive",
            ATTENTION,
            "jax.nn.dot_product_attention jax.nn.dot_product_attention(causal)",
        ),
        *_of(
            "jax forward",
            "inconclusive",
            ATTENTION,
            "jax.nn.dot_product_attention jax.nn.dot_product_attention(causal)",
        ),
        *_of("jax float64", "inconclusive", SATURATED, ("jax.nn.softmax(far)",)),
        *_of("jax forward", "inconclusive", SATURATED, ("jax.nn.softmax(far)",)),
        *_of(
            "jax float32",
            "nondifferentiable",
            KINK,
            "jax.nn.relu(at=0) jax.nn.hard_sigmoid(at=3) jax.lax.abs(at=0) jax.numpy.minimum(equal) jax.numpy.sort(ties) "
            "jax.numpy.hypot(at=0) jax.scipy.special.i0e(at=0)",
        ),
        *_of("jax float32", "inconclusive", COARSE, "jax.numpy.minimum jax.lax.rem"),
        *_without_rule("jax float64", "jax.scipy.linalg.eigh_tridiagonal jax.scipy.linalg.polar"),
        *_of("jax float32", "fail", SPENCE, "jax.scipy.special.spence"),
        *_without_rule(
            "jax float32",
            "jax.scipy.linalg.polar jax.scipy.special.betainc jax.scipy.stats.gumbel_l.logpdf "
            "jax.scipy.stats.gumbel_r.pdf jax.scipy.stats.beta.logsf",
        ),
        *_without_rule("jax float64", UNRULED),
        *_without_rule("jax forward", UNRULED),
    ]
)
