"""`omr desk`: the local web app."""

from __future__ import annotations

import secrets
import socket
import webbrowser
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from omr import i18n
from omr.cli.console import say
from omr.cli.options import DEFAULT_STORE, Lang, LayoutsFolder, StorePath, with_example
from omr.cli.reportfiles import files_of_unit
from omr.cli.session import opened
from omr.errors import UsageError, reason_of
from omr.i18n import _

if TYPE_CHECKING:
    from omr.desk.config import Config
    from omr.store.store import Store

_DEFAULT_PORT = 8027

Host = Annotated[
    str,
    typer.Option(
        "--host", metavar="ADDR", help=_("Address to listen on; other than 127.0.0.1 needs accounts.")
    ),
]
Port = Annotated[
    int, typer.Option("--port", metavar="N", min=0, max=65535, help=_("Port; 0 takes a free one."))
]
Url = Annotated[
    str,
    typer.Option("--url", metavar="URL", help=_("What people open where a proxy with TLS stands in front.")),
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
    url: Url = "",
    no_browser: NoBrowser = False,  # noqa: FBT002 (a flag of the command line)
    folder: LayoutsFolder = None,
    _lang: Lang = "",
) -> None:
    """Serve the desk until Ctrl-C."""
    from omr.desk.config import is_loopback

    shared = bool(url) or not is_loopback(host)
    public = _public(url)
    with opened(store, folder) as office:  # a store that cannot be used is told here, not on the first page
        if shared:
            _demand_accounts(office.store, store)
    from omr.desk.app import create_app
    from omr.desk.config import Config, hosts_of
    from omr.desk.server import serve

    with _bound(host, port) as listening:
        at = listening.getsockname()[1]
        config = Config(
            store,
            partial(opened, store, folder),
            frozenset({public}) if public else hosts_of(host, at),
            "" if shared else secrets.token_urlsafe(32),
            i18n.language(),
            shared=shared,
            scheme=urlsplit(url).scheme if url else "http",
            any_address=shared and not url,
            report=files_of_unit,
        )
        link = _told(config, url, host, at)
        if not (shared or no_browser):
            webbrowser.open(link)
        serve(create_app(config), listening, proxied=bool(url))


def _told(config: Config, url: str, host: str, port: int) -> str:
    """Tell where the desk is, and return the link that opens it."""
    name = socket.gethostname() if config.any_address and host in ("0.0.0.0", "::") else host  # noqa: S104
    link = url or f"http://{f'[{name}]' if ':' in name else name}:{port}/"
    if config.shared:
        say(_("The desk is open: people sign in at {link}").format(link=link))
        if config.scheme == "http":
            say(_("What goes over the network is not encrypted: use a network you trust (docs/security.md)."))
    else:
        link += f"sign-in?key={config.key}"
        say(_("The desk is open; this link works once: {link}").format(link=link))
    say(_("End it with Ctrl-C."))
    return link


def _demand_accounts(store: Store, path: Path) -> None:
    """Raise UsageError where nobody could sign in."""
    from omr.store.accounts import Accounts

    if not any(account.is_open for account in Accounts(store).all().values()):
        raise UsageError(
            _(
                "Other machines would reach the desk, and nobody has an account in {path}. Make the first:"
                " omr user add NAME --role admin --store {path}"
            ).format(path=path)
        )


def _public(url: str) -> str:
    """Return host and port of the address people open, "" for none. Raises UsageError for no address."""
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/")):
        raise UsageError(
            _("--url {url} is not an address like https://desk.example; a path cannot follow.").format(
                url=url
            )
        )
    return parts.netloc.lower()


def _bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens. Raises UsageError where the port is taken, or the address not ours."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise UsageError(
            _("Port {port} cannot be used ({reason}). Name another with --port.").format(
                port=port, reason=reason_of(error)
            )
        ) from error
