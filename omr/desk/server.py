"""The web server under the desk, with what uvicorn leaves open: a limit on how slowly one may ask."""

from __future__ import annotations

import asyncio
import socket

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 15.0
"""How long the head of a request may take; it is a few hundred bytes."""

_MOST_CONNECTIONS = 500
"""Of twenty reviewers, each browser holds up to six."""


class Hurried(H11Protocol):
    """A connection that is closed where no request comes in time, whole or in drops."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._hurry()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        super().connection_lost(exc)
        if self._late is not None:
            self._late.cancel()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._hurry()

    def _hurry(self) -> None:
        if self._late is not None:
            self._late.cancel()
        self._late = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _give_up(self) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()


def server(app: FastAPI, *, proxied: bool = False) -> uvicorn.Server:
    """Return the server of a desk; proxied: a proxy on this machine says who asks (X-Forwarded-For)."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=Hurried,
            ws="none",
            log_level="warning",
            access_log=False,  # the link's key would stand in it
            server_header=False,
            proxy_headers=proxied,
            forwarded_allow_ips="127.0.0.1,::1",
            limit_concurrency=_MOST_CONNECTIONS,
        )
    )


def serve(app: FastAPI, listening: socket.socket, *, proxied: bool = False) -> None:
    """Serve the desk until Ctrl-C."""
    server(app, proxied=proxied).run(sockets=[listening])
