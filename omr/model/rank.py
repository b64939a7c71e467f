"""Yearly ranks that people decided, counted (table 5); never computed from ticks."""

from __future__ import annotations

from dataclasses import dataclass

from omr.model.layout import FilledBy


@dataclass(frozen=True, slots=True)
class Ranks:
    """How many persons, or collectives, of a unit were given each rank, the highest first."""

    unit: str
    who: FilledBy
    excellent: int
    good: int
    done: int
    failed: int
