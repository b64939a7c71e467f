"""The order of table 2: sections, manifestations within them, items within those."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from omr.model.layout import Question
from omr.report.rows import FormHead

WHOLE = "total"
"""Id of the group of all items."""


@dataclass(frozen=True, slots=True)
class ItemGroup:
    """Items that have a subtotal: those of a section (`title`), or those that share a number ("A4")."""

    id: str
    number: str
    title: str
    items: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class SectionOutline:
    """A section with its runs of items; a run of one manifestation has a subtotal, another has None."""

    group: ItemGroup
    runs: tuple[tuple[ItemGroup | None, tuple[Question, ...]], ...]


def outline(head: FormHead) -> tuple[SectionOutline, ...]:
    """Return the sections of a form that have items, in printed order."""
    sections = []
    for section in head.sections:
        items = tuple(item for item in head.items if item.section == section.id)
        if items:
            group = ItemGroup(f"section:{section.id}", "", section.title, items)
            sections.append(SectionOutline(group, tuple(_runs(section.id, items))))
    return tuple(sections)


def groups(head: FormHead) -> tuple[ItemGroup, ...]:
    """Return every group that has a subtotal, the whole last."""
    found: list[ItemGroup] = []
    for section in outline(head):
        found.append(section.group)
        found.extend(group for group, _items in section.runs if group is not None)
    return (*found, ItemGroup(WHOLE, "", "", head.items))


def _runs(section: str, items: Sequence[Question]) -> Iterator[tuple[ItemGroup | None, tuple[Question, ...]]]:
    """Neighbours "A4.1", "A4.2" … belong to manifestation A4; numbers without a dot belong to none."""
    for stem, run in groupby(items, key=lambda item: item.number.rpartition(".")[0]):
        together = tuple(run)
        yield (ItemGroup(f"part:{section}:{stem}", stem, "", together) if stem else None), together
