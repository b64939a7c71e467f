"""What every request has to pass before a page sees it: host, session, origin, token, size."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from fastapi import Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse

from omr import i18n
from omr.desk.config import Config
from omr.desk.sessions import Session, Sessions

COOKIE, LANGUAGE_COOKIE = "omr_session", "omr_language"

_FORM_BYTES = 65_536
"""A form of the desk has a few short fields; anything longer is none of ours."""

_FORM_FIELDS = 100
"""More than a contact sheet has crops: each that is picked out is a field."""

_STREAMED = frozenset({"/intake/files"})
"""Routes that take their body in themselves, a piece at a time and bounded; the token is in a header."""

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}

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
        if request.headers.get("host", "") not in self._config.hosts:
            return PlainTextResponse("wrong host", 400)
        if request.method not in ("GET", "HEAD", "POST"):
            return PlainTextResponse("method not allowed", 405)
        path = request.url.path
        if request.method != "POST" and (path == "/sign-in" or path.startswith("/static/")):
            return None
        session = self._sessions.get(request.cookies.get(COOKIE, ""))
        if session is None:
            return self._unknown(request)
        request.state.session = session
        return await self._refused_post(request, session) if request.method == "POST" else None

    def _unknown(self, request: Request) -> Response:
        if request.method == "POST" or "hx-request" in request.headers:
            return PlainTextResponse("sign in first", 401)
        return RedirectResponse("/sign-in", 303)

    async def _refused_post(self, request: Request, session: Session) -> Response | None:
        origin = request.headers.get("origin")
        if origin is not None and origin not in {f"http://{host}" for host in self._config.hosts}:
            return PlainTextResponse("wrong origin", 403)
        form: dict[str, str] = {}
        if request.url.path not in _STREAMED:
            body = await _bounded(request)
            if body is None:
                return PlainTextResponse("too large", 413)
            try:
                form = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_FORM_FIELDS))
            except ValueError:
                return PlainTextResponse("not a form", 400)
        token = request.headers.get("x-csrf-token") or form.get("csrf", "")
        if not hmac.compare_digest(token.encode(), session.csrf.encode()):
            return PlainTextResponse("forged form", 403)
        request.state.form = form
        return None


async def _bounded(request: Request) -> bytes | None:
    """Return the body of a form, or None where it is longer than a form; no more than that is taken in."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > _FORM_BYTES:
        return None
    return await request.body()
