"""The adjoint identity ⟨v, J u⟩ = ⟨Jᵀ v, u⟩: two products with one Jacobian, without any step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from gradproof._finding import Finding
from gradproof._nesting import Vector
from gradproof._observe import watch
from gradproof._products._jvp import product
from gradproof._products._outputs import name_of, random_weights
from gradproof._products._parts import needed_for, require
from gradproof._products._point import Point, bare, guarded
from gradproof._report import Entry, Evaluations, GradientReport, Status, Verdict
from gradproof._structure import Arguments, StructureError, argument_names

# Multiples of a vector by numbers that are no powers of two round in their own way, and show how much; those of either sign
# show a product that is linear in one direction only, such as one with |u|.
_FACTORS = (1.0, -3.0, 5.0, -7.0, 11.0)
_NOISE_FACTOR = 10.0
_ROUNDING = 2.0**4


class _Product(NamedTuple):
    """⟨w, A x⟩ for one of the two products: its value, how far it scatters, and the sizes of its terms."""

    value: float
    scatter: float
    size: float
    largest: float


class _Pair(NamedTuple):
    """Both sides of the identity, a bound of their rounding, and what it hides; `bent` names a product that is not linear."""

    forward: float
    backward: float
    bound: float
    hidden: float
    bent: str

    @property
    def refuted(self) -> bool:
        """True where the two sides differ by more than rounding, or are NaN."""
        return bool(self.bent) or not abs(self.forward - self.backward) <= self.bound


def check_adjoint(
    jvp: Callable[..., Any], vjp: Callable[..., Any], *args: Any, **options: Any
) -> GradientReport:
    """Examine whether two products are adjoint, and raise GradientMismatch where they are not: see `examine_adjoint`."""
    return require(examine_adjoint(jvp, vjp, *args, **options))


def examine_adjoint(
    jvp: Callable[..., Any], vjp: Callable[..., Any], *args: Any, **options: Any
) -> GradientReport:
    """Examine whether a forward and a backward product belong to one Jacobian, without differentiating anything.

    Parameters
    ----------
    jvp, vjp : callable
        ``jvp(u, *args)`` and ``vjp(v, *args)`` as for `examine_jvp` and `examine_vjp`.
    *args
        As for `examine_gradient`.
    **options
        ``resolution`` and ``seed`` of `examine_gradient`; the others have nothing to act on.

    Returns
    -------
    GradientReport
        ``along`` holds ⟨Jᵀv, u⟩ as `analytic` beside ⟨v, Ju⟩ as `numeric` for every pair of random vectors.

    Notes
    -----
    "pass" says that the two agree, not that they are right: both may be wrong alike. Where `check_jvp` or `check_vjp` fails
    and this fails, the products disagree with each other; where this passes, with f.
    The bound is measured rounding: a product is linear, so that what is left of ``jvp(s u) / s - jvp(u)`` is rounding.
    Where it is more than that, the product is not linear, which is a failure of its own.

    Examples
    --------
    >>> import numpy as np
    >>> import gradproof as gp
    >>> a = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> gp.check_adjoint(lambda u, x: a @ (x * u), lambda v, x: x * (a.T @ v), np.array([1.0, -2.0])).verdict
    'pass'
    """
    with watch(jvp, vjp, f"{name_of(jvp)} beside {name_of(vjp)}") as seen:
        return seen.saw(_adjoint_report(jvp, vjp, args, options))


def _adjoint_report(
    jvp: Callable[..., Any], vjp: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any]
) -> GradientReport:
    names = argument_names(jvp, len(args) + 1)[1:]
    arguments = Arguments(args, names)

    def forward(*given: Any) -> Any:
        return jvp(bare(arguments, arguments.rebuild(arguments.vector, own_dtypes=True)), *given)

    point = Point(forward, args, options, names=names)
    function = f"{name_of(jvp)} beside {name_of(vjp)}"
    pairs: list[_Pair] = []
    try:
        guarded("jvp", names, *point.mutation)
        while len(pairs) < (needed_for(pairs[0].hidden / point.resolution) if pairs else 1):
            pairs.append(_pair(point, jvp, vjp))
            if pairs[-1].refuted:
                break
    except Finding as found:
        calls = Evaluations(0, 1 + 2 * len(_FACTORS) * len(pairs) + found.grad_calls)
        return GradientReport(function, found.verdict, found.reason, np.inf, calls, "none", point.seed)
    seen = max(pair.hidden for pair in pairs)
    verdict, reason = _verdict(pairs[-1], seen, point.resolution)
    status: Status = "fail" if verdict == "fail" else "pass" if verdict == "pass" else "unresolved"
    along = tuple(
        Entry(f"pair {i}", (), p.backward, p.forward, abs(p.backward - p.forward), p.bound, status)
        for i, p in enumerate(pairs)
    )
    calls = Evaluations(0, 1 + 2 * len(_FACTORS) * len(pairs))
    return GradientReport(
        function, verdict, reason, seen, calls, "none", point.seed, None, "directions", along
    )


def _verdict(last: _Pair, seen: float, resolution: float) -> tuple[Verdict, str]:
    if last.bent:
        return "fail", f"{last.bent} is not linear: that of a multiple is not the multiple of the product."
    if last.refuted:
        return "fail", "jvp and vjp disagree: ⟨v, J u⟩ is not ⟨Jᵀ v, u⟩. At least one of them is wrong."
    if seen <= resolution:
        return "pass", ""
    return "inconclusive", (
        f"errors below {seen:.2g} cannot be seen through the rounding of the products, resolution={resolution:g} asks for "
        "more. Compute them in float64, or pass a resolution that is good enough."
    )


def _pair(point: Point, jvp: Callable[..., Any], vjp: Callable[..., Any]) -> _Pair:
    """Compare ⟨v, J u⟩ with ⟨Jᵀ v, u⟩ for fresh random u and v."""
    at = point.arguments.vector
    u = random_weights(point.random, point.arguments.spread(point.arguments.leaf_scales()))
    v = random_weights(point.random, 1 / point.outputs.spread(point.outputs.leaf_scales()))
    forward = _measured(lambda s: product(point, jvp, s * u, at), v)
    backward = _measured(lambda s: _backward(point, vjp, s * v), u)
    size = max(forward.largest, backward.largest)
    leaves = (*point.outputs.leaves, *point.arguments.leaves)
    unit = max(float(np.finfo(leaf.dtype).eps) for leaf in leaves)
    rounding = _ROUNDING * unit * (forward.size + backward.size)
    bound = _NOISE_FACTOR * (forward.scatter + backward.scatter) + rounding
    visible = point.resolution * size + rounding
    bent = [
        name for name, seen in (("jvp", forward), ("vjp", backward)) if _NOISE_FACTOR * seen.scatter > visible
    ]
    hidden = bound / size if size else 0.0
    return _Pair(forward.value, backward.value, bound, hidden, bent[0] if bent else "")


def _measured(multiple: Callable[[float], Vector], weights: Vector) -> _Product:
    """Return ⟨weights, product⟩; what multiples of the product by odd numbers add to it is rounding."""
    products = [multiple(factor) / factor for factor in _FACTORS]
    values = np.array([weights @ found for found in products])
    terms = np.abs(weights * products[0])
    scatter = float(np.ptp(values))
    return _Product(float(values[0]), scatter, float(terms.sum()), float(terms.max(initial=0.0)))


def _backward(point: Point, vjp: Callable[..., Any], cotangent: Vector) -> Vector:
    before, given = (
        (point.cotangent(cotangent), *point.arguments.rebuild(point.arguments.vector, own_dtypes=True))
        for _ in range(2)
    )
    found = vjp(*given)
    guarded("vjp", ("v", *point.arguments.names), before, given)
    try:
        return point.arguments.flatten(found)[0]
    except StructureError as error:
        text = str(error).replace("the gradient of", "what vjp returns for")
        raise Finding("fail", text.replace("the gradient must", "what vjp returns must"), 1) from error
