"""What is noticed before any derivative is compared: f and grad that are no functions, malformed results, bad arguments."""

from __future__ import annotations

import re

from gradproof._catalogue._explanation import Explanation


def guard_of(reason: str) -> str | None:
    """Return the name of the guard that a reason or an error speaks for, or None."""
    return next((name for name, pattern in _PATTERNS.items() if re.search(pattern, reason)), None)


# Words of the reason of each guard; the first that is found counts, and a search quotes the reason of an input.
_PATTERNS = {
    "too little seen": r" of the drawn inputs must be conclusive; got |a search must examine at least one input; got ",
    "argument changed": r"\w+ changed its argument ",
    "not deterministic": r"\b(f|grad) is not deterministic: ",
    "state between calls": r"\b(f|grad) keeps state between calls: ",
    "left behind": r"\bgrad keeps what f left behind: ",
    "result overwritten": r"\bgrad overwrites what it returned before: ",
    "shared memory": r"\bgrad returns memory of its argument ",
    "kept gradient": r"\bgrad returned the same at another point, ",
    "wrong shape": r" must have its shape ",
    "wrong dtype": r" must be a (float|complex) array; got | must be as precise as the argument ",
    "wrong structure": r" must be structured like | must hold one part for each of |fg must return a pair of ",
    "gradient not finite": r"the gradient is -?(nan|inf) at ",
    "f not finite": r"\bf is -?(nan|inf) at the point",
    "not a scalar": r"f must return a real scalar; got ",
    "evaluations used up": r"max_evaluations=\S+ does not suffice",
    "nothing varies": r"at least one (argument must hold floats|entry must vary); got ",
    "argument not finite": r"arguments must be finite; got ",
    "unusable array": r"must be NumPy arrays of numbers; got ",
    "not adjoint": r"jvp and vjp disagree: ",
    "not linear": r"\b(jvp|vjp) is not linear: ",
    "asymmetric Hessian": r"the hessian is not symmetric: ",
}

GUARDS = (
    Explanation(
        "argument changed",
        "guard",
        "f or grad wrote into its argument",
        """
        It gets a copy, and the copy came back different. The next call would start from other numbers than its caller
        thinks.
            def grad(w): w *= 2; return w
        """,
        "Work on a copy: `w = 2 * w`.",
    ),
    Explanation(
        "not deterministic",
        "guard",
        "the same arguments gave another result",
        """
        A fresh random number in each call, as of dropout or of a batch that is drawn inside, or sums whose order changes
        from call to call.
            mask = rng.random(h.shape) < keep
        """,
        "Fix the seed inside of f and grad, or pass the random numbers as an argument.",
    ),
    Explanation(
        "state between calls",
        "guard",
        "the result depends on the calls before, not on the arguments alone",
        """
        A call at another point in between changes what comes out at the first: a running mean, a buffer, the arguments of
        the last call.
            self.running = 0.9 * self.running + 0.1 * x.mean()
        """,
        "Let f and grad depend on their arguments alone; freeze statistics while checking.",
    ),
    Explanation(
        "left behind",
        "guard",
        "grad uses what the last call of f left behind",
        """
        The gradient is that of the arguments with which f was last called, as in layers whose forward pass keeps
        activations for the backward pass. It is right only where f was called just before, with the same arguments.
            def backward(self, w): return self.saved * 2
        """,
        """
        Compute what is needed inside of grad, or examine one function that does both:
        `gp.check_value_and_grad(fg, *args)`.
        """,
    ),
    Explanation(
        "result overwritten",
        "guard",
        "grad fills one array in every call: what it returned before is gone",
        """
        Who keeps the gradient of the last step, as momentum and line searches do, finds that of this one.
            np.multiply(2, w, out=self.buffer); return self.buffer
        """,
        "Return a new array from each call.",
    ),
    Explanation(
        "shared memory",
        "guard",
        "grad returns the memory of its argument",
        """
        The numbers are right until somebody updates the argument in place: then the gradient changes with it.
            def grad(w): return w          # of 0.5 * w @ w
            w -= 0.1 * grad(w)             # works; two steps with one g do not
        """,
        "Return a copy: `w.copy()`.",
    ),
    Explanation(
        "kept gradient",
        "guard",
        "grad returns the same at another point, where f's slope is another",
        """
        It is right at the first point only: cached without its arguments, or computed once at construction.
            def __init__(self, w): self.grad = gradient(w)
        """,
        "Compute from the arguments of each call.",
    ),
    Explanation(
        "wrong shape",
        "guard",
        "the gradient of an array has another shape than the array",
        """
        What the forward pass broadcast was not summed again, or an axis was dropped.
            db = delta                     # shape (batch, k), where b has shape (k,): lacks .sum(axis=0)
        """,
        "Sum over broadcast axes, keep every other axis.",
    ),
    Explanation(
        "wrong dtype",
        "guard",
        "the gradient is of another kind of number, or a narrower one, than the argument",
        """
        Integers where floats are meant, float32 for a float64 argument, or a real gradient of a complex argument.
            grad = np.zeros(w.shape, dtype=int)
        """,
        """
        Compute in the argument's dtype: `np.zeros_like(w)`. For a complex argument return df/dx + i df/dy.
        """,
    ),
    Explanation(
        "wrong structure",
        "guard",
        "the gradient is not structured like the arguments",
        """
        A key is missing, a list has another length, or a single array came back for several arguments.
            def grad(params): return {"W": dW}     # params has "b" as well
        """,
        "Return the containers of the argument with a gradient for each array; a tuple for several arguments.",
    ),
    Explanation(
        "gradient not finite",
        "guard",
        "the gradient is NaN or infinite where f is finite",
        """
        Often 0/0 or 0 * inf at a point where f itself is well: the root at 0, log(0) times 0, exp of a large number.
            x / np.linalg.norm(x)          # at x = 0
        """,
        "Rewrite the formula for that case: subtract the maximum, use log1p and expm1, or treat 0 by itself.",
    ),
    Explanation(
        "f not finite",
        "guard",
        "f is NaN or infinite at the point",
        """
        There is no derivative to compare with.
            np.log(p)                      # at p = 0
        """,
        "Choose arguments inside of f's domain.",
    ),
    Explanation(
        "not a scalar",
        "guard",
        "f returns something else than one real number",
        """
        A gradient is that of one number. A vector has a Jacobian, and a loss per sample is to be reduced.
            def f(w): return (X @ w - t)**2        # lacks .sum() or .mean()
        """,
        "Reduce it, or use `gp.check_vjp`, `gp.check_jvp` or `gp.check_jacobian`.",
    ),
    Explanation(
        "evaluations used up",
        "guard",
        "max_evaluations does not suffice to see anything",
        "The examination stopped before it had a verdict.",
        "Raise `max_evaluations`, pass `vectorized=True`, or examine fewer parameters at a time.",
    ),
    Explanation(
        "too little seen",
        "guard",
        "of the inputs that were drawn too few told anything",
        """
        A search passes only where at least half of its inputs are conclusive, or what `conclusive=` asks for.
            args=(gp.strategies.arrays(...),)      # mostly outside of f's domain
        """,
        "Draw from where f can be seen, or pass a smaller `conclusive`.",
    ),
    Explanation(
        "nothing varies",
        "guard",
        "no argument holds a float that could vary",
        """
        Integers, booleans, strings and None are held fixed, and empty arrays have no entry.
            gp.check_gradient(f, grad, np.array([1, 2]))
        """,
        "Pass floats: `np.array([1.0, 2.0])`, or `.astype(float)`.",
    ),
    Explanation(
        "argument not finite",
        "guard",
        "an argument holds a NaN or an infinity",
        "There is no derivative at such a point.",
        "Remove it, or examine another point.",
    ),
    Explanation(
        "unusable array",
        "guard",
        "an argument is an array of objects, or of a class of its own",
        "Arrays of objects, masked arrays and matrices have no entries that could be moved by a step.",
        "Convert it: `.astype(float)` or `np.asarray(...)`.",
    ),
    Explanation(
        "not adjoint",
        "guard",
        "the forward and the backward product do not belong to one Jacobian",
        """
        <v, J u> is not <J' v, u> for random u and v, beyond what rounding explains. At least one of both is wrong;
        which, `gp.check_jvp` and `gp.check_vjp` say.
        """,
        "Check each of both against f.",
    ),
    Explanation(
        "not linear",
        "guard",
        "a product is not linear in its vector",
        """
        The product of a multiple is not the multiple of the product: the vector is used twice, clipped, or added to.
            def vjp(v, x): return v * v * slope(x)
        """,
        "Use the vector exactly once, as a factor.",
    ),
    Explanation(
        "asymmetric Hessian",
        "guard",
        "the Hessian differs from its transpose",
        """
        Second derivatives of a smooth function do not depend on the order. Here the Hessian is the derivative of grad, and
        grad the gradient of f as far as it could be seen at the point; but no function has such a gradient.
            grad = 2 * x + R @ x           # with R not symmetric, at x = 0
        """,
        "Examine grad at another point, and compare both entries that the report names.",
    ),
)
