"""The words of the item; numbers in braces are filled in from the tables."""

__all__ = ["ANSWER", "LIMITS", "MEANS", "METHOD", "PICTURES", "QUESTION", "TABLES", "TITLE"]

TITLE = "L2 strength: what the penalty does, and what the printed updates do (F04–F06)"

QUESTION = (
    "The slides add α Σ w² to the loss so that a model with many parameters does not overfit, and put it into the "
    "updates of SGD. What does α do to weights, training error and test error, and do the updates as printed minimise "
    "what the slide says?"
)

METHOD = (
    (
        "A polynomial of degree {degree} is fitted to ten points by its closed form at {n_strengths} strengths: to Bishop's "
        "points, and to ten redrawn for each of {seeds} seeds; every seed has {n_test} test points of its own."
    ),
    (
        "A softmax classifier of 8 × 8 digits is trained on {n_training} images at {n_digits_strengths} strengths by "
        "full-batch momentum, for {seeds} splits, until the weights alone could lower loss plus penalty by no more than about "
        "{left} of it."
    ),
    (
        "SGD with the derived and with the printed update descends to a polynomial of degree {update_degree}, whose "
        "minimum at any strength is known; a line is fitted in minibatches, and with the bias as printed."
    ),
)

ANSWER = (
    "{holding} of {claims} claims hold; a strength in between is best, and the printed update regularises half as much as "
    "the slide says."
)

MEANS = (
    (
        "The penalty trades training error for small weights, at every step and without exception. On new points a little of "
        "it is worth much: the weights fall by orders of magnitude while the training error still lies below the noise."
    ),
    (
        "The missing 2 in the printed update is not an error of the descent but of the strength: whoever uses the printed form "
        "minimises L + (α/2) Σ w², and whoever compares strengths between two programs must know which form each has. "
        "The same holds for batches: the loss of an epoch is a sum over the batches, but the penalty enters at every step, so "
        "that halving the batch doubles the effective strength."
    ),
    (
        "The bias has no penalty, and the printed update of b has no place in an implementation: it does not even keep "
        "the shape of b. Penalising b is harmless where α is small or the targets have a mean near zero, "
        "and costs where they have not."
    ),
    (
        "For the digits it is the probabilities that overfit: cross-entropy rises well before classes change. From the "
        "weakest strength to the best one the share of wrong classes falls by {wrong_gain} percentage points."
    ),
    (
        "Bishop's table 1.2 does not come out at the ln λ that stand above its columns. Its middle column is the exact "
        "solution, in all ten coefficients to the last printed digit, at ln λ = {middle_best} (the digits agree from "
        "{middle_range}) and not at −18; its last column at ln λ from {last_range}, where ln 10 = 2.30 lies, and not at 0. "
        "In both w₀ is penalised too. Nothing here stands on these two columns."
    ),
)

LIMITS = (
    (
        "The best strength belongs to the data: to ten points of noise {noise:g}, or to {n_training} images. With more of "
        "them a summed loss weighs more against the same α."
    ),
    (
        "On redrawn points the test error is flat over many strengths; that ln α = {best_redrawn} has the lowest mean does "
        "not say that it is best for each draw. The curve of a single draw may have more than one valley."
    ),
    (
        "Rising training error and falling weights are theorems for the optimum; a network with hidden layers, stopped "
        "before it, need not obey them."
    ),
    "That minibatches multiply the strength holds to first order in λ; at a large learning rate SGD ends elsewhere.",
)

TABLES = {
    "strengths": "Test error at the weakest, the best and the strongest α: mean over the seeds with its 95 % interval.",
    "minibatches": "Strength whose closed form is nearest to where minibatch SGD ends, over the slide's α: mean over the seeds.",
    "bias_cost": "Test RMS with the bias penalised less with it free, in units of t: mean over redrawn points.",
    "bias_shapes": "What the bias update as printed returns.",
    "bishop": "Bishop's table 1.2 beside the exact solution at his ln λ, and at the ln λ where its digits come out.",
    "descents": "Distance from ridge(α) and ridge(α/2), over the distance between the two, by step.",
    "minibatches_seeds": "Strength at which minibatch SGD ends, over α, for every seed.",
    "published_means": "Bishop's ten points: means over the seeds, and the interval of the test error.",
    "published_seeds": "Bishop's ten points: every seed.",
    "redrawn_means": "Ten redrawn points: means over the seeds, and the interval of the test error.",
    "redrawn_seeds": "Ten redrawn points: every seed.",
    "digits_means": "Digits: means over the seeds, and the intervals of the test errors.",
    "digits_seeds": "Digits: every seed.",
}

PICTURES = {
    "polynomial": (
        (
            "Three panels against ln α. Left, Bishop's ten points: the training error rises from {pub_train_first} to "
            "{pub_train_last}; the test error falls from {pub_test_first} to {pub_test_low}, stays near it over many units of "
            "ln α, and rises to {pub_test_last}. Middle, the same for ten redrawn points for every seed, with more spread at "
            "the weak end. Right: the norm of the weights falls from {norm_first} to {norm_last}."
        ),
        "Degree {degree} through ten points. Thin lines are seeds, thick ones their means, bands 95 % intervals of the mean.",
    ),
    "digits": (
        (
            "Three panels against ln α. Left, on a logarithmic axis: the training loss rises from {img_train_first} to "
            "{img_train_last} nats per image; the test loss falls from {img_test_first} to {img_test_low} at ln α = "
            "{best_digits} and rises to {img_test_last}. Middle: the share of wrong test images starts at {img_wrong_first}, "
            "is hardly lower in between and rises to {img_wrong_last}. Right: the norm of the weights falls from "
            "{img_norm_first} to {img_norm_last}."
        ),
        (
            "The softmax classifier of the digits at its optimum. Thin lines are seeds, thick ones their means, bands 95 % "
            "intervals of the mean."
        ),
    ),
    "updates": (
        (
            "Left, on a logarithmic axis against full-batch steps: the distance of the derived update from ridge of α falls in "
            "a straight line to 1e-9, and so does that of the printed one from ridge of α/2, half as fast; the distance of "
            "each from the other's minimum stays at 1. Right: with α at every step the strength that SGD ends at is B times α "
            "for B = {batches} batches an epoch; with α m/n it is α."
        ),
        "Left: both updates arrive, each at a minimum of its own. Right: dots are seeds, lines what theory says.",
    ),
}
