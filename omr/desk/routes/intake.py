"""Taking scans in, and watching them being read."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from omr.desk.config import Config
from omr.desk.intake import Intake
from omr.desk.render import page
from omr.desk.uploads import Uploads
from omr.errors import OmrError
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
    return page(request, "progress.html", progress=request.app.state.intake.progress())


@router.post("/intake")
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
        return _page(request, fault)
    return RedirectResponse("/intake", 303)


@router.post("/intake/files")
async def take_in(request: Request, name: str = "", unit: str = "") -> Response:
    """Keep one file that comes in as the body: 201, or 422 and why it cannot be kept."""
    kept: Uploads = request.app.state.uploads
    config, who = request.app.state.config, request.state.session.who
    try:
        waiting = await run_in_threadpool(_waiting, config)
        upload = await kept.take_in(request.stream(), name, unit, who, waiting)
        await run_in_threadpool(_remember, config, upload)
    except ClientDisconnect:
        return PlainTextResponse("broken off", 400)
    except OmrError as refused:
        return PlainTextResponse(str(refused), 422)
    return Response(status_code=201)


@router.post("/intake/uploads")
def read_uploads(request: Request) -> Response:
    """Read every file that came in and was not read yet."""
    if not request.app.state.intake.start_uploads(request.app.state.uploads):
        return _page(request, _("Another folder is being read. Wait for it, or cancel it."))
    return RedirectResponse("/intake", 303)


@router.post("/intake/cancel")
def cancel(request: Request) -> Response:
    """Stop the run; what was read stays."""
    request.app.state.intake.cancel()
    return RedirectResponse("/intake", 303)


def _page(request: Request, fault: str) -> Response:
    with request.app.state.config.opened() as office:
        waiting = uploads.waiting(office.store)
        units = sorted(office.store.units())
    progress = request.app.state.intake.progress()
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


def _waiting(config: Config) -> tuple[Upload, ...]:
    with config.opened() as office:
        return uploads.waiting(office.store)


def _remember(config: Config, upload: Upload) -> None:
    with config.opened() as office:
        uploads.add(office.store, upload)
        office.store.record("scan uploaded", upload.name, who=upload.who, unit=upload.unit)
