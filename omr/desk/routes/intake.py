"""Taking scans in, and watching them being read."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from omr.desk.intake import Intake
from omr.desk.render import page
from omr.i18n import _

router = APIRouter()


@router.get("/intake")
def intake(request: Request) -> Response:
    """Where scans are taken in."""
    return page(request, "intake.html", progress=request.app.state.intake.progress(), fault="")


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
        refusal = page(request, "intake.html", progress=running.progress(), fault=fault)
        refusal.status_code = 422
        return refusal
    return RedirectResponse("/intake", 303)


@router.post("/intake/cancel")
def cancel(request: Request) -> Response:
    """Stop the run; what was read stays."""
    request.app.state.intake.cancel()
    return RedirectResponse("/intake", 303)
