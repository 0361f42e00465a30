"""How numbers are printed. Every number in the report goes through here.

A number that depends on stand-in data carries a dagger.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

DAGGER = "†"
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def percent(value: float, digits: int = 2) -> str:
    """0.9321 → '93.21 %' (with a no-break space)."""
    return f"{100 * value:.{digits}f}\u00a0%"


def points(value: float, digits: int = 2) -> str:
    """0.0466 → '4.66 points': a difference of two shares, which is no share itself."""
    return f"{fixed(100 * value, digits)}\u00a0points"


def scientific(value: float, digits: int = 1) -> str:
    """3.2e-9 → '3.2 × 10⁻⁹'; 2.7 → '2.7' and 5 → '5'; powers of ten without a factor."""
    if value == 0:
        return "0"
    if 1 <= abs(value) < 9.95:
        return fixed(value, digits).removesuffix(".0")
    mantissa, exponent = f"{value:.{digits}e}".split("e")
    power = "10" + str(int(exponent)).translate(_SUPERSCRIPTS)
    if float(mantissa) == 1:
        return power
    return f"{mantissa.replace('-', '−')}\u00a0×\u00a0{power}"


def fixed(value: float, digits: int = 4) -> str:
    """1.5 → '1.5000', with a true minus sign and never '−0.0000'."""
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", "−")


def integer(value: float) -> str:
    """13611 → '13,611'."""
    return f"{round(value):,}".replace("-", "−")


FORMATS: dict[str, Callable[[float], str]] = {
    "percent": percent,
    "percent1": lambda value: percent(value, 1),
    "points": points,
    "points1": lambda value: points(value, 1),
    "sci": scientific,
    "int": integer,
    **{f"f{digits}": (lambda value, digits=digits: fixed(value, digits)) for digits in range(1, 7)},
}


def variables(value: Any, *, standin: bool = False) -> Any:
    """The tree of strings that `{{< var … >}}` reads, from a tree of results.

    A number becomes one string per entry of `FORMATS` (`mlp.test_accuracy.percent`), a list a
    mapping with keys `i0, i1, …`, a text `text`, a truth value `yes`/`no` under `text`.
    """
    mark = DAGGER if standin else ""
    if isinstance(value, dict):
        return {str(key): variables(item, standin=standin) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return {f"i{i}": variables(item, standin=standin) for i, item in enumerate(value)}
    if isinstance(value, bool):
        return {"text": ("yes" if value else "no") + mark}
    if isinstance(value, int | float) and math.isfinite(value):
        return {name: form(value) + mark for name, form in FORMATS.items()}
    return {"text": f"{value}{mark}"}
