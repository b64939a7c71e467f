"""Organisations and the sheets issued to them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation; `parent` is the code of the one above, "" at the top."""

    code: str
    name: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class IssuedSheet:
    """A sheet that was printed. `person` is the roster's code of the person, "" for a blank copy."""

    serial: str
    layout: str
    version: str
    digest: str
    year: int
    unit: str
    pages: int
    person: str = ""
    name: str = ""
    master: bool = False
