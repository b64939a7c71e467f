"""Signing in and out, one's own password, and the language of the pages."""

from __future__ import annotations

import math
import re
import secrets

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from omr import i18n
from omr.desk import people
from omr.desk.door import Door, Entry
from omr.desk.guard import COOKIE, DOOR_COOKIE, LANGUAGE_COOKIE, PLACE_COOKIE
from omr.desk.render import page, refused
from omr.errors import UsageError
from omr.i18n import _
from omr.store.accounts import Accounts
from omr.store.store import Store

entrance, router = APIRouter(), APIRouter()

_PLACE_SECONDS = 180 * 86_400
"""How long a browser is known as one its person signed in with."""


@entrance.get("/sign-in")
def sign_in(request: Request, key: str = "") -> Response:
    """Open a session by the one-time link, or ask who it is."""
    if not key:
        return _ask(request)
    entry = request.app.state.door.by_link(key, _address(request))
    return _entered(request, entry, _("This link has been used already, or is not of this desk."))


@entrance.post("/sign-in")
def sign_in_by_name(request: Request) -> Response:
    """Open a session by name and password."""
    door: Door = request.app.state.door
    form = request.state.form
    place = request.cookies.get(PLACE_COOKIE, "")
    entry = door.by_name(form.get("name", ""), form.get("secret", ""), _address(request), place)
    return _entered(request, entry, _("Name or password is wrong, or the account is closed."))


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """Close the session."""
    request.app.state.sessions.close(request.cookies[COOKIE])
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(COOKIE)
    return answer


@router.get("/password")
def password(request: Request) -> Response:
    """Where people change their own password."""
    if request.state.session.account is None:
        raise HTTPException(404)
    return page(request, "password.html", fault="")


@router.post("/password")
def change_password(request: Request) -> Response:
    """Take a person's new password; their other sessions end, this browser gets a new one."""
    form, session = request.state.form, request.state.session
    if session.account is None:
        raise HTTPException(404)
    door: Door = request.app.state.door
    place = request.cookies.get(PLACE_COOKIE, "")
    wait, fits = door.confirms(session.account, form.get("old", ""), _address(request), place)
    fault = "" if fits else _too_often(wait) if wait else _("That is not your password until now.")
    if not fault and form.get("secret") != form.get("again"):
        fault = _("The two new ones are not the same.")
    with Store.open(request.app.state.config.store) as store:
        try:
            changed = None if fault else people.own_password(Accounts(store), session, form["secret"])
        except UsageError as refused:
            fault = str(refused)
    if fault or changed is None:
        refusal = page(request, "password.html", fault=fault)
        refusal.status_code = 429 if wait else 422
        return refusal
    request.app.state.sessions.close(request.cookies[COOKIE])
    return _let_in(request, door.lets_in(changed))


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
    session, form = request.state.session, request.state.form
    with Store.open(request.app.state.config.store) as store:
        if fault := people.introduce(Accounts(store), session, form.get("who", "")):
            return refused(request, fault)
    then = form.get("then", "/")
    # Only to a page of this desk: "//elsewhere" would leave it.
    return RedirectResponse(then if re.fullmatch(r"/(?!/)[^\\\s]*", then) else "/", 303)


def _ask(request: Request, fault: str = "", status: int = 200) -> Response:
    """Return the sign-in page; its form is bound to this browser by a cookie."""
    config, sessions = request.app.state.config, request.app.state.sessions
    cookie = request.cookies.get(DOOR_COOKIE) or secrets.token_urlsafe(16)
    with Store.open(config.store) as store:
        by_name = config.shared or bool(Accounts(store).all())
    answer = page(
        request,
        "sign_in.html",
        fault=fault,
        csrf=sessions.door_token(cookie),
        by_name=by_name,
        link=not config.shared,
    )
    answer.status_code = status
    _set(request, answer, DOOR_COOKIE, cookie)
    return answer


def _entered(request: Request, entry: Entry, fault: str) -> Response:
    if not entry.cookie:
        refusal = _ask(request, _too_often(entry.wait) if entry.wait else fault, 429 if entry.wait else 403)
        if entry.wait:
            refusal.headers["Retry-After"] = str(math.ceil(entry.wait))
        return refusal
    # Whoever was signed in at this browser before is not any more, and no cookie that was here counts.
    request.app.state.sessions.close(request.cookies.get(COOKIE, ""))
    return _let_in(request, entry)


def _let_in(request: Request, entry: Entry) -> Response:
    answer = RedirectResponse("/", 303)
    _set(request, answer, COOKIE, entry.cookie)
    if entry.place:
        _set(request, answer, PLACE_COOKIE, entry.place, _PLACE_SECONDS)
    return answer


def _set(request: Request, answer: Response, name: str, value: str, seconds: int | None = None) -> None:
    secure = request.app.state.config.scheme == "https"
    answer.set_cookie(name, value, max_age=seconds, httponly=True, samesite="strict", secure=secure)


def _too_often(wait: float) -> str:
    return _("Too many tries. Try again in {seconds} seconds.").format(seconds=math.ceil(wait))


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
