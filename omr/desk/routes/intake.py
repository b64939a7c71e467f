"""Taking scans in, and watching them being read."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from omr.desk.config import Config
from omr.desk.intake import Intake, Progress
from omr.desk.render import page
from omr.desk.uploads import Uploads, checked
from omr.errors import OmrError, SourceError
from omr.i18n import _
from omr.intake.discover import SCAN_SUFFIXES
from omr.store import uploads
from omr.store.uploads import Upload

router = APIRouter()


@router.get("/intake")
def intake(request: Request) -> Response:
    """Where scans are taken in."""
    return _page(request, "")


@router.get("/intake/progress")
def progress(request: Request) -> Response:
    """The part of the page that follows the run."""
    return page(request, "progress.html", progress=_progress(request))


@router.post("/intake")
def begin(request: Request) -> Response:
    """Read a folder or file of the machine that the desk runs on; who may not name those is refused."""
    running: Intake = request.app.state.intake
    form, session = request.state.form, request.state.session
    if not session.at_machine:
        raise HTTPException(403)
    named = form.get("folder", "").strip()
    fault = ""
    # A name with a NUL makes the system call itself fail.
    if "\0" in named or not Path(named).is_absolute() or not Path(named).exists():
        fault = _("There is no such folder. Give its whole path, as the file manager shows it.")
    elif not running.start(Path(named), form.get("unit", "").strip() or None, session.who):
        fault = _("Another folder is being read. Wait for it, or cancel it.")
    if fault:
        return _page(request, fault)
    return RedirectResponse("/intake", 303)


@router.post("/intake/files")
async def take_in(request: Request, name: str = "", unit: str = "") -> Response:
    """Keep one file that comes in as the body: 201, or 422 and why it cannot be kept."""
    kept: Uploads = request.app.state.uploads
    config, session = request.app.state.config, request.state.session
    try:
        _file, of = checked(name, unit)
        if not session.sees(of):
            raise SourceError(_("Unit {unit} is not assigned to you.").format(unit=of))
        waiting = await run_in_threadpool(_waiting, config)
        upload = await kept.take_in(request.stream(), name, unit, session.who, waiting)
        await run_in_threadpool(_remember, config, upload)
    except ClientDisconnect:
        return PlainTextResponse("broken off", 400)
    except OmrError as refused:
        return PlainTextResponse(str(refused), 422)
    return Response(status_code=201)


@router.post("/intake/uploads")
def read_uploads(request: Request) -> Response:
    """Read every file that came in and was not read yet."""
    session = request.state.session
    if not request.app.state.intake.start_uploads(request.app.state.uploads, session.who, session.sees):
        return _page(request, _("Another folder is being read. Wait for it, or cancel it."))
    return RedirectResponse("/intake", 303)


@router.post("/intake/cancel")
def cancel(request: Request) -> Response:
    """Stop the run; what was read stays. Who is held to units stops only their own."""
    if _is_mine(request):
        request.app.state.intake.cancel()
    return RedirectResponse("/intake", 303)


def _page(request: Request, fault: str) -> Response:
    with request.app.state.config.opened() as office:
        sees = request.state.session.sees
        waiting = [each for each in uploads.waiting(office.store) if sees(each.unit)]
        units = sorted(filter(sees, office.store.units()))
    progress = _progress(request)
    shown = page(
        request,
        "intake.html",
        progress=progress,
        fault=fault,
        waiting=0 if progress.running else len(waiting),
        units=units,
        suffixes=",".join(sorted(SCAN_SUFFIXES)),
        limits=request.app.state.config.limits,
    )
    if fault:
        shown.status_code = 422
    return shown


def _is_mine(request: Request) -> bool:
    """True where this person began the run, or is held to no units."""
    session, begun = request.state.session, request.app.state.intake.progress()
    return session.units is None or session.who == begun.who


def _progress(request: Request) -> Progress:
    """Return how far the run is; of another's, whoever is held to units learns that there is one."""
    progress: Progress = request.app.state.intake.progress()
    if _is_mine(request) or not progress.folder:
        return progress
    return Progress(_("Somebody else's scans"), running=progress.running)


def _waiting(config: Config) -> tuple[Upload, ...]:
    with config.opened() as office:
        return uploads.waiting(office.store)


def _remember(config: Config, upload: Upload) -> None:
    with config.opened() as office:
        uploads.add(office.store, upload)
        office.store.record("scan uploaded", upload.name, who=upload.who, unit=upload.unit)
