"""What was drafted, as it is kept: the text of the layout file, the blank beside it, a picture of both."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from omr.draft.propose import PageProposal
from omr.draft.sheet import GRID, BlankPage, Found
from omr.forms.existing import ExistingForm
from omr.model.geometry import MM_PER_INCH
from omr.model.layout import Shape

_WIDE = 1000
"""Characters of a line of the file: a question or a list of ids stays on one."""
_COLOURS = ((200, 90, 0), (0, 140, 0), (190, 0, 170), (0, 110, 220))
"""Of the blocks in a picture, in turn: blue, green, red."""


def as_yaml(form: ExistingForm) -> str:
    """Return the layout file of a form: what differs from the usual, short lists on one line."""
    data = _block(form.model_dump(mode="json", exclude_defaults=True))
    yaml = YAML()
    yaml.width = _WIDE
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = StringIO()
    yaml.dump(data, out)
    return out.getvalue()


_ON_ONE_LINE = frozenset({"boxes", "questions", "spelled"})
"""Lists whose entries stand on one line each."""


def _block(data: dict[str, Any]) -> CommentedMap:
    """Return a mapping with its lists of plain values, and the entries of long lists, on one line each."""
    made = CommentedMap()
    for key, value in data.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            made[key] = [_line(each) if key in _ON_ONE_LINE else _block(each) for each in value]
        elif isinstance(value, list):
            made[key] = _flow(value)
        else:
            made[key] = value
    return made


def _line(data: dict[str, Any]) -> CommentedMap:
    made = CommentedMap(
        {key: _flow(value) if isinstance(value, list) else value for key, value in data.items()}
    )
    made.fa.set_flow_style()
    return made


def _flow(values: Sequence[Any]) -> CommentedSeq:
    made = CommentedSeq(values)
    made.fa.set_flow_style()
    return made


def blank_name(blank: Path, pages: Sequence[BlankPage], layout: Path) -> str:
    """Return the name of the blank beside a layout file: a drawn PDF as it is, scans as an image."""
    if all(page.drawn for page in pages):
        return f"{layout.stem}-blank{blank.suffix.lower()}"
    return f"{layout.stem}-blank.{'png' if len(pages) == 1 else 'tif'}"


def write_blank(blank: Path, pages: Sequence[BlankPage], beside: Path) -> None:
    """Write the blank to `beside`: a drawn PDF is copied, scans are kept upright and lossless.

    Raises OSError where that cannot be done.
    """
    if all(page.drawn for page in pages):
        if blank.resolve() != beside.resolve():
            shutil.copyfile(blank, beside)
        return
    pictures = [Image.fromarray(page.picture) for page in pages]
    dpi = [page.picture.shape[1] / page.size.width * MM_PER_INCH for page in pages]
    if len(pictures) == 1:
        pictures[0].save(beside, dpi=(dpi[0], dpi[0]))
    else:
        rest = pictures[1:]
        pictures[0].save(
            beside, dpi=(dpi[0], dpi[0]), save_all=True, append_images=rest, compression="tiff_lzw"
        )


def picture(proposals: Sequence[PageProposal]) -> NDArray[np.uint8]:
    """Return the pages side by side, BGR, every box drawn, each block in a colour and with its number."""
    pages = [_drawn(proposal) for proposal in proposals]
    high = max(page.shape[0] for page in pages)
    padded = [cv2.copyMakeBorder(page, 0, high - page.shape[0], 0, 8, cv2.BORDER_CONSTANT, value=(160,) * 3)
              for page in pages]  # fmt: skip
    return np.hstack(padded).astype(np.uint8)


def _drawn(proposal: PageProposal) -> NDArray[np.uint8]:
    drawn = cv2.cvtColor(proposal.page.gray, cv2.COLOR_GRAY2BGR)
    for at, (block, _words) in enumerate(proposal.blocks):
        colour = _COLOURS[at % len(_COLOURS)]
        for row in block.rows:
            for box in row:
                _outline(drawn, box, colour)
        _number(drawn, at + 1, block.area.x, block.area.y, colour)
    return cv2.resize(drawn, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA).astype(np.uint8)


def _outline(drawn: cv2.typing.MatLike, box: Found, colour: tuple[int, int, int]) -> None:
    """Draw a box as it is printed: a ring, a frame, or a frame crossed once for a cell of a table."""
    edges = (box.area.x, box.area.y, box.area.right, box.area.bottom)
    left, top, right, bottom = (round(edge * GRID) for edge in edges)
    if box.shape in {Shape.CIRCLE, Shape.OVAL}:
        middle, axes = ((left + right) // 2, (top + bottom) // 2), ((right - left) // 2, (bottom - top) // 2)
        cv2.ellipse(drawn, middle, axes, 0, 0, 360, colour, 3, cv2.LINE_AA)
        return
    cv2.rectangle(drawn, (left - 1, top - 1), (right, bottom), colour, 3)
    if box.shape is Shape.CELL:
        cv2.line(drawn, (left, bottom), (right, top), colour, 1)


def _number(drawn: cv2.typing.MatLike, number: int, x: float, y: float, colour: tuple[int, int, int]) -> None:
    place = (max(round(x * GRID) - 34, 0), max(round(y * GRID) - 4, 24))
    cv2.putText(drawn, str(number), place, cv2.FONT_HERSHEY_SIMPLEX, 1.0, colour, 3, cv2.LINE_AA)
