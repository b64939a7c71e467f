"""A desk on a new store, and browsers signed in to it."""

from __future__ import annotations

import re
from functools import partial

import pytest
from argon2 import PasswordHasher
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from omr.cli.reportfiles import files_of_unit
from omr.cli.session import opened
from omr.desk.app import create_app
from omr.desk.config import Config
from omr.model.account import Role
from omr.people.accounts import added
from omr.store.accounts import Accounts
from omr.store.store import Store

BASE = "http://127.0.0.1:8027"
KEY = "the-key-of-the-link"
SECRET = "mot hai ba bon"  # noqa: S105 (made up)


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch):
    """Argon2 as it is takes a tenth of a second; tests/unit/people tries that."""
    monkeypatch.setattr("omr.people.accounts._hasher", PasswordHasher(1, 8, 1))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "omr.db"


@pytest.fixture
def app(path):
    config = Config(
        path, partial(opened, path), frozenset({"127.0.0.1:8027"}), KEY, "en", report=files_of_unit
    )
    return create_app(config)


@pytest.fixture
def browser(app):
    """Make browsers; each has cookies of its own."""
    clients = []

    def new() -> TestClient:
        clients.append(TestClient(app, base_url=BASE, follow_redirects=False))
        return clients[-1].__enter__()

    yield new
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture
def stranger(app):
    """A browser without a session."""
    with TestClient(app, base_url=BASE, follow_redirects=False) as client:
        yield client


@pytest.fixture
def person(stranger):
    """A browser that opened the link."""
    assert stranger.get("/sign-in", params={"key": KEY}).status_code == 303
    return stranger


@pytest.fixture
def token(person):
    return token_of(person)


@pytest.fixture
def account(path):
    """Make an account in the store."""

    def make(name: str, role: Role = Role.REVIEWER, units=None, secret: str = SECRET):
        with Store.open(path) as store:
            held = Accounts(store)
            held.put(added(held.all(), name, role, units, secret), "account added", "terminal")

    return make


@pytest.fixture
def sign_in(browser):
    """Sign in by name in a browser, a new one where none is given; return it and the answer."""

    def enter(name: str, secret: str = SECRET, client: TestClient | None = None):
        client = client or browser()
        form = {"csrf": token_of(client, "/sign-in"), "name": name, "secret": secret}
        return client, client.post("/sign-in", data=form)

    return enter


def token_of(client: TestClient, address: str = "/") -> str:
    """Return what the forms of a page bear."""
    return re.search(r'name="csrf" value="([^"]+)"', client.get(address).text)[1]


def routes(router):
    """Yield method and path of every page and API there is, however deep it was included."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield from ((method, route.path) for method in route.methods)
        elif hasattr(route, "original_router"):
            yield from routes(route.original_router)
