"""The small language in which a rule file says when something holds.

    either     = both { "or" both }
    both       = factor { "and" factor }
    factor     = "not" factor | "(" either ")" | comparison
    comparison = count { "+" count } ( "<" | "<=" | ">" | ">=" | "==" | "!=" ) number
    count      = section "." choice
    number     = digits | the name of a limit

`otherwise` alone always holds. Example: `nghiem-trong.co == 0 and nhe.co < few`.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from omr.i18n import _

Tick = tuple[str, str]
"""(section, choice): what is counted. The foot counts as sections `attestation` and `declared`."""

OTHERWISE = "otherwise"

_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_TOKEN = re.compile(r"\s*(<=|>=|==|!=|[<>()+]|[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)?)")


class ConditionError(ValueError):
    """The text is no condition; the message says why, in a person's words."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The sum of some counts, compared with a number."""

    counts: tuple[Tick, ...]
    sign: str
    number: int


@dataclass(frozen=True, slots=True)
class Every:
    """Holds where all its parts do; without parts it always holds."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Some:
    """Holds where one of its parts does."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Holds where its part does not."""

    part: Condition


Condition = Comparison | Every | Some | Not


def holds(condition: Condition, counts: Mapping[Tick, int]) -> bool:
    """Return whether `condition` holds for `counts`; a count that is not there is 0."""
    match condition:
        case Comparison():
            total = sum(counts.get(tick, 0) for tick in condition.counts)
            return _COMPARE[condition.sign](total, condition.number)
        case Every():
            return all(holds(part, counts) for part in condition.parts)
        case Some():
            return any(holds(part, counts) for part in condition.parts)
        case Not():
            return not holds(condition.part, counts)


def comparisons(condition: Condition) -> tuple[Comparison, ...]:
    """Return every comparison inside `condition`."""
    match condition:
        case Comparison():
            return (condition,)
        case Not():
            return comparisons(condition.part)
        case Every() | Some():
            return tuple(found for part in condition.parts for found in comparisons(part))


def parse(text: str, limits: Mapping[str, int]) -> Condition:
    """Return the condition that `text` says.

    Args:
        text: see the module's docstring.
        limits: numbers by name.

    Raises:
        ConditionError: the text is no condition.
    """
    if text.strip() == OTHERWISE:
        return Every()
    parser = _Parser(_tokens(text), limits)
    condition = parser.either()
    parser.end()
    return condition


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        token = _TOKEN.match(text, at)
        if token is None:
            raise ConditionError(_("'{text}' is not understood.").format(text=text[at:].strip()))
        found.append(token.group(1))
        at = token.end()
    return found


class _Parser:
    """Reads tokens from left to right, one method a line of the grammar."""

    def __init__(self, tokens: list[str], limits: Mapping[str, int]) -> None:
        self._tokens = tokens
        self._limits = limits
        self._at = 0

    def either(self) -> Condition:
        parts = [self._both()]
        while self._take("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def end(self) -> None:
        if self._at < len(self._tokens):
            raise ConditionError(_("'{word}' is one too many.").format(word=self._tokens[self._at]))

    def _both(self) -> Condition:
        parts = [self._factor()]
        while self._take("and"):
            parts.append(self._factor())
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _factor(self) -> Condition:
        if self._take("not"):
            return Not(self._factor())
        if self._take("("):
            inner = self.either()
            if not self._take(")"):
                raise ConditionError(_("a closing parenthesis is missing."))
            return inner
        return self._comparison()

    def _comparison(self) -> Comparison:
        counts = [self._count()]
        while self._take("+"):
            counts.append(self._count())
        sign = self._next(_("a sign such as < or =="))
        if sign not in _COMPARE:
            raise ConditionError(_("'{word}' stands where a sign such as < or == has to.").format(word=sign))
        return Comparison(tuple(counts), sign, self._number())

    def _count(self) -> Tick:
        word = self._next(_("a count such as nhe.co"))
        section, dot, choice = word.partition(".")
        if not dot:
            raise ConditionError(_("'{word}' stands where a count such as nhe.co has to.").format(word=word))
        return section, choice

    def _number(self) -> int:
        word = self._next(_("a number or the name of a limit"))
        if word.isdecimal():
            return int(word)
        if word not in self._limits:
            known = ", ".join(self._limits) or "–"
            raise ConditionError(
                _("'{word}' is neither a number nor one of the limits ({known}).").format(
                    word=word, known=known
                )
            )
        return self._limits[word]

    def _take(self, word: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] == word:
            self._at += 1
            return True
        return False

    def _next(self, expected: str) -> str:
        if self._at >= len(self._tokens):
            raise ConditionError(_("it ends where {expected} has to stand.").format(expected=expected))
        self._at += 1
        return self._tokens[self._at - 1]
