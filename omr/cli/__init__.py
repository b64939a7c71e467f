"""The `omr` command: parse, call, print, exit code.

Each command stands in a module of its own with one function `register(app)`.
Importing a command module is cheap; what is heavy is imported inside the command that needs it.
"""

from __future__ import annotations

import gc
import sys
import warnings
from collections.abc import Sequence
from importlib import import_module

import typer
from typer.exceptions import TyperException

from omr import i18n
from omr.cli.console import fail, speak_utf8
from omr.cli.misuse import told
from omr.errors import ExitCode, OmrError, reason_of

COMMANDS: tuple[str, ...] = (
    "demo", "layouts", "units", "ranks", "printing", "reading", "ledger", "settle", "close", "summary",
    "report", "score", "export", "verdict", "verify", "purge", "backup", "key", "package", "merge", "user",
    "doctor", "overlay", "synth", "desk",
)  # fmt: skip
"""Modules of omr.cli, in the order of `omr --help`."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave the process with its exit code (omr.errors.ExitCode)."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    i18n.use(_language(arguments))
    speak_utf8(sys.stdout, sys.stderr)
    collect_seldom()
    if not sys.warnoptions:  # what libraries say of damaged files is for programmers; people are told by us
        warnings.simplefilter("ignore")
    try:
        sys.exit(
            _app()(arguments or ["--help"], prog_name="omr", standalone_mode=False) or int(ExitCode.DONE)
        )
    except TyperException as error:
        fail(told(error))
        sys.exit(int(ExitCode.WRONG_USE))
    except typer.Abort:  # asked for something, and there was no more input
        fail(i18n._("Nothing was typed in, so nothing was done."))
        sys.exit(int(ExitCode.FAILURE))
    except OmrError as error:
        fail(str(error))
        sys.exit(int(error.exit_code))
    except OSError as error:  # what no command foresaw
        message = i18n._("{path}: {reason}. Check the name, your permission and the free space.")
        fail(message.format(path=error.filename or "omr", reason=reason_of(error)))
        sys.exit(int(ExitCode.FAILURE))


def collect_seldom() -> None:
    """Have rings of objects looked for seldom: a command builds up much at once and hardly any rings."""
    gc.set_threshold(100_000, 50, 50)


def _app() -> typer.Typer:
    """Return the command line. Help texts are made on import, so the language has to be set before."""
    app = typer.Typer(
        help=i18n._("Reads ticks on scanned paper forms and sums them up for each unit."),
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="markdown",
    )
    app.callback()(import_module("omr.cli.options").root)
    for name in COMMANDS:
        import_module(f"omr.cli.{name}").register(app)
    return app


def _language(arguments: Sequence[str]) -> str:
    """Return what `--lang` says wherever it stands, else the machine's language."""
    for at, argument in enumerate(arguments):
        value = argument.removeprefix("--lang=") if argument.startswith("--lang=") else None
        if argument == "--lang" and at + 1 < len(arguments):
            value = arguments[at + 1]
        if value in i18n.LANGUAGES:
            return value
    return i18n.preferred()
