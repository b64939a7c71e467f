"""The desk's pages. `create_app` returns the whole of it; only `omr desk` and tests call it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from omr import i18n
from omr.desk.access import may
from omr.desk.audit import Audits, NoSuchUnitError, Shown
from omr.desk.config import Config
from omr.desk.guard import COOKIE, LANGUAGE_COOKIE, Guard
from omr.desk.intake import Intake
from omr.desk.overview import unit_rejections, unit_state, unit_states, unit_workbook
from omr.desk.sessions import Sessions
from omr.errors import SourceError
from omr.i18n import _

_HERE = Path(__file__).parent
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def create_app(config: Config) -> FastAPI:
    """Return the desk. Its state is in the store; here are the sessions and the run being read."""
    app = FastAPI(lifespan=_open_hours, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.config, app.state.sessions, app.state.intake = config, Sessions(config.key), Intake(config)
    app.state.audits = Audits(config)
    app.middleware("http")(Guard(config, app.state.sessions))
    app.include_router(_entrance)
    app.include_router(_rooms, dependencies=[Depends(_allowed)])
    app.mount("/static", StaticFiles(directory=_HERE / "static"))
    return app


@asynccontextmanager
async def _open_hours(app: FastAPI) -> AsyncIterator[None]:
    """Let a run finish the pages in hand when the desk is closed: no worker is left behind."""
    yield
    app.state.intake.cancel()
    app.state.intake.wait()


def _allowed(request: Request) -> Iterator[None]:
    """Refuse what the table of roles does not allow."""
    if not may(request.state.session.role, request.method, request.scope["route"].path):
        raise HTTPException(403)
    yield


_templates = Jinja2Templates(
    env=Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined)
)
_templates.env.globals.update({"_": i18n._, "ngettext": i18n.ngettext, "language": i18n.language})
_entrance, _rooms = APIRouter(), APIRouter()


def _page(request: Request, template: str, **shown: object) -> HTMLResponse:
    session = getattr(request.state, "session", None)
    return _templates.TemplateResponse(request, template, {"session": session, **shown})


@_entrance.get("/sign-in")
def sign_in(request: Request, key: str = "") -> Response:
    """Open a session by the one-time link, or tell where the link stands."""
    sessions: Sessions = request.app.state.sessions
    if key and sessions.throttled():
        raise HTTPException(429)
    cookie = sessions.redeem(key) if key else None
    if cookie is None:
        page = _page(request, "sign_in.html", failed=bool(key))
        page.status_code = 403 if key else 200
        return page
    answer = RedirectResponse("/", 303)
    answer.set_cookie(COOKIE, cookie, httponly=True, samesite="strict", secure=request.url.scheme == "https")
    return answer


@_rooms.post("/sign-out")
def sign_out(request: Request) -> Response:
    """Close the session."""
    request.app.state.sessions.close(request.cookies[COOKIE])
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(COOKIE)
    return answer


@_rooms.post("/language")
def choose_language(request: Request) -> Response:
    """Speak Vietnamese or English to this browser from here on."""
    chosen = request.state.form.get("language", "")
    if chosen not in i18n.LANGUAGES:
        raise HTTPException(404)
    answer = RedirectResponse("/", 303)
    answer.set_cookie(LANGUAGE_COOKIE, chosen, httponly=True, samesite="strict")
    return answer


@_rooms.get("/")
def units(request: Request) -> Response:
    """Every unit at a glance."""
    with request.app.state.config.opened() as office:
        return _page(request, "units.html", units=unit_states(office))


@_rooms.get("/units/{code}")
def unit(request: Request, code: str) -> Response:
    """One unit: its ledger, and what to do about the scans that were refused."""
    with request.app.state.config.opened() as office:
        found = unit_state(unit_states(office), code)
        refused = unit_rejections(office, code)
    if found is None:
        raise HTTPException(404)
    return _page(request, "unit.html", unit=found, refused=refused)


@_rooms.get("/units/{code}/summary.xlsx")
def workbook(request: Request, code: str) -> Response:
    """The unit's workbook."""
    with request.app.state.config.opened() as office, TemporaryDirectory() as folder:
        found = unit_state(unit_states(office), code)
        if found is None:
            raise HTTPException(404)
        path = Path(folder) / "summary.xlsx"
        unit_workbook(office, found, path)
        office.store.record("workbook downloaded", f"{code}: {request.state.session.who}")
        body = path.read_bytes()
    # The name is fixed: a unit's own might not be a file name.
    return Response(
        body, media_type=_XLSX, headers={"Content-Disposition": 'attachment; filename="summary.xlsx"'}
    )


@_rooms.get("/intake")
def intake(request: Request) -> Response:
    """Where scans are taken in."""
    return _page(request, "intake.html", progress=request.app.state.intake.progress(), fault="")


@_rooms.get("/intake/progress")
def progress(request: Request) -> Response:
    """The part of the page that follows the run."""
    return _page(request, "progress.html", progress=request.app.state.intake.progress())


@_rooms.post("/intake")
def begin(request: Request) -> Response:
    """Read a folder or file of this machine: the desk is on loopback, its person sits here."""
    running: Intake = request.app.state.intake
    form = request.state.form
    named = form.get("folder", "").strip()
    fault = ""
    # A name with a NUL makes the system call itself fail.
    if "\0" in named or not Path(named).is_absolute() or not Path(named).exists():
        fault = _("There is no such folder. Give its whole path, as the file manager shows it.")
    elif not running.start(Path(named), form.get("unit", "").strip() or None):
        fault = _("Another folder is being read. Wait for it, or cancel it.")
    if fault:
        page = _page(request, "intake.html", progress=running.progress(), fault=fault)
        page.status_code = 422
        return page
    return RedirectResponse("/intake", 303)


@_rooms.post("/intake/cancel")
def cancel(request: Request) -> Response:
    """Stop the run; what was read stays."""
    request.app.state.intake.cancel()
    return RedirectResponse("/intake", 303)


@_rooms.get("/units/{code}/audit")
def audit(request: Request, code: str) -> Response:
    """The open rows of a unit, one by one."""
    session = request.state.session
    try:
        shown = request.app.state.audits.enter(code, session.who)
    except NoSuchUnitError as unknown:
        raise HTTPException(404) from unknown
    return _page(request, "audit.html", code=code, shown=shown)


@_rooms.post("/units/{code}/audit")
def introduce(request: Request, code: str) -> Response:
    """Take the name that verdicts bear from here on."""
    name = " ".join(request.state.form.get("who", "").split())[:_NAME_LENGTH]
    if name:
        request.state.session.who = name
    return RedirectResponse(f"/units/{quote(code, safe='')}/audit", 303)


@_rooms.get("/units/{code}/audit/{card}/row.png")
def row_picture(request: Request, code: str, card: str) -> Response:
    """The row of a card as it was scanned."""
    try:
        return Response(request.app.state.audits.picture(code, card), media_type="image/png")
    except (NoSuchUnitError, SourceError) as missing:
        raise HTTPException(404) from missing


@_rooms.post("/units/{code}/audit/{card}")
def decide(request: Request, code: str, card: str) -> Response:
    """Keep what a person decided about a card, and show the next one."""
    audits: Audits = request.app.state.audits
    try:
        shown: Shown = audits.decide(code, card, request.state.session.who, request.state.form.get("do", ""))
    except NoSuchUnitError as unknown:
        raise HTTPException(404) from unknown
    if "hx-request" in request.headers:
        return _page(request, "card.html", code=code, shown=shown)
    return RedirectResponse(f"/units/{quote(code, safe='')}/audit", 303)


_NAME_LENGTH = 80
