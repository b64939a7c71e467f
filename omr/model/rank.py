"""Yearly ranks that people decided, counted (table 5); never computed from ticks."""

from __future__ import annotations

from dataclasses import dataclass

from omr.model.layout import FilledBy

RANKS = ("excellent", "good", "done", "failed")


@dataclass(frozen=True, slots=True)
class Ranks:
    """How many persons, or collectives, of a unit were given each rank, in the order of `RANKS`."""

    unit: str
    who: FilledBy
    counts: tuple[int, int, int, int]
