"""Readings ⇄ rows: a compact, versioned form of what the machine saw on a page. Boxes are never rows."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from omr.errors import StoreError
from omr.i18n import _
from omr.model.pagecode import PageId
from omr.model.reading import FEATURES, Answer, Cause, Issue, Marks, Measurements, Reading
from omr.model.registration import Registration
from omr.model.scan import ScanId

_CAUSES = {cause.value: cause for cause in Cause}
_FORMAT = 1
"""Changed with the layout of the blob; an older one is still told apart by it."""


def pack(reading: Reading) -> bytes:
    """Return a reading without its page code and ink, compressed."""
    fit = reading.registration
    arrays: dict[str, NDArray[Any]] = {
        "homography": fit.homography,
        "grid_x": fit.grid_x.astype(np.float32),
        "grid_y": fit.grid_y.astype(np.float32),
        "displacement": fit.displacement.astype(np.float32),
        "values": reading.measurements.values,
        "states": reading.marks.states,
        "confidence": reading.marks.confidence,
        "doubts": reading.marks.doubts,
        "review": reading.review,
    }
    head = {
        "format": _FORMAT,
        "layout": reading.layout,
        "boxes": reading.marks.boxes,
        "features": FEATURES,
        "fit": (fit.hits, fit.residual_mm, fit.px_per_mm),
        "answers": [(a.question, a.chosen, a.confidence, a.issues, a.cause) for a in reading.answers],
        "signed": reading.signed,
        "light": (reading.paper, reading.contrast),
        "reader": reading.reader,
        "arrays": [(name, array.dtype.str, array.shape) for name, array in arrays.items()],
    }
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()
    body = b"".join(np.ascontiguousarray(array).tobytes() for array in arrays.values())
    return zlib.compress(len(text).to_bytes(4, "little") + text + body, level=1)


def unpack(blob: bytes, scan: ScanId, page: PageId, ink: bytes) -> Reading:
    """Return the reading that `pack` stored. Raises StoreError for a form this version does not know."""
    data = zlib.decompress(blob)
    length = int.from_bytes(data[:4], "little")
    head = json.loads(data[4 : 4 + length])
    if head["format"] != _FORMAT:
        raise StoreError(_("The store holds readings of another version of omr; use that version."))
    arrays = _arrays(head["arrays"], data, 4 + length)
    hits, residual, scale = head["fit"]
    boxes = tuple(head["boxes"])
    return Reading(
        scan=scan,
        layout=head["layout"],
        page=page,
        registration=Registration(
            arrays["homography"],
            arrays["grid_x"].astype(np.float64),
            arrays["grid_y"].astype(np.float64),
            arrays["displacement"].astype(np.float64),
            hits,
            residual,
            scale,
        ),
        measurements=Measurements(boxes, _columns(arrays["values"], head["features"])),
        marks=Marks(boxes, arrays["states"], arrays["confidence"], arrays["doubts"]),
        answers=tuple(
            Answer(question, tuple(chosen), confidence, tuple(map(Issue, issues)), _CAUSES[cause])
            for question, chosen, confidence, issues, cause in head["answers"]
        ),
        review=arrays["review"],
        ink=ink,
        signed=head["signed"],
        paper=head["light"][0],
        contrast=head["light"][1],
        reader=head["reader"],
    )


def _arrays(described: list[list[Any]], data: bytes, at: int) -> Mapping[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    for name, kind, shape in described:
        arrays[name] = np.ndarray(shape, kind, data, at)
        at += arrays[name].nbytes
    return arrays


def _columns(values: NDArray[np.float32], stored: list[str]) -> NDArray[np.float32]:
    """Return the measurements in today's order of columns; one that was not measured then is 0."""
    if tuple(stored) == FEATURES:
        return values
    ordered = np.zeros((len(values), len(FEATURES)), dtype=np.float32)
    for column, name in enumerate(FEATURES):
        if name in stored:
            ordered[:, column] = values[:, stored.index(name)]
    return ordered
