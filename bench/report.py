"""Time and memory of a commune's report and a province's merge, against pandas reading the same rows.

    .venv/bin/python -m bench.report [--sheets 1200] [--communes 124] [--of-commune 1226]

A commune's store is filled with `--sheets` read sheets of four pages (a dozen are read from made paper, then
repeated under other serials); a province gets a package of each commune. pandas reads the very rows that are
summed up: the pages of the store with their answers (the report), the counts of each package (the merge).
Prints processor times (other work on the machine does not count), ratios and peak memory, each step in a
process of its own, the least of several rounds; a full run replaces bench/results/report.txt.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "bench" / "results" / "report.txt"
LAYOUT = "vinhlong-1"
CELL_PEOPLE = 20
BOUNDS = {"report": 5.0, "merge": 3.0}
ROUNDS = 5
"""Each side is measured so often, in turns; the least of each counts, for other work only adds to it."""
MOST_MIB, MOST_SECONDS = 400, 60
YEAR = 2026


def main() -> None:
    """Make the stores, measure each step in its own process, print what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sheets", type=int, default=1200)
    parser.add_argument("--communes", type=int, default=124)
    parser.add_argument("--of-commune", type=int, default=1226)
    parser.add_argument("--step", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        step(options.step[0], Path(options.step[1]))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        commune(folder, options.sheets)
        province(folder, options.communes, options.of_commune)
        lines = list(measured(folder, options))
    print("\n".join(lines))
    if (options.sheets, options.communes, options.of_commune) == (1200, 124, 1226):
        KEPT.write_text("\n".join(lines) + "\n", "utf-8")


def measured(folder: Path, options: argparse.Namespace) -> list[str]:
    """Return the lines of the result."""
    size = {
        "report": f"{options.sheets} sheets, {4 * options.sheets} pages",
        "merge": f"{options.communes} packages, {options.communes * options.of_commune} sheets",
    }
    lines = ["step     of                              omr s  pandas s  ratio  bound  peak MiB"]
    for name, bound in BOUNDS.items():
        rounds = [(run(name, folder), run(f"{name}-pandas", folder)) for _round in range(ROUNDS)]
        ours, peak = min(ours for ours, _theirs in rounds)
        theirs, _peak = min(theirs for _ours, theirs in rounds)
        ratio = ours / theirs
        lines.append(
            f"{name:8} {size[name]:30} {ours:6.2f} {theirs:9.2f} {ratio:6.1f} {bound:6.1f} {peak:9.0f}"
        )
        kept = ratio <= bound and peak <= MOST_MIB and (name != "merge" or ours <= MOST_SECONDS)
        lines.append(f"         {'within its bounds' if kept else 'OUTSIDE ITS BOUNDS'}")
        table, _peak = run(f"{name}-csv", folder)
        lines.append(f"         the same rows as CSV before: pandas {table:.2f} s, ratio {ours / table:.1f}")
    return lines


def run(name: str, folder: Path) -> tuple[float, float]:
    """Return the seconds a step took and the peak memory of its process, MiB."""
    command = [sys.executable, "-m", "bench.report", "--step", name, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    seconds, peak = json.loads(done.stdout.splitlines()[-1])
    return seconds, peak


def step(name: str, folder: Path) -> None:
    """Do one step and print its processor seconds and peak memory.

    Imports count on neither side, and both sides look for rings of objects as seldom as the command does.
    """
    from omr.cli import collect_seldom

    work = STEPS[name](folder)
    collect_seldom()
    begin = time.process_time()
    work()
    seconds = time.process_time() - begin
    print(json.dumps((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)))


def commune(folder: Path, sheets: int) -> None:
    """Fill folder/commune.db: pages of a few made sheets, repeated under the serials of `sheets`."""
    from omr.forms.issue import issue_copies
    from omr.model.pagecode import PageId
    from omr.model.scan import ScanId, Source
    from omr.store.store import Store

    seeds = read_some(folder)
    rng = random.Random(1)
    with Store.open(folder / "commune.db") as store:
        layout = next(iter(store_layouts(folder)))
        store.freeze(layout)
        batch = store.begin_batch(["bench"], YEAR)
        for start in range(0, sheets, CELL_PEOPLE):
            unit = f"CB-{start // CELL_PEOPLE:03d}"
            count = min(CELL_PEOPLE, sheets - start)
            issued = issue_copies(layout, count, unit, rng.randrange, store.knows)
            store.issue([each.issued for each in issued])
            for each in issued:
                readings = rng.choice(seeds)
                sha = f"{rng.getrandbits(256):064x}"
                outcomes = [
                    replace(
                        reading,
                        scan=ScanId(sha, number, 0),
                        page=PageId(layout.digest, YEAR, each.issued.serial, number, len(readings)),
                    )
                    for number, reading in enumerate(readings, start=1)
                ]
                store.add_sources(Source(sha, f"{unit}/{sha}.pdf", 1, 1))
                store.put(batch, unit, outcomes)


def read_some(folder: Path) -> list[list[object]]:
    """Return the readings of a dozen made sheets, page by page."""
    from omr.store.store import Store

    made = folder / "made"
    omr("synth", LAYOUT, "--sheets", "12", "--profile", "clean", "--dpi", "150", "-o", made)
    omr("read", made / "scans", "--store", made / "omr.db", "--workers", "2")
    with Store.open(made / "omr.db") as store:
        found: dict[str, list[object]] = {}
        for page in sorted(store.pages(), key=lambda page: (page.page.sheet, page.page.page)):
            found.setdefault(page.page.sheet, []).append(store.reading(page))
    return [readings for readings in found.values() if len(readings) == len(next(iter(found.values())))]


def store_layouts(folder: Path) -> list[object]:
    """Return the layouts that the made store has frozen."""
    from omr.store.store import Store

    with Store.open(folder / "made" / "omr.db") as store:
        return list(store.frozen().values())


def omr(*arguments: object) -> None:
    """Run one command; needing a person is no failure."""
    command = [sys.executable, "-c", "import omr.cli; omr.cli.main()", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):
        sys.exit(done.stderr)


def province(folder: Path, communes: int, people: int) -> None:
    """Write a sealed package of each commune, and the keys of the province."""
    from omr.report.keys import new_key, private_key, public_key
    from omr.report.seal import seal
    from omr.report.wire import to_json
    from omr.store.packages import trust
    from omr.store.store import Store

    keys = folder / "keys"
    receiver = public_key(new_key("T", keys)[1])
    with Store.open(folder / "commune.db") as store, Store.open(folder / "province.db") as above:
        numbers = survey_of(store)
        for number in range(communes):
            unit = f"XA-{number:03d}"
            key = public_key(new_key(unit, keys)[1])
            trust(above, unit, key.sign, key.receive, key.fingerprint)
            body = to_json(package_of(numbers, unit, people))
            (folder / f"{unit}.omr").write_bytes(seal(body, private_key(unit, keys), receiver))


def package_of(found: object, unit: str, people: int) -> object:
    """Return the package of one commune: sheets of the bench, as many as it has people."""
    from omr.model.unit import Unit
    from omr.report.packing import make_package
    from omr.report.rows import IssuedRow, Office

    facts = found.facts
    rng = random.Random(unit)
    cells = [f"{unit}/{at:03d}" for at in range((people + CELL_PEOPLE - 1) // CELL_PEOPLE)]
    sheets = tuple(
        replace(rng.choice(facts.sheets), unit=cells[at // CELL_PEOPLE], sheet=str(at))
        for at in range(people)
    )
    form = sheets[0].form
    issued = tuple(IssuedRow(cell, form, CELL_PEOPLE) for cell in cells)
    units = (Unit(unit, f"Xã {unit}", "T"), *(Unit(cell, f"Chi bộ {cell}", unit) for cell in cells))
    own = replace(facts, units=units, sheets=sheets, issued=issued, people=())
    return make_package(own, (), Office(unit, "2026-02-01T00:00:00+00:00"), "T", YEAR)


def survey_of(store: object) -> object:
    """Return what was counted in the commune's store."""
    from omr.batch.results import results
    from omr.forms.catalogue import Catalogue, search_folders
    from omr.report.survey import survey
    from omr.score.rules import rules_of

    catalogue = Catalogue(search_folders(None, None))
    layouts = {**catalogue.known(), **store.frozen()}
    rules = {layout.digest: rules_of(layout, catalogue.rules) for layout in layouts.values()}

    def of(layout: object) -> object:
        return rules[layout.digest]

    return survey(store, layouts, results(store, layouts, of), of, year=YEAR)


def report_step(folder: Path) -> Callable[[], None]:
    """`omr report` without its process: from the open store to every file."""
    from omr.cli.report import write
    from omr.cli.reportfiles import counted, files_of
    from omr.cli.session import opened

    def work() -> None:
        with opened(folder / "commune.db") as session:
            found = counted(session, None, YEAR)
            write(files_of(session, found, {}), folder / "report")

    preload()
    return work


def preload() -> None:
    """Import what a report needs: imports are not counted."""
    for name in ("arrivals", "assemble", "html", "page", "workbook", "survey"):
        import_module(f"omr.report.{name}")
    import_module("pyarrow.parquet")


def report_pandas(folder: Path) -> Callable[[], None]:
    """What pandas takes to read the same rows of the store, unpack their answers, and count them."""
    import sqlite3
    import zlib

    import pandas as pd

    def answers(body: bytes) -> list[tuple[str, bool]]:
        data = zlib.decompress(body)
        head = json.loads(data[4 : 4 + int.from_bytes(data[:4], "little")])
        return [(answer[0], bool(answer[1])) for answer in head["answers"]]

    def work() -> None:
        with sqlite3.connect(folder / "commune.db") as db:
            frame = pd.read_sql(
                "SELECT scan.unit, reading.* FROM reading JOIN scan ON scan.id = reading.scan", db
            )
        rows = frame.assign(answer=frame["body"].map(answers)).explode("answer")
        rows["question"], rows["ticked"] = rows["answer"].str[0], rows["answer"].str[1]
        rows.groupby(["unit", "question"])["ticked"].sum()

    return work


def report_csv(folder: Path) -> Callable[[], None]:
    """What pandas alone takes to read every answer from a CSV file exported before, and to count them."""
    import pandas as pd

    path = folder / "answers.csv"
    omr("export", "answers", "--store", folder / "commune.db", "-o", path)

    def work() -> None:
        frame = pd.read_csv(path)
        frame.groupby(["unit", "question"])["chosen"].count()

    return work


def merge_step(folder: Path) -> Callable[[], None]:
    """`omr merge` without its process: from the sealed files to the province's tables."""
    from omr.cli.merge import merge
    from omr.cli.reportfiles import counted
    from omr.cli.session import opened
    from omr.cli.summary import form_tables

    files = sorted(folder.glob("XA-*.omr"))
    preload()
    store = Path(shutil.copy(folder / "province.db", folder / "merged.db"))

    def work() -> None:
        merge(files, folder / "keys", store)
        with opened(store) as session:
            form_tables(counted(session, None, YEAR))

    return work


def merge_pandas(folder: Path) -> Callable[[], None]:
    """What pandas takes to read the counts of every package that was merged, and to sum them."""
    import pandas as pd

    from omr.store.packages import packages
    from omr.store.store import Store

    with Store.open(folder / "merged.db") as store:
        bodies = tuple(packages(store).values())

    def work() -> None:
        frame = pd.concat(pd.DataFrame(package_rows(body), columns=ROW) for body in bodies)
        summed(frame)

    return work


def merge_csv(folder: Path) -> Callable[[], None]:
    """What pandas takes where the counts of every package were written out as CSV before."""
    import pandas as pd

    from omr.store.packages import packages
    from omr.store.store import Store

    with Store.open(folder / "merged.db") as store:
        for number, body in enumerate(packages(store).values()):
            pd.DataFrame(package_rows(body), columns=ROW).to_csv(folder / f"p{number}.csv", index=False)
    files = sorted(folder.glob("p*.csv"))

    def work() -> None:
        summed(pd.concat(pd.read_csv(file) for file in files))

    return work


ROW = ["unit", "what", "key", "n"]


def package_rows(body: bytes) -> list[tuple[str, str, str, int]]:
    """Return every count of a package's content."""
    read = json.loads(body)
    return [
        (unit, name, "/".join(map(str, key)), count)
        for kind in ("counts", "items")
        for unit, _form, tally in read[kind]
        for name, value in tally.items()
        for *key, count in (value if isinstance(value, list) else [(value,)])
    ]


def summed(frame: object) -> None:
    """Sum the counts of all packages, and of each unit."""
    frame.groupby(["what", "key"], dropna=False)["n"].sum()
    frame.groupby(["unit", "what", "key"], dropna=False)["n"].sum()


STEPS: dict[str, Callable[[Path], Callable[[], None]]] = {
    "report": report_step,
    "report-pandas": report_pandas,
    "report-csv": report_csv,
    "merge": merge_step,
    "merge-pandas": merge_pandas,
    "merge-csv": merge_csv,
}

if __name__ == "__main__":
    main()
