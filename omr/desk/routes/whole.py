"""Deciding about a sheet as a whole: whether it counts, and why it did not come back."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from omr.desk.access import sees_names
from omr.desk.config import Office
from omr.desk.render import page, refused
from omr.desk.sessions import NOBODY
from omr.desk.sheets import find
from omr.desk.whole import CHOICES, absent_sheets, decide
from omr.errors import ClosedError, OmrError
from omr.i18n import _
from omr.model.verdict import ABSENT, UNDONE

router = APIRouter()

_LONGEST = 500
"""Characters of a reason."""


@router.post("/units/{code}/sheets/{sheet}/whole")
def whole(request: Request, code: str, sheet: str) -> Response:
    """Keep whether a sheet counts."""
    chosen = request.state.form.get("chosen", "")
    with request.app.state.config.opened() as office:
        if chosen not in CHOICES or find(office, code, sheet) is None:
            raise HTTPException(404)
        fault = _decided(request, office, code, sheet, chosen)
    back = f"/units/{quote(code, safe='')}/sheets/{quote(sheet, safe='')}"
    return refused(request, fault) if fault else RedirectResponse(back, 303)


@router.get("/units/{code}/absent")
def absent(request: Request, code: str) -> Response:
    """The sheets of a unit that have not come back."""
    return _absent(request, code, "")


@router.post("/units/{code}/absent")
def explain(request: Request, code: str) -> Response:
    """Keep why a sheet stays away, or take that back."""
    form = request.state.form
    sheet, chosen = form.get("sheet", ""), form.get("chosen", "")
    with request.app.state.config.opened() as office:
        known = {each.sheet for each in absent_sheets(office, code)}
        if chosen not in {ABSENT, *UNDONE} or sheet not in known:
            raise HTTPException(404)
        fault = _decided(request, office, code, sheet, chosen)
    if fault:
        return _absent(request, code, fault)
    return RedirectResponse(f"/units/{quote(code, safe='')}/absent", 303)


def _decided(request: Request, office: Office, code: str, sheet: str, chosen: str) -> str:
    """Keep a verdict; return why not, or ""."""
    who = request.state.session.who
    if who == NOBODY:
        return _("Say your name first: every decision bears one.")
    reason = request.state.form.get("reason", "").strip()[:_LONGEST]
    try:
        decide(office, code, sheet, chosen, who, reason)
    except ClosedError:
        raise
    except OmrError as lacking:
        return str(lacking)
    return ""


def _absent(request: Request, code: str, fault: str) -> Response:
    session = request.state.session
    with request.app.state.config.opened() as office:
        if code not in office.store.units():
            raise HTTPException(404)
        found = absent_sheets(office, code)
    shown = page(
        request,
        "absent.html",
        code=code,
        sheets=found,
        fault=fault,
        named=session.who != NOBODY,
        names=sees_names(session.role),
    )
    shown.status_code = 422 if fault else 200
    return shown
