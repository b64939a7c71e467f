"""Signing in and out, and the language of the pages."""

from __future__ import annotations

import re

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from omr import i18n
from omr.desk.audit import NOBODY
from omr.desk.guard import COOKIE, LANGUAGE_COOKIE
from omr.desk.render import page
from omr.desk.sessions import Sessions

entrance, router = APIRouter(), APIRouter()


@entrance.get("/sign-in")
def sign_in(request: Request, key: str = "") -> Response:
    """Open a session by the one-time link, or tell where the link stands."""
    sessions: Sessions = request.app.state.sessions
    if key and sessions.throttled():
        raise HTTPException(429)
    cookie = sessions.redeem(key) if key else None
    if cookie is None:
        refusal = page(request, "sign_in.html", failed=bool(key))
        refusal.status_code = 403 if key else 200
        return refusal
    answer = RedirectResponse("/", 303)
    answer.set_cookie(COOKIE, cookie, httponly=True, samesite="strict", secure=request.url.scheme == "https")
    return answer


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """Close the session."""
    request.app.state.sessions.close(request.cookies[COOKIE])
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(COOKIE)
    return answer


@router.post("/language")
def choose_language(request: Request) -> Response:
    """Speak Vietnamese or English to this browser from here on."""
    chosen = request.state.form.get("language", "")
    if chosen not in i18n.LANGUAGES:
        raise HTTPException(404)
    answer = RedirectResponse("/", 303)
    answer.set_cookie(LANGUAGE_COOKIE, chosen, httponly=True, samesite="strict")
    return answer


@router.post("/name")
def introduce(request: Request) -> Response:
    """Take the name that decisions bear from here on, and go on where it was asked for."""
    name = " ".join(request.state.form.get("who", "").split())[:NAME_LENGTH]
    if name and request.state.session.who == NOBODY:
        request.state.session.who = name
    then = request.state.form.get("then", "/")
    # Only to a page of this desk: "//elsewhere" would leave it.
    return RedirectResponse(then if re.fullmatch(r"/(?!/)[^\\\s]*", then) else "/", 303)


NAME_LENGTH = 80
