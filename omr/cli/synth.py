"""`omr synth`: sheets printed, filled in and scanned by nobody, with the truth beside them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omr.cli.console import say
from omr.cli.layouts import FormYear, Name, catalogue
from omr.cli.options import Lang, LayoutsFolder, with_example
from omr.errors import OmrError, UsageError, reason_of
from omr.i18n import _, ngettext

if TYPE_CHECKING:
    from omr.forms.issue import PrintedSheet
    from omr.forms.place import Placement
    from omr.synth.make import Frame, Handling
    from omr.synth.profiles import Profile
    from omr.synth.stack import Format, Picture, Place

TRUTH = ("unit", "sheet", "copy", "page", "question", "choice", "state", "intent", "tool", "source", "frame")
FRAMES = ("source", "frame", "unit", "sheet", "copy", "page", "turned", "torn", "signed")
MANIFEST = ("copy", "sheet", "unit", "first_page", "pages")

Sheets = Annotated[
    int, typer.Option("--sheets", metavar="N", min=1, max=10_000, help=_("Sheets, one a person."))
]
ProfileName = Annotated[
    str,
    typer.Option("--profile", metavar="P", help=_("clean, office, worn, photocopy or onebit.")),
]
Seed = Annotated[
    int, typer.Option("--seed", metavar="S", min=0, help=_("The same seed gives the same pixels."))
]
Out = Annotated[
    Path, typer.Option("-o", "--output", metavar="DIR", file_okay=False, help=_("Folder to write into."))
]
OwnStore = Annotated[
    Path | None,
    typer.Option("--store", metavar="DB", help=_("The store; omr.db in DIR when absent."), dir_okay=False),
]
OfUnit = Annotated[str, typer.Option("--unit", metavar="CODE", help=_("The unit whose people fill in."))]
Dpi = Annotated[
    int | None,
    typer.Option("--dpi", metavar="D", min=75, max=600, help=_("Resolution; the profile's own when absent.")),
]
Kind = Annotated[str, typer.Option("--format", metavar="F", help=_("pdf, tiff, jpeg or png."))]
Shuffle = Annotated[bool, typer.Option("--shuffle", help=_("Mix the pages of all sheets."))]
Turned = Annotated[bool, typer.Option("--turned", help=_("Turn some pages upside down or sideways."))]
Duplex = Annotated[bool, typer.Option("--duplex", help=_("Scan the blank backs as well."))]
Tear = Annotated[bool, typer.Option("--tear", help=_("Tear a corner off some pages."))]
OfMaster = Annotated[
    bool, typer.Option("--copies-of-master", help=_("Everybody fills in a photocopy of one sheet."))
]
OfIssued = Annotated[
    bool,
    typer.Option(
        "--issued",
        help=_("Fill in what `omr print` has issued to the unit, N sheets at most; print nothing."),
    ),
]
Rescan = Annotated[bool, typer.Option("--rescan", help=_("Scan the same paper once more, into DIR/rescan."))]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "synth",
        help=with_example(
            _("Make filled and scanned sheets with the truth about every box."),
            "`omr synth vinhlong-1 --sheets 20 --profile office --seed 1 -o trial`",
        ),
    )(synth)


def synth(
    name: Name,
    output: Out,
    sheets: Sheets = 10,
    profile: ProfileName = "office",
    seed: Seed = 1,
    store: OwnStore = None,
    unit: OfUnit = "CB-01",
    year: FormYear = None,
    dpi: Dpi = None,
    kind: Kind = "pdf",
    shuffle: Shuffle = False,  # noqa: FBT002 (a flag of the command line)
    turned: Turned = False,  # noqa: FBT002 (a flag of the command line)
    duplex: Duplex = False,  # noqa: FBT002 (a flag of the command line)
    tear: Tear = False,  # noqa: FBT002 (a flag of the command line)
    copies_of_master: OfMaster = False,  # noqa: FBT002 (a flag of the command line)
    rescan: Rescan = False,  # noqa: FBT002 (a flag of the command line)
    of_issued: OfIssued = False,  # noqa: FBT002 (a flag of the command line)
    folder: LayoutsFolder = None,
    _lang: Lang = "",
) -> None:
    """Print, fill in and scan; issue the sheets in the store as `omr print` does."""
    from dataclasses import replace

    from omr.forms.check import refuse_faults
    from omr.forms.pdf import write_forms
    from omr.forms.place import place
    from omr.synth.make import Handling
    from omr.synth.profiles import PROFILES
    from omr.synth.stack import Format

    known = _known(profile, tuple(PROFILES), _("There is no profile '{name}'; take one of {names}."))
    written = Format(_known(kind, tuple(Format), _("There is no format '{name}'; take one of {names}.")))
    store = store or output / "omr.db"
    layouts = catalogue(folder, store)
    path, form = layouts.path(name, year), layouts.form(name, year)
    refuse_faults(path, form)
    handling = Handling(
        shuffled=shuffle, turned=turned, duplex=duplex, torn=tear, copies=sheets if copies_of_master else 0
    )
    placement = place(form)
    with _explained(output):
        targets = [_target(output, unit, run) for run in range(2 if rescan else 1)]
        if of_issued:
            issued = _issued(placement, store, unit)[:sheets]
        else:
            issued = _issue(placement, path.parent, store, unit, 0 if copies_of_master else sheets, seed)
            printed = output / "forms" / f"{unit}.pdf"
            printed.parent.mkdir(parents=True, exist_ok=True)
            write_forms(printed, placement, issued)
            _append(output / "manifest.csv", MANIFEST, _manifest(issued))
        work = _Work(placement, issued, PROFILES[known], seed, dpi, unit, written)
        count = sum(_scan(work, target, replace(handling, run=run)) for run, target in enumerate(targets))
    say(
        ngettext(
            "{count} scan written to {path}; the truth is in truth.csv.",
            "{count} scans written to {path}; the truth is in truth.csv.",
            count,
        ).format(count=count, path=output)
    )


@dataclass(frozen=True, slots=True)
class _Work:
    """What is made."""

    placement: Placement
    sheets: Sequence[PrintedSheet]
    profile: Profile
    seed: int
    dpi: int | None
    unit: str
    kind: Format


@dataclass(frozen=True, slots=True)
class _Target:
    """Where one scanning of the paper goes."""

    scans: Path
    truth: Path
    frames: Path


def _target(output: Path, unit: str, run: int) -> _Target:
    """Return where scans go. Raises UsageError where that unit has been made before."""
    top, tail = ("rescan", "-rescan") if run else ("scans", "")
    scans = output / top / unit
    if scans.exists() and any(scans.iterdir()):
        message = _("{path} holds scans already. Take another folder or another --unit.")
        raise UsageError(message.format(path=scans))
    scans.mkdir(parents=True, exist_ok=True)
    return _Target(scans, output / f"truth{tail}.csv", output / f"frames{tail}.csv")


def _issue(
    placement: Placement, folder: Path, store: Path, unit: str, copies: int, seed: int
) -> tuple[PrintedSheet, ...]:
    """Return the sheets, known to the store; one master sheet where `copies` is 0."""
    import numpy as np

    from omr.forms.catalogue import shipped, write_frozen
    from omr.forms.issue import issue_copies
    from omr.store.store import Store

    rng = np.random.default_rng((seed, 0))
    with Store.open(store) as opened:
        sheets = issue_copies(
            placement.layout,
            copies or 1,
            unit,
            lambda n: int(rng.integers(n)),
            opened.knows,
            master=not copies,
        )
        opened.freeze(placement.layout)
        opened.issue([sheet.issued for sheet in sheets])
    if folder.resolve() != shipped().resolve():
        # the store has it already: a folder without permission is no reason to stop
        with suppress(OSError):
            write_frozen(placement.layout, folder)
    return sheets


def _issued(placement: Placement, store: Path, unit: str) -> tuple[PrintedSheet, ...]:
    """Return the sheets the store has issued to a unit. Raises UsageError where there are none."""
    from omr.forms.issue import PrintedSheet
    from omr.store.store import Store

    with Store.open(store) as opened:
        known = opened.issued_sheets().values()
    found = tuple(
        PrintedSheet(sheet, (("name", sheet.name), ("unit", sheet.unit)) if sheet.person else ())
        for sheet in known
        if sheet.unit == unit and sheet.digest == placement.layout.digest
    )
    if not found:
        message = _("{store} has issued no sheet of this form to {unit}. Print it first (`omr print`).")
        raise UsageError(message.format(store=store, unit=unit))
    return found


def _scan(work: _Work, target: _Target, handling: Handling) -> int:
    """Fill in and scan; return how many scans were written."""
    from omr.synth.make import make_stack
    from omr.synth.stack import write_stack

    frames: list[Frame] = []
    truth: list[Sequence[object]] = []
    listed: list[Sequence[object]] = []

    def pictures() -> Iterator[Picture]:
        from omr.synth.stack import Picture

        for frame in make_stack(
            work.placement, work.sheets, work.profile, work.seed, dpi=work.dpi, handling=handling
        ):
            frames.append(frame)
            yield Picture(frame.image, frame.dpi, onebit=frame.onebit, quality=frame.quality)

    for place in write_stack(target.scans, pictures(), work.kind):
        frame = frames.pop()
        truth += _truth(frame, place, work.unit)
        listed.append(_frame(frame, place, work.unit))
    _append(target.truth, TRUTH, truth)
    _append(target.frames, FRAMES, listed)
    return len(listed)


def _truth(frame: Frame, place: Place, unit: str) -> Iterator[Sequence[object]]:
    from omr.synth.respondent import STATES

    for row in frame.truth:
        yield (unit, frame.sheet.issued.serial, frame.copy, frame.page, row.box.question, row.box.choice,
               STATES[row.intent].name.lower(), row.intent.value, row.tool,
               f"{unit}/{place.file}", place.frame)  # fmt: skip


def _frame(frame: Frame, place: Place, unit: str) -> Sequence[object]:
    signed = "" if frame.signed is None else int(frame.signed)
    return (f"{unit}/{place.file}", place.frame, unit, frame.sheet.issued.serial, frame.copy, frame.page,
            90 * frame.turns, int(frame.torn), signed)  # fmt: skip


def _manifest(sheets: Sequence[PrintedSheet]) -> Iterator[Sequence[object]]:
    from omr.forms.issue import manifest

    for row in manifest(sheets, duplex=False):
        yield row.copy, row.sheet, row.unit, row.first_page, row.pages


def _append(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write rows under those of other units, if any."""
    new = not path.exists()
    with path.open("a", encoding="utf-8-sig" if new else "utf-8", newline="") as file:
        writer = csv.writer(file)
        if new:
            writer.writerow(columns)
        writer.writerows(rows)


def _known(name: str, names: Sequence[str], message: str) -> str:
    if name not in names:
        raise UsageError(message.format(name=name, names=", ".join(names)))
    return name


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Tell what the disk refuses."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        message = _(
            "{path} cannot be written ({reason}). Check the folder, your permission and the free space."
        )
        raise OmrError(message.format(path=folder, reason=reason_of(error))) from error
