"""Store → the fields of a sheet written by hand, what people copied from them, and names to suggest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from omr.audit.crops import Crops
from omr.batch import persons
from omr.batch.results import SheetResult
from omr.desk.config import Office
from omr.desk.sheets import find, is_nameless
from omr.i18n import _
from omr.model.layout import Field, FieldKind
from omr.model.verdict import INVALID, Verdict
from omr.model.written import SIGNED, Written
from omr.people.names import bare_key, folded_key, tidy
from omr.store import handwriting
from omr.store.units import newest_roster, roster_of

LONGEST_TEXT = 300
_SUGGESTED = 8


@dataclass(frozen=True, slots=True)
class Copied:
    """A field of a sheet. held: what holds of what people copied, or None; earlier: what they said before.

    signed: what the machine takes a signature area for, True or False; None for other fields.
    """

    field: Field
    held: Written | None
    earlier: tuple[Written, ...]
    signed: bool | None

    @property
    def is_signature(self) -> bool:
        """True where somebody signs: decided, never copied."""
        return self.field.kind is FieldKind.SIGNATURE


def fields_of(office: Office, result: SheetResult) -> tuple[Copied, ...]:
    """Return every field of a returned sheet, in printed order; of the pages that came back."""
    said: dict[str, list[Written]] = {}
    for each in handwriting.of_sheet(office.store, result.sheet.name):
        said.setdefault(each.field, []).append(each)
    return tuple(
        Copied(
            field,
            said[field.id][-1] if field.id in said else None,
            tuple(said.get(field.id, ())[:-1]),
            result.readings[number].signed if field.kind is FieldKind.SIGNATURE else None,
        )
        for number, field in _fields(result)
    )


def copied_of(office: Office, code: str, sheet: str) -> tuple[tuple[str, str], ...]:
    """Return what people copied from a sheet, each with the field's label."""
    result = find(office, code, sheet) if handwriting.of_sheet(office.store, sheet) else None
    return tuple(
        (each.field.label or _("Signature"), _("signed") if each.is_signature else each.held.text)
        for each in (fields_of(office, result) if result else ())
        if each.held is not None
    )


def field_picture(office: Office, crops: Crops, code: str, sheet: str, name: str) -> bytes | None:
    """Return the PNG of one field, or None where there is none. Raises SourceError where its scan is gone."""
    result = find(office, code, sheet)
    for number, field in _fields(result) if result else ():
        if field.id == name and result is not None:
            stored = next(page for page in result.sheet.pages if page.page.page == number)
            return crops.field(stored.scan.path, result.readings[number], field)
    return None


def copy(office: Office, result: SheetResult, name: str, text: str, who: str) -> bool:
    """Keep what a person copied; False where the sheet has no such field.

    For a signature `text` is "signed" or "unsigned": a sheet that a person finds unsigned does not count.
    """
    field = next((field for _page, field in _fields(result) if field.id == name), None)
    if field is None:
        return False
    if field.kind is not FieldKind.SIGNATURE:
        handwriting.add(office.store, [Written(result.sheet.name, name, tidy(text)[:LONGEST_TEXT], who)])
    elif text == "signed":
        handwriting.add(office.store, [Written(result.sheet.name, name, SIGNED, who)])
    elif text == "unsigned":
        office.store.add_verdicts([Verdict(result.sheet.name, "", (INVALID,), who, "", "not signed")])
    else:
        return False
    return True


def next_nameless(office: Office, code: str, sheet: str) -> str:
    """Return the next sheet of a unit by name on which nobody has read whose it is, "" for none."""
    waiting = sorted(
        each.sheet.name for each in office.sheets(unit=code) if is_nameless(each) and each.sheet.name != sheet
    )
    return next((name for name in waiting if name > sheet), waiting[0] if waiting else "")


def suggestions(office: Office, code: str, typed: str) -> tuple[str, ...]:
    """Return names of the unit's people that hold what was typed, tones and letter marks left out or not."""
    if not typed.strip():
        return ()
    whole, bare = folded_key(typed), bare_key(typed)
    names = tuple(dict.fromkeys(_names(office, code)))
    exact = [name for name in names if whole in folded_key(name)]
    near = [name for name in names if name not in exact and bare in bare_key(name)]
    return tuple((exact + near)[:_SUGGESTED])


def _names(office: Office, code: str) -> Iterator[str]:
    """Yield the people of a unit, those with the code behind the name who share it with another."""
    year = newest_roster(office.store)
    members = roster_of(office.store, year, [code]) if year is not None else ()
    count = Counter(folded_key(member.name) for member in members)
    yield from (
        persons.told(member) if count[folded_key(member.name)] > 1 else member.name for member in members
    )
    yield from (
        sheet.name for sheet in office.store.issued_sheets().values() if sheet.unit == code and sheet.name
    )


def _fields(result: SheetResult) -> Iterator[tuple[int, Field]]:
    for number in sorted(result.readings):
        yield from ((number, field) for field in result.layout.page(number).fields)
