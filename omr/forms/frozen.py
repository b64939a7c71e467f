"""Frozen geometry: a layout as text, under a digest that names exactly this geometry.

Printing freezes, reading thaws. A digest once printed stays readable for ever, so this format only grows.
Nothing here needs the YAML, the placing or the PDF writer.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, b64encode
from dataclasses import replace
from functools import lru_cache
from typing import Any

from omr.errors import LayoutError
from omr.i18n import _
from omr.model.geometry import RectMm, SizeMm
from omr.model.layout import (
    BlankRow,
    Box,
    Choice,
    CodeKind,
    Field,
    FieldKind,
    FilledBy,
    Layout,
    Marking,
    Page,
    Print,
    PrintedCode,
    Question,
    Returns,
    Role,
    Section,
    Shape,
    Spelled,
)

GRID_MM = 0.05
"""Coordinates are kept on this grid: finer than any printer, coarse enough to print and digest alike."""
DIGEST_LENGTH = 10
_FORMAT = 1


def to_json(layout: Layout) -> str:
    """Return `layout` as JSON text, one box, question and field a line; coordinates on the 0.05 mm grid."""
    record = {"format": _FORMAT, "digest": layout.digest, **_record(layout)}
    return _pretty(record) + "\n"


@lru_cache(maxsize=256)
def from_json(text: str) -> Layout:
    """Return the layout that `to_json` wrote; the same text is parsed once: the desk opens its store often.

    Raises:
        LayoutError: the text is no frozen layout, is of a later format, or was altered since.
    """
    try:
        record = json.loads(text)
        layout = _layout(record)
    except (ValueError, KeyError, TypeError) as error:
        raise LayoutError(
            _("this is not a frozen layout ({error}). Print the form again or restore the file.").format(
                error=error
            )
        ) from error
    if digest_of(layout) != layout.digest:
        raise LayoutError(
            _("frozen layout {digest} was altered since it was printed. Restore the file.").format(
                digest=layout.digest
            )
        )
    return layout


def digest_of(layout: Layout) -> str:
    """Return 10 hexadecimal digits that name everything in `layout` but its digest."""
    canonical = json.dumps(_record(layout), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:DIGEST_LENGTH]


def sealed(layout: Layout) -> Layout:
    """Return `layout` with its coordinates on the grid and its digest set."""
    rounded = _layout({"format": _FORMAT, "digest": "", **_record(layout)})
    return replace(rounded, digest=digest_of(rounded))


def _record(layout: Layout) -> dict[str, Any]:
    record = {
        "id": layout.id,
        "version": layout.version,
        "year": layout.year,
        "title": layout.title,
        "language": layout.language,
        "size": [float(layout.size.width), float(layout.size.height)],
        "line": float(layout.line_mm),
        "scoring": layout.scoring,
        "filled_by": layout.filled_by.value,
        "returns": layout.returns.value,
        "sections": [[section.id, section.title] for section in layout.sections],
        "questions": [_question_record(question) for question in layout.questions],
        "pages": [_page_record(page) for page in layout.pages],
    }
    if layout.existing:
        record["existing"] = {
            "source": layout.source,
            "marking": layout.marking.value,
            "spelled": [[text.id, list(text.questions)] for text in layout.spelled],
            "inside": [[box.print for box in page.boxes] for page in layout.pages],
            "prints": [_print_record(page.print) for page in layout.pages],
            **_codes_record(layout),
        }
    return record


def _codes_record(layout: Layout) -> dict[str, Any]:
    """Return the codes that others printed; nothing where there is none, as before there could be any."""
    codes = [
        [[code.kind.value, code.text, *_numbers(code.area)] for code in page.printed_codes]
        for page in layout.pages
    ]
    return {"codes": codes} if any(codes) else {}


def _print_record(print_: Print | None) -> list[Any]:
    if print_ is None:
        return []
    kept = [b64encode(part).decode() for part in (print_.image, print_.features)]
    return [*kept, *(_numbers(area) for area in print_.years)]


def _print(image: str, features: str, *years: list[float]) -> Print:
    return Print(b64decode(image), b64decode(features), tuple(RectMm(*area) for area in years))


def _question_record(question: Question) -> list[Any]:
    choices = [[choice.id, choice.label] for choice in question.choices]
    head = [question.id, question.number, question.text, question.section]
    return [*head, question.role.value, question.blank.value, choices]


def _page_record(page: Page) -> dict[str, Any]:
    return {
        "number": page.number,
        "fiducials": [_numbers(area) for area in page.fiducials],
        "orientation": _numbers(page.orientation) if page.orientation else None,
        "codes": [_numbers(area) for area in page.codes],
        "boxes": [
            [box.id, box.question, box.choice, box.shape.value, *_numbers(box.area)] for box in page.boxes
        ],
        "fields": [
            [field.id, field.label, field.kind.value, field.roster, *_numbers(field.area)]
            for field in page.fields
        ],
    }


def _numbers(area: RectMm) -> list[float]:
    return [_rounded(value) for value in (area.x, area.y, area.width, area.height)]


def _rounded(value: float) -> float:
    return round(round(value / GRID_MM) * GRID_MM, 2)


def _layout(record: dict[str, Any]) -> Layout:
    if record["format"] != _FORMAT:
        raise ValueError(f"format {record['format']}")
    existing = record.get("existing", {})
    nothing = [None] * len(record["pages"])
    extras = zip(*(existing.get(key, nothing) for key in ("inside", "prints", "codes")), strict=True)
    return Layout(
        id=record["id"],
        version=record["version"],
        year=record["year"],
        digest=record["digest"],
        title=record["title"],
        language=record["language"],
        size=SizeMm(*record["size"]),
        line_mm=record["line"],
        sections=tuple(Section(*section) for section in record["sections"]),
        questions=tuple(_question(*question) for question in record["questions"]),
        pages=tuple(_page(page, *extra) for page, extra in zip(record["pages"], extras, strict=True)),
        scoring=record["scoring"],
        filled_by=FilledBy(record["filled_by"]),
        returns=Returns(record["returns"]),
        marking=Marking(existing.get("marking", Marking.TICK)),
        source=existing.get("source", ""),
        spelled=tuple(Spelled(name, tuple(asked)) for name, asked in existing.get("spelled", ())),
    )


def _question(
    identity: str, number: str, text: str, section: str, role: str, blank: str, choices: list[list[str]]
) -> Question:
    offered = tuple(Choice(*choice) for choice in choices)
    return Question(identity, number, text, section, offered, Role(role), BlankRow(blank))


def _page(
    record: dict[str, Any], inside: list[str] | None, print_: list[Any] | None, codes: list[Any] | None
) -> Page:
    orientation = record["orientation"]
    inside = inside or [""] * len(record["boxes"])
    return Page(
        number=record["number"],
        fiducials=tuple(RectMm(*area) for area in record["fiducials"]),
        orientation=RectMm(*orientation) if orientation else None,
        codes=tuple(RectMm(*area) for area in record["codes"]),
        boxes=tuple(
            Box(identity, question, choice, RectMm(*area), Shape(shape), held)
            for (identity, question, choice, shape, *area), held in zip(record["boxes"], inside, strict=True)
        ),
        fields=tuple(
            Field(identity, label, FieldKind(kind), RectMm(*area), roster)
            for identity, label, kind, roster, *area in record["fields"]
        ),
        print=_print(*print_) if print_ else None,
        printed_codes=tuple(
            PrintedCode(CodeKind(kind), RectMm(*area), text) for kind, text, *area in codes or ()
        ),
    )


def _pretty(value: object, depth: int = 0) -> str:
    """Return JSON with one line a question, box or field: two frozen layouts can be compared line by line."""
    pad, end = "\n" + " " * (depth + 1), "\n" + " " * depth
    if isinstance(value, dict):
        entries = (f"{json.dumps(key)}: {_pretty(item, depth + 1)}" for key, item in value.items())
        return "{" + ",".join(pad + entry for entry in entries) + end + "}"
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        return "[" + ",".join(pad + _entry(item, depth + 1) for item in value) + end + "]"
    return json.dumps(value, ensure_ascii=False)


def _entry(value: object, depth: int) -> str:
    return _pretty(value, depth) if isinstance(value, dict) else json.dumps(value, ensure_ascii=False)
