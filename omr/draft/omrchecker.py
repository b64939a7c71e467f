"""A template.json of OMRChecker → its blocks of bubbles.

Older and newer files are read: pageDimensions or templateDimensions, fieldType or bubbleFieldType.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from omr.draft.foreign import ForeignBlock, ForeignLayout
from omr.model.layout import Shape

_TYPES: Mapping[str, tuple[str, bool]] = {
    "QTYPE_INT": ("0123456789", True),
    "QTYPE_INT_FROM_1": ("1234567890", True),
    "QTYPE_MCQ4": ("ABCD", False),
    "QTYPE_MCQ5": ("ABCDE", False),
}
"""Known kinds of field: what their bubbles mean, and whether these stand one below the other."""
_BUBBLES = "BUBBLES"
"""How the kind of field begins that has boxes; barcodes and text have none."""
_RANGE = re.compile(r"^(.*?)(\d+)\.{2,3}(\d+)$")
"""Labels in short: q1..20."""


def read_omrchecker(text: str) -> ForeignLayout:
    """Return what a template says.

    Raises:
        ValueError: it is no such template; the message says what is missing, in English, for a programmer.
    """
    data = json.loads(text)
    width, height = data.get("templateDimensions") or data["pageDimensions"]
    bubble = data["bubbleDimensions"]
    joined = {tuple(_labels(labels)): name for name, labels in data.get("customLabels", {}).items()}
    kinds = dict(_TYPES)
    for name, kind in data.get("customBubbleFieldTypes", data.get("customFieldTypes", {})).items():
        kinds[name] = (kind["bubbleValues"], kind["direction"] == "vertical")
    blocks = tuple(
        _block(block, bubble, kinds, joined)
        for block in data["fieldBlocks"].values()
        if block.get("fieldDetectionType", _BUBBLES).startswith(_BUBBLES)
    )
    return ForeignLayout(
        blocks, (float(width), float(height)), (float(bubble[0]), float(bubble[1])), Shape.CIRCLE
    )


def _block(
    block: Mapping[str, Any], bubble: list[float], kinds: Mapping[str, tuple[Any, bool]],
    joined: Mapping[tuple[str, ...], str],
) -> ForeignBlock:  # fmt: skip
    kind = block.get("bubbleFieldType") or block.get("fieldType") or ""
    values, down = kinds.get(kind, ("", False))
    values = block.get("bubbleValues", values)
    down = block.get("direction", "vertical" if down else "horizontal") == "vertical"
    labels = tuple(_labels(block["fieldLabels"]))
    if not values:
        raise ValueError(f"field type {kind}")
    size = block.get("bubbleDimensions", bubble)
    x, y = (start + side / 2 for start, side in zip(block["origin"], size, strict=True))
    across, along = float(block.get("labelsGap", 0)), float(block["bubblesGap"])
    asked, offered = np.meshgrid(np.arange(len(labels)), np.arange(len(values)), indexing="ij")
    first, second = (asked * across, offered * along) if down else (offered * along, asked * across)
    middles = np.stack((x + first, y + second), axis=-1).astype(np.float64)
    return ForeignBlock(labels, tuple(map(str, values)), middles, down, joined.get(labels, ""))


def _labels(labels: list[str]) -> Iterator[str]:
    """Yield labels one by one."""
    for label in labels:
        found = _RANGE.match(label)
        if found is None:
            yield label
        else:
            yield from (f"{found[1]}{number}" for number in range(int(found[2]), int(found[3]) + 1))
