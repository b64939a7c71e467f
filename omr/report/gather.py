"""Store → the plain rows that tables are made of."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from omr.batch.results import SheetResult
from omr.i18n import language
from omr.model.layout import Layout, Question, Role, Section
from omr.model.reading import MarkState
from omr.model.score import SheetIssue
from omr.model.unit import IssuedSheet, Status
from omr.report.rows import FormHead, FormKey, IssuedRow, LevelHead, PeopleRow, SheetNote, SheetRow
from omr.report.scanner import Batches
from omr.report.tables import Facts
from omr.score.rules import Rules
from omr.store.store import Store
from omr.store.units import roster_of

_NOTES = {
    SheetIssue.UNSIGNED: SheetNote.UNSIGNED,
    SheetIssue.CONTRADICTION: SheetNote.CONTRADICTION,
    SheetIssue.DECLARED_DIFFERS: SheetNote.DECLARED_DIFFERS,
}


_CANCELLED = int(MarkState.CANCELLED)  # numpy asks an enum member for much before it takes it for a number


@dataclass(slots=True)
class Gathering:
    """Takes notes of returned sheets as they pass by, so that whoever else needs them reads them once.

    The readings are let go: memory grows with the answers that are counted, not with the boxes.
    claimed: sheets that were issued to nobody, as the person's whose name somebody read on them.
    """

    units: frozenset[str] | None = None
    years: frozenset[int] | None = None
    batches: Batches = field(default_factory=Batches)
    claimed: list[IssuedSheet] = field(default_factory=list)
    _rows: list[tuple[SheetRow, Layout]] = field(default_factory=list)
    _rules: dict[FormKey, dict[str, Rules]] = field(default_factory=lambda: defaultdict(dict))

    def passing(self, sheets: Iterable[SheetResult]) -> Iterator[SheetResult]:
        """Yield `sheets`, and note those of the units and the year that are counted."""
        for result in sheets:
            if self._counts(result.unit, result.sheet.year):
                key = FormKey(result.layout.id, result.sheet.year)
                self._rows.append((_sheet_row(key, result), result.layout))
                self._rules[key].setdefault(result.rules.digest, result.rules)
                self.batches.add(result)
                if result.person.code and not (result.issued and result.issued.person):
                    self.claimed.append(_claimed(result))
            yield result

    def facts(
        self, store: Store, layouts: Mapping[str, Layout], rules_of: Callable[[Layout], Rules]
    ) -> Facts:
        """Return all that a report is made of, from the store and the sheets that have passed.

        layouts: every known frozen layout by digest. rules_of: the rules in use, of a form without a sheet.
        """
        forms: dict[FormKey, list[Layout]] = defaultdict(list)
        for row, layout in self._rows:
            _add(forms[row.form], layout)
        issued = [sheet for sheet in store.issued_sheets().values() if self._counts(sheet.unit, sheet.year)]
        for sheet in issued:
            if sheet.digest in layouts:
                _add(forms[FormKey(sheet.layout, sheet.year)], layouts[sheet.digest])
        heads = tuple(
            _head(key, forms[key], tuple(self._rules[key].values()) or (rules_of(forms[key][-1]),))
            for key in sorted(forms, key=str)
        )
        items = {head.key: head.items for head in heads}
        return Facts(
            forms=heads,
            units=tuple(store.units(max(self.years) if self.years else None).values()),
            issued=tuple(_issued_rows(issued, store.replaced(), {row.sheet for row, _layout in self._rows})),
            sheets=tuple(_counted(row, layout, items[row.form]) for row, layout in self._rows),
            people=tuple(_people(store, {key.year for key in forms})),
        )

    def _counts(self, unit: str, year: int) -> bool:
        return (self.units is None or unit in self.units) and (self.years is None or year in self.years)


def _claimed(result: SheetResult) -> IssuedSheet:
    """Return a sheet as if it had been issued to the person who wrote their name on it."""
    layout, sheet = result.layout, result.sheet
    return IssuedSheet(
        sheet.name, layout.id, layout.version, sheet.digest, sheet.year, result.unit, sheet.length,
        result.person.code, result.person.name,
    )  # fmt: skip


def _people(store: Store, years: Iterable[int]) -> Iterator[PeopleRow]:
    """Yield how many people of each unit are to hand in a sheet, and how many are freed or barred from it."""
    for year in sorted(years):
        statuses = Counter(
            (member.unit, member.status is Status.DUE) for member in roster_of(store, year) if member.hands_in
        )
        for unit in dict.fromkeys(unit for unit, _due in statuses):
            yield PeopleRow(unit, year, statuses[unit, True], statuses[unit, False])


def _add(known: list[Layout], layout: Layout) -> None:
    if layout not in known:
        known.append(layout)


def _head(key: FormKey, layouts: Sequence[Layout], rules: Sequence[Rules]) -> FormHead:
    """Return the head of a form; where it was printed in two wordings, the later one's stand first."""
    newest = layouts[-1]
    sections: dict[str, Section] = {}
    items: dict[str, Question] = {}
    for layout in reversed(layouts):
        for section in layout.sections:
            sections.setdefault(section.id, section)
        for question in layout.questions:
            if question.role is Role.ITEM:
                items.setdefault(question.id, question)
    return FormHead(
        key=key,
        title=newest.title,
        filled_by=newest.filled_by,
        sections=tuple(sections.values()),
        items=tuple(items.values()),
        levels=_levels(rules),
        rules=tuple(f"{rule.id} {rule.version} ({rule.digest})" for rule in rules),
    )


def _levels(rules: Sequence[Rules]) -> tuple[LevelHead, ...]:
    spoken = language()
    found: dict[str, LevelHead] = {}
    for level in (level for rule in rules for level in rule.levels):
        splits = tuple((part.id, part.label.spoken(spoken)) for part in level.split)
        found.setdefault(level.id, LevelHead(level.id, level.label.spoken(spoken), splits))
    return tuple(found.values())


def _issued_rows(
    issued: Sequence[IssuedSheet], replaced: Mapping[str, str], returned: set[str]
) -> Iterator[IssuedRow]:
    """Yield how many were handed out; a replaced sheet that came back all the same was handed out too."""
    counts: Counter[tuple[str, FormKey, bool]] = Counter()
    for sheet in issued:
        gone = sheet.serial in replaced and sheet.serial not in returned
        counts[sheet.unit, FormKey(sheet.layout, sheet.year), gone] += 1
    for unit, key in dict.fromkeys((unit, key) for unit, key, _gone in counts):
        yield IssuedRow(unit, key, counts[unit, key, False], counts[unit, key, True])


def _sheet_row(key: FormKey, result: SheetResult) -> SheetRow:
    """Return what counts of a sheet; of rows of a page that is not there it says that they are open."""
    answers = {each.answer.question: each.answer for each in result.answers}
    settled = [answer for answer in answers.values() if not answer.review]
    asked = (question.id for question in result.layout.questions)
    return SheetRow(
        unit=result.unit,
        form=key,
        sheet=result.sheet.name,
        valid=result.valid,
        level=result.score.level,
        split=result.score.split,
        notes=tuple(_notes(result)),
        ticked=tuple((answer.question, choice) for answer in settled for choice in answer.chosen),
        unclear=tuple(name for name in asked if name not in answers or answers[name].review),
        blank=tuple(answer.question for answer in settled if not answer.chosen),
        declared=result.score.declared,
        corrected=any(_CANCELLED in each.marks.states for each in result.readings.values()),
        untouched=not any(answer.chosen for answer in answers.values()),
    )


def _notes(result: SheetResult) -> Iterator[SheetNote]:
    if result.sheet.missing:
        yield SheetNote.INCOMPLETE
    if result.sheet.is_copy:
        yield SheetNote.COPY
    elif result.issued is None:
        yield SheetNote.UNISSUED
    if result.score.provisional:
        yield SheetNote.PROVISIONAL
    yield from (_NOTES[issue] for issue in result.score.issues if issue in _NOTES)


def _counted(row: SheetRow, layout: Layout, items: Sequence[Question]) -> SheetRow:
    """Return the row with items alone; an item that this printing of the form does not have is blank."""
    asked = {question.id for question in layout.questions}
    unclear, blank = set(row.unclear), set(row.blank)
    return replace(
        row,
        unclear=tuple(item.id for item in items if item.id in unclear),
        blank=tuple(item.id for item in items if item.id in blank or item.id not in asked),
    )
