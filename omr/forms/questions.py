"""What a form asks, whatever its geometry: one question a row and column group, then those of the foot."""

from __future__ import annotations

from collections.abc import Iterator

from omr.forms.schema import (
    ATTESTATION,
    DECLARED,
    Attestation,
    ColumnGroup,
    Declared,
    Form,
    Item,
    Section,
    question_id,
)
from omr.model.layout import BlankRow, Choice, Question, Role


def questions(form: Form) -> tuple[Question, ...]:
    """Return what `form` asks, in printed order: rows by column group, attestation, declared level."""
    return (*_rows(form), *_foot(form))


def _rows(form: Form) -> Iterator[Question]:
    for section in form.sections:
        blank = section.blank or form.blank
        for group in section.groups:
            for item in group.items:
                for column in section.columns or form.columns:
                    yield _row(section, item, column, blank)


def _row(section: Section, item: Item, column: ColumnGroup, blank: BlankRow) -> Question:
    return Question(
        id=question_id(item.id, column.id),
        number=item.number,
        text=" – ".join(part for part in (item.text, column.label) if part),
        section=section.id,
        choices=tuple(Choice(choice.id, choice.label) for choice in column.choices),
        role=Role.ITEM,
        blank=blank,
    )


def _foot(form: Form) -> Iterator[Question]:
    if form.foot.attestation:
        yield _attestation(form.foot.attestation)
    if form.foot.declared:
        yield _declared(form.foot.declared)


def _attestation(attestation: Attestation) -> Question:
    choice = Choice(attestation.choice, attestation.text)
    return Question(ATTESTATION, "", attestation.text, "", (choice,), Role.ATTESTATION, BlankRow.ALLOWED)


def _declared(declared: Declared) -> Question:
    levels = tuple(Choice(level.id, level.label) for level in declared.levels)
    return Question(DECLARED, "", declared.text, "", levels, Role.DECLARED, BlankRow.ALLOWED)
