"""Names in a sketch: what questions, choices, areas and the form itself are called."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import Any, Literal

from omr.draft.edits import Keys, new_name
from omr.draft.form import slug
from omr.draft.sketch import Group, Sketch, Standing
from omr.errors import UsageError
from omr.forms.consistency import is_code_text
from omr.forms.existing import ExistingForm, Wording
from omr.i18n import _
from omr.model.layout import SERIAL_PLACE, BlankRow, CodeKind, FieldKind, Marking

LONGEST = 300
"""Characters of a text that is typed in."""
MOST_NUMBER = 9999
"""Highest number of a question."""
_UNSAID = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Unicode's kinds of characters that are no text: controls, marks of direction, what has no meaning."""


def said(text: str) -> str:
    """Return a text as it is kept: in NFC, on one line, nothing invisible in it, not endless."""
    spaced = "".join(" " if unicodedata.category(each) in _UNSAID else each for each in text)
    return " ".join(unicodedata.normalize("NFC", spaced).split())[:LONGEST].strip()


def name_of(text: str) -> str:
    """Return the id that a typed name makes: small letters, digits, inner dashes and dots; "" for nothing."""
    parts = (slug(part) for part in text.split("."))
    return ".".join(part for part in parts if part)[:30].strip("-.")


def rename_group(sketch: Sketch, key: int, text: str) -> Sketch:
    """Return the sketch with a group's questions called by one name: NAME, or NAME.1, NAME.2 … where several.

    An ID grid spells its text under that name.
    """
    found, name = _group(sketch, key), _needed(name_of(text))
    others = _others(sketch, found)
    count = len(found.questions)
    ids = [name] if count == 1 and not found.spells else [f"{name}.{at}" for at in range(1, count + 1)]
    taken = [each for each in (*ids, name) if each in others]
    if taken:
        raise UsageError(_("Another question is called {name} already.").format(name=taken[0]))
    asked = tuple(
        question.model_copy(update={"id": each}) for question, each in zip(found.questions, ids, strict=True)
    )
    return _put(sketch, replace(found, questions=asked, spells=name if found.spells else ""))


def rename_question(sketch: Sketch, key: int, at: int, number: str, text: str, name: str) -> Sketch:
    """Return the sketch with one question's number, wording and name as typed."""
    found = _group(sketch, key)
    if not 0 <= at < len(found.questions):
        raise UsageError(_("There is no such question any more."))
    wanted = _needed(name_of(name))
    if wanted in sketch.names() - {found.questions[at].id}:
        raise UsageError(_("Another question is called {name} already.").format(name=wanted))
    asked = list(found.questions)
    asked[at] = asked[at].model_copy(update={"id": wanted, "number": said(number), "text": said(text)})
    return _put(sketch, replace(found, questions=tuple(asked)))


def rename_choice(sketch: Sketch, key: int, at: int, label: str) -> Sketch:
    """Return the sketch with a choice of a group called as typed, in all its questions."""
    found = _group(sketch, key)
    if not 0 <= at < len(found.choices):
        raise UsageError(_("There is no such choice any more."))
    words, was = said(label), found.choices[at].id
    name = words if re.fullmatch(r"[A-Za-z0-9]", words) else _needed(slug(words))
    if name in {each.id for each in found.choices} - {was}:
        raise UsageError(_("Another choice is called {name} already.").format(name=name))
    offered = (*found.choices[:at], replace(found.choices[at], id=name), *found.choices[at + 1 :])
    asked = tuple(_relabelled(question, was, name, words) for question in found.questions)
    return _put(sketch, replace(found, choices=offered, questions=asked))


def number_from(sketch: Sketch, keys: Keys, first: int) -> Sketch:
    """Return the sketch with the questions of some boxes numbered from `first` on, as they stand."""
    if not 0 <= first <= MOST_NUMBER:
        raise UsageError(_("Number from 0 to {most}.").format(most=MOST_NUMBER))
    picked = {
        group.key: {spot.question for spot in group.spots if spot.key in keys} for group in sketch.groups
    }
    others = sketch.names() - {group.questions[at].id for group in sketch.groups for at in picked[group.key]}
    groups, number = [], first
    for group in sketch.groups:
        asked = list(group.questions)
        for at in sorted(picked[group.key]):
            update = {"id": new_name(others, f"q{number}"), "number": str(number)}
            asked[at] = asked[at].model_copy(update=update)
            number += 1
        groups.append(replace(group, questions=tuple(asked)))
    if number == first:
        raise UsageError(_("Select boxes first."))
    return replace(sketch, groups=tuple(groups))


def may_stay_blank(sketch: Sketch, keys: Keys, means: BlankRow | None) -> Sketch:
    """Return the sketch with what a question without a mark means; None: as for the form."""
    groups = tuple(
        replace(
            group,
            questions=tuple(
                question.model_copy(update={"blank": means})
                if any(spot.question == at and spot.key in keys for spot in group.spots)
                else question
                for at, question in enumerate(group.questions)
            ),
        )
        for group in sketch.groups
    )
    return replace(sketch, groups=groups)


def rename_area(sketch: Sketch, key: int, label: str, written: str) -> Sketch:
    """Return the sketch with an area that is written in called as typed.

    written: a kind of field, or "name" for the name of whose the sheet is. Raises ValueError for another.
    """
    roster: Literal["", "name"] = "name" if written == "name" else ""
    kind = FieldKind.TEXT if roster else FieldKind(written)
    words = said(label)
    name = new_name({each.id for each in sketch.areas if each.key != key}, _needed(slug(words)))
    areas = tuple(
        replace(area, id=name, label=words, kind=kind, roster=roster) if area.key == key else area
        for area in sketch.areas
    )
    return replace(sketch, areas=areas)


def rename_code(sketch: Sketch, key: int, text: str, kind: CodeKind, *, numbered: bool) -> Sketch:
    """Return the sketch with what a code reads as typed; numbered: the serial for the last number in it.

    Raises UsageError where it reads nothing, or where the serial cannot be told from it.
    """
    was = next((area.label for area in sketch.areas if area.key == key), "")
    words = said(text)
    if not is_code_text(words) or not (words or numbered):
        raise UsageError(_("Type what the code reads; {serial} stands once, where sheets differ."))
    if numbered and SERIAL_PLACE not in words + was:
        words = _LAST_NUMBER.sub(SERIAL_PLACE, words) if _LAST_NUMBER.search(words) else SERIAL_PLACE
    elif numbered != (SERIAL_PLACE in words):
        raise UsageError(_("Type what the code reads, with {serial} only where it differs by the sheet."))
    areas = tuple(replace(area, label=words, kind=kind) if area.key == key else area for area in sketch.areas)
    return replace(sketch, areas=areas)


_LAST_NUMBER = re.compile(r"\d+(?=\D*$)")


def stand(sketch: Sketch, key: int, standing: Standing) -> Sketch:
    """Return the sketch with a group accepted or left out; all proposed groups where `key` is 0."""
    groups = tuple(
        replace(group, standing=standing)
        if group.key == key or (key == 0 and group.standing is Standing.PROPOSED)
        else group
        for group in sketch.groups
    )
    return replace(sketch, groups=groups)


def head(
    sketch: Sketch, *, title: str, name: str, year: int, version: str, marking: Marking, blank: BlankRow
) -> Sketch:
    """Return the sketch with what is said of the whole form. Raises UsageError where that cannot be."""
    changed: dict[str, Any] = {
        "title": said(title), "id": slug(name), "year": year, "version": said(version), "marking": marking,
        "blank": blank,
    }  # fmt: skip
    if not changed["title"] or not changed["id"] or not changed["version"]:
        raise UsageError(_("Give the form a title, a short name and a version."))
    try:
        form = ExistingForm.model_validate(sketch.form.model_copy(update=changed).model_dump())
    except ValueError as wrong:
        raise UsageError(_("{year} is no year.").format(year=year)) from wrong
    return replace(sketch, form=form)


def _relabelled(question: Wording, was: str, name: str, words: str) -> Wording:
    labels = {choice: label for choice, label in question.labels.items() if choice != was}
    return question.model_copy(update={"labels": labels if words == name else {**labels, name: words}})


def _group(sketch: Sketch, key: int) -> Group:
    found = sketch.group(key)
    if found is None:
        raise UsageError(_("There is no such group any more."))
    return found


def _put(sketch: Sketch, changed: Group) -> Sketch:
    groups = tuple(changed if each.key == changed.key else each for each in sketch.groups)
    return replace(sketch, groups=groups)


def _others(sketch: Sketch, group: Group) -> frozenset[str]:
    """Return the names that questions and texts of other groups have."""
    return replace(sketch, groups=tuple(each for each in sketch.groups if each is not group)).names()


def _needed(name: str) -> str:
    if not name:
        raise UsageError(_("Give it a name: letters or digits."))
    return name
