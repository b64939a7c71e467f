"""The files of a sketch: what is told of it, what it began with, and the edits since."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from omr.draft.apart import sketch_of
from omr.draft.history import History, begun, from_json
from omr.draft.sketch import Sketch, Standing
from omr.errors import OmrError, SourceError, UsageError, reason_of
from omr.forms.existing import ExistingForm
from omr.i18n import _
from omr.model.geometry import SizeMm

ABOUT, FIRST, EDITS = "about.json", "first.json", "edits.json"


@dataclass(frozen=True, slots=True)
class About:
    """What is told of a sketch.

    name: of the blank's file. at: when it was begun. layout: the id it was saved under, or opened from.
    fault: why nothing could be drafted, or "". ready: it can be worked on.
    """

    token: str
    name: str
    who: str
    at: str
    layout: str = ""
    fault: str = ""
    ready: bool = False


def read_about(path: Path) -> About | None:
    """Return what is told of a sketch; None where it was removed just now."""
    try:
        return About(**json.loads(path.read_text("utf-8")))
    except OSError:
        return None
    except (ValueError, TypeError) as wrong:
        message = _("{name} cannot be gone on with ({reason}). Remove it and begin anew.")
        name = path.parent.name
        return About(name, name, "", "", fault=message.format(name=path.name, reason=wrong))


def write_first(folder: Path, form: ExistingForm, paper: SizeMm, frames: int, standing: Standing) -> None:
    """Keep what a sketch begins with: all that `sketch_of` needs. Raises OmrError as `write_whole`."""
    first = {"form": form.model_dump(mode="json"), "paper": [paper.width, paper.height], "frames": frames,
             "standing": standing.value}  # fmt: skip
    write_whole(folder / FIRST, json.dumps(first, ensure_ascii=False))


def read_history(folder: Path, name: str) -> History:
    """Return a sketch with all that was done to it. Raises SourceError where its files are damaged."""
    try:
        first = _read_first(folder)
        done = folder / EDITS
        return from_json(first, done.read_text("utf-8")) if done.exists() else begun(first)
    except (OSError, ValueError, KeyError, TypeError, IndexError, UsageError) as wrong:
        message = _("{name} cannot be gone on with ({reason}). Remove it and begin anew.")
        raise SourceError(message.format(name=name, reason=wrong)) from wrong


def _read_first(folder: Path) -> Sketch:
    first = json.loads((folder / FIRST).read_text("utf-8"))
    form = ExistingForm.model_validate(first["form"])
    return sketch_of(form, SizeMm(*first["paper"]), int(first["frames"]), Standing(first["standing"]))


def write_whole(path: Path, text: str) -> None:
    """Write a file, its folder too, so that it is there wholly or as it was. Raises OmrError."""
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8", newline="\n")
        part.replace(path)
    except OSError as error:
        raise OmrError(
            _("{path} could not be written ({reason}). Check the folder and the free space.").format(
                path=path, reason=reason_of(error)
            )
        ) from error
