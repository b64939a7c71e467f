"""Findings of a random check in words, as summary, workbook and desk print them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import ROUND_CEILING, Context, Decimal

from omr.audit.findings import Changes, Finding, changes, findings
from omr.batch.results import SheetResult
from omr.i18n import _, language
from omr.store.store import Store

Told = tuple[tuple[Finding, str], ...]

_DIGITS = 2
"""Digits that count of a bound; it is rounded up, so that it stays one."""

_SWAPPED = str.maketrans(",.", ".,")


def told_checks(
    store: Store, sheets: Iterable[SheetResult], unit: str | None = None, year: int | None = None
) -> Told:
    """Return every random check of `unit` and `year` (all where None) with its sentence, oldest first.

    sheets: the returned sheets of `unit` and `year`; they are not looked at where nothing was drawn.
    """
    found = findings(store, unit, year)
    since = changes([each.draw for each in found], sheets) if found else {}
    return tuple((each, sentence(each, since[each.draw.name])) for each in found)


def remarks(told: Told) -> dict[int, tuple[str, ...]]:
    """Return the sentences by year, each with its unit."""
    found: dict[int, tuple[str, ...]] = {}
    for finding, text in told:
        line = _("Random check of {unit}: {text}.").format(unit=finding.draw.unit, text=text)
        found[finding.draw.year] = (*found.get(finding.draw.year, ()), line)
    return found


def sentence(finding: Finding, since: Changes) -> str:
    """Return what a check found, what follows, and what has changed since it was drawn."""
    parts = [*_parts(finding), *_since(since)]
    return "; ".join(parts)


def _parts(finding: Finding) -> Iterator[str]:
    draw = finding.draw
    if not finding.finished:
        yield _("{checked} of {n} boxes of the random check looked at, {wrong} wrong").format(
            checked=number(finding.checked), n=number(len(draw.boxes)), wrong=number(finding.errors)
        )
        yield _("what follows is told once all were looked at")
        return
    if finding.checked == draw.population:
        yield _("{wrong} wrong / {n} boxes: every read that nobody was asked about").format(
            wrong=number(finding.errors), n=number(finding.checked)
        )
    else:
        yield _("{wrong} wrong / {n} boxes checked at random").format(
            wrong=number(finding.errors), n=number(finding.checked)
        )
        yield _("error rate ≤ {bound} % (confidence 95 %)").format(bound=percent(finding.bound))
    if draw.levels:
        yield _("at most {n} of {all} sheets would come to another level").format(
            n=number(finding.sheets_bound), all=number(draw.levels)
        )
    yield _("by the calibrated confidences {expected} of {all} boxes are expected to be wrong").format(
        expected=_spoken(f"{finding.expected:,.1f}"), all=number(draw.population)
    )


def _since(since: Changes) -> Iterator[str]:
    """Yield what makes a sample out of date."""
    if since:
        yield _(
            "since it was drawn: {new} sheets more, {gone} sheets less, {other} of its boxes read otherwise"
            " or not there; draw anew"
        ).format(new=number(since.new), gone=number(since.gone), other=number(since.other))


def percent(bound: float) -> str:
    """Return 0.00993 as "1.0" or, in Vietnamese, "1,0": two digits that count, rounded up."""
    rounded = Context(prec=_DIGITS, rounding=ROUND_CEILING).create_decimal(Decimal(bound) * 100)
    return _spoken(f"{rounded:,f}")


def number(count: int) -> str:
    """Return 3000 as "3,000" or, in Vietnamese, "3.000"."""
    return _spoken(f"{count:,}")


def _spoken(text: str) -> str:
    return text.translate(_SWAPPED) if language() == "vi" else text
