"""A sketch tried on a scan: one that comes in for it, or one that was refused."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from omr.batch.refusals import Refusal, refusals
from omr.desk.config import Office
from omr.desk.render import page
from omr.desk.routes.layouts import blank_of, found
from omr.desk.sketchfiles import About
from omr.desk.trial import Trial
from omr.errors import OmrError
from omr.intake.discover import SCAN_SUFFIXES
from omr.model.reading import Reason
from omr.store.whereabouts import located

router = APIRouter()

_OF_UNKNOWN_FORMS = frozenset({Reason.NO_PAGE_CODE, Reason.UNKNOWN_LAYOUT, Reason.LOOSE_FIT})
_SHOWN = 100
"""Refused scans that can be chosen."""


@router.post("/layouts/tried")
async def take_in(request: Request, sketch: str = "", name: str = "") -> Response:
    """Keep a scan to try a sketch on, in place of the one before: 201 and where, or 422 and why not."""
    about = found(request, sketch)
    try:
        scan = await request.app.state.sketches.take_scan(
            about, request.stream(), name, request.state.session.who
        )
    except ClientDisconnect:
        return PlainTextResponse("broken off", 400)
    except OmrError as why:
        return PlainTextResponse(str(why), 422)
    await run_in_threadpool(_record, request, about, scan.name, "")
    return JSONResponse({"address": f"/layouts/{about.token}/try"}, 201)


@router.get("/layouts/{sketch}/try")
def tried(request: Request, sketch: str, frame: int = 1, row: int = 0) -> Response:
    """What the sketch as it stands makes of a scan; row: of a refused one, 0 for the one that came in."""
    about = found(request, sketch)
    scan, fault, trial = _scan(request, about, row), "", None
    if scan is not None:
        try:
            trial = _trial(request, about, scan, frame)
        except OmrError as why:
            fault = str(why)
    with request.app.state.config.opened() as office:
        others = _refused(request, office)
    return page(
        request, "try.html", about=about, scan=scan, trial=trial, fault=fault, row=row, others=others,
        suffixes=",".join(sorted(SCAN_SUFFIXES)),
    )  # fmt: skip


@router.get("/layouts/{sketch}/try.png")
def picture(request: Request, sketch: str, frame: int = 1, row: int = 0) -> Response:
    """The scan with what was seen drawn on it; a refused one of a unit is a look, and logged."""
    about = found(request, sketch)
    scan = _scan(request, about, row)
    if scan is None:
        raise HTTPException(404)
    try:
        trial = _trial(request, about, scan, frame)
    except OmrError as gone:
        raise HTTPException(404) from gone
    return Response(trial.picture, media_type="image/png")


def _trial(request: Request, about: About, scan: Path, frame: int) -> Trial:
    history = request.app.state.sketches.history(about)
    trial: Trial = request.app.state.trials.get(
        about.token, history.turn, history.now, blank_of(request, about), scan, frame
    )
    return trial


def _scan(request: Request, about: About, row: int) -> Path | None:
    """Return the scan that came in for a sketch, or the refused one of that row. Raises HTTPException 404."""
    if not row:
        scan: Path | None = request.app.state.sketches.scan(about)
        return scan
    with request.app.state.config.opened() as office:
        chosen = next((each for each in _refused(request, office) if each.rejection.scan.row == row), None)
        if chosen is None:
            raise HTTPException(404)
        path = located(office.store.path, chosen.rejection.scan.path)
        _record(request, about, path.name, chosen.unit)
    return path


def _refused(request: Request, office: Office) -> tuple[Refusal, ...]:
    """Return the last refused scans that may be of an unknown form, of units the person sees."""
    sees = request.state.session.sees
    found = (
        each for each in refusals(office.store)
        if each.rejection.reason in _OF_UNKNOWN_FORMS and sees(each.unit)
    )  # fmt: skip
    there = [each for each in found if located(office.store.path, each.rejection.scan.path).is_file()]
    return tuple(there[-_SHOWN:])


def _record(request: Request, about: About, scan: str, unit: str) -> None:
    with request.app.state.config.opened() as office:
        office.store.record("layout tried", f"{about.name} {scan}", who=request.state.session.who, unit=unit)
