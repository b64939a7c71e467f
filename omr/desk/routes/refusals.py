"""What to do about refused scans, one by one, and which pages to scan again."""

from __future__ import annotations

from urllib.parse import quote

import numpy as np
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from numpy.typing import NDArray

from omr.audit.crops import Crops
from omr.batch.refusals import Refusal
from omr.desk.config import Office
from omr.desk.refusals import read_again, settle, shown, unit_refusal, unit_refusals, wanted_pages
from omr.desk.render import page
from omr.desk.sessions import NOBODY
from omr.errors import OmrError, SourceError
from omr.i18n import _
from omr.model.settlement import Way

router = APIRouter()

_SAID = {Way.BLANK, Way.FOREIGN, Way.RESCAN, Way.RESCANNED, Way.OPEN}


@router.get("/units/{code}/rejections")
def rejections(request: Request, code: str) -> Response:
    """Every refused scan of a unit."""
    with request.app.state.config.opened() as office:
        if code not in office.store.units():
            raise HTTPException(404)
        return page(request, "rejections.html", code=code, refused=unit_refusals(office, code))


@router.get("/units/{code}/rescans")
def rescans(request: Request, code: str) -> Response:
    """The pages to be scanned again, to be printed and taken to the scanner."""
    with request.app.state.config.opened() as office:
        if code not in office.store.units():
            raise HTTPException(404)
        office.store.record("rescan list opened", who=request.state.session.who, unit=code)
        return page(request, "rescans.html", code=code, wanted=wanted_pages(office, code))


@router.get("/units/{code}/rejections/{row}")
def rejection(request: Request, code: str, row: int) -> Response:
    """One refused scan, large, and what may be done about it."""
    return _one(request, code, row, "")


@router.get("/units/{code}/rejections/{row}/page.png")
def scan_picture(request: Request, code: str, row: int) -> Response:
    """A refused scan as it is: who wrote it may be read on it, so the look is logged."""
    crops: Crops = request.app.state.audits.crops
    with request.app.state.config.opened() as office:
        found = _found(office, code, row)
        scan = found.rejection.scan
        try:
            picture = crops.page(scan.path, scan.id)
        except SourceError as gone:
            raise HTTPException(404) from gone
        who = request.state.session.who
        office.store.record("refused scan looked at", str(scan.id), who=who, unit=code)
    return Response(picture, media_type="image/png")


@router.post("/units/{code}/rejections/{row}")
def decide(request: Request, code: str, row: int) -> Response:
    """Keep what a person did about a refused scan."""
    form, session = request.state.form, request.state.session
    way = form.get("do", "")
    if way not in _SAID:
        raise HTTPException(404)
    if session.who == NOBODY:
        return _one(request, code, row, _("Say your name first: every decision bears one."))
    with request.app.state.config.opened() as office:
        found = _found(office, code, row)
        settle(office, found, Way(way), session.who)
        office.store.record(
            "refused scan settled", f"{found.rejection.scan.id}: {way}", who=session.who, unit=code
        )
    return RedirectResponse(f"/units/{quote(code, safe='')}/rejections", 303)


@router.post("/units/{code}/rejections/{row}/read")
def read_by_hand(request: Request, code: str, row: int) -> Response:
    """Read a refused scan as the page a person says it is."""
    form, session = request.state.form, request.state.session
    if session.who == NOBODY:
        return _one(request, code, row, _("Say your name first: every decision bears one."))
    try:
        corners = _corners(form.get("corners", ""))
    except ValueError as wrong:
        raise HTTPException(422) from wrong
    with request.app.state.config.opened() as office:
        try:
            read_again(
                office,
                request.app.state.audits.crops,
                _found(office, code, row),
                sheet=form.get("sheet", ""),
                layout=form.get("layout", ""),
                page=form.get("page", ""),
                corners=corners,
                who=session.who,
            )
        except OmrError as refused:
            return _one(request, code, row, str(refused))
        office.store.record("refused scan named", f"row {row}", who=session.who, unit=code)
    return RedirectResponse(f"/units/{quote(code, safe='')}/audit", 303)


def _one(request: Request, code: str, row: int, fault: str) -> Response:
    with request.app.state.config.opened() as office:
        found = _found(office, code, row)
        waiting = sorted(
            serial for serial, sheet in office.store.issued_sheets().items() if sheet.unit == code
        )
        answer = page(
            request,
            "rejection.html",
            code=code,
            each=shown(found),
            fault=fault,
            forms=sorted(office.layouts.values(), key=lambda form: (form.title, -form.year, form.version)),
            serials=waiting[:_SERIALS],
        )
    if fault:
        answer.status_code = 422
    return answer


_SERIALS = 2000
"""Serials that are suggested as one types; a browser slows down with more."""


def _found(office: Office, code: str, row: int) -> Refusal:
    found = unit_refusal(office, code, row)
    if found is None:
        raise HTTPException(404)
    return found


def _corners(text: str) -> NDArray[np.float64] | None:
    """Return four points as shares of the picture, or None for "". Raises ValueError for anything else."""
    if not text:
        return None
    shares = np.array([float(share) for share in text.split(",")])
    if shares.shape != (8,) or not bool(np.all((shares >= 0) & (shares <= 1))):
        raise ValueError(text)
    return shares.reshape(4, 2)
