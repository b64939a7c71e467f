"""People and their accounts, and the log of what they did and saw."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query, Request, Response

from omr.desk import people
from omr.desk.render import page
from omr.desk.words import done, local, roles, states
from omr.errors import UsageError
from omr.people.accounts import person_named
from omr.store.accounts import Accounts
from omr.store.log import Wanted, log_rows, log_words

router = APIRouter()

Before = Annotated[int, Query(ge=0, le=2**62)]

_ROWS = 100
"""Rows of the log on one page."""


@router.get("/people")
def everybody(request: Request) -> Response:
    """Every account."""
    return _everybody(request, "")


@router.post("/people")
def add(request: Request) -> Response:
    """Make an account, and show its temporary password once."""
    with request.app.state.config.opened() as office:
        try:
            by = request.state.session.who
            account, secret = people.add(Accounts(office.store), request.state.form, by)
        except LookupError as unknown:
            raise HTTPException(404) from unknown
        except UsageError as refused:
            return _everybody(request, str(refused))
    return _one(request, account.name, secret)


@router.get("/people/{name}")
def one(request: Request, name: str) -> Response:
    """One account, and what may be done about it."""
    return _one(request, name)


@router.post("/people/{name}")
def change(request: Request, name: str) -> Response:
    """Change an account."""
    secret, fault = "", ""
    with request.app.state.config.opened() as office:
        accounts = Accounts(office.store)
        if person_named(accounts.all(), name) is None:
            raise HTTPException(404)
        try:
            secret = people.change(accounts, name, request.state.form, request.state.session.who)
        except LookupError as unknown:
            raise HTTPException(404) from unknown
        except UsageError as refused:
            fault = str(refused)
    return _one(request, name, secret, fault)


@router.get("/log")
def log(request: Request, who: str = "", what: str = "", unit: str = "", before: Before = 0) -> Response:
    """What people did and saw, newest first; of units this person may see."""
    wanted = Wanted(who, what, unit, request.state.session.units)
    with request.app.state.config.opened() as office:
        rows = log_rows(office.store, wanted, _ROWS + 1, before)
        kinds, names = log_words(office.store), tuple(Accounts(office.store).all())
    older = (
        {"who": who, "what": what, "unit": unit, "before": rows[_ROWS - 1].id} if len(rows) > _ROWS else {}
    )
    return page(
        request,
        "log.html",
        rows=rows[:_ROWS],
        wanted=wanted,
        kinds=kinds,
        people=names,
        older=urlencode(older),
        words=done,
        local=local,
    )


def _everybody(request: Request, fault: str) -> Response:
    with request.app.state.config.opened() as office:
        known = tuple(Accounts(office.store).all().values())
    answer = page(
        request, "people.html", people=known, fault=fault, roles=roles(), states=states(), local=local
    )
    answer.status_code = 422 if fault else 200
    return answer


def _one(request: Request, name: str, secret: str = "", fault: str = "") -> Response:
    with request.app.state.config.opened() as office:
        account = person_named(Accounts(office.store).all(), name)
        names = {unit.code: unit.name for unit in office.store.units().values()}
    if account is None:
        raise HTTPException(404)
    answer = page(
        request,
        "person.html",
        each=account,
        names=names,
        secret=secret,
        fault=fault,
        roles=roles(),
        states=states(),
    )
    answer.status_code = 422 if fault else 200
    return answer
