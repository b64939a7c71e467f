"""The contact sheets of a unit, and its random check."""

from __future__ import annotations

import re
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from omr.audit.contact import SCREEN
from omr.audit.piles import PileKey, PileKind
from omr.audit.sample import LEAST, SIZE
from omr.desk.audit import NoSuchUnitError
from omr.desk.contact import Contacts
from omr.desk.render import page
from omr.desk.sessions import NOBODY
from omr.errors import SourceError, UsageError
from omr.i18n import _

router = APIRouter()


@router.get("/units/{code}/boxes")
def board(request: Request, code: str) -> Response:
    """The piles of a unit that have boxes to look at, what random checks found, and drawing a sample."""
    return _board(request, code)


@router.post("/units/{code}/boxes")
def draw(request: Request, code: str) -> Response:
    """Draw a sample, and go to it."""
    form, who = request.state.form, request.state.session.who
    year, size, seed = (form.get(name, "").strip() for name in ("year", "size", "seed"))
    if who == NOBODY:
        return _board(request, code, _("Say your name first: every decision bears one."))
    if not (re.fullmatch(r"\d{4}", year) and re.fullmatch(r"\d{1,6}", size)):
        raise HTTPException(404)
    if not re.fullmatch(r"\d{0,8}", seed):
        return _board(request, code, _("A seed has up to eight digits; leave it empty for one by chance."))
    try:
        _contacts(request).draw(code, who, int(year), int(size), int(seed) if seed else None)
    except UsageError as refused:
        return _board(request, code, str(refused))
    _contacts(request).enter(code, who)
    return _to(code, PileKey(PileKind.RANDOM, int(year)))


@router.get("/units/{code}/boxes/{pile}")
def sheet(request: Request, code: str, pile: str) -> Response:
    """The contact sheet of a pile that this person has at hand."""
    try:
        shown = _contacts(request).shown(code, _key(pile), request.state.session.who)
    except NoSuchUnitError as unknown:
        raise HTTPException(404) from unknown
    return page(request, "contact.html", code=code, shown=shown)


@router.get("/units/{code}/boxes/{pile}/{sheet}.png")
def picture(request: Request, code: str, pile: str, sheet: str) -> Response:
    """The crops of a contact sheet, one picture."""
    _key(pile)
    try:
        body = _contacts(request).pictures.get(code, sheet)
    except (NoSuchUnitError, SourceError) as missing:
        raise HTTPException(404) from missing
    return Response(body, media_type="image/png")


@router.post("/units/{code}/boxes/{pile}/{sheet}")
def answer(request: Request, code: str, pile: str, sheet: str) -> Response:
    """Keep what a person said about a contact sheet, and show the next one."""
    form, key = request.state.form, _key(pile)
    odd = {at for at in range(SCREEN) if f"t{at}" in form}
    try:
        shown = _contacts(request).answer(
            code, key, sheet, request.state.session.who, form.get("do", ""), odd
        )
    except NoSuchUnitError as unknown:
        raise HTTPException(404) from unknown
    if "hx-request" in request.headers:
        return page(request, "contact_sheet.html", code=code, shown=shown)
    return _to(code, key)


def _board(request: Request, code: str, note: str = "") -> Response:
    try:
        found = _contacts(request).enter(code, request.state.session.who)
    except NoSuchUnitError as unknown:
        raise HTTPException(404) from unknown
    return page(request, "boxes.html", code=code, board=found, note=note, size=SIZE, least=LEAST)


def _contacts(request: Request) -> Contacts:
    contacts: Contacts = request.app.state.contacts
    return contacts


def _key(name: str) -> PileKey:
    try:
        return PileKey.named(name)
    except ValueError as unknown:
        raise HTTPException(404) from unknown


def _to(code: str, key: PileKey) -> Response:
    return RedirectResponse(f"/units/{quote(code, safe='')}/boxes/{key.name}", 303)
