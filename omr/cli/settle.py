"""`omr settle`: what people did about refused scans, from a table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omr.cli.answers import read_columns
from omr.cli.console import say
from omr.cli.options import DEFAULT_STORE, Lang, StorePath, with_example
from omr.cli.session import opened
from omr.errors import RosterError
from omr.i18n import _, ngettext

if TYPE_CHECKING:
    from omr.model.scan import ScanId
    from omr.model.settlement import Settlement

COLUMNS = ("source", "frame", "way", "reviewer", "reason")
WAYS = ("blank", "foreign", "rescan", "rescanned", "open")
File = Annotated[
    Path,
    typer.Argument(
        metavar="FILE.csv",
        help=_(
            "Columns source,frame,way,reviewer,reason; way is one of blank, foreign, rescan, rescanned, open."
        ),
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "settle",
        help=with_example(
            _(
                "Say what became of refused scans: source and frame as `omr export rejections` writes them."
                " Nothing is deleted, the newest of a scan holds."
            ),
            "`omr settle settled.csv`",
        ),
    )(settle)


def settle(file: File, store: StorePath = DEFAULT_STORE, _lang: Lang = "") -> None:
    """Append the settlements of a file, all of them or none."""
    with opened(store, must_exist=True) as session:
        refused: dict[tuple[str, str], list[ScanId]] = {}
        for each in session.store.rejections():
            refused.setdefault((each.scan.path, str(each.scan.id.frame)), []).append(each.scan.id)
        settlements: list[Settlement] = []
        faults = []
        for line, row in read_columns(file, COLUMNS):
            fault = _fault(row, refused)
            if fault:
                faults.append(f"{file}:{line}: {fault}")
            else:
                settlements.extend(_settlements(row, refused))
        if faults:
            raise RosterError("\n".join(faults))
        session.store.settle(settlements)
    count = len(settlements)
    say(ngettext("{n} refused scan settled.", "{n} refused scans settled.", count).format(n=count))


def _fault(row: Mapping[str, str], refused: Mapping[tuple[str, str], list[ScanId]]) -> str:
    """Return what is wrong with a row, or ""."""
    if not row["reviewer"]:
        return _("nobody is named as reviewer.")
    if row["way"] not in WAYS:
        return _("way is one of {names}.").format(names=", ".join(WAYS))
    if (row["source"], row["frame"]) not in refused:
        return _("no refused scan has the source {source} and the frame {frame}.").format(
            source=row["source"], frame=row["frame"]
        )
    return ""


def _settlements(row: Mapping[str, str], refused: Mapping[tuple[str, str], list[ScanId]]) -> list[Settlement]:
    from omr.model.settlement import Settlement, Way

    return [
        Settlement(scan, Way(row["way"]), row["reviewer"], "", row["reason"])
        for scan in refused[row["source"], row["frame"]]
    ]
