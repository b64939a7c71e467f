"""What every request has to pass before a page sees it: host, session, origin, token, size, time."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from fastapi import Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from omr import i18n
from omr.desk.config import Config
from omr.desk.sessions import Sessions

COOKIE, LANGUAGE_COOKIE = "omr_session", "omr_language"
DOOR_COOKIE, PLACE_COOKIE = "omr_door", "omr_place"

_FORM_BYTES = 65_536
"""A form of the desk has a few short fields; anything longer is none of ours."""

_DIGITS = len(str(_FORM_BYTES))

_FORM_FIELDS = 100
"""More than a contact sheet has crops: each that is picked out is a field."""

_STREAMED = frozenset({"/intake/files", "/forms/roster", "/layouts/blank", "/layouts/tried"})
"""Routes that take their body in themselves, a piece at a time and bounded; the token is in a header."""

FORM_SECONDS = 15.0
"""How long a form may take to come in; a browser sends it in one go."""

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}

_OWN_PASSWORD_FIRST = frozenset({"/password", "/sign-out", "/language"})
"""What a temporary password opens."""

Next = Callable[[Request], Awaitable[Response]]


class Guard:
    """The one door. Use as HTTP middleware; what it lets in has `request.state.session` and `.form`."""

    def __init__(self, config: Config, sessions: Sessions) -> None:
        self._config, self._sessions = config, sessions

    async def __call__(self, request: Request, forward: Next) -> Response:
        """Answer, or let the request in; headers are set on every answer."""
        i18n.use(self._language(request))
        response = await self._refused(request) or await forward(request)
        response.headers.update(_HEADERS)
        if not request.url.path.startswith("/static/"):
            response.headers["Cache-Control"] = "no-store"
        return response

    def _language(self, request: Request) -> str:
        chosen = request.cookies.get(LANGUAGE_COOKIE, "")
        return chosen if chosen in i18n.LANGUAGES else self._config.language

    async def _refused(self, request: Request) -> Response | None:
        """Return the refusal, or None where the request may go on."""
        path, posted = request.url.path, request.method == "POST"
        if not self._config.is_host(request.headers.get("host", "").lower()):
            return PlainTextResponse("wrong host", 400)
        if request.method not in ("GET", "HEAD", "POST"):
            return PlainTextResponse("method not allowed", 405)
        if not posted and (path == "/sign-in" or path.startswith("/static/")):
            return None
        if path == "/sign-in":
            return await self._refused_post(request, self._door_token(request))
        return await self._refused_session(request, path, posted=posted)

    async def _refused_session(self, request: Request, path: str, *, posted: bool) -> Response | None:
        session = await run_in_threadpool(self._sessions.get, request.cookies.get(COOKIE, ""))
        if session is None:
            return self._unknown(request)
        if session.is_temporary and path not in _OWN_PASSWORD_FIRST:
            return RedirectResponse("/password", 303)
        request.state.session = session
        return await self._refused_post(request, session.csrf) if posted else None

    def _unknown(self, request: Request) -> Response:
        if request.method == "POST" or "hx-request" in request.headers:
            return PlainTextResponse("sign in first", 401)
        return RedirectResponse("/sign-in", 303)

    def _door_token(self, request: Request) -> str:
        """Return what the sign-in form has to bear; without its cookie nothing will do."""
        cookie = request.cookies.get(DOOR_COOKIE, "")
        return self._sessions.door_token(cookie) if cookie else ""

    async def _refused_post(self, request: Request, wanted: str) -> Response | None:
        origin = request.headers.get("origin")
        # The Host header has passed: a form of this very desk comes from there.
        if origin is not None and origin != f"{self._config.scheme}://{request.headers['host']}".lower():
            return PlainTextResponse("wrong origin", 403)
        form = {} if request.url.path in _STREAMED else await _form(request)
        if isinstance(form, Response):
            return form
        token = request.headers.get("x-csrf-token") or form.get("csrf", "")
        if not wanted or not hmac.compare_digest(token.encode(), wanted.encode()):
            return PlainTextResponse("forged form", 403)
        request.state.form = form
        return None


async def _form(request: Request) -> dict[str, str] | Response:
    """Return the fields of a form, or the refusal where it is longer than a form, slower, or none at all."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or len(length) > _DIGITS or int(length) > _FORM_BYTES:
        return PlainTextResponse("too large", 413)
    try:
        body = await asyncio.wait_for(request.body(), FORM_SECONDS)
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_FORM_FIELDS))
    except TimeoutError:
        return PlainTextResponse("too slow", 408)
    except ValueError:
        return PlainTextResponse("not a form", 400)
