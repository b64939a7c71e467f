"""A page of the desk: its template, filled in, in the language of the request."""

from __future__ import annotations

from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from omr import i18n

_templates = Jinja2Templates(
    env=Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
    )
)
_templates.env.globals.update({"_": i18n._, "ngettext": i18n.ngettext, "language": i18n.language})


def page(request: Request, template: str, **shown: object) -> HTMLResponse:
    """Return a template filled in; it knows the session, if there is one, beside what is `shown`."""
    session = getattr(request.state, "session", None)
    return _templates.TemplateResponse(request, template, {"session": session, **shown})


def refused(request: Request, why: str, status: int = 422) -> HTMLResponse:
    """Return a page that says why something was not done, and leads back."""
    answer = page(request, "refused.html", why=why)
    answer.status_code = status
    return answer
