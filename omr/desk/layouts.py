"""The layouts an office knows, as the desk lists them; and a sketch saved among them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from omr.draft.freeze import freeze
from omr.draft.sketch import Sketch
from omr.draft.sketched import form_of_sketch
from omr.draft.write import as_yaml
from omr.errors import LayoutError, OmrError, UsageError, reason_of
from omr.forms.catalogue import Catalogue, write_frozen
from omr.forms.existing import ExistingForm
from omr.forms.grids import boxes_of
from omr.forms.load import load, parse_layout
from omr.forms.place import place
from omr.i18n import _


@dataclass(frozen=True, slots=True)
class Known:
    """A layout file as the desk lists it. existing: others printed the form; fault: why it cannot be used."""

    file: str
    id: str = ""
    title: str = ""
    version: str = ""
    year: int = 0
    pages: int = 0
    boxes: int = 0
    existing: bool = False
    fault: str = ""


def known(catalogue: Catalogue) -> tuple[Known, ...]:
    """Return every layout file, by id and year; files with faults are told with them."""
    rows = [_listed(path) for path in catalogue.files()]
    first = {(row.id, row.year, row.version, row.fault): row for row in reversed(rows)}
    return tuple(sorted(first.values(), key=lambda row: (row.id, row.year, row.version)))


def _listed(path: Path) -> Known:
    try:
        return _known(path, path.stat().st_mtime_ns)
    except (LayoutError, OSError) as error:
        return Known(path.name, fault=str(error))


@lru_cache(maxsize=256)
def _known(path: Path, _mtime: int) -> Known:
    """Return one file as it is listed; placing a form of ours takes half a second, so that it is kept."""
    form = load(path)
    if isinstance(form, ExistingForm):
        boxes, pages = sum(len(boxes_of(page)) for page in form.pages), len(form.pages)
    else:
        layout = place(form).layout
        boxes, pages = sum(1 for _box in layout.boxes()), len(layout.pages)
    existing = isinstance(form, ExistingForm)
    return Known(path.name, form.id, form.title, form.version, form.year, pages, boxes, existing)


def file_of(catalogue: Catalogue, name: str) -> tuple[Path, ExistingForm] | None:
    """Return the newest layout of that id which others printed, with its file, or None; no path is made."""
    found = [(path, form) for path, form in _existing(catalogue) if form.id == name]
    return max(found, key=lambda each: (each[1].year, each[1].version), default=None)


def _existing(catalogue: Catalogue) -> Iterator[tuple[Path, ExistingForm]]:
    for path in catalogue.existing_files():
        try:
            form = load(path)
        except OmrError:
            continue  # the list tells what is wrong with it
        if isinstance(form, ExistingForm):
            yield path, form


def office_folder(store: Path) -> Path:
    """Return the folder that layouts are saved to: where every command on this store looks for them."""
    return store.parent / "layouts"


def save(sketch: Sketch, blank: Path, catalogue: Catalogue, folder: Path, was: str) -> str:
    """Write a sketch as a layout file with its blank and its frozen geometry, and return its id.

    blank: its file. folder: where layouts of the office are. was: the id it was saved under or opened from,
    whose file may be written over; "" for none.
    Raises OmrError, its message for people, where there are faults or the disk refuses; then nothing changed.
    """
    form = checked(sketch, f"{sketch.form.id}-blank{blank.suffix}")
    target = folder / f"{form.id}.yaml"
    taken = {row.id for row in known(catalogue)} | ({form.id} if target.exists() else set())
    if form.id in taken and form.id != was:
        message = _("There is a layout {name} already. Give this one another short name.")
        raise UsageError(message.format(name=form.id))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix="part-") as part:
            made = write_into(Path(part), form, blank)
            layout = freeze(made, form)
            (Path(part) / form.original).replace(folder / form.original)
            made.replace(target)
        write_frozen(layout, folder)
    except OSError as error:
        raise OmrError(
            _("{path} could not be written ({reason}). Check the folder and the free space.").format(
                path=target, reason=reason_of(error)
            )
        ) from error
    return form.id


def checked(sketch: Sketch, original: str) -> ExistingForm:
    """Return the layout of a sketch as its file will be read. Raises LayoutError that tells every fault."""
    form = form_of_sketch(sketch).model_copy(update={"original": original})
    read, faults = parse_layout(as_yaml(form))
    if faults or not isinstance(read, ExistingForm):
        raise LayoutError("\n".join(fault.message for fault in faults))
    return read


def write_into(folder: Path, form: ExistingForm, blank: Path) -> Path:
    """Write a layout file and its blank into a folder, and return the file. Raises OSError."""
    path = folder / f"{form.id}.yaml"
    path.write_text(as_yaml(form), encoding="utf-8", newline="\n")
    shutil.copyfile(blank, folder / form.original)
    return path
