"""Bounds of a rate seen in a sample (C. J. Clopper, E. S. Pearson, Biometrika 26 (1934), 404-413)."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, lgamma, log, log1p

CONFIDENCE = 0.95
"""Share of samples whose bound holds."""


def upper_bound(errors: int, trials: int) -> float:
    """Return the one-sided Clopper-Pearson upper bound of a rate, 1 where nothing was tried."""
    if errors >= trials:
        return 1.0
    return _solved(lambda rate: _tail(errors, trials, rate) - (1 - CONFIDENCE))


def lower_bound(errors: int, trials: int) -> float:
    """Return the one-sided Clopper-Pearson lower bound of a rate."""
    if errors == 0:
        return 0.0
    return _solved(lambda rate: _tail(errors - 1, trials, rate) - CONFIDENCE)


def _tail(errors: int, trials: int, rate: float) -> float:
    """Return the chance of at most `errors` in `trials`."""
    if rate <= 0.0:
        return 1.0
    return sum(
        exp(
            lgamma(trials + 1)
            - lgamma(k + 1)
            - lgamma(trials - k + 1)
            + k * log(rate)
            + (trials - k) * log1p(-rate)
        )
        for k in range(errors + 1)
    )


def _solved(falling: Callable[[float], float]) -> float:
    low, high = 1e-12, 1 - 1e-12
    for _step in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return high
