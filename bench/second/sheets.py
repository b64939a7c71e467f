"""Forms in, scans and truth out: one batch a unit, one scanner a batch, one respondent a sheet."""

import csv
import zlib
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import numpy as np
import pypdfium2

from .device import Device, save, scan, set_up
from .measure import Box, Evidence, Found, Page, in_inside, judge, look
from .paper import (
    SIZE_MM,
    Sheet,
    blank_sheet,
    blob,
    fold,
    photocopy,
    put_fluid,
    put_ink,
    reflectance,
    show_through,
)
from .people import Respondent, fill_in, speck
from .shapes import PLAIN

COLUMNS = ("sheet", "page", "question", "choice", "truth", "kind", "pen", "hard")
UNIT_SHEETS = 12
"""Sheets a unit where the manifest names none."""


def make(
    layout_boxes: Path,
    forms_pdf: Path,
    manifest: Path,
    out_dir: Path,
    seed: int,
    profile: str,
    dpi: int | None = None,
) -> Path:
    """Fill in, scan and describe every sheet of a manifest.

    Args:
        layout_boxes: the CSV of `omr layout boxes`.
        forms_pdf: the forms of `omr print`.
        manifest: its manifest.
        out_dir: scans go to scans/UNIT/, the truth to truth.csv.
        seed: the same seed makes the same files of the same forms.
        profile: office, worn, photocopy, onebit or colour.
        dpi: resolution, or None for what is usual with the profile.

    Returns:
        The path of truth.csv, with COLUMNS.
    """
    pages = _boxes(layout_boxes)
    form = zlib.crc32(Path(layout_boxes).read_bytes())
    document = pypdfium2.PdfDocument(forms_pdf)
    rows: list[tuple[object, ...]] = []
    with Path(manifest).open(encoding="utf-8-sig", newline="") as file:
        listed = list(csv.DictReader(file))
    for order, entry in enumerate(listed):
        unit = entry["unit"] or f"dv{order // UNIT_SHEETS + 1:02}"
        device = set_up(
            profile, dpi, np.random.default_rng([seed, 1, form, *profile.encode(), *unit.encode()])
        )
        rng = np.random.default_rng([seed, 2, form, order, *profile.encode()])
        who = Respondent.draw(rng, bold=profile == "onebit")
        count, first = int(entry["pages"]), int(entry["first_page"]) - 1
        sides = [blank_sheet(document[first + n], rng) for n in range(count)]
        images = []
        for n, side in enumerate(sides):
            back = sides[n ^ 1].toner if device.through and (n ^ 1) < count else None
            image, truth = _page(
                side, back, pages.get(n + 1, []), who, (n / count, (n + 1) / count), device, rng
            )
            images.append(image)
            rows += [(entry["sheet"], n + 1, *line) for line in truth]
        save(images, Path(out_dir) / "scans" / unit / f"scan{order + 1:04}", device)
    target = Path(out_dir) / "truth.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    return target


def _boxes(path: Path) -> dict[int, list[Box]]:
    """Return the boxes of each page."""
    pages: dict[int, list[Box]] = {}
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            side = float(row["width_mm"])
            x, y = float(row["x_mm"]) + side / 2, float(row["y_mm"]) + float(row["height_mm"]) / 2
            pages.setdefault(int(row["page"]), []).append(Box(row["question"], row["choice"], x, y, side))
    return pages


def _page(
    sheet: Sheet,
    back: np.ndarray | None,
    boxes: list[Box],
    who: Respondent,
    progress: tuple[float, float],
    device: Device,
    rng: np.random.Generator,
) -> tuple[np.ndarray, list[tuple[object, ...]]]:
    """Return one page's scan and its lines of truth."""
    for _ in range(int(rng.integers(1, 4)) if device.copies else 0):
        sheet = photocopy(sheet, rng)
    boxes = [_moved(box, sheet.place) for box in boxes]
    rows = [list(group) for _, group in groupby(boxes, key=lambda box: box.question)]
    found = fill_in(rows, who, progress, rng)
    dirt = [speck(*(rng.uniform(0, 1, 2) * SIZE_MM), rng) for _ in range(rng.poisson(device.dirt))]
    for box in boxes:
        found[box.question, box.choice].specks += [s for s in dirt if in_inside(s, box) > 0]
    tints = tuple(map(float, rng.uniform(0.93, 1.03, 3))) if device.mode == "colour" else ()
    light = reflectance(sheet, None if back is None else show_through(back, device.through), tints)
    for here in found.values():
        for ink in here.own + [s for s in here.specks if not any(s is d for d in dirt)]:
            put_ink(light, ink)
        for ink in here.fluid:
            put_fluid(light, ink)
    crossed = _mishaps(light, boxes, device, rng)
    for ink in dirt:
        put_ink(light, ink)
    image, way = scan(light, device, rng)
    return image, _truth(boxes, found, sheet, crossed | _streaked(boxes, way, device), device)


def _moved(box: Box, place: np.ndarray) -> Box:
    x, y = place @ (box.x, box.y, 1)
    return replace(box, x=float(x), y=float(y), side=box.side * float(np.sqrt(np.linalg.det(place[:, :2]))))


def _mishaps(light: np.ndarray, boxes: list[Box], device: Device, rng: np.random.Generator) -> dict[Box, str]:
    """Fold, punch and staple the page; return the boxes a fold crosses."""
    crossed: dict[Box, str] = {}
    if rng.random() < 0.05 and boxes:
        middle = boxes[rng.integers(len(boxes))].y + rng.normal(0, 2)
        left, right = middle + rng.normal(0, 2, 2)
        fold(light, (left, right), rng.uniform(0.05, 0.14), rng)
        for box in boxes:
            if abs(box.y - left - (right - left) * box.x / SIZE_MM[0]) < box.side / 2:
                crossed[box] = "fold"
    if device.holes:
        top = rng.uniform(104, 112)
        for y in (top, top + 80):
            hole = blob(rng.uniform(10, 11.5), y, 5.6, 5.6, 0.98, 0.01, rng)
            put_ink(light, hole)
    if device.staples:
        put_ink(light, blob(14, 9, rng.uniform(9, 12), 0.5, 0.7, 0.05, rng))
    return crossed


def _streaked(boxes: list[Box], way: np.ndarray, device: Device) -> dict[Box, str]:
    """Return the boxes that lie under a streak of the scanner's glass."""
    hit: dict[Box, str] = {}
    for box in boxes:
        x = float((way @ (box.x, box.y, 1))[0])
        if any(abs(x - s[0]) < box.side / 2 + s[1] + device.wobble for s in device.streaks):
            hit[box] = "streak"
    return hit


def _truth(
    boxes: list[Box],
    found: dict[tuple[str, str], Found],
    sheet: Sheet,
    crossed: dict[Box, str],
    device: Device,
) -> list[tuple[object, ...]]:
    """Judge every box of a page by the ink measured in it."""
    page = Page((), device.blur, device.gamma, device.mode, 0.1 if device.dpi >= 300 else 0.15)
    seen = {}
    for box in boxes:
        here = found[box.question, box.choice]
        seen[box] = look(box, here.own, here.fluid, sheet, page) if here.own else Evidence()
    usual = [seen[b].dark for b in boxes if seen[b].span >= 2.8 and found[b.question, b.choice].kind in PLAIN]
    page = replace(page, darks=tuple(usual))
    lines = []
    for box in boxes:
        here = found[box.question, box.choice]
        truth = judge(box, here, seen[box], page)
        kind = here.kind
        if kind == "blank":
            passing = any(in_inside(ink, box) > 0.001 for ink, _ in here.others)
            kind = "passing" if passing else "speck" if here.specks else crossed.get(box, "blank")
        hard = kind not in {*PLAIN, "blank"} or box in crossed
        lines.append((box.question, box.choice, truth, kind, here.pen, int(hard)))
    return lines
