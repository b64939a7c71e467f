"""Samples for the random check, and what people found: two chained tables."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple

from omr.model.check import TAKEN_BACK, Check, Draw, DrawnBox, Place, Stratum
from omr.model.verdict import Verdict
from omr.store import chain
from omr.store.database import Database, now
from omr.store.log import log


def keep(store: Database, draw: Draw) -> Draw:
    """Keep a sample and return it; where one of its name was kept before, return that one."""
    with store.transaction():
        found = _find(store, "name = ?", (draw.name,))
        if found:
            return found[0]
        strata, boxes = ([astuple(each) for each in many] for many in (draw.strata, draw.boxes))
        body = [draw.size, draw.seed, draw.levels, draw.sheets, strata, boxes]
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        row = (draw.at or now(), draw.name, draw.unit, str(draw.year), text, draw.by)
        chain.append(store.db, "drawn", [row])
        log(store.db, "sample drawn", draw.name, draw.by, draw.unit)
        return _find(store, "name = ?", (draw.name,))[0]


def draws(store: Database, unit: str | None = None, year: int | None = None) -> tuple[Draw, ...]:
    """Return every sample, of `unit` and `year` alone where given, oldest first."""
    where = "(?1 IS NULL OR unit = ?1) AND (?2 IS NULL OR year = ?2)"
    return _find(store, where, (unit, None if year is None else str(year)))


def add(store: Database, checks: Sequence[Check], verdicts: Sequence[Verdict] = (), unit: str = "") -> None:
    """Append what people found, and what they said about its rows, wholly or not at all; the log has both."""
    at = now()
    with store.transaction():
        rows = [
            (c.at or at, c.draw, c.sheet, c.question, c.choice, c.state, c.truth, c.reviewer) for c in checks
        ]
        chain.append(store.db, "checked", rows)
        said = [(v.at or at, v.sheet, v.question, "|".join(v.chosen), v.reviewer, v.reason) for v in verdicts]
        chain.append(store.db, "verdict", said)
        for (draw, who), boxes in Counter((check.draw, check.reviewer) for check in checks).items():
            log(store.db, "boxes checked", f"{draw}: {boxes}", who, unit)
        for v in verdicts:
            log(store.db, "verdict", f"{v.sheet} {v.question}: {'|'.join(v.chosen)}", v.reviewer, unit)


def standing(store: Database, draw: str) -> dict[Place, Check]:
    """Return what holds of the checks under one name: the newest of each box, none that is taken back."""
    rows = store.rows(
        "SELECT draw, sheet, question, choice, state, truth, reviewer, at FROM checked WHERE draw = ?"
        " ORDER BY id",
        (draw,),
    )
    newest = {check.place: check for check in (Check(*row) for row in rows)}
    return {place: check for place, check in newest.items() if check.truth != TAKEN_BACK}


def _find(store: Database, where: str, values: Sequence[object]) -> tuple[Draw, ...]:
    rows = store.rows(f"SELECT at, unit, year, body, reviewer FROM drawn WHERE {where} ORDER BY id", values)
    return tuple(_draw(*row) for row in rows)


def _draw(at: str, unit: str, year: str, body: str, by: str) -> Draw:
    size, seed, levels, sheets, strata, boxes = json.loads(body)
    return Draw(
        unit=unit,
        year=int(year),
        size=size,
        seed=seed,
        strata=tuple(Stratum(*row) for row in strata),
        boxes=tuple(DrawnBox(*row) for row in boxes),
        sheets=tuple(sheets),
        levels=levels,
        by=by,
        at=at,
    )
