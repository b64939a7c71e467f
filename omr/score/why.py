"""What was found about a sheet, as sentences for people in the language of its form."""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import copy_context
from dataclasses import dataclass

from omr.i18n import LANGUAGES, _, ngettext, use
from omr.model.layout import Layout, Question
from omr.model.score import Count
from omr.score.rulefile import PLACEHOLDER, Words
from omr.score.rules import Contradiction, Level, Part, Rules

NAMED_ROWS = 6
"""Rows a sentence names before it only counts them: more are not taken in at a glance."""


@dataclass(frozen=True, slots=True)
class Finding:
    """All that the sentences are made of.

    open: items not settled. unused: the form is blank as a whole.
    reachable: levels still possible; level, part: what is certain of them.
    declared: the level the respondent clearly ticked, or "".
    """

    layout: Layout
    rules: Rules
    counts: tuple[Count, ...]
    open: tuple[Question, ...]
    unused: bool
    reachable: tuple[Level, ...]
    level: Level | None
    part: Part | None
    declared: str
    contradictions: tuple[Contradiction, ...]
    missing_pages: tuple[int, ...]
    signed: bool | None

    @property
    def differs(self) -> bool:
        """True where the declared level cannot be the computed one."""
        possible = {level.id for level in self.reachable}
        return bool(self.declared and possible) and self.declared not in possible


def sentences(finding: Finding) -> tuple[str, ...]:
    """Return why the score is what it is, most important first, in the layout's language."""
    context = copy_context()
    context.run(use, finding.layout.language if finding.layout.language in LANGUAGES else "en")
    return context.run(lambda: tuple(_sentences(finding)))


def _sentences(finding: Finding) -> Iterator[str]:
    yield from _level(finding)
    if finding.unused and finding.open:
        yield _("No box of the form is clearly ticked, so its blank rows count as unanswered.")
    yield from (_filled(each.say, finding) for each in finding.contradictions)
    if finding.differs:
        yield _("The declared level ({declared}) differs from the computed one; both are kept.").format(
            declared=_label(finding, finding.declared)
        )
    if finding.signed is False:
        yield _("The signature area is empty.")


def _level(finding: Finding) -> Iterator[str]:
    if finding.missing_pages:
        pages = ", ".join(str(number) for number in finding.missing_pages)
        yield ngettext(
            "Page {pages} is missing.", "Pages {pages} are missing.", len(finding.missing_pages)
        ).format(pages=pages)
    result = finding.rules.result.spoken(finding.layout.language)
    if finding.level is not None:
        yield from _certain(finding, finding.level, result)
    elif finding.reachable:
        yield _("{result}: not yet determined ({levels} are possible).").format(
            result=result, levels=" / ".join(_label(finding, level.id) for level in finding.reachable)
        )
        yield _open(finding)
    elif finding.missing_pages and finding.rules.levels:
        yield _("{result}: none, because the sheet is not whole.").format(result=result)
    elif finding.open:
        yield _open(finding)


def _certain(finding: Finding, level: Level, result: str) -> Iterator[str]:
    spoken = finding.layout.language
    label = level.label.spoken(spoken)
    if finding.part is not None:
        label = f"{label} ({finding.part.label.spoken(spoken)})"
    yield _("{result}: {level}, because {because}.").format(
        result=result, level=label, because=_filled(level.because, finding)
    )
    if finding.open:
        yield _open(finding) + " " + _("That cannot change the level.")
    if level.provisional:
        yield _("This level is provisional: a person has to confirm it.")


def _open(finding: Finding) -> str:
    names = [question.number or question.id for question in finding.open]
    named = ", ".join(names[:NAMED_ROWS]) + (" …" if len(names) > NAMED_ROWS else "")
    return ngettext(
        "{count} row is not settled yet: {rows}.", "{count} rows are not settled yet: {rows}.", len(names)
    ).format(count=len(names), rows=named)


def _label(finding: Finding, identity: str) -> str:
    level = finding.rules.level(identity)
    return level.label.spoken(finding.layout.language) if level else identity


def _filled(words: Words, finding: Finding) -> str:
    """Return the text with counts ("3", or "3–4" while rows are open) and limits in their places."""
    numbers = {name: str(number) for name, number in finding.rules.limits}
    for count in finding.counts:
        exact = count.least == count.most
        name = f"{count.section}.{count.choice}"
        numbers[name] = str(count.least) if exact else f"{count.least}–{count.most}"
    text = words.spoken(finding.layout.language)
    return PLACEHOLDER.sub(lambda match: numbers[match.group(1)], text)
