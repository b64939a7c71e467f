"""The sheets of a unit, and one sheet with its pages, answers and score."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from omr.audit.crops import Crops
from omr.desk.access import sees_names
from omr.desk.handwriting import copied_of
from omr.desk.render import page
from omr.desk.sessions import NOBODY
from omr.desk.sheets import find, one_sheet, unit_sheets
from omr.errors import SourceError
from omr.model.verdict import UNDONE, Verdict

router = APIRouter()

_BLANK = "=blank"


@router.get("/units/{code}/sheets")
def sheets(request: Request, code: str) -> Response:
    """Every returned sheet of a unit."""
    with request.app.state.config.opened() as office:
        if code not in office.store.units():
            raise HTTPException(404)
        return page(
            request,
            "sheets.html",
            code=code,
            sheets=unit_sheets(office, code),
            writes=sees_names(request.state.session.role),
        )


@router.get("/units/{code}/sheets/{sheet}")
def one(request: Request, code: str, sheet: str) -> Response:
    """One sheet; the look is logged."""
    with request.app.state.config.opened() as office:
        found = one_sheet(office, code, sheet)
        if found is None:
            raise HTTPException(404)
        writes = sees_names(request.state.session.role)
        copied = copied_of(office, code, sheet) if writes else ()
        office.store.record("sheet looked at", sheet, who=request.state.session.who, unit=code)
    named = request.state.session.who != NOBODY
    return page(request, "sheet.html", code=code, sheet=found, named=named, writes=writes, copied=copied)


@router.get("/units/{code}/sheets/{sheet}/{number}.png")
def picture(request: Request, code: str, sheet: str, number: int) -> Response:
    """A page with what was read drawn on it; only who may sees what people wrote by hand."""
    crops: Crops = request.app.state.audits.crops
    with request.app.state.config.opened() as office:
        found = find(office, code, sheet)
        stored = (
            next((each for each in found.sheet.pages if each.page.page == number), None) if found else None
        )
        if found is None or stored is None:
            raise HTTPException(404)
        covered = not sees_names(request.state.session.role)
        try:
            body = crops.overlay(
                stored.scan.path, found.readings[number], found.layout.page(number), covered=covered
            )
        except SourceError as gone:
            raise HTTPException(404) from gone
        # By itself too: the picture can be had without the page around it.
        office.store.record("page looked at", f"{sheet} {number}", who=request.state.session.who, unit=code)
    return Response(body, media_type="image/png")


@router.post("/units/{code}/sheets/{sheet}")
def decide(request: Request, code: str, sheet: str) -> Response:
    """Keep what a person decided about a row of the sheet, whatever it was before."""
    form, session = request.state.form, request.state.session
    back = RedirectResponse(f"/units/{quote(code, safe='')}/sheets/{quote(sheet, safe='')}", 303)
    if session.who == NOBODY:
        return back
    with request.app.state.config.opened() as office:
        found = one_sheet(office, code, sheet)
        rows = {row.question.id: row for row in found.rows} if found else {}
        row = rows.get(form.get("question", ""))
        chosen = form.get("chosen", "")
        if row is None or chosen not in {_BLANK, *UNDONE, *(choice.id for choice in row.question.choices)}:
            raise HTTPException(404)
        answer = () if chosen == _BLANK else (chosen,)
        verdict = Verdict(sheet, row.question.id, answer, session.who, "", "sheet page")
        office.store.add_verdicts([verdict], unit=code)
    return back
