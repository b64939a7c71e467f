"""The layouts an office knows, and new ones begun from a blank."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from omr.desk.drafting import Drafting
from omr.desk.layouts import file_of, known
from omr.desk.render import page, refused
from omr.desk.sketches import Mine, Sketches
from omr.desk.sketchfiles import About
from omr.errors import OmrError
from omr.i18n import _
from omr.intake.discover import SCAN_SUFFIXES

router = APIRouter()


@router.get("/layouts")
def layouts(request: Request) -> Response:
    """Every layout, and those being worked on."""
    drafting: Drafting = request.app.state.drafting
    sketches = request.app.state.sketches.all(mine(request))
    with request.app.state.config.opened() as office:
        rows = known(office.catalogue)
    return page(
        request,
        "layouts.html",
        layouts=rows,
        sketches=[(about, drafting.step(about) is not None) for about in sketches],
        suffixes=",".join(sorted(SCAN_SUFFIXES)),
    )


@router.post("/layouts/blank")
async def take_in(request: Request, name: str = "") -> Response:
    """Keep a blank that comes in as the body and begin to draft it: 201 and where, or 422 and why not."""
    sketches, session = request.app.state.sketches, request.state.session
    try:
        about, blank = await sketches.take_in(request.stream(), name, session.who)
    except ClientDisconnect:
        return PlainTextResponse("broken off", 400)
    except OmrError as why:
        return PlainTextResponse(str(why), 422)
    request.app.state.drafting.start(about, blank)
    await run_in_threadpool(_record, request, "layout drafted", about.name)
    return JSONResponse({"address": f"/layouts/{about.token}"}, 201)


@router.post("/layouts")
def change(request: Request) -> Response:
    """Go on with the sketch of a layout, or take the layout apart into a new one."""
    name, sketches = request.state.form.get("layout", ""), request.app.state.sketches
    begun = next((each for each in sketches.all(mine(request)) if each.layout == name), None)
    if begun is None:
        with request.app.state.config.opened() as office:
            found = file_of(office.catalogue, name)
        if found is None:
            raise HTTPException(404)
        path, form = found
        if not form.original or not (path.parent / form.original).is_file():
            return refused(request, _("The blank of this layout is not beside its file."))
        try:
            begun = sketches.begin(path.name, request.state.session.who, name)
        except OmrError as why:
            return refused(request, str(why))
        request.app.state.drafting.start_from(begun, path.parent / form.original, form)
    return RedirectResponse(f"/layouts/{begun.token}", 303)


def mine(request: Request) -> Mine:
    """Return whether a person may see the work of another: who is held to units sees their own alone."""
    session = request.state.session
    return lambda who: session.units is None or who == session.who


def found(request: Request, token: str) -> About:
    """Return a sketch by its token. Raises HTTPException 404 where there is none for this person."""
    about: About | None = request.app.state.sketches.find(token, mine(request))
    if about is None:
        raise HTTPException(404)
    return about


def blank_of(request: Request, about: About) -> Path:
    """Return the blank of a sketch. Raises HTTPException 404 where its file is gone."""
    sketches: Sketches = request.app.state.sketches
    blank = next(sketches.path(about).glob("blank.*"), None)
    if blank is None:
        raise HTTPException(404)
    return blank


def _record(request: Request, what: str, about: str) -> None:
    with request.app.state.config.opened() as office:
        office.store.record(what, about, who=request.state.session.who)
