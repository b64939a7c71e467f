"""Numbers as Vietnamese offices write them: 42.500 and 20,59 %."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

_HUNDREDTH = Decimal("0.01")
_SWAPPED = str.maketrans(",.", ".,")


def percent(part: int, whole: int) -> float | None:
    """Return `part` of `whole` in percent, two decimals, half up; None of nothing."""
    if whole == 0:
        return None
    return float((Decimal(100 * part) / Decimal(whole)).quantize(_HUNDREDTH, ROUND_HALF_UP))


def count_text(count: int) -> str:
    """Return 42500 as "42.500"."""
    return f"{count:,}".translate(_SWAPPED)


def percent_text(value: float) -> str:
    """Return 20.59 as "20,59 %"."""
    return f"{value:,.2f} %".translate(_SWAPPED)
