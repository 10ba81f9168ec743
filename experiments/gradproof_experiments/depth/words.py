"""The words of the experiment's page that no measurement changes."""

from .config import DepthConfig

__all__ = ["LIMITS", "MEANS", "TITLE", "method", "pictures_words"]

TITLE = "Depth, activation and initial weights (F21, F24)"

MEANS = (
    (
        "Going down a layer multiplies the gradient by the weights and by the derivative of the activation. That of sigmoid is "
        "at most ¼, so that ten layers of it leave the first one with next to nothing, and neither Glorot's nor He's weights make "
        "up for it: the weights that matter hardly move, and the network learns how frequent the classes are, which its last "
        "bias can do alone."
    ),
    (
        "Glorot's and He's weights are the ones for which the factor per layer is near 1, for tanh and for ReLU. ReLU with "
        "Glorot's weights trains worse, as the claim above has it; √½ per layer is little beside sigmoid's ¼. A small fixed deviation is "
        "the surest way to train nothing: it does to any activation what sigmoid does to itself."
    ),
    (
        "The step is the end of that line. Its derivative is 0, so the hidden layers of such a network are, after any amount "
        "of SGD, the random ones it began with. What accuracy it has is that of linear softmax on random features, and every "
        "further random layer takes some of it away. Where its argument is exactly 0 the step has no derivative at all; no "
        "argument was."
    ),
    (
        "Nor need depth pay: the images are small and nearly linearly separable. The heat map has one layer, linear softmax, "
        "beside ten of every kind, each with its interval."
    ),
)

LIMITS = (
    (
        "The factors hold before training. Mean-field theory is for infinite width; the distance that is allowed between it "
        "and the measurement follows from the width and the number of seeds, and stands in the table. Inputs are scaled to mean "
        "square 1, as the theory assumes."
    ),
    (
        "∂l/∂w is the product of ∂l/∂z and the layer's input, and sums over the images. Its size, in the table of gradients, "
        "falls differently where the inputs of the layers shrink or grow; the claims are about ∂l/∂z."
    ),
    (
        "Chance is one image in ten. A network is said to have left it where the interval of its accuracy lies above a tenth "
        "by five standard deviations of what guessing scores on as many test images."
    ),
    (
        '"Does not leave chance" is said of these few epochs and learning rates. Sigmoid networks of this depth have been '
        "trained, with much longer training, other scalings or normalisation. A wider network or a longer training moves the "
        "depth at which a network gets stuck; which ones get stuck first follows from the factors."
    ),
    (
        "How well a network ends that is not stuck does not follow from the factors. That tanh ends above ReLU at ten layers "
        "is a fact about narrow networks and short training, and no claim of ours; theory gives the gradients of ReLU a wider "
        "spread, over draws of the weights, than those of tanh."
    ),
)


def method(config: DepthConfig) -> tuple[str, ...]:
    """What was done, on what, how often."""
    rates = " and ".join(f"{rate:g}" for rate in config.learning_rates)
    return (
        (
            f"Before training, the RMS of ∂l/∂z at every layer of networks of {config.profile_depth} layers of "
            f"{config.profile_width} units, over {config.profile_images} digits, beside mean-field theory: sigmoid, tanh and ReLU, "
            f"each with Glorot's, He's and fixed (deviation {config.fixed:g}) normal weights."
        ),
        (
            f"Then networks of {config.depths[0]} to {config.depths[-1]} layers of {config.width} units are trained on "
            f"{config.n_training} digits by SGD with momentum {config.momentum:g}, {config.epochs} epochs of minibatches of "
            f"{config.batch_size}, at learning rates of {rates} per mean loss, of which the one with the lower training loss "
            f"counts, and tested on {config.n_test} others."
        ),
        (
            f"All of it on {config.seeds} paired seeds: a seed is a split, initial weights and an order of minibatches. "
            "Intervals are 95 % BCa bootstrap intervals over seeds."
        ),
    )


def pictures_words(config: DepthConfig) -> dict[str, tuple[str, str]]:
    """Alternative text and caption of every figure, in the order of the page."""
    n = config.profile_depth
    return {
        "gradients": (
            (
                f"Three panels, sigmoid, tanh and ReLU: RMS of the gradient by z against the layer, 1 to {n}, on a logarithmic "
                "axis. With sigmoid it falls steeply towards the input for all weights; with tanh and ReLU it stays about level "
                "with He's, falls slowly with Glorot's and steeply with the fixed ones. The seeds lie on the theory's dashed lines."
            ),
            (
                "How much of the gradient arrives at each layer before training. A thin line is a seed, the dashed lines are "
                "mean-field theory, without a fitted parameter; the numbers are the measured factors per hidden layer, their intervals stand in the table."
            ),
        ),
        "accuracies": (
            (
                "Heat map of test accuracy, activation and initial weights against the number of layers. Sigmoid falls to 10 % "
                "from about five layers on, tanh stays high with Glorot's and He's weights, ReLU declines, and all are at "
                "10 % from four layers on with fixed weights."
            ),
            (
                "Test accuracy at the end, mean over the seeds, and below it the 95 % interval of that mean in percent. The "
                "first column is one network, linear softmax, in all three panels."
            ),
        ),
        "losses": (
            (
                "Training loss over the epochs for three depths and three activations. The deepest sigmoid networks and all "
                "deep networks with fixed weights stay at ln 10; the others fall."
            ),
            "Training loss, the mean over each epoch's minibatches before their updates, at the better learning rate.",
        ),
        "learning": (
            (
                "Test accuracy over the epochs for three depths and three activations. What stays at ln 10 in the loss stays "
                "at 0.1 here."
            ),
            "Test accuracy after every epoch, at the better learning rate.",
        ),
        "step": (
            (
                "Test accuracy against the number of layers. With the step it falls from about three quarters at two layers "
                "nearly to that of naming one class; with ReLU it starts above 0.9 and declines more slowly."
            ),
            (
                "What the last layer alone reaches on random step features, every seed a dot, beside ReLU networks of the same "
                "depth. Bands are 95 % intervals of the means."
            ),
        ),
    }
