"""The lines that repeat an examination, without what found its input."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gradproof._literal import Source
from gradproof._options import DEFAULT_RESOLUTION, defaults


def replay(
    f: Callable[..., Any],
    grad: Callable[..., Any] | None,
    args: tuple[Any, ...],
    options: Mapping[str, Any],
    *,
    unnamed_are: str = "as in the test",
) -> str:
    """Return a program that checks the gradient at one point.

    Parameters
    ----------
    f, grad, args
        What was examined; grad is None where a framework differentiated f. A function that cannot be imported, as a lambda, goes by its role.
    options : mapping
        Keyword arguments of `check_gradient`.
    unnamed_are : str
        Where to look for functions that cannot be imported.

    Examples
    --------
    >>> import numpy as np
    >>> print(replay(np.sum, lambda w: w, (np.array([0.5, -1e-300]),), {"seed": 0}))
    import numpy as np
    import gradproof as gp
    from numpy import sum
    <BLANKLINE>
    gp.check_gradient(sum, grad, np.array([0.5, -1e-300]), seed=0)  # grad as in the test
    """
    now = defaults().resolution
    if options.get("resolution") is None and now != DEFAULT_RESOLUTION:
        options = {
            **options,
            "resolution": now,
        }  # what a pytest run asked for, and a program by itself would not
    source = Source()
    functions = {"f": f, "grad": grad} if grad is not None else {"f": f}
    names = {role: source.name(function) for role, function in functions.items()}
    unnamed = [role for role, name in names.items() if name is None]
    parts = [name or role for role, name in names.items()]
    parts += [*map(source.literal, args), *(f"{key}={value!r}" for key, value in options.items())]
    remark = f"  # {' and '.join(unnamed)} {unnamed_are}" if unnamed else ""
    imports = ["import numpy as np", "import gradproof as gp", *source.imports]
    return "\n".join([*imports, "", f"gp.check_gradient({', '.join(parts)}){remark}"])
