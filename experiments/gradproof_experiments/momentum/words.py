"""The words of the item: its title, what was done, what the result means and what not."""

from .config import MomentumConfig

__all__ = ["LIMITS", "MEANS", "TITLE", "method"]

TITLE = "Momentum against plain SGD (F08, F09, F10)"

MEANS = (
    (
        "On a quadratic the theory is exact, and the measurement agrees with it: momentum buys a factor √κ, and stays "
        "stable at steps up to twice as large."
    ),
    (
        "On the digits momentum is, to within a few steps' lag, plain SGD with the step λ/(1 − τ): a comparison at equal "
        "λ compares step sizes. Tuned, momentum reaches the lower training loss (the table has the interval); what is "
        "right on new images hardly moves. Theory has a reason for the first: momentum is stable at effective steps λh/(1 − "
        "τ) up to 2(1 + τ)/(1 − τ), which is 38 at τ = 0.9, against 2."
    ),
    (
        "Steps that un-learn are the price of small batches, mostly late in training, when the gradient has shrunk and "
        "its noise has not. Momentum's step is only to 1 − τ its own batch's, and averages the others', which is why fewer "
        "of its steps are expected to. Its velocity starts at 0, so that its first steps are smaller as well."
    ),
)
LIMITS = (
    (
        "The network is small, its batches are noisy and its training short. Where κ is large and the noise small, theory "
        "gives momentum more."
    ),
    (
        "λ is tuned on a grid of a factor of 1.8, by validation loss after one number of epochs; the slide's τ is not "
        "tuned at all. That the test accuracies differ by less than one image in a hundred is no proof that they are equal."
    ),
    (
        "Un-learning is counted at one effective step for all batch sizes. That full batches never un-learn is "
        "arithmetic, not a finding: there the batch's loss is the full loss."
    ),
    (
        "That fewer steps un-learn is not to say that training is the better for it: a step with momentum may raise the "
        "loss of its own batch too, and is then not counted."
    ),
)


def method(config: MomentumConfig) -> tuple[str, ...]:
    """Say what was done, on what and how often."""
    quadratics = (
        "Quadratics with the eigenvalues 1, √κ, κ are run from random starts at the optimal λ and τ; the rate is read "
        f"from the second half of {config.steps} steps, that of momentum without the factor t of its tρᵗ: at the optimum two "
        "eigenvalues coincide. The edge of convergence is bisected to 0.0005 in λh."
    )
    network = (
        f"A 64-32-10 sigmoid network learns {config.n_training} digits for {config.epochs} epochs in batches of "
        f"{config.batch_size}, with τ = {config.momentum:g} and without, at every λ of a grid. λ is tuned on "
        f"{config.n_validation} other images, seed by seed; the rest are the test. All methods of a seed share split, "
        "initial weights and batches."
    )
    counting = (
        f"On {config.unlearning_images} images and at the effective step λm/(1 − τ) = {config.unlearning_step:g}, "
        f"{config.unlearning_steps} steps at the start and as many after {config.late_epoch} epochs or those, whichever is "
        "later, are judged one by "
        f"one. {config.seeds} paired seeds; intervals are BCa at 95 %."
    )
    return quadratics, network, counting
