"""The doubtful rows of a unit."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from omr.desk import people
from omr.desk.audit import Audits, NoSuchUnitError, Shown
from omr.desk.render import page, refused
from omr.errors import SourceError
from omr.store.accounts import Accounts

router = APIRouter()


@router.get("/units/{code}/audit")
def audit(request: Request, code: str) -> Response:
    """The open rows of a unit, one by one."""
    session = request.state.session
    try:
        shown = request.app.state.audits.enter(code, session.who)
    except NoSuchUnitError as unknown:
        raise HTTPException(404) from unknown
    return page(request, "audit.html", code=code, shown=shown)


@router.post("/units/{code}/audit")
def introduce(request: Request, code: str) -> Response:
    """Take the name that verdicts bear from here on."""
    with request.app.state.config.opened() as office:
        typed = request.state.form.get("who", "")
        if fault := people.introduce(Accounts(office.store), request.state.session, typed):
            return refused(request, fault)
    return RedirectResponse(f"/units/{quote(code, safe='')}/audit", 303)


@router.get("/units/{code}/audit/{card}/row.png")
def row_picture(request: Request, code: str, card: str, *, narrow: bool = False) -> Response:
    """The row of a card as it was scanned; narrow: its boxes alone, for a phone."""
    try:
        picture = request.app.state.audits.picture(code, card, narrow=narrow)
        return Response(picture, media_type="image/png")
    except (NoSuchUnitError, SourceError) as missing:
        raise HTTPException(404) from missing


@router.post("/units/{code}/audit/{card}")
def decide(request: Request, code: str, card: str) -> Response:
    """Keep what a person decided about a card, and show the next one."""
    audits: Audits = request.app.state.audits
    try:
        shown: Shown = audits.decide(code, card, request.state.session.who, request.state.form.get("do", ""))
    except NoSuchUnitError as unknown:
        raise HTTPException(404) from unknown
    if "hx-request" in request.headers:
        return page(request, "card.html", code=code, shown=shown)
    return RedirectResponse(f"/units/{quote(code, safe='')}/audit", 303)
