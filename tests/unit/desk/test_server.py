"""The desk behind a real socket: who asks in drops, or never ends, is let go."""

from __future__ import annotations

import socket
import time
from contextlib import closing
from threading import Thread

import pytest

from omr.desk import guard
from omr.desk import server as web

PATIENCE = 20.0
"""Seconds; the machine may be busy with every other test."""


@pytest.fixture
def port(app, monkeypatch):
    """The port of a desk that waits three tenths of a second for the head and the form of a request."""
    monkeypatch.setattr(web, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(guard, "FORM_SECONDS", 0.3)
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        number = listening.getsockname()[1]
        desk = web.server(app)
        thread = Thread(target=lambda: desk.run(sockets=[listening]))
        thread.start()
        until = time.monotonic() + PATIENCE
        while not desk.started and time.monotonic() < until:
            time.sleep(0.01)
        yield number
        desk.should_exit = True
        thread.join(PATIENCE)


def talk(port: int, *sent: bytes, pause: float = 0.0) -> bytes:
    """Send pieces, and return all that comes back until the desk closes the connection."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)) as line:
        answer = b""
        for piece in sent:
            try:
                line.sendall(piece)
            except OSError:
                break
            time.sleep(pause)
        while True:
            try:
                got = line.recv(65_536)
            except ConnectionResetError:
                return answer
            if not got:
                return answer
            answer += got


HEAD = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1:8027\r\n"


def test_it_answers(port):
    asked = b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1:8027\r\nConnection: close\r\n\r\n"
    assert talk(port, asked).startswith(b"HTTP/1.1 200")


def test_who_says_nothing_is_let_go(port):
    begun = time.monotonic()
    assert talk(port) == b""
    assert time.monotonic() - begun < PATIENCE / 2


def test_who_never_ends_the_head_of_a_request_is_let_go(port):
    drops = [b"GET /sign-in HTTP/1.1\r\n", *(b"X-%d: 1\r\n" % at for at in range(40))]
    begun = time.monotonic()
    assert talk(port, *drops, pause=0.05) == b""
    assert time.monotonic() - begun < PATIENCE / 2


def test_who_is_slow_after_a_first_answer_is_let_go_too(port):
    asked = b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1:8027\r\n\r\n"
    drops = [b"G", b"E", b"T", *[b"x"] * 20]
    assert talk(port, asked, *drops, pause=0.1).count(b"HTTP/1.1 200") == 1


def test_a_form_that_does_not_come_is_not_waited_for(port):
    answer = talk(port, HEAD + b"Content-Length: 1000\r\nConnection: close\r\n\r\n", b"csrf=x")
    assert answer.startswith(b"HTTP/1.1 408")


def test_a_body_without_end_is_refused_before_it_is_read(port):
    for length in (b"Content-Length: 99999999999\r\n", b"Transfer-Encoding: chunked\r\n"):
        answer = talk(port, HEAD + length + b"Connection: close\r\n\r\n", *[b"x" * 1000] * 5)
        assert answer.startswith(b"HTTP/1.1 413")


def test_a_body_for_a_page_without_a_session_is_not_read(port):
    head = b"POST /intake/files?name=a.pdf HTTP/1.1\r\nHost: 127.0.0.1:8027\r\n"
    answer = talk(port, head + b"Content-Length: 99999999999\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 401")
