"""CPU time a page by format, by layout and by stage, beside the bare decode of the same round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import cv2

from bench.speed.pages import LAYOUTS, Stack
from bench.speed.stages import STAGES, stages
from bench.speed.ways import bare, intake, layouts, whole
from bench.tables import Table
from omr.batch.engine import Reader
from omr.batch.run import Tally
from omr.settings import DEFAULT

MOST_RATIO = 1.25
"""What a page may cost at most, as a multiple of its bare decode, where its file is a JPEG at 300 dpi."""

MOST_ABOVE = {300: 6.0, 200: 3.5}
"""What a page of any format may cost at most above its bare decode, CPU ms, by resolution."""


@dataclass(frozen=True, slots=True)
class Times:
    """CPU ms a page, one a round, of each way through a stack."""

    stack: Stack
    ways: Mapping[str, Sequence[float]]
    tally: Tally

    @property
    def ratios(self) -> list[float]:
        """Whole over bare decode, round by round: so what else the machine did weighs on both."""
        return [high / low for high, low in zip(self.ways["whole"], self.ways["decode"], strict=True)]

    @property
    def above(self) -> float:
        """Median of whole less bare decode."""
        pairs = zip(self.ways["whole"], self.ways["decode"], strict=True)
        return median(high - low for high, low in pairs)

    def most(self) -> float:
        """Return the largest part of a limit that is used: 1 and below keeps all limits."""
        ratio = median(self.ratios) / MOST_RATIO if self.stack.jpeg and self.stack.dpi == 300 else 0.0
        return max(ratio, self.above / MOST_ABOVE[self.stack.dpi])


def time_formats(
    stacks: Mapping[str, Stack], warm: Mapping[str, Stack], rounds: int, folder: Path
) -> list[Table]:
    """Return the tables by format and by stage: every way in every round, one after another."""
    reader = Reader(layouts(), DEFAULT)
    for stack in warm.values():
        whole(stack, reader, folder)
    parts: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    times = [_timed(stack, reader, rounds, folder) for stack in stacks.values()]
    for _round in range(rounds):
        for name, stack in stacks.items():
            for part, seconds in stages(stack, reader, folder).items():
                parts[name, part].append(1000 * seconds / stack.pages)
    return [_formats(times), _stages(times, parts, rounds)]


def time_layouts(stacks: Sequence[Stack], rounds: int, folder: Path) -> Table:
    """Return the same by layout: forms have from a dozen to a hundred boxes a page."""
    reader, rows = Reader(layouts(), DEFAULT), []
    for stack in stacks:
        for layout in LAYOUTS:
            alone = stack.of(layout, folder / f"{layout}-{stack.dpi}")
            times = _timed(alone, reader, rounds, folder)
            rows.append((alone.name, str(alone.pages), *_figures(times)))
    title = "Layouts: CPU ms a page of gray JPEG, median of the rounds"
    return Table(
        title, ("layout", "pages", "decode", "whole", "ratio", "range", "above", "of limit"), tuple(rows)
    )


def _timed(stack: Stack, reader: Reader, rounds: int, folder: Path) -> Times:
    ways: dict[str, Callable[[], float]] = {
        "decode": partial(bare, stack),
        "intake": partial(intake, stack, reader),
        "whole": lambda: whole(stack, reader, folder)[0],
    }
    if "colour" in stack.name:
        ways["in colour"] = partial(bare, stack, cv2.IMREAD_COLOR)
    found: defaultdict[str, list[float]] = defaultdict(list)
    for _round in range(rounds):
        for way, timed in ways.items():
            found[way].append(1000 * timed() / stack.pages)
    return Times(stack, found, whole(stack, reader, folder)[1])


def _figures(times: Times) -> tuple[str, ...]:
    ratios = times.ratios
    return (
        f"{median(times.ways['decode']):.1f}",
        f"{median(times.ways['whole']):.1f}",
        f"{median(ratios):.2f}",
        f"{min(ratios):.2f}..{max(ratios):.2f}",
        f"{times.above:.1f}",
        f"{times.most():.2f}",
    )


def _formats(found: Sequence[Times]) -> Table:
    rows = []
    for times in found:
        size = sum(path.stat().st_size for path in times.stack.pictures) / 1000 / times.stack.pages
        colour = times.ways.get("in colour")
        decode, *rest = _figures(times)
        rows.append(
            (
                times.stack.name,
                str(times.tally.scans),
                str(times.tally.read),
                f"{size:.0f}",
                decode,
                f"{median(colour):.1f}" if colour else "-",
                f"{median(times.ways['intake']):.1f}",
                *rest,
            )
        )
    title = (
        "Formats: CPU ms a page, median of the rounds; ratio = whole / decode, and its range over the rounds"
    )
    columns = ("format", "pages", "read", "kB", "decode", "in colour", "intake", "whole", "ratio", "range",
               "above", "of limit")  # fmt: skip
    return Table(title, columns, tuple(rows))


def _stages(found: Sequence[Times], parts: Mapping[tuple[str, str], Sequence[float]], rounds: int) -> Table:
    seen = {stage for _name, stage in parts}
    known = list(dict.fromkeys(STAGES.values()))
    ordered = [stage for stage in known if stage in seen] + sorted(seen - set(known))
    names = [times.stack.name for times in found]
    cells = {key: median((*values, *[0.0] * (rounds - len(values)))) for key, values in parts.items()}
    rows = [(stage, *(f"{cells.get((name, stage), 0.0):.2f}" for name in names)) for stage in ordered]
    sums = (sum(cells.get((name, stage), 0.0) for stage in ordered) for name in names)
    rows.append(("all stages", *(f"{total:.2f}" for total in sums)))
    rows.append(("whole, unwrapped", *(f"{median(times.ways['whole']):.2f}" for times in found)))
    short = (
        name.replace(" 300 dpi", "").replace(" dpi", "").replace("PDF of", "PDF").replace("JPEG ", "")
        for name in names
    )
    return Table("Stages: CPU ms a page, median of the rounds", ("stage", *short), tuple(rows))
