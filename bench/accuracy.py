"""Accuracy from end to end: omr synth → omr read → omr export, against the truth.

    .venv/bin/python bench/accuracy.py --sheets 20 --seed 1 [--profile office --profile worn] [LAYOUT…]

Prints a line a layout and profile, and every box that was read wrong without anybody being asked (a silent
error); exits 1 when there is one. The bound is the one-sided 95 % Clopper-Pearson limit of their rate.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

OMR = (sys.executable, "-c", "import omr.cli; omr.cli.main()")
COLUMNS = (
    "layout",
    "profile",
    "pages",
    "rejected",
    "boxes",
    "silent",
    "bound_%",
    "reading_%",
    "respondent_%",
)


@dataclass(slots=True)
class Result:
    """What became of the boxes of one layout and profile."""

    pages: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    boxes: int = 0
    silent: list[str] = field(default_factory=list)
    causes: Counter[str] = field(default_factory=Counter)

    def row(self, layout: str, profile: str) -> tuple[str, ...]:
        """Return the printed line."""
        boxes = max(self.boxes, 1)
        return (
            layout,
            profile,
            str(self.pages),
            str(sum(self.rejected.values())),
            str(self.boxes),
            str(len(self.silent)),
            f"{100 * upper_bound(len(self.silent), boxes):.4f}",
            f"{100 * self.causes['reading'] / boxes:.2f}",
            f"{100 * self.causes['respondent'] / boxes:.2f}",
        )


def upper_bound(errors: int, trials: int, confidence: float = 0.95) -> float:
    """Return the one-sided Clopper-Pearson bound of a rate, by bisection of the binomial tail."""
    from math import exp, lgamma, log, log1p

    def tail(rate: float) -> float:
        return sum(
            exp(
                lgamma(trials + 1) - lgamma(k + 1) - lgamma(trials - k + 1)
                + k * log(rate) + (trials - k) * log1p(-rate)
            )
            for k in range(errors + 1)
        )  # fmt: skip

    if errors >= trials:
        return 1.0
    low, high = 1e-12, 1 - 1e-12
    for _step in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if tail(middle) > 1 - confidence else (low, middle)
    return high


def measured(layout: str, profile: str, sheets: int, seed: int, more: Sequence[str], folder: Path) -> Result:
    """Make, read and compare one stack."""
    place = folder / f"{layout}-{profile}"
    store = str(place / "omr.db")
    _omr(
        "synth",
        layout,
        "--sheets",
        str(sheets),
        "--profile",
        profile,
        "--seed",
        str(seed),
        "-o",
        str(place),
        *more,
    )
    _omr("read", str(place / "scans"), "--store", store, expect=(0, 3, 4))
    for table in ("marks", "rejections"):
        _omr("export", table, "--store", store, "-o", str(place / f"{table}.csv"))
    read = {_key(row): row for row in _rows(place / "marks.csv")}
    result = Result(rejected=Counter(row["reason"] for row in _rows(place / "rejections.csv")))
    result.rejected.pop("blank_page", None)
    frames = set()
    for truth in _rows(place / "truth.csv"):
        frames.add((truth["source"], truth["frame"]))
        found = read.get(_key(truth))
        if found is None:
            continue  # its page was rejected, and is counted there
        result.boxes += 1
        if found["review"] == "1":
            result.causes[found["cause"]] += 1
        elif found["state"] != truth["state"]:
            result.silent.append(
                f"  {layout} {profile} {truth['source']} frame {truth['frame']} {truth['question']}"
                f" {truth['choice']}: {truth['intent']} ({truth['tool']}) is {truth['state']},"
                f" read {found['state']} {found['confidence']}"
            )
    result.pages = len(frames)
    return result


def _key(row: dict[str, str]) -> tuple[str, str, str, str]:
    return Path(row["source"]).name, row["frame"], row["question"], row["choice"]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _omr(*arguments: str, expect: tuple[int, ...] = (0,)) -> None:
    done = subprocess.run((*OMR, *arguments, "--lang", "en"), capture_output=True, text=True, check=False)
    if done.returncode not in expect:
        sys.exit(f"omr {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")


def main() -> int:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("layouts", nargs="*", help="all that ship, when absent")
    parser.add_argument("--profile", action="append", help="office and worn, when absent")
    parser.add_argument("--sheets", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--with", dest="more", action="append", default=[], help="passed on to omr synth")
    chosen = parser.parse_args()
    shipped = Path(__file__).parents[1] / "layouts"
    layouts = chosen.layouts or sorted(path.stem for path in shipped.glob("*.yaml"))
    lines, rejected, silent = [COLUMNS], [], []
    with tempfile.TemporaryDirectory() as folder:
        for layout in layouts:
            for profile in chosen.profile or ("office", "worn"):
                result = measured(layout, profile, chosen.sheets, chosen.seed, chosen.more, Path(folder))
                lines.append(result.row(layout, profile))
                silent.extend(result.silent)
                rejected.extend(
                    f"  {layout} {profile}: {n} {reason}" for reason, n in result.rejected.items()
                )
                print(f"{layout} {profile} done", file=sys.stderr)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)))
    for title, found in (("rejected pages", rejected), ("silent errors", silent)):
        print(f"{title}: {'none' if not found else ''}", *found, sep="\n" if found else "")
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main())
