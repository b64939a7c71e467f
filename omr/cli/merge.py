"""`omr merge`: the packages of the units below are checked and added up, all of them or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omr.cli.console import say
from omr.cli.key import Keys
from omr.cli.options import DEFAULT_STORE, Lang, LayoutsFolder, StorePath, with_example
from omr.cli.session import Session, opened
from omr.errors import OmrError
from omr.i18n import _, ngettext

if TYPE_CHECKING:
    from omr.report.arrivals import Arrival
    from omr.report.package import Package
    from omr.report.tables import Facts

Files = Annotated[list[Path], typer.Argument(metavar="PACKAGE…", help=_("Packages of the units below."))]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "merge",
        help=with_example(
            _(
                "Take the packages of the units below, all of them or none: each is checked, and what is"
                " missing is named. `omr summary` and `omr report` count them from then on."
            ),
            "`omr merge packages/*.omr`",
        ),
    )(merge)


def merge(
    files: Files,
    keys: Keys = None,
    store: StorePath = DEFAULT_STORE,
    folder: LayoutsFolder = None,
    _lang: Lang = "",
) -> None:
    """Take packages, all or none."""
    from omr.report.arrivals import Present, refusals
    from omr.report.keys import default_folder
    from omr.report.merge import own_units
    from omr.report.survey import merged_packages
    from omr.store.packages import add_packages

    with opened(store, folder) as session:
        arrivals, faults = _arrivals(session, files, keys or default_folder())
        merged = merged_packages(session.store)
        years = sorted({arrival.package.year for arrival in arrivals})
        own = {year: _own(session, year) for year in years}
        for year, facts in own.items():
            of_year = [arrival for arrival in arrivals if arrival.package.year == year]
            faults += refusals(of_year, Present(facts.units, own_units(facts), facts.forms, merged))
        if faults:
            lines = [_("{file}: {reason}").format(file=file, reason=reason) for file, reason in faults]
            raise OmrError("\n".join([*lines, _("Nothing was merged.")]))
        rows = [(a.package.unit, a.package.year, a.content) for a in arrivals]
        add_packages(session.store, rows)
    _tell(arrivals, own, merged.values())


def _arrivals(
    session: Session, files: Sequence[Path], keys: Path
) -> tuple[list[Arrival], list[tuple[str, str]]]:
    """Return the packages that could be opened, and why the others could not."""
    from omr.report.arrivals import opened_package
    from omr.report.keys import PublicKey, private_key
    from omr.store.packages import trusted

    own = cache(lambda unit: private_key(unit, keys))
    known = {unit: PublicKey(unit, *key) for unit, key in trusted(session.store).items()}
    arrivals, faults = [], []
    for file in files:
        try:
            arrivals.append(opened_package(file, known, own))
        except OmrError as error:
            faults.append((str(file), str(error)))
    return arrivals, faults


def _own(session: Session, year: int) -> Facts:
    from omr.report.survey import own_facts

    return own_facts(session.store, session.layouts, session.sheets(year=year), session.rules, year=year)


def _tell(arrivals: Sequence[Arrival], own: Mapping[int, Facts], before: Iterable[Package]) -> None:
    """Say what was taken, and whose numbers are not there yet. own: what was counted here, by year."""
    from omr.report.merge import current, missing

    count = len(arrivals)
    say(ngettext("{n} package merged.", "{n} packages merged.", count).format(n=count))
    every = current((*before, *(arrival.package for arrival in arrivals)))
    for receiver, year in sorted({(a.package.receiver, a.package.year) for a in arrivals}):
        lacking = missing(receiver, own[year], [package for package in every if package.year == year])
        if lacking:
            say(_("Not there yet for {year}:").format(year=year))
            for unit in lacking:
                say(f"  {unit.code}  {unit.name}")
        else:
            say(
                _("Every unit below {unit} that is known is there for {year}.").format(
                    unit=receiver, year=year
                )
            )
