"""`omr close` and `omr reopen`: signing a unit off, and opening it again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from omr.cli.console import say
from omr.cli.options import (
    DEFAULT_STORE,
    By,
    Lang,
    LayoutsFolder,
    StorePath,
    with_example,
    year_option,
)
from omr.cli.session import Session, opened, user
from omr.errors import ExitCode, UsageError
from omr.i18n import _

if TYPE_CHECKING:
    from omr.batch.openends import OpenEnd

Code = Annotated[str, typer.Argument(metavar="UNIT", help=_("Its code or name; all units below it too."))]
OfYear = Annotated[int | None, year_option(_("The year; the newest in the store when absent."))]
OverrideBy = Annotated[
    str | None,
    typer.Option(
        "--override-by", metavar="NAME", help=_("Who signs although something is open; needs --reason.")
    ),
]
Reason = Annotated[
    str | None, typer.Option("--reason", metavar="TEXT", help=_("Why; it is printed on the report."))
]
Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help=_("Why; it is kept."))]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        "close",
        help=with_example(
            _(
                "Sign a unit off, with all units below it: nothing of it can be changed afterwards. While"
                " anything is open it is refused, with every reason."
            ),
            "`omr close CB01 --year 2026 --by NAME`",
        ),
    )(close)
    app.command(
        "reopen",
        help=with_example(
            _("Open a unit again that was signed off; it is logged."),
            '`omr reopen CB01 --reason "a late sheet"`',
        ),
    )(reopen)


def close(
    unit: Code,
    year: OfYear = None,
    by: By = None,
    override_by: OverrideBy = None,
    reason: Reason = None,
    store: StorePath = DEFAULT_STORE,
    folder: LayoutsFolder = None,
    _lang: Lang = "",
) -> None:
    """Sign a unit off; exits 3 or 5 where anything is open, whether it is refused or signed all the same."""
    from omr.batch.closing import close as sign

    if (override_by is None) != (reason is None) or "" in {override_by, reason}:
        raise UsageError(_("--override-by NAME and --reason TEXT belong together."))
    with opened(store, folder, must_exist=True) as session:
        _refuse_broken(session)
        session.keep_rules()
        code, of_year = _place(session, unit, year)
        who = override_by or by or user()
        signed = sign(session.store, session.sheets(), code, of_year, who, reason or "")
    if signed.open_ends and override_by is None:
        _tell_refused(code, signed.open_ends)
    else:
        text = _("{unit} is closed for {year}, signed off by {who}. Digest of its tables: {digest}")
        say(text.format(unit=code, year=of_year, who=who, digest=signed.digest))
        if signed.open_ends:
            say(_("Signed although this is open; it is printed on the report:"))
            _tell(signed.open_ends)
    raise typer.Exit(max((each.exit_code for each in signed.open_ends), default=ExitCode.DONE))


def reopen(
    unit: Code,
    reason: Why,
    year: OfYear = None,
    by: By = None,
    store: StorePath = DEFAULT_STORE,
    _lang: Lang = "",
) -> None:
    """Open a unit again."""
    from omr.model.closing import Act, Closing
    from omr.store.closings import append

    if not reason.strip():
        raise UsageError(_("Say why it is opened again: --reason TEXT."))
    with opened(store, must_exist=True) as session:
        code, of_year = _place(session, unit, year)
        who = by or user()
        with session.store.transaction():
            append(session.store, Closing(code, of_year, Act.REOPEN, who, reason))
    say(_("{unit} is open again for {year}.").format(unit=code, year=of_year))


def _place(session: Session, unit: str, year: int | None) -> tuple[str, int]:
    """Return the unit's code and the year. Raises UsageError where either is unknown."""
    from omr.store.closings import newest_year

    of_year = year or newest_year(session.store)
    if of_year is None:
        raise UsageError(_("Nothing was printed or read yet: there is nothing to sign off."))
    return session.unit(unit, of_year) or unit, of_year


def _refuse_broken(session: Session) -> None:
    """Refuse where verdicts or log were changed by hand: nobody can sign for that."""
    if session.store.breaks():
        say(_("Decisions or log are not as omr wrote them: nothing can be signed off. See omr verify."))
        raise typer.Exit(ExitCode.UNBALANCED)


def _tell_refused(unit: str, ends: Iterable[OpenEnd]) -> None:
    say(_("{unit} cannot be signed off yet:").format(unit=unit))
    _tell(ends)
    say(_("To sign all the same: --override-by NAME --reason TEXT. Both are printed on the report."))


def _tell(ends: Iterable[OpenEnd]) -> None:
    for end in ends:
        say(f"- {end.told()}")
