"""The desk. `create_app` returns the whole of it; only `omr desk` and tests call it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.staticfiles import StaticFiles

from omr.desk.audit import Audits
from omr.desk.config import Config
from omr.desk.contact import Contacts
from omr.desk.door import Door, look
from omr.desk.drafting import Drafting
from omr.desk.guard import Guard
from omr.desk.intake import Intake
from omr.desk.printery import Printery
from omr.desk.render import page
from omr.desk.routes import (
    audit,
    closing,
    contact,
    entrance,
    forms,
    handwriting,
    intake,
    layout,
    layouts,
    people,
    refusals,
    reports,
    sheets,
    trial,
    units,
    whole,
)
from omr.desk.sessions import Sessions
from omr.desk.sketches import Sketches
from omr.desk.trial import Trials
from omr.desk.uploads import Uploads, sweep
from omr.errors import ClosedError
from omr.store.uploads import folder_of

_STATIC = Path(__file__).parent / "static"
_ROOMS = (
    entrance.router,
    units.router,
    closing.router,
    intake.router,
    forms.router,
    reports.router,
    audit.router,
    contact.router,
    refusals.router,
    sheets.router,
    whole.router,
    people.router,
    handwriting.router,
    layouts.router,
    trial.router,
    layout.router,
)


def create_app(config: Config) -> FastAPI:
    """Return the desk. Its state is in the store; here are the sessions and the run being read."""
    app = FastAPI(lifespan=_open_hours, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.config, app.state.intake, app.state.audits = config, Intake(config), Audits(config)
    app.state.sessions = Sessions(config.key, partial(look, config.store))
    app.state.door = Door(config.store, app.state.sessions)
    app.state.printery = Printery(config.store)
    app.state.uploads = Uploads(folder_of(config.store), config.limits)
    app.state.sketches, app.state.trials = Sketches(config.store, config.limits), Trials()
    app.state.drafting = Drafting(app.state.sketches)
    app.state.contacts = Contacts(config, app.state.audits)
    app.middleware("http")(Guard(config, app.state.sessions))
    app.include_router(entrance.entrance)
    for room in _ROOMS:
        app.include_router(room, dependencies=[Depends(_allowed)])
    app.exception_handler(ClosedError)(_closed)
    app.mount("/static", StaticFiles(directory=_STATIC))
    return app


@asynccontextmanager
async def _open_hours(app: FastAPI) -> AsyncIterator[None]:
    """Clear up after a desk that was killed; on closing, let a run finish the pages in hand."""
    sweep(app.state.uploads.folder)
    yield
    app.state.intake.cancel()
    app.state.intake.wait()
    app.state.printery.close()
    app.state.drafting.close()


def _closed(request: Request, refused: Exception) -> Response:
    """Say why nothing was changed: the unit is signed off."""
    template = "closed_card.html" if "hx-request" in request.headers else "closed.html"
    shown = page(request, template, told=str(refused))
    shown.status_code = 409
    return shown


def _allowed(request: Request) -> Iterator[None]:
    """Refuse what the table of roles does not allow, and every page of a unit this person does not see."""
    session = request.state.session
    if not session.may(request.method, request.scope["route"].path):
        raise HTTPException(403)
    # As if there were none: that a unit exists is told to nobody who is not to see it.
    if "code" in request.path_params and not session.sees(request.path_params["code"]):
        raise HTTPException(404)
    yield
