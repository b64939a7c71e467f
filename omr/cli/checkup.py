"""The checks of `omr doctor`: one function each, told in plain words with what to do."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module, metadata
from pathlib import Path

from omr.errors import reason_of
from omr.i18n import _

_PYTHON = (3, 11)
_LEAST_FREE, _ENOUGH_FREE = 2**30, 5 * 2**30
"""Bytes: below the first a run may break off; a commune's scans and store fit into the second."""

_BORN = 2026
"""No clock that is right shows a year before."""

_AHEAD = dt.timedelta(hours=1)

_LIBRARIES = {
    "numpy": "numpy", "opencv-python-headless": "cv2", "pypdfium2": "pypdfium2", "pillow": "PIL.Image",
    "zxing-cpp": "zxingcpp", "segno": "segno", "reportlab": "reportlab", "ruamel.yaml": "ruamel.yaml",
    "pydantic": "pydantic", "pandas": "pandas", "xlsxwriter": "xlsxwriter", "openpyxl": "openpyxl",
    "fastapi": "fastapi", "uvicorn": "uvicorn", "argon2-cffi": "argon2", "cryptography": "cryptography",
    "pyrage": "pyrage",
}  # fmt: skip
"""What omr is installed with, and what is imported of it: a library may be there and not load."""

_ONE_PAGE = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>endobj "
    b"4 0 obj<</Length 19>>stream\n50 50 100 100 re f\nendstream endobj trailer<</Root 1 0 R>>\n%%EOF\n"
)
"""A black square."""


class State(StrEnum):
    """What a check found. WARNING: omr works, and something will trouble it."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Found:
    """What one check found. remedy: what to do, "" where nothing is."""

    check: str
    state: State
    told: str
    remedy: str = ""


def checkup(store: Path) -> Iterator[Found]:
    """Yield what each check found; nothing is changed but a file that is made and removed at once."""
    yield _python()
    yield _libraries()
    yield _fonts()
    yield _pdf()
    yield _second_pdf()
    yield _writing(store)
    yield _space(store)
    yield from _store(store)


def _python() -> Found:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < _PYTHON:
        return Found("python", State.FAULT, version, _("Install Python 3.11 or newer, and omr into it."))
    return Found("python", State.OK, version)


def _libraries() -> Found:
    faults = []
    for name, module in _LIBRARIES.items():
        try:
            metadata.version(name)
            import_module(module)
        except (ImportError, OSError) as error:
            faults.append(f"{name} ({error})")
    if faults:
        remedy = _("Install omr again: pip install --force-reinstall with its constraints.txt.")
        return Found("libraries", State.FAULT, "; ".join(faults), remedy)
    return Found("libraries", State.OK, _("all {n} load").format(n=len(_LIBRARIES)))


def _fonts() -> Found:
    from omr.forms.fonts import Face, Style, width_mm

    try:
        for face in Face:
            width_mm("Đảng ủy xã Hòa Bình", Style(face, 11))
    except OSError as error:
        return Found("fonts", State.FAULT, str(error), _("Install omr again: its fonts are part of it."))
    return Found("fonts", State.OK, _("the fonts of the forms are there, with Vietnamese letters"))


def _pdf() -> Found:
    from omr.errors import SourceError
    from omr.intake.frames import open_source, scans
    from omr.model.scan import Scan

    remedy = _("Install omr again; see that the temporary folder may be written.")
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "trang thử.pdf"
            path.write_bytes(_ONE_PAGE)
            drawn = [isinstance(each, Scan) for each in scans(open_source(path))]
    except (SourceError, OSError) as error:
        return Found("pdf", State.FAULT, str(error), remedy)
    if drawn != [True]:
        return Found("pdf", State.FAULT, _("a page that is whole was not drawn"), remedy)
    return Found("pdf", State.OK, _("PDF files can be read"))


def _second_pdf() -> Found:
    if shutil.which("pdftoppm"):
        return Found("poppler", State.OK, _("a second PDF reader is there for damaged files"))
    told = _("there is no second PDF reader; some damaged PDF files will be refused")
    return Found("poppler", State.WARNING, told, _("Install poppler (pdftoppm), or scan such files again."))


def _writing(store: Path) -> Found:
    folder = store.absolute().parent
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix="Thử ghi – Đảng bộ ", suffix=".tmp") as file:
            seen = Path(file.name).name in {each.name for each in folder.iterdir()}
    except OSError as error:
        told = f"{folder}: {reason_of(error)}"
        return Found(
            "folder", State.FAULT, told, _("Ask for permission to write there, or use another --store.")
        )
    if not seen:
        told = _("{folder} changes Vietnamese letters in the names of files").format(folder=folder)
        return Found(
            "folder", State.WARNING, told, _("Name folders and files of scans without accents there.")
        )
    return Found("folder", State.OK, _("{folder} may be written").format(folder=folder))


def _space(store: Path) -> Found:
    folder = store.absolute().parent
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Found("disk", State.FAULT, str(error), _("Check that the folder of the store exists."))
    told = _("{gib:.1f} GiB free").format(gib=free / 2**30)
    remedy = _("Free some space, or put the store on another disk (--store).")
    if free < _ENOUGH_FREE:
        return Found("disk", State.FAULT if free < _LEAST_FREE else State.WARNING, told, remedy)
    return Found("disk", State.OK, told)


def _store(store: Path) -> Iterator[Found]:
    """Yield how the store is, and whether the clock can be right."""
    from omr.store.health import examine

    if not store.is_file():
        yield Found("store", State.OK, _("{path} does not exist yet").format(path=store))
        yield _clock("")
        return
    health = examine(store)
    if health.faults:
        told = f"{store}: {'; '.join(health.faults[:3])}"
        yield Found("store", State.FAULT, told, _("Put a backup in its place (see `omr backup`)."))
    elif health.format > health.ours:
        told = _("{path} was made by a newer omr (format {format})").format(path=store, format=health.format)
        yield Found("store", State.FAULT, told, _("Install that version, or use another --store."))
    else:
        yield Found(
            "store", State.OK, _("{path} is whole (format {format})").format(path=store, format=health.format)
        )
    yield _clock(health.last)


def _clock(last: str) -> Found:
    """Hold the clock against the last thing that was written to the store."""
    now = dt.datetime.now(dt.UTC)
    told = now.astimezone().strftime("%d/%m/%Y %H:%M")
    behind = bool(last) and dt.datetime.fromisoformat(last) > now + _AHEAD
    if now.year < _BORN or behind:
        remedy = _("Set date and time of this machine: closings, verdicts and the log bear them.")
        return Found("clock", State.FAULT, told, remedy)
    return Found("clock", State.OK, told)
