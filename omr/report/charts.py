"""Charts: bars of shares. What is drawn is decided here; SVG is written here, the PDF draws the same bars."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from omr.i18n import _
from omr.report.numbers import count_text, percent, percent_text
from omr.report.rows import UNDETERMINED
from omr.report.tables import FormTables

COLOURS = ("#2e7d32", "#f9a825", "#c62828", "#6a1b9a", "#1565c0")
"""Of the levels in the order of the rule file; told apart in grey print and by the colour-blind."""
OPEN = "#9e9e9e"


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a bar. share: of the whole length, percent."""

    share: float
    colour: str
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One line: its label, its pieces from the left, and what is written behind it."""

    label: str
    segments: tuple[Segment, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars under each other; legend: (colour, label)."""

    title: str
    bars: tuple[Bar, ...]
    legend: tuple[tuple[str, str], ...] = ()


def charts_of(form: FormTables) -> Iterator[Chart]:
    """Yield the levels by unit, where the form has levels, and the items most often ticked."""
    if form.head.levels:
        yield _levels(form)
    chart = _items(form)
    if chart.bars:
        yield chart


def _levels(form: FormTables) -> Chart:
    kinds = [(level.id, level.label) for level in form.head.levels]
    colours = dict(zip((level for level, _label in kinds), COLOURS, strict=False)) | {UNDETERMINED: OPEN}
    kinds.append((UNDETERMINED, _("Undetermined")))
    rows = [(branch.name, form.counts[branch.code]) for branch in form.scope.branches]
    if len(rows) > 1:
        rows.append((_("Total"), form.total))
    bars = []
    for name, counts in rows:
        numbers = {**counts.levels, UNDETERMINED: counts.undetermined}
        segments = (
            Segment(percent(numbers.get(kind, 0), counts.valid) or 0.0, colours.get(kind, OPEN), label)
            for kind, label in kinds
        )
        bars.append(Bar(name, tuple(each for each in segments if each.share), count_text(counts.valid)))
    legend = tuple((colours.get(kind, OPEN), label) for kind, label in kinds)
    return Chart(_("Levels by unit (share of valid sheets)"), tuple(bars), legend)


def _items(form: FormTables) -> Chart:
    cells = [
        (item, choice)
        for item in form.head.items
        for choice in (item.choices if len(item.choices) == 1 else item.choices[1:])
        if form.total.ticks.get((item.id, choice.id), 0) and (item.id, choice.id) not in (form.hidden or ())
    ]
    cells.sort(key=lambda each: -form.total.ticks[each[0].id, each[1].id])
    bars = []
    for item, choice in cells[:10]:
        share = percent(form.total.ticks[item.id, choice.id], form.total.valid) or 0.0
        label = f"{item.number} {item.text}" + (f" ({choice.label})" if len(item.choices) > 1 else "")
        bars.append(Bar(label, (Segment(share, COLOURS[-1], choice.label),), percent_text(share)))
    return Chart(_("Items most often ticked (share of valid sheets)"), tuple(bars))


_LABEL, _BAR, _BEHIND, _STEP, _HIGH = 330, 460, 90, 24, 16  # px of the drawing, which scales
_LETTERS = 52  # of a label, before it is cut


def svg(chart: Chart) -> str:
    """Return a chart as inline SVG; a screen reader is told its title, a mouse each piece."""
    legend = tuple(_legend(chart))
    width = _LABEL + _BAR + _BEHIND
    height = (len(chart.bars) + 1 + max((line for line, _x, _entry in legend), default=-1)) * _STEP + 4
    pieces = [
        f'<svg viewBox="0 0 {width} {height}" role="img" font-size="12">',
        f"<title>{escape(chart.title)}</title>",
    ]
    for line, bar in enumerate(chart.bars):
        pieces += _bar(bar, line * _STEP)
    for line, x, (colour, label) in legend:
        y = (len(chart.bars) + line) * _STEP + 6
        pieces.append(f'<rect x="{x}" y="{y}" width="12" height="12" fill="{colour}"/>')
        pieces.append(f'<text x="{x + 16}" y="{y + 11}">{escape(label)}</text>')
    return "".join([*pieces, "</svg>"])


def _legend(chart: Chart) -> Iterator[tuple[int, int, tuple[str, str]]]:
    """Yield the line of each entry of the legend below the bars, and where it begins."""
    line, x = 0, _LABEL
    for colour, label in chart.legend:
        wide = 30 + 7 * len(label)
        if x > _LABEL and x + wide > _LABEL + _BAR + _BEHIND:
            line, x = line + 1, _LABEL
        yield line, x, (colour, label)
        x += wide


def _bar(bar: Bar, y: int) -> Iterator[str]:
    yield f'<text x="{_LABEL - 8}" y="{y + 13}" text-anchor="end">{escape(short(bar.label))}</text>'
    x = float(_LABEL)
    for segment in bar.segments:
        wide = segment.share * _BAR / 100
        told = escape(f"{segment.text}: {percent_text(segment.share)}")
        yield (
            f'<rect x="{x:.1f}" y="{y}" width="{wide:.1f}" height="{_HIGH}" fill="{segment.colour}">'
            f"<title>{told}</title></rect>"
        )
        x += wide
    yield f'<text x="{x + 6:.1f}" y="{y + 13}">{escape(bar.text)}</text>'


def short(label: str) -> str:
    """Return a label that fits beside its bar."""
    return label if len(label) <= _LETTERS else label[: _LETTERS - 1] + "…"
