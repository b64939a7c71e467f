"""Accuracy on made sheets: generator → files → the engine's reader, box by box against the truth.

    .venv/bin/python -m bench.accuracy [--generator 1|2] [--stacks 20] [--first-seed 50000] [--keep] [LAYOUT…]

A stack is four sheets of one layout; each turn takes every layout once, the profiles by a fixed mix (half
office, a fifth worn, the rest photocopied blanks and 1-bit in equal parts). Seeds are never those that
bench/calibrate.py trains on. A *silent* error is a box read other than its truth that nobody is asked about;
its bounds are one-sided 95 % limits (Clopper and Pearson, Biometrika 26 (1934); 3/n where there is none).

With --made the stacks stay in a folder and a later run reads them again: another reader on the very same
scans, in a tenth of the time. Take a new folder when a generator has changed.

With --keep the counts are added to bench/results/accuracy.jsonl under the digest of the reader; runs of one
digest with other seeds add up, so the bench can be continued any time, and docs/accuracy.md shows the sum.
Exits 1 when a box was silently wrong.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.calibrate import LAYOUTS
from bench.tables import Table, render, show
from bench.trial import Box, Chunk, Result, run_all
from omr.audit.bounds import lower_bound, upper_bound
from omr.model.reading import Doubt

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "bench" / "results" / "accuracy.jsonl"
DOCUMENT = ROOT / "docs" / "accuracy.md"
READER = (
    "omr/read",
    "omr/imaging",
    "omr/intake",
    "omr/pipeline",
    "omr/settings.py",
    "omr/calibration.toml",
)
"""What a read depends on; runs add up while none of it changes."""

MIX = ("office",) * 10 + ("worn",) * 4 + ("photocopy",) * 3 + ("onebit",) * 3
SECOND_MIX = ("office",) * 8 + ("colour",) * 2 + ("worn",) * 4 + ("photocopy",) * 3 + ("onebit",) * 3
FORMATS = ("pdf", "jpeg", "tiff", "png")
BINS = (0.0, 0.5, 0.9, 0.97, 0.99, 0.997, 0.999, 0.9997)
"""Where the eight bins of the reliability table begin."""


@dataclass(slots=True)
class Tally:
    """Counts under (subject, name): ("profile", "office"), ("kind", "tick"), ("bin", "7") and so on."""

    counts: dict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    silent: list[str] = field(default_factory=list)

    def add(self, result: Result) -> None:
        """Count one stack."""
        chunk = result.chunk
        for subject in _page_subjects(chunk):
            self.counts[subject]["pages"] += result.pages
            self.counts[subject]["rejected"] += sum(result.rejected.values())
        self.counts["rejected", "all"].update(result.rejected)
        for box in result.boxes:
            what = _what(box)
            for subject in _subjects(box):
                self.counts[subject].update(what)
            if box.silent:
                self.silent.append(
                    f"{chunk.layout} {chunk.profile} seed {chunk.seed} {box.place}: {box.kind} ({box.tool})"
                    f" is {box.truth}, read {box.state} {box.confidence:.6f}"
                )
            if box.truth != "either":
                number = sum(box.confidence >= start for start in BINS) - 1
                found = self.counts["bin", str(number)]
                found["boxes"] += 1
                found["wrong"] += box.state != box.truth
                found["millionths"] += round(1e6 * (1 - box.confidence))

    def join(self, kept: Iterable[list[object]], silent: Iterable[str]) -> None:
        """Add counts kept by an earlier run."""
        for subject, name, counts in kept:
            self.counts[str(subject), str(name)].update(counts)  # type: ignore[arg-type]
        self.silent.extend(silent)


def chunks(generator: int, stacks: int, first_seed: int, layouts: Sequence[str] = LAYOUTS) -> list[Chunk]:
    """Return the stacks of a run; each seed belongs to one turn, whatever the range asked for."""
    mix = MIX if generator == 1 else SECOND_MIX
    made = []
    for seed in range(first_seed, first_seed + stacks):
        for place, layout in enumerate(layouts):
            profile = mix[(seed + 7 * place) % len(mix)]
            kind = FORMATS[(seed + place) % len(FORMATS)]
            dpi = 300 if (seed + place) % 3 == 0 and profile != "onebit" else 0
            made.append(Chunk(generator, layout, profile, seed, dpi=dpi, format=kind))
    return made


def _page_subjects(chunk: Chunk) -> Iterator[tuple[str, str]]:
    yield "profile", chunk.profile
    yield "dpi", str(chunk.dpi or "usual")
    yield "layout", chunk.layout
    if chunk.generator == 1:
        yield "format", chunk.format


def _subjects(box: Box) -> Iterator[tuple[str, str]]:
    yield "kind", box.kind
    yield "truth", box.truth
    if box.hard or box.truth == "either":
        yield "hard", "all"
    else:
        yield "plain", box.truth
        yield from _page_subjects(box.chunk)


def _what(box: Box) -> dict[str, int]:
    streak = box.review and bool(box.doubts & Doubt.STREAK)
    lost = box.review and not streak and bool(box.doubts & Doubt.LOST_INK)
    return {
        "boxes": 1,
        "silent": int(box.silent),
        "streak": int(streak),
        "lost ink": int(lost),
        "reading": int(box.cause == "reading" and not (streak or lost)),
        "respondent": int(box.cause == "respondent"),
    }


def digest() -> str:
    """Return the name of the reader as it stands: its sources, settings and calibration."""
    seen = hashlib.sha256()
    for name in READER:
        path = ROOT / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else (path,):
            seen.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return seen.hexdigest()[:12]


def tables(tally: Tally, generator: int) -> tuple[Table, ...]:
    """Return what was counted as tables."""
    which = {1: "first generator", 2: "second generator"}[generator]
    made = [_errors(tally, which)]
    for subject in ("profile", "dpi", "format", "layout"):
        names = sorted(name for kind, name in tally.counts if kind == subject)
        if names:
            made.append(_reviews(tally, which, subject, names))
    made += [_kinds(tally, which), _reliability(tally, which)]
    return tuple(made)


def _errors(tally: Tally, which: str) -> Table:
    rows = []
    groups = [("plain", state) for state in ("empty", "marked", "marginal", "cancelled")]
    for subject in (*groups, ("hard", "all")):
        title = "hard marks" if subject[0] == "hard" else f"plain, {subject[1]}"
        found = tally.counts.get(subject, Counter())
        if found["boxes"]:
            bound = upper_bound(found["silent"], found["boxes"])
            rows.append((title, str(found["boxes"]), str(found["silent"]), f"{1e6 * bound:.1f}"))
    return Table(
        f"silent errors, {which}", ("boxes that are", "boxes", "silent", "bound per million"), tuple(rows)
    )


def _reviews(tally: Tally, which: str, subject: str, names: Sequence[str]) -> Table:
    rows = []
    for name in names:
        found = tally.counts[subject, name]
        boxes = max(found["boxes"], 1)
        share = [f"{100 * found[what] / boxes:.3f}" for what in _ASKED]
        rows.append(
            (
                name,
                str(found["pages"]),
                str(found["rejected"]),
                str(found["boxes"]),
                str(found["silent"]),
                *share,
            )
        )
    columns = (subject, "pages", "rejected", "plain boxes", "silent", *(f"{what} %" for what in _ASKED))
    return Table(f"plain boxes by {subject}, {which}", columns, tuple(rows))


_ASKED = ("reading", "streak", "lost ink", "respondent")
"""Why a box is asked about; those under one streak, and those of one page that lost ink, are one question."""


def _kinds(tally: Tally, which: str) -> Table:
    rows = []
    for name in sorted(name for kind, name in tally.counts if kind == "kind"):
        found = tally.counts["kind", name]
        asked = sum(found[what] for what in _ASKED)
        rows.append((name, str(found["boxes"]), str(found["silent"]), f"{100 * asked / found['boxes']:.2f}"))
    return Table(f"by kind of mark, {which}", ("kind", "boxes", "silent", "asked %"), tuple(rows))


def _reliability(tally: Tally, which: str) -> Table:
    rows = []
    for number, start in enumerate(BINS):
        found = tally.counts.get(("bin", str(number)), Counter())
        boxes, wrong = found["boxes"], found["wrong"]
        if boxes:
            stated, least = found["millionths"] / 1e6 / boxes, lower_bound(wrong, boxes)
            rows.append((f"{start} and more", str(boxes), str(wrong), f"{stated:.6f}", f"{wrong / boxes:.6f}",
                         f"{least:.6f}", "overconfident" if stated < least else "held"))  # fmt: skip
    columns = ("confidence", "boxes", "wrong", "stated error", "observed", "at least", "verdict")
    return Table(f"reliability, {which}", columns, tuple(rows))


def kept(name: str, generator: int) -> tuple[Tally, list[tuple[int, int]]]:
    """Return the sum of the kept runs of a digest and the seed ranges (first, past the last) they cover."""
    tally, ranges = Tally(), []
    for line in KEPT.read_text(encoding="utf-8").splitlines() if KEPT.exists() else ():
        run = json.loads(line)
        if run["digest"] == name and run["generator"] == generator:
            tally.join(run["counts"], run["silent"])
            ranges.append((run["first_seed"], run["first_seed"] + run["stacks"]))
    return tally, ranges


def main() -> int:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("layouts", nargs="*", help="all seven, when absent; only then may counts be kept")
    parser.add_argument("--generator", type=int, choices=(1, 2), default=1)
    parser.add_argument("--stacks", type=int, default=20, help="of each layout, four sheets each")
    parser.add_argument("--first-seed", type=int, default=50000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep", action="store_true", help="add to bench/results and docs/accuracy.md")
    parser.add_argument(
        "--made", type=Path, metavar="DIR", help="keep the stacks made there; read again those that are"
    )
    chosen = parser.parse_args()
    layouts = tuple(chosen.layouts) or LAYOUTS
    if chosen.keep and layouts != LAYOUTS:
        parser.error("only runs over all seven layouts are kept")
    name = digest()
    total, ranges = kept(name, chosen.generator) if chosen.keep else (Tally(), [])
    last = chosen.first_seed + chosen.stacks
    if any(chosen.first_seed < stop and start < last for start, stop in ranges):
        parser.error(
            f"seeds {chosen.first_seed}…{last - 1} overlap with a kept run of reader {name}: {ranges}"
        )
    tally = Tally()
    made = chunks(chosen.generator, chosen.stacks, chosen.first_seed, layouts)
    for result in run_all(made, chosen.workers, made=chosen.made):
        tally.add(result)
    counts = [[*subject, dict(found)] for subject, found in sorted(tally.counts.items())]
    if chosen.keep:
        if digest() != name:
            parser.error("the reader was changed while it was measured; nothing was kept")
        run = {"digest": name, "generator": chosen.generator, "first_seed": chosen.first_seed,
               "stacks": chosen.stacks, "counts": counts, "silent": tally.silent}  # fmt: skip
        KEPT.parent.mkdir(exist_ok=True)
        with KEPT.open("a", encoding="utf-8") as file:
            file.write(json.dumps(run) + "\n")
    total.join(counts, tally.silent)
    covered = sorted([*ranges, (chosen.first_seed, last)])
    shown = tables(total, chosen.generator)
    head = f"reader {name}, seeds {', '.join(f'{start}…{stop - 1}' for start, stop in covered)}"
    rejected = ", ".join(f"{n} {reason}" for reason, n in sorted(total.counts["rejected", "all"].items()))
    text = "\n\n".join(
        (
            head,
            render(shown),
            f"rejected: {rejected or 'none'}",
            "silent errors:",
            *(total.silent or ["none"]),
        )
    )
    print(text)
    if chosen.keep:
        (KEPT.parent / f"accuracy-{chosen.generator}.txt").write_text(text + "\n", encoding="utf-8")
        show(DOCUMENT, f"accuracy-{chosen.generator}", text)
    return 1 if total.silent else 0


if __name__ == "__main__":
    sys.exit(main())
