"""A template of FormScanner (.xtmpl) → its questions; places are middles of boxes on the template's image."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

import numpy as np

from omr.draft.foreign import ForeignBlock, ForeignLayout
from omr.model.layout import Shape


def read_formscanner(text: str) -> ForeignLayout:
    """Return what a template says.

    Raises:
        ValueError: it is no such template.
    """
    # A document type could hold entities that grow without end; no template has one.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ValueError("a document type")
    try:
        root = ET.fromstring(text)  # noqa: S314  (entities are refused above)
    except ET.ParseError as error:
        raise ValueError(str(error)) from error
    fields = root.find("fields")
    if root.tag != "template" or fields is None:
        raise ValueError("<template> with <fields>")
    shape = fields.get("shape") or root.get("shape") or "SQUARE"
    side = float(fields.get("size") or root.get("size") or 20)
    blocks = tuple(_questions(root))
    round_ = shape.upper() == "CIRCLE"
    return ForeignLayout(blocks, None, (side, side), Shape.CIRCLE if round_ else Shape.SQUARE)


def _questions(root: ET.Element) -> Iterator[ForeignBlock]:
    for question in root.iter("question"):
        name = question.get("question") or ""
        choices, places = [], []
        for value in question.iter("value"):
            point = value.find("point")
            if point is None:
                raise ValueError(f"<point> in {name}")
            choices.append(value.get("response") or "")
            places.append((float(point.get("x", "")), float(point.get("y", ""))))
        if places:
            middles = np.array([places])
            spread = np.ptp(middles[0], axis=0)
            yield ForeignBlock((name,), tuple(choices), middles, bool(spread[1] > spread[0]))
