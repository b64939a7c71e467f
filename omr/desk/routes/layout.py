"""The layout page: a blank with its boxes, edited one operation at a time, and saved."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import FileResponse, RedirectResponse

from omr.desk.blankcodes import code_there
from omr.desk.board import Board, board, words
from omr.desk.layouts import office_folder, save
from omr.desk.render import page, refused
from omr.desk.routes.layouts import blank_of, found
from omr.desk.sketches import Sketches, StaleError
from omr.errors import OmrError
from omr.i18n import _

router = APIRouter()


@router.get("/layouts/{sketch}")
def one(request: Request, sketch: str, at: int = 1) -> Response:
    """A sketch; while it is being drafted, how far that is."""
    about, sketches = found(request, sketch), request.app.state.sketches
    if not about.ready:
        return page(request, "drafting.html", about=about, step=request.app.state.drafting.step(about))
    try:
        history = sketches.history(about)
    except OmrError as why:
        return refused(request, str(why))
    return page(request, "layout.html", board=board(about, history, at), words=words())


@router.get("/layouts/{sketch}/progress")
def progress(request: Request, sketch: str) -> Response:
    """The part of the page that follows the draft; once it is done, the browser goes to the sketch."""
    about = found(request, sketch)
    if about.ready:
        return Response(headers={"HX-Redirect": f"/layouts/{about.token}"})
    step = request.app.state.drafting.step(about)
    return page(request, "drafting_step.html", about=about, step=step)


@router.get("/layouts/{sketch}/{number}.png")
def picture(request: Request, sketch: str, number: int) -> Response:
    """A page of the blank."""
    path = request.app.state.sketches.path(found(request, sketch)) / f"page-{number}.png"
    if not path.is_file():
        raise HTTPException(404)
    return FileResponse(path, media_type="image/png")


@router.post("/layouts/{sketch}")
def edit(request: Request, sketch: str) -> Response:
    """Do one edit; return the boxes and the list as they stand now."""
    about, form = found(request, sketch), request.state.form
    sketches: Sketches = request.app.state.sketches
    turn, at = form.pop("turn", ""), form.pop("page_shown", "")
    asked = {name: value for name, value in form.items() if name != "csrf"}
    status, note = 200, ""
    try:
        asked |= code_there(sketches.path(about), sketches.history(about).now, asked)
        history = sketches.edit(about, asked, int(turn) if turn.isdecimal() else -1)
    except StaleError:
        status, note = 409, _("This was changed in another window. Here is how it stands now.")
        history = sketches.history(about)
    except OmrError as why:
        status, note = 422, str(why)
        history = sketches.history(about)
    return _shown(request, board(about, history, int(at) if at.isdecimal() else 1, note), status)


@router.post("/layouts/{sketch}/save")
def keep(request: Request, sketch: str) -> Response:
    """Save the sketch among the office's layouts."""
    about, sketches = found(request, sketch), request.app.state.sketches
    config, at = request.app.state.config, request.state.form.get("page_shown", "")
    history, blank = sketches.history(about), blank_of(request, about)
    folder = office_folder(config.store)
    try:
        with config.opened() as office:
            name = save(history.now, blank, office.catalogue, folder, about.layout)
            office.store.record("layout saved", name, who=request.state.session.who)
    except OmrError as why:
        return _shown(request, board(about, history, int(at) if at.isdecimal() else 1, str(why)), 422)
    about = sketches.saved(about, name)
    note = _("Saved as {name}. Scans that are read from now on are read with it.").format(name=name)
    return _shown(request, board(about, history, int(at) if at.isdecimal() else 1, note, saved=True), 200)


@router.post("/layouts/{sketch}/remove")
def remove(request: Request, sketch: str) -> Response:
    """Remove a sketch; the layout that was saved of it stays."""
    request.app.state.sketches.drop(found(request, sketch))
    return RedirectResponse("/layouts", 303)


def _shown(request: Request, shown: Board, status: int) -> Response:
    answer = page(request, "board.html", board=shown, words=words())
    answer.status_code = status
    return answer
