"""The report as one HTML page to read and to print: no script, nothing from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from importlib.resources import files
from itertools import groupby
from pathlib import Path

from omr.errors import OmrError, reason_of
from omr.i18n import _, language
from omr.report.charts import charts_of, svg
from omr.report.report import Part, PartKind, Report
from omr.report.table import Column, Table

Link = Callable[[Part, str, str], str]
"""Part, row id, column id → where the count's evidence is, "" where there is none."""


def write_report(path: Path, report: Report, link: Link) -> None:
    """Write the report. Raises OmrError where it cannot be written."""
    title = _("SUMMARY REPORT")
    body = [f"<h1>{escape(title)}</h1>", *_cover(report.cover), *_contents(report.parts)]
    charts = {form.head.key: form for form in report.forms}
    for number, part in enumerate(report.parts):
        body += _section(part, number, link)
        if part.kind is PartKind.TURNOUT and part.key is not None:
            body += [
                f"<figure><figcaption>{escape(chart.title)}</figcaption>{svg(chart)}</figure>"
                for chart in charts_of(charts[part.key])
            ]
        body.append("</section>")
    write_page(path, f"{title} – {report.stamp.unit}", body)


def write_page(path: Path, title: str, body: Sequence[str]) -> None:
    """Write one page. Raises OmrError where it cannot be written."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file: data:"
    text = (
        f'<!doctype html>\n<html lang="{language()}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_style()}</style></head><body>\n"
    )
    try:
        path.write_text(text + "\n".join(body) + "\n</body></html>\n", "utf-8")
    except OSError as error:
        raise OmrError(
            _("{path} cannot be written ({reason}). Choose another folder.").format(
                path=path, reason=reason_of(error)
            )
        ) from error


def _style() -> str:
    return files("omr.report").joinpath("report.css").read_text("utf-8")


def _cover(rows: Sequence[tuple[str, str]]) -> Iterator[str]:
    cells = (f"<tr><th scope=row>{escape(label)}</th><td>{escape(text)}</td></tr>" for label, text in rows)
    yield f'<table class="cover">{"".join(cells)}</table>'


def _contents(parts: Sequence[Part]) -> Iterator[str]:
    links = (
        f'<li><a href="#part{number}">{escape(part.table.title)}</a> {escape(part.form)}</li>'
        for number, part in enumerate(parts)
    )
    yield f"<nav><ol>{''.join(links)}</ol></nav>"


def _section(part: Part, number: int, link: Link) -> Iterator[str]:
    yield f'<section id="part{number}"><h2>{escape(part.table.title)}</h2>'
    if part.form:
        yield f'<p class="form">{escape(part.form)}</p>'
    if part.note:
        yield f'<p class="note">{escape(part.note)}</p>'
    yield from table_html(part.table, lambda row, column: link(part, row, column))
    yield from (f"<p><em>{escape(remark)}</em></p>" for remark in part.remarks)


def table_html(table: Table, link: Callable[[str, str], str]) -> Iterator[str]:
    """Yield a table; a count whose link is not "" leads to its evidence."""
    yield '<div class="wide"><table><thead>'
    yield from _heads(table.columns)
    yield "</thead><tbody>"
    for row, texts, weight in zip(table.frame.index, table.texts(), table.weights, strict=True):
        cells = (
            _cell(text, column, link(str(row), column.id))
            for text, column in zip(texts, table.columns, strict=True)
        )
        yield f'<tr class="{weight}">{"".join(cells)}</tr>'
    yield "</tbody></table></div>"


def _cell(text: str, column: Column, link: str) -> str:
    shown = escape(text)
    if link and text:
        shown = f'<a href="{escape(link)}">{shown}</a>'
    return f'<td class="{column.kind}">{shown}</td>'


def _heads(columns: Sequence[Column]) -> Iterator[str]:
    if not any(column.group for column in columns):
        yield "<tr>" + "".join(f"<th scope=col>{escape(column.heading)}</th>" for column in columns) + "</tr>"
        return
    above, below = [], []
    for group, run in groupby(columns, key=lambda column: column.group):
        together = list(run)
        if group:
            above.append(f"<th colspan={len(together)} scope=colgroup>{escape(group)}</th>")
            below += [f"<th scope=col>{escape(column.heading)}</th>" for column in together]
        else:
            above += [f"<th rowspan=2 scope=col>{escape(column.heading)}</th>" for column in together]
    yield f"<tr>{''.join(above)}</tr><tr>{''.join(below)}</tr>"


def unit_links(folders: Mapping[str, str]) -> Link:
    """Return links from the rows of table 1 to the reports of their units. folders: by unit code."""

    def link(part: Part, row: str, column: str) -> str:
        if part.kind is not PartKind.TURNOUT or column in {"order", "note"}:
            return ""
        return folders.get(row, "")

    return link
