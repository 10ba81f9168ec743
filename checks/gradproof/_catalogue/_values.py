"""Causes that tell what happened to the numbers: factors, signs, terms, functions of them, lost digits."""

from __future__ import annotations

from gradproof._catalogue._explanation import Explanation

VALUES = (
    Explanation(
        "sign",
        "cause",
        "every entry has the opposite sign",
        """
        analytic = -1 x numeric throughout. A minus was lost or is one too many: ascent in place of descent, prediction
        and target in the wrong order, a log-likelihood in place of its negative.
            grad = X.T @ (t - X @ w)      # of 0.5 * sum((X @ w - t)**2) it is X.T @ (X @ w - t)
        """,
        "Find the minus: differentiate the innermost difference once more.",
    ),
    Explanation(
        "factor",
        "cause",
        "every entry is off by one and the same factor",
        """
        analytic = c x numeric throughout. The factor tells the fault: 2 or 0.5 is the 1/2 of a square, a whole number
        that is the length of an axis is a sum where a mean is meant, one over it the other way round. The report names
        the axis where it finds one.
            loss = np.mean(r**2);  grad = 2 * X.T @ r        # lacks / len(r)
        """,
        "Let loss and gradient use the same reduction and the same constant.",
    ),
    Explanation(
        "factor per slice",
        "cause",
        "each row, column or other slice has a factor of its own",
        """
        analytic = numeric x one number for each index of an axis: a weight per sample or a scale per feature was
        left out, or applied twice.
            loss = np.sum(weight * r**2);  grad = 2 * X * r[:, None]     # lacks weight[:, None]
        """,
        "Compare the factors that the report shows with the weights or scales along that axis.",
    ),
    Explanation(
        "offset",
        "cause",
        "every entry is off by the same constant",
        """
        analytic = numeric + c. A term that is linear in the arguments is in one of loss and gradient only, or a scalar
        was broadcast into a sum.
            grad = dW + epsilon           # meant for the denominator
        """,
        "Look for a scalar that is added to the gradient, and for a linear term of the loss without its derivative.",
    ),
    Explanation(
        "L2 penalty",
        "cause",
        "the difference is a multiple of the argument: weight decay is in one of the two only",
        """
        analytic = numeric + c x argument. With c < 0 the gradient lacks the penalty of the loss or counts only a part
        of it, with c > 0 it has one too many.
            loss = data + 0.5 * l2 * np.sum(w**2);  grad = ddata         # lacks + l2 * w
        """,
        "Add or remove the term. Mind the 1/2: without it in the loss the gradient is 2 * l2 * w.",
    ),
    Explanation(
        "L1 penalty",
        "cause",
        "the difference is a multiple of the argument's sign: an L1 penalty is in one of the two only",
        """
        analytic = numeric + c x sign(argument).
            loss = data + l1 * np.sum(np.abs(w));  grad = ddata          # lacks + l1 * np.sign(w)
        """,
        "Add or remove the term.",
    ),
    Explanation(
        "mean removed",
        "cause",
        "the mean was subtracted, of all entries or along one axis",
        """
        analytic = numeric - mean(numeric). Centring belongs to the backward pass of a centring layer, and to no other;
        here it is one too many.
            grad = grad - grad.mean(axis=0)    # only where the forward pass subtracts a mean
        """,
        "Remove the centring, or let f centre its argument too.",
    ),
    Explanation(
        "absolute value",
        "cause",
        "the sizes are right, the signs are lost",
        """
        analytic = |numeric|.
            grad = np.sqrt(grad**2)            # also np.abs, a norm, or an unsigned type on the way
        """,
        "Find what drops the sign.",
    ),
    Explanation(
        "sign only",
        "cause",
        "the signs are right, the sizes are lost",
        """
        analytic = sign(numeric): the update of a sign descent was returned in place of the gradient, or the derivative
        of an absolute value in place of that of a square.
            grad = np.sign(r)                  # of sum(r**2) it is 2 * r
        """,
        "Return the gradient itself.",
    ),
    Explanation(
        "squared",
        "cause",
        "every entry is the square of what it should be",
        """
        analytic = numeric^2, as from the second moment of an adaptive optimiser, or from multiplying twice with the
        same delta.
            delta *= delta                     # meant: delta *= activation_slope
        """,
        "Find where the gradient is multiplied with itself.",
    ),
    Explanation(
        "clipped",
        "cause",
        "entries are cut off at a limit, and right below it",
        """
        analytic = clip(numeric, -c, c). Clipping belongs to the update, not to the gradient.
            return np.clip(grad, -1, 1)
        """,
        "Return the gradient unclipped, and clip in the optimiser.",
    ),
    Explanation(
        "times the argument",
        "cause",
        "every entry is multiplied by its argument once too often",
        """
        analytic = numeric x argument: the derivative by log(x) in place of x, or an activation where its slope belongs.
            d/dlog(x) f = x * d/dx f
        """,
        "Divide by the argument, or hand out the gradient by the variable that f takes.",
    ),
    Explanation(
        "over the argument",
        "cause",
        "every entry is divided by its argument once too often",
        """
        analytic = numeric / argument: the chain rule of a logarithm was applied twice, or the gradient is that by
        exp(x).
            grad = dlogp / p                   # where f takes log(p), not p
        """,
        "Multiply by the argument, or hand out the gradient by the variable that f takes.",
    ),
    Explanation(
        "argument",
        "cause",
        "the argument itself was returned",
        """
        analytic = argument: the wrong variable was returned, or the gradient of 0.5 * sum(x**2).
            def grad(w): return w
        """,
        "Return the gradient.",
    ),
    Explanation(
        "precision",
        "cause",
        "right numbers of too few digits: computed in float32 or float16",
        """
        Every entry is a number that the narrower type holds exactly, and off by that type's rounding. Somewhere on the
        way the gradient was cast down, and cast back at the end.
            cache = activations.astype(np.float32)     # a parameter or a default dtype does it too
        """,
        "Keep the dtype of the arguments all the way, or pass float32 arguments to have it examined as such.",
    ),
    Explanation(
        "stale",
        "cause",
        "the gradient is the same, bit for bit, at another point: it is kept from an earlier call",
        """
        The arrays at fault do not move when the arguments do. A cache without its arguments in the key, a buffer that is
        never filled again, or the activations of another call.
            @functools.cached_property
            def grad(self): ...
        """,
        "Compute from the arguments of each call, or make them part of the key.",
    ),
)
