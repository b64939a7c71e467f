"""Likeness of ink: the same sheet scanned twice against sheets of several people with one serial.

    .venv/bin/python bench/ink.py vinhlong-1 --profile worn --sheets 8 --seed 6

Prints the lowest likeness of two scans of one page, and the highest of two people's (three of whom answer
alike); omr.read.ink.SAME_SHEET has to lie between them.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from itertools import combinations
from pathlib import Path

from omr.cli import main as omr
from omr.read.ink import SAME_SHEET, same_ink
from omr.store.store import Store


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("layout")
    parser.add_argument("--profile", default="office")
    parser.add_argument("--sheets", default="8")
    parser.add_argument("--seed", default="1")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = str(folder / "omr.db")
        _omr("synth", chosen.layout, "--sheets", chosen.sheets, "--profile", chosen.profile,
             "--seed", chosen.seed, "--copies-of-master", "--rescan", "-o", name)  # fmt: skip
        _omr("read", str(folder / "scans"), str(folder / "rescan"), "--store", store)
        pages = _inks(folder, Path(store))
    print(f"{chosen.layout} {chosen.profile}: two scans are one sheet from {SAME_SHEET}")
    print("page  same sheet: pairs  lowest   other people: pairs  highest   too little ink")
    for number, inks in sorted(pages.items()):
        same, other, silent = [], [], 0
        for (who, ink), (whose, other_ink) in combinations(inks, 2):
            likeness = same_ink(ink, other_ink)
            if likeness is None:
                silent += 1
            else:
                (same if who == whose else other).append(likeness)
        low, high = (f"{min(same):.2f}" if same else "-"), (f"{max(other):.2f}" if other else "-")
        print(f"{number:4}  {len(same):17}  {low:>6}  {len(other):20}  {high:>7}  {silent:15}")


def _inks(folder: Path, path: Path) -> dict[int, list[tuple[str, bytes]]]:
    """Return, by page number, who wrote each scan and its ink."""
    wrote = {}
    for run, name in (("scans", "truth"), ("rescan", "truth-rescan")):
        with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                wrote[str(folder / run / row["source"]), int(row["frame"])] = row["copy"]
    pages: dict[int, list[tuple[str, bytes]]] = {}
    with Store.open(path) as store:
        for page in store.pages():
            who = wrote[page.scan.path, page.scan.id.frame]
            pages.setdefault(page.page.page, []).append((who, store.ink(page.scan.row)))
    return pages


def _omr(*arguments: str) -> None:
    try:
        omr([*arguments, "--lang", "en"])
    except SystemExit as ended:
        if ended.code not in (0, 3, 4, None):
            raise


if __name__ == "__main__":
    main()
