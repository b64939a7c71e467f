"""Who may do what: one table. What does not stand in it is refused."""

from __future__ import annotations

from omr.model.account import Role

_ALL = frozenset(Role)
_SCAN = frozenset({Role.OPERATOR, Role.ADMIN})
_AUDIT = frozenset({Role.REVIEWER, Role.HEAD, Role.ADMIN})
_PAPER = frozenset({Role.OPERATOR, Role.HEAD, Role.ADMIN})
"""Who may see a page whole, its name and signature too."""

_REPORT = frozenset({Role.HEAD, Role.ADMIN})
_ADMIN = frozenset({Role.ADMIN})

ACCESS: dict[tuple[str, str], frozenset[Role]] = {
    ("GET", "/"): _ALL,
    ("GET", "/units/{code}"): _ALL,
    ("POST", "/units/{code}/closing"): _REPORT,
    ("GET", "/units/{code}/absent"): _AUDIT,
    ("POST", "/units/{code}/absent"): _AUDIT,
    ("GET", "/units/{code}/summary.xlsx"): _REPORT,
    ("GET", "/units/{code}/reports"): _REPORT,
    ("GET", "/units/{code}/reports/{name}"): _REPORT,
    ("GET", "/units/{code}/audit"): _AUDIT,
    ("GET", "/units/{code}/audit/{card}/row.png"): _AUDIT,
    ("POST", "/units/{code}/audit/{card}"): _AUDIT,
    ("POST", "/units/{code}/audit"): _AUDIT,
    ("GET", "/units/{code}/boxes"): _AUDIT,
    ("POST", "/units/{code}/boxes"): _AUDIT,
    ("GET", "/units/{code}/boxes/{pile}"): _AUDIT,
    ("GET", "/units/{code}/boxes/{pile}/{sheet}.png"): _AUDIT,
    ("POST", "/units/{code}/boxes/{pile}/{sheet}"): _AUDIT,
    ("GET", "/units/{code}/sheets"): _AUDIT,
    ("GET", "/units/{code}/sheets/{sheet}"): _AUDIT,
    ("GET", "/units/{code}/sheets/{sheet}/{number}.png"): _AUDIT,
    ("POST", "/units/{code}/sheets/{sheet}"): _AUDIT,
    ("POST", "/units/{code}/sheets/{sheet}/whole"): _AUDIT,
    ("GET", "/units/{code}/sheets/{sheet}/handwriting"): _PAPER,
    ("POST", "/units/{code}/sheets/{sheet}/handwriting"): _PAPER,
    ("GET", "/units/{code}/sheets/{sheet}/handwriting/{field}.png"): _PAPER,
    ("GET", "/units/{code}/names"): _PAPER,
    ("GET", "/units/{code}/rejections"): _ALL,
    ("GET", "/units/{code}/rescans"): _ALL,
    ("GET", "/units/{code}/rejections/{row}"): _PAPER,
    ("GET", "/units/{code}/rejections/{row}/page.png"): _PAPER,
    ("POST", "/units/{code}/rejections/{row}"): _PAPER,
    ("POST", "/units/{code}/rejections/{row}/read"): _PAPER,
    ("POST", "/name"): _ALL,
    ("GET", "/intake"): _SCAN,
    ("GET", "/intake/progress"): _SCAN,
    ("POST", "/intake"): _SCAN,
    ("POST", "/intake/cancel"): _SCAN,
    ("POST", "/intake/files"): _SCAN,
    ("POST", "/intake/uploads"): _SCAN,
    ("GET", "/people"): _ADMIN,
    ("POST", "/people"): _ADMIN,
    ("GET", "/people/{name}"): _ADMIN,
    ("POST", "/people/{name}"): _ADMIN,
    ("GET", "/log"): _REPORT,
    ("GET", "/password"): _ALL,
    ("POST", "/password"): _ALL,
    ("GET", "/forms"): _PAPER,
    ("POST", "/forms"): _PAPER,
    ("POST", "/forms/roster"): _PAPER,
    ("POST", "/forms/reprint"): _PAPER,
    ("GET", "/forms/{name}"): _PAPER,
    ("GET", "/layouts"): _SCAN,
    ("POST", "/layouts"): _SCAN,
    ("POST", "/layouts/blank"): _SCAN,
    ("POST", "/layouts/tried"): _SCAN,
    ("GET", "/layouts/{sketch}"): _SCAN,
    ("POST", "/layouts/{sketch}"): _SCAN,
    ("GET", "/layouts/{sketch}/progress"): _SCAN,
    ("GET", "/layouts/{sketch}/{number}.png"): _SCAN,
    ("GET", "/layouts/{sketch}/try"): _SCAN,
    ("GET", "/layouts/{sketch}/try.png"): _SCAN,
    ("POST", "/layouts/{sketch}/save"): _SCAN,
    ("POST", "/layouts/{sketch}/remove"): _SCAN,
    ("POST", "/language"): _ALL,
    ("POST", "/sign-out"): _ALL,
}
"""The roles that may use a route, by method and path."""


def may(role: Role, method: str, path: str) -> bool:
    """True where `role` may use the route `path` (its template, not the address)."""
    return role in ACCESS.get((method, path), frozenset())


def sees_names(role: Role) -> bool:
    """True where `role` may see what people wrote by hand: names, signatures."""
    return role in _PAPER
