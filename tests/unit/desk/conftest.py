"""A desk on a new store, and a browser signed in to it."""

from __future__ import annotations

import re
from functools import partial

import pytest
from starlette.testclient import TestClient

from omr.cli.session import opened
from omr.desk.app import create_app
from omr.desk.config import Config

BASE = "http://127.0.0.1:8027"
KEY = "the-key-of-the-link"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "omr.db"


@pytest.fixture
def app(path):
    config = Config(path, partial(opened, path), frozenset({"127.0.0.1:8027"}), KEY, "en")
    return create_app(config)


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
    return re.search(r'name="csrf" value="([^"]+)"', person.get("/").text)[1]
