"""What the report says of the formulas whatever the checks find."""

from .verdict import MISPRINT, RIGHT, WRONG_AS_PRINTED

__all__ = ["LEGEND", "LIMITS", "MEANS", "METHOD"]

METHOD = (
    "Each formula is implemented, forward and gradient, in the form that must hold.",
    (
        "Its gradient is examined by gradproof on inputs that Hypothesis draws, and its identities are checked against a "
        "derivation of their own."
    ),
    "A form that is printed wrongly is implemented as well, and has to fail on an input that shows it.",
)
LEGEND = (
    f"“{RIGHT}”: no erratum; “{MISPRINT}”: only names or indices are printed wrongly, and read as meant it holds; "
    f"“{WRONG_AS_PRINTED}”: the printed form gives other values, and a counter-example among the errata shows it, while the "
    "derived form holds. Examples are inputs tried, or values compared where a check draws none; a check of several "
    "rows counts in each."
)
MEANS = (
    (
        "A row that passes held on every input that was tried, each entry of its gradient within the error bound of the "
        "numerical derivative; how near the worst came to its bound depends on the machine and is written to .run."
    ),
)
LIMITS = (
    (
        "No number of inputs is a proof. An erratum says that the formula as printed gives another value than the "
        "lecture's own objective; it does not say that training with it cannot work."
    ),
)
