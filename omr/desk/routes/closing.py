"""Signing a unit off, and opening it again."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from omr.desk.closing import reopen, sign
from omr.desk.routes.units import unit_page
from omr.desk.sessions import NOBODY
from omr.errors import ClosedError, OmrError
from omr.i18n import _

router = APIRouter()

_LONGEST = 500
"""Characters of a reason: it is printed on the report."""


@router.post("/units/{code}/closing")
def close(request: Request, code: str) -> Response:
    """Sign a unit off, all the same where a reason is told, or open it again."""
    form, session = request.state.form, request.state.session
    do, year = form.get("do", ""), form.get("year", "")
    if do not in {"close", "override", "reopen"} or not year.isdecimal():
        raise HTTPException(404)
    reason = form.get("reason", "").strip()[:_LONGEST]
    if session.who == NOBODY:
        return unit_page(request, code, _("Say your name first: every decision bears one."))
    if do == "override" and not reason:
        return unit_page(request, code, _("Say why it is signed although something is open."))
    with request.app.state.config.opened() as office:
        try:
            if do == "reopen":
                reopen(office, code, int(year), session.who, reason)
            else:
                why = reason if do == "override" else ""
                sign(office, code, int(year), session.who, why, form.get("seen", ""))
        except ClosedError:
            raise
        except OmrError as refused:
            fault = str(refused)
        else:
            return RedirectResponse(f"/units/{quote(code, safe='')}", 303)
    return unit_page(request, code, fault)
