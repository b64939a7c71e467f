"""Fields written by hand: the crop beside what it says, for those who may see names."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from omr.desk.handwriting import LONGEST_TEXT, copy, field_picture, fields_of, next_nameless, suggestions
from omr.desk.render import page
from omr.desk.sessions import NOBODY
from omr.desk.sheets import find
from omr.errors import SourceError

router = APIRouter()


@router.get("/units/{code}/sheets/{sheet}/handwriting")
def handwriting(request: Request, code: str, sheet: str) -> Response:
    """Every field of a sheet beside what people copied from it; the look is logged."""
    session = request.state.session
    with request.app.state.config.opened() as office:
        result = find(office, code, sheet)
        if result is None:
            raise HTTPException(404)
        fields, following = fields_of(office, result), next_nameless(office, code, sheet)
        office.store.record("handwriting looked at", sheet, who=session.who, unit=code)
    return page(
        request,
        "handwriting.html",
        code=code,
        sheet=sheet,
        fields=fields,
        named=session.who != NOBODY,
        set_aside=result.set_aside,
        person=result.person,
        following=following,
        longest=LONGEST_TEXT,
    )


@router.get("/units/{code}/sheets/{sheet}/handwriting/{field}.png")
def picture(request: Request, code: str, sheet: str, field: str) -> Response:
    """One field as it was written."""
    with request.app.state.config.opened() as office:
        try:
            body = field_picture(office, request.app.state.audits.crops, code, sheet, field)
        except SourceError as gone:
            raise HTTPException(404) from gone
    if body is None:
        raise HTTPException(404)
    return Response(body, media_type="image/png")


@router.get("/units/{code}/names")
def names(request: Request, code: str, text: str = "") -> Response:
    """Names of the unit's people that hold what was typed."""
    with request.app.state.config.opened() as office:
        if code not in office.store.units():
            raise HTTPException(404)
        return page(request, "names.html", names=suggestions(office, code, text))


@router.post("/units/{code}/sheets/{sheet}/handwriting")
def keep(request: Request, code: str, sheet: str) -> Response:
    """Keep what a person copied, or decided about a signature."""
    form, session = request.state.form, request.state.session
    if session.who != NOBODY:
        with request.app.state.config.opened() as office:
            result = find(office, code, sheet)
            if result is None or not copy(
                office, result, form.get("field", ""), form.get("text", ""), session.who
            ):
                raise HTTPException(404)
    place = f"/units/{quote(code, safe='')}/sheets/{quote(sheet, safe='')}/handwriting"
    return RedirectResponse(f"{place}#{quote(form.get('field', ''), safe='')}", 303)
