"""Conditions of a rule file: `nhe.co < 5 and nghiem-trong.co == 0`.

A count is named `section.choice`. `and` binds closer than `or`; there are no brackets.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from omr.i18n import _
from omr.model.score import Count

_COMPARISONS: Mapping[str, Callable[[int, int], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
}
_TERM = re.compile(r"([a-z0-9-]+)\.([a-z0-9-]+)\s*(<=|>=|==|!=|<|>)\s*(\d{1,6})")


class CountName(NamedTuple):
    """Which rows and which of their boxes are counted."""

    section: str
    choice: str

    def __str__(self) -> str:
        """As it stands in a condition and in the column `n.<section>.<choice>`."""
        return f"{self.section}.{self.choice}"


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison; `sign` is one of < <= > >= == !=."""

    name: CountName
    sign: str
    number: int

    def holds(self, numbers: Mapping[CountName, int]) -> bool:
        """Return whether the comparison is true for these counts."""
        return _COMPARISONS[self.sign](numbers[self.name], self.number)


@dataclass(frozen=True, slots=True)
class Condition:
    """True where all terms of one of the alternatives hold."""

    alternatives: tuple[tuple[Term, ...], ...]

    @property
    def terms(self) -> tuple[Term, ...]:
        """Every comparison, as written."""
        return tuple(term for terms in self.alternatives for term in terms)

    def holds(self, numbers: Mapping[CountName, int]) -> bool:
        """Return whether the condition is true for these counts."""
        return any(all(term.holds(numbers) for term in terms) for terms in self.alternatives)


ALWAYS = Condition(((),))
"""The condition of the last level."""


def parse_condition(text: str) -> Condition:
    """Return the condition that `text` says.

    Raises:
        ValueError: the text is no condition; the message shows one.
    """
    return Condition(
        tuple(
            tuple(_term(term) for term in re.split(r"\s+and\s+", alternative))
            for alternative in re.split(r"\s+or\s+", text.strip())
        )
    )


def settlements(terms: tuple[Term, ...], counts: Mapping[CountName, Count]) -> Iterator[dict[CountName, int]]:
    """Yield counts that the open rows can still come to, enough of them to try every outcome.

    A comparison changes its truth only beside its number, so the ends of each range and the numbers next
    to a comparison stand for all others. Counts are taken as free of each other: where two choices of one
    section are compared, some of what is yielded cannot happen, so outcomes are never missed.
    """
    values: dict[CountName, set[int]] = {}
    for term in terms:
        count = counts[term.name]
        near = {term.number + step for step in (-1, 0, 1)}
        possible = {count.least, count.most, *(value for value in near if count.least <= value <= count.most)}
        values.setdefault(term.name, set()).update(possible)
    for chosen in product(*(sorted(possible) for possible in values.values())):
        yield dict(zip(values, chosen, strict=True))


def certain(condition: Condition, counts: Mapping[CountName, Count]) -> bool:
    """Return whether the condition holds however the open rows are settled."""
    return all(condition.holds(numbers) for numbers in settlements(condition.terms, counts))


def _term(text: str) -> Term:
    match = _TERM.fullmatch(text.strip())
    if match is None:
        message = _("'{text}' is no condition; write for example `nhe.co < 5 and nghiem-trong.co == 0`.")
        raise ValueError(message.format(text=text))
    section, choice, sign, number = match.groups()
    return Term(CountName(section, choice), sign, int(number))
