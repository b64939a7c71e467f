"""`omr package`: what a unit sends up, signed and locked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omr.cli.console import say
from omr.cli.key import Keys, Unit
from omr.cli.options import DEFAULT_STORE, Lang, LayoutsFolder, StorePath, Year, no_store, with_example
from omr.cli.session import Session, opened
from omr.errors import OmrError, UsageError, reason_of
from omr.i18n import _

if TYPE_CHECKING:
    from omr.report.keys import PublicKey
    from omr.report.package import Package

Out = Annotated[
    Path,
    typer.Option(
        "-o", "--output", metavar="FILE", help=_("The package to write."), callback=no_store, dir_okay=False
    ),
]
To = Annotated[
    str | None,
    typer.Option("--to", metavar="UNIT", help=_("Who receives it; the unit above in the tree when absent.")),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "package",
        help=with_example(
            _(
                "Write what a unit sends up: exact counts of tables 1 and 2 and the ledger, without any"
                " person, signed by the unit and locked for its receiver."
            ),
            "`omr package XA-01 -o XA-01-2026.omr`",
        ),
    )(package)


def package(
    unit: Unit,
    output: Out,
    to: To = None,
    year: Year = None,
    keys: Keys = None,
    store: StorePath = DEFAULT_STORE,
    folder: LayoutsFolder = None,
    _lang: Lang = "",
) -> None:
    """Write one unit's package."""
    from omr.report.keys import default_folder, private_key
    from omr.report.seal import seal
    from omr.report.wire import to_json

    sender = private_key(unit, keys or default_folder())
    with opened(store, folder, must_exist=True) as session:
        receiver = _receiver(session, unit, to, year)
        made = _made(session, unit, receiver.unit, year)
        _write(output, seal(to_json(made), sender, receiver))
        session.store.record("package made", f"{made.year} → {receiver.unit}: {output.name}", unit=unit)
    say(
        _("{file}: {unit}, year {year}, for {receiver} alone.").format(
            file=output, unit=unit, year=made.year, receiver=receiver.unit
        )
    )


def _receiver(session: Session, unit: str, to: str | None, year: int | None) -> PublicKey:
    from omr.report.keys import PublicKey
    from omr.store.packages import trusted

    units = session.store.units(year)
    above = to or (units[unit].parent if unit in units else "")
    if not above:
        raise UsageError(
            _("No unit stands above {unit} in the tree. Name the receiver with --to.").format(unit=unit)
        )
    known = trusted(session.store)
    if above not in known:
        raise UsageError(
            _("The key of {unit} is not known here. Take it first (`omr key trust {unit} FILE`).").format(
                unit=above
            )
        )
    return PublicKey(above, *known[above])


def _made(session: Session, unit: str, receiver: str, year: int | None) -> Package:
    """Return the unit's package. Raises OmrError where sheets counted here are not signed off."""
    from omr.report.merge import own_units
    from omr.report.packing import make_package
    from omr.report.rows import Office
    from omr.report.survey import survey
    from omr.store.closings import closed_places
    from omr.store.database import now

    found = survey(session.store, session.layouts, session.sheets(), session.rules, unit=unit, year=year)
    years = {head.key.year for head in found.facts.forms}
    if len(years) > 1:
        raise UsageError(
            _("There are sheets of {years}. Name one with --year.").format(
                years=", ".join(map(str, sorted(years)))
            )
        )
    of_year = year or next(iter(years), 0)
    trails = tuple((trail.table, trail.rows, trail.link) for trail in session.store.trails())
    own = {code for code in own_units(found.facts, of_year) if found.holds(code)}
    closed = closed_places(session.store, [(code, of_year) for code in own])
    if lacking := sorted(own - {code for code, _year in closed}):
        raise OmrError(
            _(
                "{units}: not signed off for {year}. Close it first (`omr close {unit} --year {year}`)."
            ).format(units=", ".join(lacking[:5]), unit=unit, year=of_year)
        )
    digests = sorted({closing.digest for closing in closed.values()})
    office = Office(unit, now(), trails, ", ".join(digests))
    return make_package(found.facts, found.ledger, office, receiver, of_year)


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise OmrError(
            _("{path} cannot be written ({reason}). Choose another folder.").format(
                path=path, reason=reason_of(error)
            )
        ) from error
