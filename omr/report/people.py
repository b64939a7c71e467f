"""Tables 3 and 4: the name list, and the sheets with a problem. They stay inside the unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from omr.i18n import _, ngettext
from omr.model.unit import IssuedSheet, Member, Status
from omr.report.rows import UNDETERMINED, FormHead, SheetNote, SheetRow
from omr.report.table import Column, Kind, Table, TableRow, Weight, make_table


def names_table(
    head: FormHead, members: Sequence[Member], issued: Sequence[IssuedSheet], sheets: Sequence[SheetRow]
) -> Table:
    """Return table 3 of a form: everyone of the roster in its order, then sheets printed for nobody by name.

    issued, sheets: those of the form.
    """
    back = {sheet.sheet: sheet for sheet in sheets}
    printed = {sheet.person: sheet for sheet in issued if sheet.person}
    known = {member.code for member in members}
    people = [(member.code, member.name, _status(member), printed.get(member.code)) for member in members]
    people += [(sheet.person, sheet.name, "", sheet) for sheet in issued if sheet.person not in known]
    shown = {sheet.serial for _code, _name, _state, sheet in people if sheet is not None}
    rows = [
        (
            code,
            name,
            status,
            "" if sheet is None else sheet.serial,
            back.get("" if sheet is None else sheet.serial),
        )
        for code, name, status, sheet in people
    ]
    rows += [("", "", "", sheet.sheet, sheet) for sheet in sheets if sheet.sheet not in shown]
    body = (
        TableRow(
            serial or code,
            Weight.PLAIN,
            (str(order), code, name, status, serial, *_came_to(head, serial, row)),
        )
        for order, (code, name, status, serial, row) in enumerate(rows, start=1)
    )
    return make_table(_("NAME LIST"), _name_columns(), tuple(body))


def _name_columns() -> tuple[Column, ...]:
    return (
        Column("order", _("No."), Kind.ORDER),
        Column("code", _("Code"), Kind.SHORT),
        Column("name", _("Full name"), Kind.TEXT),
        Column("status", _("Status"), Kind.SHORT),
        Column("sheet", _("Sheet"), Kind.SHORT),
        Column("returned", _("Handed in"), Kind.SHORT),
        Column("declared", _("Declared level"), Kind.SHORT),
        Column("level", _("Self-assessed level (computed by rule)"), Kind.SHORT),
        Column("note", _("Note"), Kind.TEXT),
    )


def _status(member: Member) -> str:
    return {Status.DUE: _("due"), Status.EXEMPT: _("exempt"), Status.SUSPENDED: _("suspended")}[member.status]


def _came_to(head: FormHead, serial: str, row: SheetRow | None) -> tuple[str, str, str, str]:
    """Return whether a sheet came back, its declared and its computed level, and what is to be said of it."""
    if row is None:
        return (_("not handed in") if serial else _("no sheet printed")), "", "", ""
    labels = {level.id: level.label for level in head.levels} | {UNDETERMINED: _("Undetermined")}
    handed = _("valid") if row.valid else _("invalid")
    level = labels.get(row.level, row.level) if row.valid else ""
    return (
        handed,
        labels.get(row.declared, row.declared),
        level,
        "; ".join(what for what, _do in problems(row)),
    )


def problems_table(issued: Mapping[str, IssuedSheet], sheets: Sequence[SheetRow]) -> Table:
    """Return table 4: every sheet with a problem, a row a problem, and what to do about it."""
    rows = [
        (sheet.sheet, issued[sheet.sheet].name if sheet.sheet in issued else "", what, remedy)
        for sheet in sheets
        for what, remedy in problems(sheet)
    ]
    columns = (
        Column("order", _("No."), Kind.ORDER),
        Column("sheet", _("Sheet"), Kind.SHORT),
        Column("name", _("Full name"), Kind.TEXT),
        Column("problem", _("Problem"), Kind.TEXT),
        Column("remedy", _("What to do"), Kind.TEXT),
    )
    body = (TableRow(row[0], Weight.PLAIN, (str(order), *row)) for order, row in enumerate(rows, start=1))
    return make_table(_("SHEETS WITH A PROBLEM"), columns, tuple(body))


def problems(sheet: SheetRow) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a sheet, each with what to do."""
    told = {
        SheetNote.INCOMPLETE: (_("pages are missing"), _("Find the missing pages and scan them.")),
        SheetNote.UNISSUED: (_("not issued here"), _("Find out whose it is and where it belongs.")),
        SheetNote.PROVISIONAL: (_("the level is to be confirmed"), _("A person looks at it and confirms.")),
        SheetNote.UNSIGNED: (_("seems unsigned"), _("Give it back to be signed.")),
        SheetNote.CONTRADICTION: (_("contradicts itself"), _("Ask the writer; then decide at the desk.")),
        SheetNote.DECLARED_DIFFERS: (
            _("declared and computed level differ"),
            _("Both are printed; neither overwrites the other."),
        ),
    }
    yield from (told[note] for note in sheet.notes if note in told)
    if not sheet.valid and SheetNote.INCOMPLETE not in sheet.notes:
        yield _("a person said that it does not count"), _("Nothing, or say otherwise at the desk.")
    if sheet.valid and sheet.unclear:
        count = len(sheet.unclear)
        yield (
            ngettext("{n} row is unclear", "{n} rows are unclear", count).format(n=count),
            _("Settle them at the desk."),
        )
