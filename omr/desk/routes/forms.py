"""Forms to print: which, for whom, and what was printed before."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse
from starlette.requests import ClientDisconnect

from omr.batch.printing import Order
from omr.desk.printery import MOST_SHEETS, Printery
from omr.desk.render import page
from omr.errors import OmrError, UsageError
from omr.i18n import _

router = APIRouter()

_TYPES = {".pdf": "application/pdf", ".csv": "text/csv; charset=utf-8"}


_FILLED = ("layout", "what", "copies", "roster", "unit", "year", "duplex", "sheet")
"""Fields that stand filled in once more where an order is refused."""


@router.get("/forms")
def forms(request: Request) -> Response:
    """Every form, and what was printed."""
    return _page(request, "")


@router.post("/forms")
def print_forms(request: Request) -> Response:
    """Print a form for the people of a list, for those of the store, or as blank copies."""
    form, printery = request.state.form, request.app.state.printery
    year, unit = form.get("year", "").strip(), form.get("unit", "").strip()
    with request.app.state.config.opened() as office:
        try:
            order = _order(form, printery)
            if year and not (year.isdecimal() and len(year) == len("2026")):
                raise UsageError(_("{year} is no year.").format(year=year))
            sees = request.state.session.sees
            name = form.get("layout", "")
            sheets = printery.print_forms(office, name, int(year) if year else None, order, sees)
        except OmrError as refused:
            return _page(request, str(refused))
        done = f"{form.get('layout', '')}: {sheets}"
        office.store.record("forms printed", done, who=request.state.session.who, unit=unit)
    return RedirectResponse("/forms", 303)


@router.post("/forms/roster")
async def take_in(request: Request, name: str = "") -> Response:
    """Keep a list of people that comes in as the body: its token, or 422 and its faults."""
    try:
        roster = await request.app.state.printery.take_in(request.stream(), name[:200])
    except ClientDisconnect:
        return PlainTextResponse("broken off", 400)
    except OmrError as refused:
        return PlainTextResponse(str(refused), 422)
    told = _("{name}: people: {n}").format(name=roster.name, n=roster.people)
    return JSONResponse({"token": roster.token, "told": told}, 201)


@router.post("/forms/reprint")
def reprint(request: Request) -> Response:
    """Print a sheet that replaces a lost or spoilt one."""
    form, printery = request.state.form, request.app.state.printery
    serial = form.get("sheet", "").strip().upper()
    with request.app.state.config.opened() as office:
        try:
            printery.reprint(office, serial, request.state.session.sees, duplex="duplex" in form)
        except OmrError as refused:
            return _page(request, str(refused))
        office.store.record("sheet printed anew", serial, who=request.state.session.who)
    return RedirectResponse("/forms", 303)


@router.get("/forms/{name}")
def printed(request: Request, name: str) -> Response:
    """A PDF or manifest that was made here."""
    path = request.app.state.printery.path(name, request.state.session.sees)
    if path is None or path.suffix not in _TYPES:
        raise HTTPException(404)
    with request.app.state.config.opened() as office:
        office.store.record("printed forms downloaded", name, who=request.state.session.who)
    return FileResponse(path, media_type=_TYPES[path.suffix], filename=name)


def _order(form: dict[str, str], printery: Printery) -> Order:
    """Return what a filled-in form asks for. Raises UsageError where it makes no sense."""
    what, copies, unit = form.get("what", ""), form.get("copies", "").strip(), form.get("unit", "").strip()
    if what not in {"copies", "roster", "members", "master"}:
        raise UsageError(_("Say for whom: copies, a list, the stored list, or a master."))
    if what == "copies" and not (
        copies.isdecimal() and len(copies) < len(str(MOST_SHEETS * 10)) and int(copies)
    ):
        raise UsageError(_("Say how many sheets: a whole number from 1 to {most}.").format(most=MOST_SHEETS))
    return Order(
        copies=int(copies) if what == "copies" else 1,
        roster=printery.roster(form.get("roster", "")) if what == "roster" else None,
        reprint=None,
        unit=unit or None,
        master=what == "master",
        members=what == "members",
        duplex="duplex" in form,
    )


def _page(request: Request, fault: str) -> Response:
    with request.app.state.config.opened() as office:
        known = request.app.state.printery.forms(office)
        units = sorted(filter(request.state.session.sees, office.store.units()))
    filled = request.state.form if request.method == "POST" else {}
    shown = page(
        request,
        "forms.html",
        forms=known,
        units=units,
        fault=fault,
        printings=request.app.state.printery.printings(request.state.session.sees),
        form={name: filled.get(name, "") for name in _FILLED},
        most=MOST_SHEETS,
    )
    if fault:
        shown.status_code = 422
    return shown
