"""The evidence beside a unit's own report: the sheets behind each count, and of each sheet its marks.

Crops show marked and judged boxes and a little paper around them: no name, no other row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from omr.batch.results import SheetResult
from omr.batch.settled import MACHINE, SettledAnswer
from omr.errors import OmrError
from omr.i18n import _
from omr.model.arrays import Gray
from omr.model.geometry import RectMm
from omr.model.layout import Box
from omr.model.reading import MarkState
from omr.model.scan import ScanId
from omr.overlay import as_png, cut_out
from omr.report.evidence import Cell, Evidence, evidence_of
from omr.report.html import Link, write_page
from omr.report.report import Part, PartKind, Report
from omr.report.survey import Survey

Frame = Callable[[str, ScanId], Gray]
"""Path and scan → the whole image; raises SourceError where it is not there any more."""

SHEETS = "sheets"
PAGE = "evidence.html"
_AROUND_MM = 3.0
"""Paper shown around a box: a tick reaches out of it."""
_CROP_PX = 120
_IN_NAMES = frozenset({"issued", "missing", "due", "exempt"})
"""Counts of table 1 that have no scans behind them; the name list says who they are."""


def evidence_link(found: Survey, report: Report) -> tuple[Evidence, Link]:
    """Return the evidence of a unit's own report, and the links to it."""
    every: dict[Cell, tuple[str, ...]] = {}
    for form in report.forms:
        every |= evidence_of(found.facts, form.head).sheets
    evidence = Evidence(every)
    names = {part.key: number for number, part in enumerate(report.parts) if part.kind is PartKind.NAMES}

    def link(part: Part, row: str, column: str) -> str:
        if part.kind in {PartKind.NAMES, PartKind.PROBLEMS} and column == "sheet":
            return f"{SHEETS}/{quote(row)}.html" if row in known else ""
        if part.key is None:
            return ""
        anchor = evidence.anchor((part.key, part.kind, row, column))
        if not anchor and part.kind is PartKind.TURNOUT and column in _IN_NAMES and part.key in names:
            return f"#part{names[part.key]}"
        return f"{PAGE}#{quote(anchor)}" if anchor else ""

    known = {sheet.sheet for sheet in found.facts.sheets}
    return evidence, link


def write_evidence(
    folder: Path, report: Report, evidence: Evidence, results: Iterable[SheetResult], frame: Frame
) -> None:
    """Write the page of evidence, and a page with its crops for each sheet, beside the report."""
    write_page(folder / PAGE, _("Evidence"), list(_lists(report, evidence)))
    (folder / SHEETS).mkdir(exist_ok=True)
    for result in results:
        _write_sheet(folder / SHEETS, result, frame)


def _lists(report: Report, evidence: Evidence) -> Iterator[str]:
    yield f"<h1>{escape(_('Evidence'))}</h1>"
    for part in report.parts:
        if part.key is None or part.kind not in {PartKind.TURNOUT, PartKind.ITEMS}:
            continue
        yield f"<h2>{escape(part.table.title)} – {escape(part.form)}</h2>"
        texts = dict(zip(part.table.frame.index, part.table.texts(), strict=True))
        for row in part.table.frame.index:
            for column in part.table.columns:
                cell = (part.key, part.kind, str(row), column.id)
                if cell in evidence.sheets:
                    label = " ".join(filter(None, texts[row][:2])) + f" · {column.title}"
                    yield _list(evidence.anchor(cell), label, evidence.sheets[cell])


def _list(anchor: str, label: str, sheets: Sequence[str]) -> str:
    links = ", ".join(f'<a href="{SHEETS}/{quote(name)}.html">{escape(name)}</a>' for name in sheets)
    return f'<p id="{escape(anchor)}"><strong>{escape(label)}</strong> ({len(sheets)}): {links}</p>'


def _write_sheet(folder: Path, result: SheetResult, frame: Frame) -> None:
    name = result.sheet.name
    answers = {each.answer.question: each for each in result.answers}
    pictures = dict(_crops(folder, result, answers, frame))
    body = [f"<h1>{escape(name)}</h1>", f"<p>{escape(' '.join(result.score.why))}</p>"]
    body += ["<table><thead><tr>", *(f"<th>{escape(text)}</th>" for text in _heads()), "</tr></thead><tbody>"]
    for question in result.layout.questions:
        each = answers.get(question.id)
        if each is None or not (each.answer.chosen or question.id in pictures or each.decided_by != MACHINE):
            continue
        labels = {choice.id: choice.label for choice in question.choices}
        chosen = ", ".join(labels.get(choice, choice) for choice in each.answer.chosen)
        said = _("to be settled") if each.answer.review else each.decided_by
        who = _("machine") if said == MACHINE else said
        texts = "".join(f"<td>{escape(text)}</td>" for text in (question.number, question.text, chosen, who))
        body.append(f"<tr>{texts}<td>{pictures.get(question.id, '')}</td></tr>")
    write_page(folder / f"{name}.html", name, [*body, "</tbody></table>"])


def _heads() -> tuple[str, ...]:
    return _("No."), _("Item"), _("Answer"), _("Decided by"), _("On paper")


def _crops(
    folder: Path, result: SheetResult, answers: Mapping[str, SettledAnswer], frame: Frame
) -> Iterator[tuple[str, str]]:
    """Write the crops of a sheet; yield each question with its pictures, or why there are none."""
    found: dict[str, str] = {}
    for page in result.sheet.pages:
        number = page.page.page
        reading = result.readings[number]
        boxes = result.layout.page(number).boxes
        shown = [
            box for box, state in zip(boxes, reading.marks.states, strict=True) if _shown(box, state, answers)
        ]
        if not shown:
            continue
        try:
            image = frame(page.scan.path, reading.scan)
        except OmrError as error:
            found |= {box.question: escape(str(error)) for box in shown}
            continue
        for box in shown:
            file = f"{result.sheet.name}-{number}-{box.id}.png".replace("/", "_")
            (folder / file).write_bytes(as_png(cut_out(image, reading.registration, _around(box), _CROP_PX)))
            label = escape(f"{box.question} {box.choice}")
            found[box.question] = found.get(box.question, "") + f'<img src="{quote(file)}" alt="{label}">'
    yield from found.items()


def _shown(box: Box, state: int, answers: Mapping[str, SettledAnswer]) -> bool:
    """True for a box that is marked, or that a person has judged or still has to."""
    each = answers.get(box.question)
    judged = each is not None and (each.decided_by != MACHINE or each.answer.review)
    return state != MarkState.EMPTY or judged


def _around(box: Box) -> RectMm:
    area = box.area
    return RectMm(
        area.x - _AROUND_MM, area.y - _AROUND_MM, area.width + 2 * _AROUND_MM, area.height + 2 * _AROUND_MM
    )
