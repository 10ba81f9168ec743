"""Numbers as a typesetter writes them."""

import re

__all__ = ["typeset"]

_NUMBER = re.compile(r"(?<![\w.])(-?)(\d+(?:\.\d+)?)(?:e([+-]?\d+))?(?![\w.]*\w)")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def typeset(text: str) -> str:
    """Text whose numbers have a true minus, and powers of ten instead of an exponent.

    Examples
    --------
    >>> typeset("-0.5 [-1.2e-05, 1e+03]"), typeset("1e-4"), typeset("inf"), typeset("F01")
    ('−0.5 [−1.2 × 10⁻⁵, 10³]', '10⁻⁴', '∞', 'F01')
    """
    shown = _NUMBER.sub(_number, text)
    return re.sub(r"(-?)\binf\b", lambda found: "−∞" if found[1] else "∞", shown)


def _number(found: re.Match[str]) -> str:
    sign, digits, exponent = found.groups()
    minus = "−" if sign else ""
    if exponent is None:
        return minus + digits
    power = "10" + str(int(exponent)).translate(_RAISED)
    return minus + (power if digits == "1" else f"{digits} × {power}")
