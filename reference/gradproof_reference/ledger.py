"""The ledger: each formula of the slides, where it is implemented and checked, and what is printed wrongly.

An ID is permanent: code, checks and reports name formulas by it. Names are dotted paths below
`gradproof_reference`; `resolve` turns one into the object.
"""

import importlib
from dataclasses import dataclass
from functools import reduce

__all__ = ["LEDGER", "Erratum", "Row", "resolve", "row"]


@dataclass(frozen=True)
class Erratum:
    """One thing that the slides print wrongly.

    Attributes
    ----------
    row : str
        ID of the formula.
    printed, derived : str
        The formula as the slide has it, and as it must be.
    why : str
        The reason, in one or two sentences.
    printed_form, derived_form : str or None
        Names of the two as functions. `printed_form` is None where the erratum is one of naming, wording or
        omission: nothing to evaluate. The derived form is named there too.
    """

    row: str
    printed: str
    derived: str
    why: str
    printed_form: str | None = None
    derived_form: str | None = None


@dataclass(frozen=True)
class Row:
    """One formula of the slides.

    Attributes
    ----------
    id : str
        F01 to F28, in the order of the slides.
    slide : str
        Title of the slide.
    statement : str
        What must hold.
    formula : str
        The formula, derived form.
    implementation, gradient : tuple of str
        Public names that compute it, and its derivative.
    checks : tuple of str
        File names of its checks, under checks/formulas.
    errata : tuple of Erratum
        What is wrong with the printed form.
    """

    id: str
    slide: str
    statement: str
    formula: str
    implementation: tuple[str, ...]
    gradient: tuple[str, ...]
    checks: tuple[str, ...]
    errata: tuple[Erratum, ...] = ()


LEDGER: tuple[Row, ...] = (
    Row(
        id="F01",
        slide="Overfitting",
        statement=(
            "A polynomial of degree 9 interpolates 10 distinct points: no training loss, but a test loss."
        ),
        formula="y(x, w) = Σⱼ wⱼ xʲ, E(w) = ½ Σᵢ (y(xᵢ, w) − tᵢ)²",
        implementation=("polynomial", "design_matrix", "sum_of_squares", "rms_error", "fit_polynomial"),
        gradient=("sum_of_squares_gradient",),
        checks=("test_polynomial.py", "test_dtypes.py", "test_stacking.py"),
    ),
    Row(
        id="F02",
        slide="(mini-batch) Stochastic Gradient Descent (SGD)",
        statement=(
            "The minibatch loss is a sum: the gradients of an epoch's batches add up to the full gradient."
        ),
        formula="l(w, b) = Σ_{i∈B} Costᵢ(w, b)",
        implementation=("minibatches", "minibatch_cost"),
        gradient=("minibatch_cost_gradient",),
        checks=("test_minibatch.py", "test_planted_errors.py", "test_dtypes.py", "test_stacking.py"),
    ),
    Row(
        id="F03",
        slide="(mini-batch) Stochastic Gradient Descent (SGD)",
        statement="A step subtracts λ times the gradient; λ = 0 changes no bit; every step reports its loss.",
        formula="w ← w − λ dl/dw, b ← b − λ dl/db",
        implementation=("sgd_step", "train", "train_mlp", "train_polynomial"),
        gradient=(),
        checks=(
            "test_sgd.py",
            "test_training.py",
            "test_training_in_place.py",
            "test_dtypes.py",
            "test_stacking.py",
        ),
    ),
    Row(
        id="F04",
        slide="Regularization",
        statement=(
            "The penalty is α times the sum of squared weights, with gradient 2αw; biases are not penalised."
        ),
        formula="L(w, b) + α Σᵢ |wᵢ|²",
        implementation=("l2_penalty",),
        gradient=("l2_penalty_gradient",),
        checks=("test_penalties.py", "test_dtypes.py", "test_stacking.py"),
    ),
    Row(
        id="F05",
        slide="SGD with Regularization (L-2)",
        statement="The weights step against the gradient of loss plus penalty, the factor 2 included.",
        formula="w ← w − λ (dl/dw + 2αw)",
        implementation=("sgd_l2_step",),
        gradient=("l2_penalty_gradient",),
        checks=("test_sgd.py", "test_as_printed.py", "test_dtypes.py", "test_stacking.py"),
        errata=(
            Erratum(
                row="F05",
                printed="w = w − λ dl/dw − λαw",
                derived="w ← w − λ dl/dw − 2λαw",
                why=(
                    "The gradient of the slide's penalty α Σ w² is 2αw; αw is that of (α/2) Σ w². "
                    "Read with the slide's l, which "
                    "holds the penalty already, the printed step would count it 3/2 times."
                ),
                printed_form="as_printed.sgd_l2_weight_step",
                derived_form="sgd_l2_step",
            ),
        ),
    ),
    Row(
        id="F06",
        slide="SGD with Regularization (L-2)",
        statement="The bias steps against the gradient of the loss alone.",
        formula="b ← b − λ dl/db",
        implementation=("sgd_l2_step",),
        gradient=(),
        checks=("test_sgd.py", "test_as_printed.py", "test_dtypes.py", "test_stacking.py"),
        errata=(
            Erratum(
                row="F06",
                printed="b = b − λ dl/db − λαw",
                derived="b ← b − λ dl/db",
                why=(
                    "It takes the weights from the bias: the shapes differ unless they broadcast, and "
                    "the objective has no "
                    "penalty on b."
                ),
                printed_form="as_printed.sgd_l2_bias_step",
                derived_form="sgd_l2_step",
            ),
        ),
    ),
    Row(
        id="F07",
        slide="Revisiting Another Problem with SGD",
        statement=(
            "The rescaled minibatch gradient is unbiased: its mean over all batches of m is the full "
            "gradient."
        ),
        formula="E_B[(n/m) ∇l_B] = ∇L",
        implementation=("rescale_to_full",),
        gradient=(),
        checks=("test_minibatch.py", "test_dtypes.py", "test_stacking.py"),
    ),
    Row(
        id="F08",
        slide="Revisiting Another Problem with SGD",
        statement="A step can lower the loss of its minibatch and raise that of the full data.",
        formula="l_B(w′) < l_B(w) and L(w′) > L(w), with w′ = w − λ ∇l_B(w)",
        implementation=("unlearns",),
        gradient=(),
        checks=("test_minibatch.py", "test_dtypes.py", "test_stacking.py"),
    ),
    Row(
        id="F09",
        slide="Solution: Momentum Updates",
        statement=(
            "The velocity keeps past gradients; τ = 0 is SGD bit for bit; a constant gradient g gives g/(1 − "
            "τ)."
        ),
        formula="v ← τv + dl/dw + 2αw, w ← w − λv; u ← τu + dl/db, b ← b − λu; v₀ = u₀ = 0",
        implementation=(
            "momentum_step",
            "momentum_l2_step",
            "zero_velocity",
            "train",
            "train_mlp",
            "train_polynomial",
        ),
        gradient=(),
        checks=(
            "test_momentum.py",
            "test_training.py",
            "test_training_in_place.py",
            "test_as_printed.py",
            "test_dtypes.py",
            "test_stacking.py",
        ),
        errata=(
            Erratum(
                row="F09",
                printed="v = τv + dl/dw + αw",
                derived="v = τv + dl/dw + 2αw",
                why="As in F05: the gradient of the penalty α Σ w² is 2αw.",
                printed_form="as_printed.momentum_velocity",
                derived_form="momentum_l2_step",
            ),
            Erratum(
                row="F09",
                printed="(no update of b)",
                derived="u ← τu + dl/db, b ← b − λu",
                why=(
                    "The slide leaves the bias out; it follows the same rule, with a velocity of its own and "
                    "no penalty."
                ),
                derived_form="momentum_l2_step",
            ),
            Erratum(
                row="F09",
                printed="“weighted average” of v and dl/dw with weights τ and 1",
                derived="weighted sum: under a constant gradient g, v → g/(1 − τ)",
                why=(
                    "The weights τ and 1 sum to 1 + τ, not to 1; an average would have τ and 1 − τ and tend "
                    "to g."
                ),
                derived_form="momentum_step",
            ),
        ),
    ),
    Row(
        id="F10",
        slide="More on Momentum",
        statement=(
            "On a quadratic, momentum converges iff 0 < λh < 2 + 2τ; at its best its rate depends on √κ, not "
            "on κ."
        ),
        formula=(
            "τ* = ((√κ − 1)/(√κ + 1))², λ* = (2/(√h₁ + √hₙ))², rate (√κ − 1)/(√κ + 1) against (κ − 1)/(κ + 1)"
        ),
        implementation=(
            "momentum_converges",
            "convergence_rate",
            "optimal_momentum",
            "optimal_learning_rate",
            "optimal_momentum_rate",
            "optimal_gradient_descent_rate",
        ),
        gradient=(),
        checks=("test_convergence.py", "test_dtypes.py", "test_stacking.py"),
    ),
    Row(
        id="F11",
        slide="Supervised Learning - Classification",
        statement=(
            "The total cost is the sum of the examples' costs: additive over splits, the same in any order."
        ),
        formula="L(θ) = Σᵢ Cost(ŷᵢ, yᵢ), ŷᵢ = f(xᵢ; θ)",
        implementation=("total_cost",),
        gradient=("total_cost_gradient",),
        checks=("test_cost.py", "test_dtypes.py", "test_stacking.py"),
    ),
    Row(
        id="F12",
        slide="Supervised Learning – Linear Softmax",
        statement=(
            "Encoding a class as a one-hot row and decoding the largest score are inverse to each other."
        ),
        formula="yᵢⱼ = 1 if j = labelᵢ else 0; labelᵢ = argmaxⱼ ŷᵢⱼ",
        implementation=("one_hot", "decode"),
        gradient=(),
        checks=("test_labels.py", "test_dtypes.py", "test_stacking.py"),
    ),
    Row(
        id="F13",
        slide="Supervised Learning – Linear Softmax",
        statement="Scores are affine in the inputs, each class with its own weights and bias.",
        formula="aⱼ = Σₖ wⱼₖ xₖ + bⱼ",
        implementation=("affine",),
        gradient=("affine_gradient",),
        checks=("test_affine.py", "test_as_printed.py", "test_dtypes.py", "test_stacking.py"),
        errata=(
            Erratum(
                row="F13",
                printed="a₁ = … + b_c, a₂ = … + b_d, a₃ = … + b_b",
                derived="a₁ = … + b₁, a₂ = … + b₂, a₃ = … + b₃",
                why="Naming: the biases go by class letters beside weights that go by numbers.",
                derived_form="affine",
            ),
        ),
    ),
    Row(
        id="F14",
        slide="Supervised Learning – Linear Softmax",
        statement=(
            "Softmax is positive, sums to 1, ignores a common shift, follows permutations, and never "
            "overflows."
        ),
        formula="fⱼ = e^{aⱼ} / Σₖ e^{aₖ}",
        implementation=("softmax", "log_softmax"),
        gradient=("softmax_jacobian",),
        checks=("test_softmax.py", "test_dtypes.py", "test_stacking.py"),
    ),
    Row(
        id="F15",
        slide="How do we find a good w and b?",
        statement=(
            "The sum over classes and the label's term alone agree for one-hot targets; finite for finite "
            "scores."
        ),
        formula="L = Σᵢ Σⱼ −yᵢⱼ log ŷᵢⱼ = Σᵢ −log ŷ_{i,label}",
        implementation=("softmax_cross_entropy", "softmax_cross_entropy_of_targets"),
        gradient=("softmax_cross_entropy_gradient", "softmax_cross_entropy_of_targets_gradient"),
        checks=("test_cross_entropy.py", "test_dtypes.py", "test_softmax.py", "test_stacking.py"),
    ),
    Row(
        id="F16",
        slide="Computing Analytic Gradients",
        statement="A score's derivative by its own weights is the input, by its bias 1, and by other rows 0.",
        formula="∂aᵢ/∂wᵢⱼ = xⱼ, ∂aᵢ/∂bᵢ = 1",
        implementation=("affine_jacobian",),
        gradient=("affine_jacobian", "affine_gradient"),
        checks=("test_affine.py", "test_dtypes.py", "test_stacking.py"),
    ),
    Row(
        id="F17",
        slide="Computing Analytic Gradients",
        statement="The softmax Jacobian is symmetric and positive semidefinite, and its rows sum to 0.",
        formula="∂ŷ/∂a = diag(ŷ) − ŷŷᵀ",
        implementation=("softmax_jacobian",),
        gradient=("softmax_jacobian",),
        checks=("test_softmax.py", "test_dtypes.py", "test_stacking.py"),
    ),
    Row(
        id="F18",
        slide="Computing Analytic Gradients",
        statement=(
            "Softmax and cross-entropy together have the gradient prediction minus target, which sums to 0."
        ),
        formula="∂ℓ/∂a = ŷ − y",
        implementation=("softmax_cross_entropy_gradient", "softmax_cross_entropy_of_targets_gradient"),
        gradient=("softmax_cross_entropy_gradient", "softmax_cross_entropy_of_targets_gradient"),
        checks=("test_cross_entropy.py", "test_dtypes.py", "test_planted_errors.py", "test_stacking.py"),
    ),
    Row(
        id="F19",
        slide="Computing Analytic Gradients",
        statement=(
            "The weight gradient is the outer product of score gradient and input, summed over the batch."
        ),
        formula="∂ℓ/∂wᵢⱼ = (ŷᵢ − yᵢ) xⱼ, ∂ℓ/∂bᵢ = ŷᵢ − yᵢ",
        implementation=("linear_softmax_gradient",),
        gradient=("linear_softmax_gradient",),
        checks=("test_linear_softmax.py", "test_planted_errors.py", "test_dtypes.py", "test_stacking.py"),
    ),
    Row(
        id="F20",
        slide="Perceptron Model",
        statement=(
            "The perceptron fires for a positive score only; its gradient is 0 off the boundary, undefined "
            "on it."
        ),
        formula="f(x) = 1 if Σᵢ wᵢxᵢ + b > 0 else 0",
        implementation=("perceptron",),
        gradient=("perceptron_gradient",),
        checks=("test_perceptron.py", "test_as_printed.py", "test_dtypes.py", "test_stacking.py"),
        errata=(
            Erratum(
                row="F20",
                printed="Σ_{i=0}^n wᵢxᵢ + b",
                derived="Σ_{i=1}^n wᵢxᵢ + b",
                why=(
                    "Naming: the inputs are x₁ to x₄ and the bias stands apart, so that there is no term i = "
                    "0."
                ),
                derived_form="perceptron",
            ),
        ),
    ),
    Row(
        id="F21",
        slide="Activation Functions",
        statement=(
            "Value and derivative of each activation; saturation is exact; the values at kinks are stated."
        ),
        formula="Step(z) = [z > 0], Sigmoid(z) = 1/(1 + e^{−z}), Tanh(z), ReLU(z) = max(0, z)",
        implementation=("step", "sigmoid", "tanh", "relu", "STEP", "SIGMOID", "TANH", "RELU", "ACTIVATIONS"),
        gradient=("step_derivative", "sigmoid_derivative", "tanh_derivative", "relu_derivative"),
        checks=("test_activations.py", "test_dtypes.py", "test_planted_errors.py", "test_stacking.py"),
    ),
    Row(
        id="F22",
        slide="Linear Softmax",
        statement="The matrix form over a batch equals scores and softmax written out per example.",
        formula="f = softmax(w xᵀ + bᵀ)",
        implementation=("linear_softmax", "linear_softmax_loss"),
        gradient=("linear_softmax_gradient",),
        checks=("test_linear_softmax.py", "test_mlp.py", "test_dtypes.py", "test_stacking.py"),
    ),
    Row(
        id="F23",
        slide="Two-layer MLP + Softmax",
        statement="A sigmoid layer below linear softmax, with the gradient by all four parameters.",
        formula="a₁ = sigmoid(w[1] xᵀ + b[1]ᵀ), f = softmax(w[2] a₁ + b[2]ᵀ)",
        implementation=("two_layer_mlp", "two_layer_mlp_loss"),
        gradient=("two_layer_mlp_gradient",),
        checks=("test_mlp.py", "test_as_printed.py", "test_dtypes.py", "test_stacking.py"),
        errata=(
            Erratum(
                row="F23",
                printed="f = softmax(w[2] a₁ᵀ + b[2]ᵀ)",
                derived="f = softmax(w[2] a₁ + b[2]ᵀ)",
                why=(
                    "a₁ is a column already (w[1] times the column xᵀ): its transpose does not "
                    "conform to w[2], or mixes examples "
                    "and units where it happens to."
                ),
                printed_form="as_printed.two_layer_mlp",
                derived_form="two_layer_mlp",
            ),
        ),
    ),
    Row(
        id="F24",
        slide="N-layer MLP + Softmax",
        statement="Any number of layers from 1 up, with any activation; one layer is linear softmax.",
        formula="aₖ = σ(w[k] aₖ₋₁ + b[k]ᵀ), a₀ = xᵀ, f = softmax(w[n] aₙ₋₁ + b[n]ᵀ)",
        implementation=("mlp", "mlp_forward"),
        gradient=("mlp_gradient",),
        checks=("test_mlp.py", "test_as_printed.py", "test_dtypes.py", "test_stacking.py"),
        errata=(
            Erratum(
                row="F24",
                printed="aₖ = sigmoid(w[k] aₖ₋₁ᵀ + b[k]ᵀ)",
                derived="aₖ = sigmoid(w[k] aₖ₋₁ + b[k]ᵀ)",
                why="As in F23, at every layer: aₖ₋₁ is a column already. Shown on two layers.",
                printed_form="as_printed.two_layer_mlp",
                derived_form="mlp",
            ),
        ),
    ),
    Row(
        id="F25",
        slide="Forward pass (Forward-propagation)",
        statement="Sigmoid units into one sigmoid output, under squared error or binary cross-entropy.",
        formula="zᵢ = Σⱼ w₁ᵢⱼ xⱼ + b₁ᵢ, aᵢ = σ(zᵢ), p₁ = Σᵢ w₂ᵢ aᵢ + b₂, ŷ₁ = σ(p₁), Loss = L(y₁, ŷ₁)",
        implementation=("sigmoid_network_forward", "squared_error_loss", "binary_cross_entropy_loss"),
        gradient=("squared_error_backward", "binary_cross_entropy_backward"),
        checks=("test_sigmoid_network.py", "test_as_printed.py", "test_dtypes.py", "test_stacking.py"),
        errata=(
            Erratum(
                row="F25",
                printed="zᵢ = Σ_{i=0}^n w₁ᵢⱼ xᵢ + b₁",
                derived="zᵢ = Σⱼ w₁ᵢⱼ xⱼ + b₁ᵢ",
                why=(
                    "i is both free and summed; as a sum over i the weights enter transposed, if the shapes "
                    "allow it."
                ),
                printed_form="as_printed.hidden_pre_activation",
                derived_form="sigmoid_network_forward",
            ),
            Erratum(
                row="F25",
                printed="y₁ = Sigmoid(pᵢ), Loss = L(y₁, ŷ₁)",
                derived="ŷ₁ = σ(p₁), Loss = L(y₁, ŷ₁)",
                why=(
                    "The output takes the target's name: the loss then compares it with itself, whatever the "
                    "target."
                ),
                printed_form="as_printed.squared_error_loss",
                derived_form="squared_error_loss",
            ),
            Erratum(
                row="F25",
                printed="Sigmoid(pᵢ)",
                derived="σ(p₁)",
                why=(
                    "There is one output and one p; pᵢ does not exist for a hidden unit i other than the "
                    "first."
                ),
                printed_form="as_printed.output",
                derived_form="sigmoid_network_forward",
            ),
            Erratum(
                row="F25",
                printed="zᵢ = … + b₁",
                derived="zᵢ = … + b₁ᵢ",
                why="b₁ lacks the unit's index: as printed all hidden units share one bias.",
                printed_form="as_printed.hidden_pre_activation",
                derived_form="sigmoid_network_forward",
            ),
        ),
    ),
    Row(
        id="F26",
        slide="How to train the parameters?",
        statement="Training needs the gradient of the loss by every weight and bias of every layer.",
        formula="l = loss(f, y); ∂l/∂w[k]ᵢⱼ and ∂l/∂b[k]ᵢ for k = 1 … n",
        implementation=("mlp_loss", "mlp_loss_and_gradient", "train_mlp"),
        gradient=("mlp_gradient", "mlp_backward", "mlp_loss_and_gradient"),
        checks=(
            "test_mlp.py",
            "test_training_in_place.py",
            "test_planted_errors.py",
            "test_chain_rule.py",
            "test_dtypes.py",
            "test_stacking.py",
        ),
    ),
    Row(
        id="F27",
        slide="How to train the parameters?",
        statement="The product of the layers' Jacobians, written out, equals what back-propagation computes.",
        formula="∂l/∂w[k]ᵢⱼ = ∂l/∂aₙ₋₁ · ∂aₙ₋₁/∂aₙ₋₂ ⋯ ∂aₖ₊₁/∂aₖ · ∂aₖ/∂w[k]ᵢⱼ",
        implementation=("layer_jacobian", "chain_rule_gradient"),
        gradient=("chain_rule_gradient",),
        checks=("test_chain_rule.py", "test_as_printed.py", "test_dtypes.py", "test_stacking.py"),
        errata=(
            Erratum(
                row="F27",
                printed="⋯ ∂aₖ₋₂/∂aₖ₋₁ · ∂aₖ₋₁/∂w[k]ᵢⱼ",
                derived="⋯ ∂aₖ₊₁/∂aₖ · ∂aₖ/∂w[k]ᵢⱼ",
                why=(
                    "The last two factors are shifted: aₖ₋₁ does not depend on w[k], so that the printed "
                    "product is 0."
                ),
                printed_form="as_printed.chain_rule_gradient",
                derived_form="chain_rule_gradient",
            ),
        ),
    ),
    Row(
        id="F28",
        slide="Backward pass (Back-propagation)",
        statement="Each intermediate's gradient follows from the one above it, down to the input's.",
        formula=(
            "∂L/∂p₁ = σ′(p₁) ∂L/∂ŷ₁, ∂L/∂aᵢ = w₂ᵢ ∂L/∂p₁, ∂L/∂w₂ᵢ = aᵢ ∂L/∂p₁, ∂L/∂zᵢ = σ′(zᵢ) ∂L/∂aᵢ, "
            "∂L/∂w₁ᵢⱼ = xⱼ ∂L/∂zᵢ, ∂L/∂xₖ = Σᵢ w₁ᵢₖ ∂L/∂zᵢ"
        ),
        implementation=("squared_error_backward", "binary_cross_entropy_backward"),
        gradient=("squared_error_backward", "binary_cross_entropy_backward"),
        checks=(
            "test_sigmoid_network.py",
            "test_as_printed.py",
            "test_dtypes.py",
            "test_planted_errors.py",
            "test_stacking.py",
        ),
        errata=(
            Erratum(
                row="F28",
                printed="∂L/∂zᵢ = σ′(zᵢ) ∂L/∂aₖ",
                derived="∂L/∂zᵢ = σ′(zᵢ) ∂L/∂aᵢ",
                why="Index k for i: unit i has the gradient of its own activation, not of another unit's.",
                printed_form="as_printed.z_gradient",
                derived_form="squared_error_backward",
            ),
            Erratum(
                row="F28",
                printed="∂L/∂xₖ = (∂zᵢ/∂xₖ) ∂L/∂zᵢ",
                derived="∂L/∂xₖ = Σᵢ (∂zᵢ/∂xₖ) ∂L/∂zᵢ",
                why="An input feeds every hidden unit: the sum over i is missing.",
                printed_form="as_printed.x_gradient",
                derived_form="squared_error_backward",
            ),
        ),
    ),
)

_ROWS = {entry.id: entry for entry in LEDGER}


def row(row_id: str) -> Row:
    """Return the row of an ID.

    Parameters
    ----------
    row_id : str
        F01 to F28.

    Returns
    -------
    Row
        The formula of that ID.

    Raises
    ------
    ValueError
        If there is no such row; the message names the nearest.

    Examples
    --------
    >>> row("F18").formula
    '∂ℓ/∂a = ŷ − y'
    """
    if row_id in _ROWS:
        return _ROWS[row_id]
    near = f"F{''.join(filter(str.isdecimal, str(row_id))).lstrip('0'):0>2}"
    remedy = f"Did you mean {near}?" if near in _ROWS else "See LEDGER."
    raise ValueError(
        f"row_id must be one of {LEDGER[0].id} to {LEDGER[-1].id}; got row_id={row_id!r}. {remedy}"
    )


def resolve(name: str) -> object:
    """Return what a name of the ledger stands for.

    Parameters
    ----------
    name : str
        Dotted path below `gradproof_reference`: ``"softmax"``, ``"as_printed.z_gradient"``.

    Returns
    -------
    object
        A function, or a constant such as an activation.

    Raises
    ------
    AttributeError
        If there is no such name.

    Examples
    --------
    >>> resolve("as_printed.z_gradient").__name__
    'z_gradient'
    """
    importlib.import_module("gradproof_reference.as_printed")  # not loaded by the package itself
    return reduce(getattr, name.split("."), importlib.import_module("gradproof_reference"))
