"""What a code on a blank reads, for who marks it on the layout page: it need not be typed."""

from __future__ import annotations

from pathlib import Path

from omr.draft.asked import Asked
from omr.draft.sketch import Sketch
from omr.intake.frames import Frame
from omr.intake.image import decode
from omr.model.geometry import RectMm
from omr.model.layout import CodeKind, PrintedCode
from omr.model.registration import lying_flat
from omr.read.printedcodes import read_in_place

_KINDS = frozenset(each.value for each in CodeKind)


def code_there(folder: Path, sketch: Sketch, asked: Asked) -> Asked:
    """Return what a code that is being marked reads, as `label` of the edit; nothing where none can be read.

    folder: of the sketch, where the pictures of its pages are. What is wrong in the edit is told where it is
    done.
    """
    if asked.get("do") != "add" or asked.get("kind") not in _KINDS:
        return {}
    try:
        area = RectMm(*(float(asked[key]) for key in ("x", "y", "width", "height")))
        frame = sketch.form.pages[int(asked["page"]) - 1].frame
        seen = decode((folder / f"page-{frame}.png").read_bytes())
    except (KeyError, ValueError, IndexError, OSError):
        return {}
    if not isinstance(seen, Frame) or not _LEAST < area.width * area.height < _MOST:
        return {}
    lying = lying_flat(sketch.paper, seen.image.shape[1] / sketch.paper.width)
    text = read_in_place(seen.image, lying, PrintedCode(CodeKind(asked["kind"]), area, ""))
    return {"label": text} if text else {}


_LEAST, _MOST = 9.0, 40_000.0
"""mm² of a code: a speck drawn by accident is none, nor is more than a page's half."""
