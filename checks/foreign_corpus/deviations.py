"""Every verdict of the corpus other than a pass, and why it is the right one.

What is called wrong here is shown to be by tests/test_foreign_*.py, in 40 digits or by a derivation of its own.
"""

from foreign_corpus.case import Deviation

# The distribution function, where scipy computes it as 1 − something or by subtraction, has too few digits left.
_WITHOUT_DIGITS = {
    "alpha(3.57)": ("sf = 1e-12",),
    "arcsine()": ("sf = 1e-06",),
    "argus(1)": ("cdf = 1e-12", "sf = 1e-12"),
    "beta(2.31, 0.6269)": ("sf = 1e-06",),
    "burr(10.5, 4.3)": ("sf = 1e-12",),
    "fisk(3.086)": ("sf = 1e-12",),
    "foldcauchy(4.716)": ("cdf = 1e-12",),
    "foldnorm(1.952)": ("cdf = 1e-12",),
    "genhalflogistic(0.7727)": ("cdf = 1e-12", "sf = 1e-12"),
    "geninvgauss(2.3, 1.5)": ("sf = 1e-12",),
    "kappa4(0, 0)": ("sf = 1e-12",),
    "kappa4(-0.1, 0.1)": ("sf = 1e-12",),
    "kappa4(0, 0.1)": ("sf = 1e-12",),
    "kappa4(0.1, 0)": ("sf = 1e-12",),
    "levy_l()": ("cdf = 1e-06", "cdf = 1e-12"),
    "loguniform(0.01, 1.25)": ("cdf = 1e-12", "sf = 1e-12"),
    "mielke(10.4, 4.6)": ("sf = 1e-12",),
    "pareto(2.622)": ("cdf = 1e-12",),
    "rdist(1.6)": ("sf = 1e-06", "cdf = 1e-12", "sf = 1e-12"),
    "reciprocal(0.01, 1.25)": ("cdf = 1e-12", "sf = 1e-12"),
    "rel_breitwigner(36.55)": ("sf = 1e-12",),
    "rice(0.775)": ("sf = 1e-12",),
    "semicircular()": ("cdf = 1e-12", "sf = 1e-12"),
    "skewcauchy(0.5)": ("cdf = 1e-12", "sf = 1e-12"),
    "trapezoid(0.2, 0.8)": ("sf = 1e-12",),
    "triang(0.1579)": ("sf = 1e-12",),
    "truncnorm(-1.098, 2.731)": ("cdf = 1e-12",),
    "truncnorm(0.1, 2)": ("cdf = 1e-12",),
    "truncpareto(1.8, 5.3)": ("cdf = 1e-12",),
    "truncpareto(2, 5)": ("cdf = 1e-12",),
    "truncweibull_min(2.5, 0.25, 1.75)": ("cdf = 1e-12",),
    "tukeylambda(3.132)": ("cdf = 1e-06", "sf = 1e-06", "cdf = 1e-12", "sf = 1e-12"),
    "vonmises_line(3.994)": ("cdf = 1e-12", "sf = 1e-12"),
}
WITHOUT_DIGITS = tuple(f"{label}: {place}" for label, places in _WITHOUT_DIGITS.items() for place in places)

_JUMP_OF_THE_DENSITY = Deviation(
    "fail",
    "scipy's pdf leaves out the fourth term of its series: off by 1.8e-8 of itself just above x = 0.82, where it turns to that",
)
_QUADRATURE = Deviation(
    "inconclusive",
    "the cdf is an adaptive quadrature, which jumps by 1e-11 of itself between two points; the pdf is right",
)
_DIFFERENCES = Deviation(
    "inconclusive", "the derivative is itself a difference, of five points: it scatters by 5e-10 of itself"
)
_FORWARD = "the gradient is a forward difference with a step of 1e-10: it scatters by some 1e-5 of itself"
_STEPS = (
    "the loss, log(1 + eˣ) − x, has lost its digits: off by {} of itself. The gradient is right to rounding"
)
_KINK = Deviation("nondifferentiable", "at the kink; the gradient lies between the one-sided derivatives")
_OUTPUTS = Deviation(
    "fail",
    "the loss is a mean over the outputs, the gradient that of a sum: twice what it should be (scikit-learn #8349, open)",
)
_FREEDOM = Deviation(
    "fail",
    "the gradient weights pairs by (1 + d²/ν)^(−(ν+1)/2), right for ν = 1 only: it must be (1 + d²/ν)⁻¹. Off by a third of itself and more",
)

DEVIATIONS: dict[str, Deviation] = {
    **dict.fromkeys(
        WITHOUT_DIGITS,
        Deviation(
            "inconclusive",
            "so far out scipy's value has lost its digits: it scatters by more than 1e-10 of itself",
        ),
    ),
    "arcsine(): cdf = 1e-12": Deviation(
        "inconclusive",
        "2.5e-24 from the end of the support, where the pdf grows without bound: closer than the finest step",
    ),
    "powerlaw(0.6591): cdf = 1e-12": Deviation(
        "inconclusive",
        "6.2e-19 from the end of the support, where the pdf grows without bound: closer than the finest step",
    ),
    "genhalflogistic(0.7727): sf = 1e-06": Deviation(
        "inconclusive",
        "1.7e-5 from the end of the support at 1.29: gradproof takes the corner there for noise, and says that it cannot see",
    ),
    "kstwobign(): body": _JUMP_OF_THE_DENSITY,
    "skewnorm(4): cdf = 1e-12": Deviation(
        "fail", "the cdf, a quadrature so far out, is off by 4e-9 of itself; the pdf is right to rounding"
    ),
    "geninvgauss(2.3, 1.5): body": _QUADRATURE,
    "geninvgauss(2.3, 1.5): cdf = 0.001": _QUADRATURE,
    "geninvgauss(2.3, 1.5): sf = 0.001": Deviation(
        "fail",
        "the cdf, a quadrature, is off by 5e-12, and its slope by 3.9e-8 of itself; the pdf is right to rounding",
    ),
    "kstwo(10): body": _DIFFERENCES,
    "itj0y0: 5 points": Deviation(
        "inconclusive", "the integral of J₀ is approximated to 1e-10 of itself around 17, with small jumps"
    ),
    "HalfBinomialLoss: y = 1, raw = 20": Deviation("inconclusive", _STEPS.format("3e-7")),
    "HalfBinomialLoss: y = 1, raw = 25": Deviation("inconclusive", _STEPS.format("1e-5")),
    "HalfBinomialLoss: y = 1, raw = 30": Deviation("inconclusive", _STEPS.format("1.3 %")),
    **dict.fromkeys(
        ["AbsoluteError: at the kink", *(f"PinballLoss({q}): at the kink" for q in (0.1, 0.5, 0.8))], _KINK
    ),
    **dict.fromkeys(["Hinge: y = -1, at -1", "Hinge: y = 1, at 1"], _KINK),
    **dict.fromkeys([f"EpsilonInsensitive: y = 0.25, at {p:g}" for p in (0.75, -0.25)], _KINK),
    "Matern(length_scale=0.9, nu=0.7): dK/dθ": Deviation("inconclusive", _FORWARD),
    **dict.fromkeys(
        [f"PairwiseKernel(gamma=0.8, metric={m}): dK/dθ" for m in ("rbf", "polynomial", "laplacian")],
        Deviation("inconclusive", _FORWARD),
    ),
    **dict.fromkeys(
        [
            f"MLPRegressor: two outputs, {activation}, {weights}"
            for activation in ("identity", "logistic", "tanh", "relu")
            for weights in ("no weights", "weights")
        ],
        _OUTPUTS,
    ),
    "TSNE: 3 components": _FREEDOM,
    "TSNE: 4 components": _FREEDOM,
}
