"""`omr desk`: the local web app."""

from __future__ import annotations

import secrets
import socket
import webbrowser
from functools import partial
from typing import Annotated

import typer

from omr import i18n
from omr.cli.console import say
from omr.cli.options import DEFAULT_STORE, Lang, LayoutsFolder, StorePath, with_example
from omr.cli.session import opened
from omr.errors import UsageError
from omr.i18n import _

_DEFAULT_PORT = 8027

Host = Annotated[
    str, typer.Option("--host", metavar="ADDR", help=_("Address to listen on; this machine alone."))
]
Port = Annotated[
    int, typer.Option("--port", metavar="N", min=0, max=65535, help=_("Port; 0 takes a free one."))
]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help=_("Print the link and open no browser."))]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "desk",
        help=with_example(
            _("Work in the browser: read scans, see every unit, download the workbook."),
            "`omr desk --store year2026.db`",
        ),
    )(desk)


def desk(
    store: StorePath = DEFAULT_STORE,
    host: Host = "127.0.0.1",
    port: Port = _DEFAULT_PORT,
    no_browser: NoBrowser = False,  # noqa: FBT002 (a flag of the command line)
    folder: LayoutsFolder = None,
    _lang: Lang = "",
) -> None:
    """Serve the desk until Ctrl-C."""
    from omr.desk.config import Config, hosts_of, is_loopback

    if not is_loopback(host):
        raise UsageError(
            _("The desk serves this machine alone until accounts are there: leave --host at 127.0.0.1.")
        )
    import uvicorn

    from omr.desk.app import create_app

    with opened(store, folder):
        pass  # a store that cannot be used is told here, not on the first page
    with _bound(host, port) as listening:
        at = listening.getsockname()[1]
        key = secrets.token_urlsafe(32)
        config = Config(store, partial(opened, store, folder), hosts_of(host, at), key, i18n.language())
        shown = f"[{host}]" if ":" in host else host
        link = f"http://{shown}:{at}/sign-in?key={key}"
        say(_("The desk is open; this link works once: {link}").format(link=link))
        say(_("End it with Ctrl-C."))
        if not no_browser:
            webbrowser.open(link)
        # No access log: the link's key would stand in it.
        running = uvicorn.Config(
            create_app(config), log_level="warning", access_log=False, server_header=False
        )
        uvicorn.Server(running).run(sockets=[listening])


def _bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens. Raises UsageError where the port is taken."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise UsageError(
            _("Port {port} cannot be used ({reason}). Name another with --port.").format(
                port=port, reason=error.strerror
            )
        ) from error
