"""Make the samples anew: two small units' folders as a scanner would leave them, with the truth.

    make samples

Everything comes from seeds, so the same version of omr makes the same pixels. Names are invented scribbles.
"""

from __future__ import annotations

import csv
import shutil
import sys
import tempfile
from dataclasses import astuple, fields
from pathlib import Path

from omr.cli import main as omr
from omr.model.unit import IssuedSheet
from omr.store.store import Store

HERE = Path(__file__).parent
STACKS = (
    # unit, layout, sheets, profile, dpi, format
    ("Chi bộ ấp Mỹ Thạnh", "vinhlong-1", 4, "office", 150, "pdf"),
    ("Chi bộ ấp Mỹ Thạnh", "vinhlong-2", 3, "onebit", 300, "tiff"),
    ("Chi bộ Trường THCS Hòa Bình", "travinh-82", 3, "onebit", 300, "tiff"),
    ("Chi bộ Trường THCS Hòa Bình", "nghean-so-tay", 2, "office", 150, "jpeg"),
)


def main() -> None:
    """Write scans/, truth.csv and issued.csv beside this file."""
    shutil.rmtree(HERE / "scans", ignore_errors=True)
    truth: list[dict[str, str]] = []
    issued: list[IssuedSheet] = []
    for seed, (unit, layout, sheets, profile, dpi, kind) in enumerate(STACKS, start=27):
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder)
            _omr("synth", layout, "--sheets", sheets, "--profile", profile, "--seed", seed, "--dpi", dpi,
                 "--format", kind, "--unit", unit, "--store", made / "omr.db", "-o", made)  # fmt: skip
            for file in sorted((made / "scans" / unit).iterdir()):
                target = HERE / "scans" / unit / f"{layout}-{file.name}"
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)
            with (made / "truth.csv").open(encoding="utf-8-sig", newline="") as opened:
                for row in csv.DictReader(opened):
                    name = Path(row["source"])
                    truth.append({**row, "source": f"{name.parent}/{layout}-{name.name}"})
            with Store.open(made / "omr.db") as store:
                issued.extend(store.issued_sheets().values())
    _write(HERE / "truth.csv", list(truth[0]), [list(row.values()) for row in truth])
    _write(HERE / "issued.csv", [field.name for field in fields(IssuedSheet)], [astuple(s) for s in issued])


def _omr(*arguments: object) -> None:
    try:
        omr([*map(str, arguments), "--lang", "en"])
    except SystemExit as ended:
        if ended.code:
            sys.exit(f"omr {arguments[0]} failed")


def _write(path: Path, head: list[str], rows: list[list[object]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows])


if __name__ == "__main__":
    main()
