"""Which cells of table 2 are not shown above the unit, so that nobody's tick can be told from it.

An item ticked by fewer than three people is not shown, and nor are further cells, so that no subtraction
gives it away (complementary cell suppression: L. H. Cox, J. Amer. Statist. Assoc. 75 (1980), 377-385).
Table 2 is a network (`omr.report.network`): a hidden cell is safe where another table has the same shown
numbers and another value in that cell.
Where nobody at all ticked a choice in a section, the zeros are shown unless they would give another cell
away: there is nobody to protect, and the levels of table 1 say so anyway.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass

from omr.report.network import Arc, Network
from omr.report.outline import WHOLE, outline
from omr.report.rows import FormHead
from omr.report.tally import Tally, Tick

FEWEST = 3
"""People a shown item cell, or the sum of cells not shown, stands for at least (DOMAIN)."""


@dataclass(frozen=True, slots=True)
class _Sum:
    """Cells that add up to one: a group's items or parts in a choice, or a row's choices (whole None)."""

    whole: Tick | None
    parts: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    """A table 2 while cells of it are being hidden.

    levels: table 1 has levels, which tell on how many sheets a section was ticked.
    """

    counts: Tally
    sums: tuple[_Sum, ...]
    values: Mapping[Tick, int]
    hidden: Collection[Tick]
    levels: bool

    def bounds_of_group(self, group: Tick) -> tuple[int, int]:
        """Return how often the items of a hidden group can have been ticked, by what is known of sheets."""
        sheets = self.counts.sheets.get(group, 0) if self._told(group) else 0
        return sheets, sum(self.counts.ticks.values()) + 1

    def most(self, item: Tick, above: Mapping[Tick, Tick]) -> int:
        """Return how often a hidden item can have been ticked: once a sheet its groups were ticked on."""
        most, at = self.counts.valid, above.get(item)
        while at is not None:
            if self._told(at):
                most = min(most, self.counts.sheets.get(at, 0))
            at = above.get(at)
        return most

    def _told(self, group: Tick) -> bool:
        """True where it is known on how many sheets a group was ticked."""
        of_levels = self.levels and (group[0].startswith("section:") or group[0] == WHOLE)
        return of_levels or group not in self.hidden


def hidden_cells(head: FormHead, counts: Tally) -> frozenset[Tick]:
    """Return the cells of table 2, by row and choice, that are not shown; their percents are not either."""
    sums = _sums(head)
    values = {cell: counts.ticks.get(cell, 0) for each in sums for cell in _cells(each)}
    hidden = set(_small(head, values))
    while more := _next(_Table(counts, sums, values, hidden, bool(head.levels))):
        hidden.add(more)
    return frozenset(hidden)


def _small(head: FormHead, values: Mapping[Tick, int]) -> Iterator[Tick]:
    section_of = {WHOLE: WHOLE}
    for section in outline(head):
        for part, items in section.runs:
            section_of |= dict.fromkeys((item.id for item in items), section.group.id)
            if part is not None:
                section_of[part.id] = section.group.id
        section_of[section.group.id] = section.group.id
    for (row, choice), value in values.items():
        if value < FEWEST and values[section_of[row], choice]:
            yield row, choice


def _sums(head: FormHead) -> tuple[_Sum, ...]:
    """Return every sum that a reader of table 2 can check."""
    found: list[_Sum] = []
    for choice in dict.fromkeys(choice.id for item in head.items for choice in item.choices):
        found += _sums_of_choice(head, choice)
    rows: dict[str, list[Tick]] = {}
    for cell in dict.fromkeys(cell for each in found for cell in _cells(each)):
        rows.setdefault(cell[0], []).append(cell)
    return (*found, *(_Sum(None, tuple(cells)) for cells in rows.values() if len(cells) > 1))


def _sums_of_choice(head: FormHead, choice: str) -> Iterator[_Sum]:
    """Yield the sums of one column: parts of items, sections of parts, the whole of sections."""
    offered = {item.id for item in head.items if choice in {each.id for each in item.choices}}
    tops: list[Tick] = []
    for section in outline(head):
        below: list[Tick] = []
        for part, items in section.runs:
            cells = tuple((item.id, choice) for item in items if item.id in offered)
            if part is not None and len(items) > 1 and cells:
                yield _Sum((part.id, choice), cells)
                below.append((part.id, choice))
            else:
                below += cells
        if below:
            yield _Sum((section.group.id, choice), tuple(below))
            tops.append((section.group.id, choice))
    yield _Sum((WHOLE, choice), tuple(tops))


def _cells(each: _Sum) -> tuple[Tick, ...]:
    return each.parts if each.whole is None else (each.whole, *each.parts)


def _next(table: _Table) -> Tick | None:
    """Return one more cell to hide, or None where all that are hidden are safe."""
    hidden, values = table.hidden, table.values
    for each in table.sums:
        inside = [cell for cell in _cells(each) if cell in hidden]
        together = sum(values[cell] for cell in inside)
        if inside and each.whole not in hidden and (len(inside) == 1 or together < FEWEST):
            found = _smallest((cell for cell in _cells(each) if cell not in hidden), values, each.whole)
            if found:
                return found
    network = _network(table)
    for cell in sorted(hidden):
        if not network.can_change(cell):
            around = {other for each in table.sums if cell in _cells(each) for other in _cells(each)}
            found = _smallest((other for other in around if other not in hidden), values, None)
            if found:
                return found
    return None


def _smallest(cells: Iterator[Tick], values: Mapping[Tick, int], last: Tick | None) -> Tick | None:
    """Return the cell that loses least; the whole of a sum only where nothing else is left."""
    return min(cells, key=lambda cell: (cell == last, values[cell] == 0, values[cell], cell), default=None)


def _network(table: _Table) -> Network:
    """Ticks flow from the items through their groups to the whole; what is shown is a pipe of known flow.

    A reader is taken to know how many sheets answered a row of several boxes.
    """
    above = {cell: each.whole for each in table.sums if each.whole for cell in each.parts}
    grouped = {each.whole for each in table.sums if each.whole}
    rows = {cell for each in table.sums if each.whole is None for cell in each.parts}
    arcs = []
    for cell, value in table.values.items():
        start: Hashable = cell if cell in grouped else ("row", cell[0]) if cell in rows else "source"
        least, most = (value, value)
        if cell in table.hidden:
            least, most = table.bounds_of_group(cell) if cell in grouped else (0, table.most(cell, above))
        arcs.append(Arc(cell, start, above.get(cell, "source"), value, least, most))
    return Network(arcs)
