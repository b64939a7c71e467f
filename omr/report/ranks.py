"""Table 5: the yearly ranks that people decided, typed in beside the tables; never computed from ticks.

The cap: at most 20 % of those ranked "hoàn thành tốt nhiệm vụ" may be ranked "hoàn thành xuất sắc nhiệm vụ".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from omr.i18n import _
from omr.model.layout import FilledBy
from omr.model.rank import RANKS, Ranks
from omr.report.numbers import percent
from omr.report.outline import WHOLE
from omr.report.table import Column, Kind, Table, TableRow, Weight, make_table

CAP_PERCENT = 20
"""Of those ranked tốt, how many may be ranked xuất sắc at most, percent (DOMAIN)."""


def ranks_table(rows: Sequence[Ranks], names: Mapping[str, str]) -> Table:
    """Return table 5: collectives and persons apart, each with its total and whether it keeps to the cap.

    names: of the units, by code.
    """
    body: list[TableRow] = []
    for who in (FilledBy.COLLECTIVE, FilledBy.PERSON):
        own = [row for row in rows if row.who is who]
        if not own:
            continue
        body += [
            _line(f"{who}/{row.unit}", Weight.PLAIN, str(at), names.get(row.unit, row.unit), row)
            for at, row in enumerate(own, start=1)
        ]
        sums = [sum(row.counts[at] for row in own) for at in range(len(RANKS))]
        whole = Ranks("", who, (sums[0], sums[1], sums[2], sums[3]))
        body.append(_line(f"{who}/{WHOLE}", Weight.SECTION, "", _("Total"), whole))
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


def _line(key: str, weight: Weight, order: str, name: str, row: Ranks) -> TableRow:
    who = _("Collectives") if row.who is FilledBy.COLLECTIVE else _("Persons")
    excellent, good = row.counts[0], row.counts[1]
    above = 100 * excellent > CAP_PERCENT * good
    share = percent(excellent, good)
    return TableRow(
        key, weight,
        (
            order, name, who, *row.counts, sum(row.counts), share,
            _("above the cap") if above else _("kept"),
        ),
    )  # fmt: skip
