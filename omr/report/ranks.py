"""Table 5: the yearly ranks that people decided, typed in beside the tables; never computed from ticks.

The cap: at most 20 % of those ranked "hoàn thành tốt nhiệm vụ" may be ranked "hoàn thành xuất sắc nhiệm vụ".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from omr.errors import RosterError
from omr.i18n import _
from omr.model.layout import FilledBy
from omr.people.headings import cell, columns_of, head_and_rows, refuse_faults, refuse_lacking
from omr.people.names import folded_key
from omr.people.tablefile import read_rows
from omr.report.numbers import percent
from omr.report.outline import WHOLE
from omr.report.table import Column, Kind, Table, TableRow, Weight, make_table

CAP_PERCENT = 20
"""Of those ranked tốt, how many may be ranked xuất sắc at most, percent (DOMAIN)."""

RANKS = ("excellent", "good", "done", "failed")

ALIASES: Mapping[str, tuple[str, ...]] = {
    "unit": ("unit", "đơn vị", "tên đơn vị"),
    "who": ("who", "đối tượng"),
    "excellent": ("excellent", "hoàn thành xuất sắc nhiệm vụ", "hoàn thành xuất sắc", "xuất sắc"),
    "good": ("good", "hoàn thành tốt nhiệm vụ", "hoàn thành tốt", "tốt"),
    "done": ("done", "hoàn thành nhiệm vụ", "hoàn thành"),
    "failed": ("failed", "không hoàn thành nhiệm vụ", "không hoàn thành"),
}

_WHO = {
    FilledBy.PERSON: ("person", "persons", "cá nhân"),
    FilledBy.COLLECTIVE: ("collective", "collectives", "tập thể"),
}


@dataclass(frozen=True, slots=True)
class RankRow:
    """How many persons, or collectives, of a unit were given each rank, in the order of `RANKS`."""

    unit: str
    who: FilledBy
    counts: tuple[int, int, int, int]


def read_ranks(path: Path) -> tuple[RankRow, ...]:
    """Return the rows of a table of ranks (CSV, XLSX). Raises RosterError with every faulty line."""
    head, rows = head_and_rows(path, read_rows(path), tuple(ALIASES.values()), ", ".join(ALIASES))
    columns = columns_of(head, ALIASES)
    refuse_lacking(path, head, [ALIASES[name][-1] for name in ALIASES if columns[name] is None])
    found, faults = [], []
    for row in rows:
        values = {name: cell(row, at) for name, at in columns.items()}
        try:
            found.append(_row(values))
        except ValueError as error:
            faults.append(_("{file}, line {line}: {fault}").format(file=path, line=row.line, fault=error))
    refuse_faults(faults)
    twice = {
        (row.unit, row.who) for row in found if sum((row.unit, row.who) == (o.unit, o.who) for o in found) > 1
    }
    if twice:
        raise RosterError(
            _("{file}: {unit} has two rows for the same. Keep one.").format(
                file=path, unit=min(unit for unit, _who in twice)
            )
        )
    return tuple(found)


def _row(values: Mapping[str, str]) -> RankRow:
    who = next(
        (who for who, names in _WHO.items() if folded_key(values["who"]) in map(folded_key, names)), None
    )
    if who is None:
        raise ValueError(_("say for whom it is: persons (cá nhân) or collectives (tập thể)."))
    counts = []
    for name in RANKS:
        text = values[name].replace(".", "") or "0"
        if not text.isdecimal():
            raise ValueError(_("{text} is no number.").format(text=values[name]))
        counts.append(int(text))
    return RankRow(values["unit"], who, (counts[0], counts[1], counts[2], counts[3]))


def ranks_table(rows: Sequence[RankRow]) -> Table:
    """Return table 5: collectives and persons apart, each with its total and whether it keeps to the cap."""
    body: list[TableRow] = []
    for who in (FilledBy.COLLECTIVE, FilledBy.PERSON):
        own = [row for row in rows if row.who is who]
        if not own:
            continue
        body += [
            _line(f"{who}/{row.unit}", Weight.PLAIN, str(at), row) for at, row in enumerate(own, start=1)
        ]
        sums = [sum(row.counts[at] for row in own) for at in range(len(RANKS))]
        whole = RankRow(_("Total"), who, (sums[0], sums[1], sums[2], sums[3]))
        body.append(_line(f"{who}/{WHOLE}", Weight.SECTION, "", whole))
    return make_table(_("RANKS DECIDED BY THE UNITS"), _columns(), tuple(body))


def ranks_remark() -> str:
    """Return what is to be said below table 5."""
    return _("Ranks were decided by people and typed in; they are not computed from ticks.")


def _columns() -> tuple[Column, ...]:
    group = _("Rank")
    return (
        Column("order", _("No."), Kind.ORDER),
        Column("unit", _("Unit"), Kind.TEXT),
        Column("who", _("For"), Kind.SHORT),
        Column("excellent", _("Task completed excellently"), Kind.COUNT, group),
        Column("good", _("Task completed well"), Kind.COUNT, group),
        Column("done", _("Task completed"), Kind.COUNT, group),
        Column("failed", _("Task not completed"), Kind.COUNT, group),
        Column("all", _("Together"), Kind.COUNT, group),
        Column("share", _("Excellent, of those completed well (%)"), Kind.PERCENT),
        Column("cap", _("Cap of 20 %"), Kind.SHORT),
    )


def _line(name: str, weight: Weight, order: str, row: RankRow) -> TableRow:
    who = _("Collectives") if row.who is FilledBy.COLLECTIVE else _("Persons")
    excellent, good = row.counts[0], row.counts[1]
    above = 100 * excellent > CAP_PERCENT * good
    share = percent(excellent, good)
    return TableRow(
        name, weight,
        (
            order, row.unit, who, *row.counts, sum(row.counts), share,
            _("above the cap") if above else _("kept"),
        ),
    )  # fmt: skip
