"""Causes that tell where the numbers went: moved, lost, repeated, or wrong in some places only."""

from __future__ import annotations

from gradproof._catalogue._explanation import Explanation

PLACES = (
    Explanation(
        "missing",
        "cause",
        "an array's gradient is 0 throughout, where f does depend on it",
        """
        A parameter was forgotten: no line adds to its buffer, it is detached, or its part is overwritten with zeros.
            return {"W": X.T @ delta, "b": np.zeros_like(b)}     # b lacks delta.sum(axis=0)
        """,
        "Write the missing derivative. The report names the array.",
    ),
    Explanation(
        "transposed",
        "cause",
        "the right numbers, with rows and columns exchanged",
        """
        analytic = numeric.T, reshaped to fit where the matrix is not square. The factors of an outer product stand in the
        wrong order.
            dW = np.outer(delta, x)            # of x @ W it is np.outer(x, delta)
        """,
        "Exchange the factors; do not repair the shape with reshape.",
    ),
    Explanation(
        "order",
        "cause",
        "the right numbers, in column-major order",
        """
        A matrix was flattened along columns and folded along rows, or the other way round. It comes from MATLAB, Fortran
        and R.
            grad.ravel(order="F").reshape(W.shape)
        """,
        "Use one order for both: `order='C'` is NumPy's.",
    ),
    Explanation(
        "reversed",
        "cause",
        "the right numbers, back to front along one axis",
        """
        The gradient of a convolution by its kernel is a correlation, and the other way round: a flip is missing or one too
        many. Or time runs backwards in a backward pass, and the result was not turned round again.
            dk = np.correlate(x, delta, "valid")       # of np.convolve(x, k, "valid"): lacks [::-1]
        """,
        "Flip that axis once.",
    ),
    Explanation(
        "shifted",
        "cause",
        "the right numbers, one place further along one axis",
        """
        An index is off by one: padding counted twice, a bias column at the other end, a loop from 1 in place of 0.
            grad[1:] = delta[:-1]
        """,
        "Check the first index of the forward and the backward loop against each other.",
    ),
    Explanation(
        "swapped",
        "cause",
        "two arguments have each other's gradient",
        """
        The parts of the result stand in another order than the arguments.
            def grad(a, b): return d_b, d_a
        """,
        "Return the parts in the order of the arguments, or use a dict.",
    ),
    Explanation(
        "mask",
        "cause",
        "entries are wrong where the argument is in some range, and right elsewhere",
        """
        The range is named after the word: x < 0, x > 0, |x| small, |x| large. One branch of a function by cases has the
        wrong derivative; often it is 0 where a slope is left.
            np.where(x > 0, delta, 0)          # of a leaky ReLU it is slope * delta below 0
        """,
        "Differentiate that branch again.",
    ),
    Explanation(
        "diagonal",
        "cause",
        "a matrix is wrong on, off, above or below its diagonal, and right elsewhere",
        """
        Only some entries of a symmetric or triangular computation were differentiated: the diagonal of a Jacobian taken
        for all of it, or one triangle of a matrix of pairs.
            ds = s * (1 - s) * delta           # softmax has terms off the diagonal: s * (delta - s @ delta)
        """,
        "Add the part that is missing. The report says which one.",
    ),
    Explanation(
        "slice missing",
        "cause",
        "the gradient is 0 in some rows, columns or other slices, and right elsewhere",
        """
        A loop ends too early, the last incomplete batch was dropped, or only one slice was assigned.
            for t in range(1, steps): dh[t] = ...      # dh[0] stays 0
        """,
        "Check the bounds of the loop, or the slice that is assigned to. The report names the indices.",
    ),
    Explanation(
        "broadcast",
        "cause",
        "all slices along one axis hold the same: reduced over that axis, then broadcast back",
        """
        Each slice is the mean, the sum or the first of all. A reduction was taken over an axis that the argument has.
            dW = delta.mean(axis=0)            # one row for all, where every row has its own
        """,
        "Reduce only over the axes that the forward pass broadcast.",
    ),
    Explanation(
        "symmetrised",
        "cause",
        "a matrix and its transpose were mixed",
        """
        analytic = G + G.T, their mean, or G - G.T. That is right only where f sees nothing but the symmetric part of its
        argument; entries of an argument vary independently here.
            grad = A + A.T                     # of x' A x by A it is outer(x, x)
        """,
        "Return the gradient by each entry, or let f take the triangle that is free.",
    ),
    Explanation(
        "backward pass",
        "cause",
        "right in the last layers, wrong from one layer down",
        """
        All parameters of the later layers are right, and all of the earlier ones wrong: the deltas were right until the
        layer that is named, and wrong in what it passes back.
            delta = delta @ W.T                # lacks * slope(z), or uses the W that was just updated
        """,
        "Look at the one line that hands the delta from the named layer to the one before.",
    ),
)
