"""Who gets a printed sheet: the people of a file, or those of the store's roster who have none yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from omr.errors import UsageError
from omr.forms.issue import Recipient
from omr.i18n import _
from omr.model.layout import Layout
from omr.model.unit import Status, Unit, under
from omr.people.members import who
from omr.people.names import folded_key
from omr.people.roster import Person, read_roster
from omr.people.units import UnitNames
from omr.store.store import Store
from omr.store.units import roster_of, tree_of


def of_file(store: Store, layout: Layout, path: Path, unit: str | None) -> tuple[Recipient, ...]:
    """Return the people of a roster file; a unit of the tree may be written by its name.

    Raises RosterError that lists every fault with its line and remedy.
    """
    units = tree_of(store, layout.year)
    names = UnitNames(units)
    return _recipients(layout, units, [_in_tree(each, names) for each in read_roster(path, unit=unit)])


def of_members(store: Store, layout: Layout, unit: str | None) -> tuple[Recipient, ...]:
    """Return who hands in at `unit` or below it (all where None), is due, and has no sheet of this form.

    Raises UsageError where there is nobody.
    """
    units = tree_of(store, layout.year)
    below = None if unit is None else under(units, unit)
    due = [m for m in roster_of(store, layout.year, below) if m.hands_in and m.status is Status.DUE]
    served = {
        (folded_key(sheet.person), folded_key(sheet.name))
        for sheet in store.issued_sheets().values()
        if sheet.person and (sheet.layout, sheet.year) == (layout.id, layout.year)
    }
    left = [member for member in due if who(member) not in served]
    if not left:
        message = (
            _("Everybody due in {unit} has a sheet of this form already. To replace one: --reprint SHEET.")
            if due
            else _("Nobody is due in {unit}. Take the people of {year} in first: `omr roster import FILE`.")
        )
        raise UsageError(message.format(unit=unit or _("any unit"), year=layout.year))
    people = [Person(m.code, m.name, m.unit, row, m.extra) for row, m in enumerate(left, start=1)]
    return _recipients(layout, units, people)


def _in_tree(person: Person, names: UnitNames) -> Person:
    """Return the person with their unit's code, where what is written means one unit of the tree."""
    found = names.find(person.unit)
    return replace(person, unit=found[0]) if len(found) == 1 else person


def _recipients(layout: Layout, units: Iterable[Unit], people: Sequence[Person]) -> tuple[Recipient, ...]:
    """Return what is printed for each person; a unit is printed by its name."""
    names = {unit.code: unit.name for unit in units}
    columns = sorted({field.roster for page in layout.pages for field in page.fields if field.roster})
    return tuple(
        Recipient(
            person.code,
            person.name,
            person.unit,
            tuple(
                (column, names.get(person.unit, person.unit) if column == "unit" else person.value(column))
                for column in columns
            ),
        )
        for person in people
    )
