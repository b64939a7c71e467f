"""Print, fill in, scan: `python -m bench.second LAYOUT --sheets N --seed S --profile P -o DIR`."""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from .sheets import make


def main() -> None:
    """Print forms of a layout with `omr`, then fill them in and scan them."""
    parser = argparse.ArgumentParser(prog="python -m bench.second", description=__doc__)
    parser.add_argument("layout")
    parser.add_argument("--sheets", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--profile", default="office", choices=("office", "worn", "photocopy", "onebit", "colour")
    )
    parser.add_argument("--dpi", type=int, choices=(150, 200, 300))
    parser.add_argument("-o", "--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    omr = str(Path(sys.executable).with_name("omr"))
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        forms, manifest, boxes = work / "forms.pdf", work / "forms.csv", work / "boxes.csv"
        order = ["--copies", str(args.sheets), "-o", str(forms), "--manifest", str(manifest)]
        subprocess.run([omr, "print", args.layout, *order, "--store", str(work / "omr.db")], check=True)
        listed = subprocess.run([omr, "layout", "boxes", args.layout], check=True, capture_output=True)
        boxes.write_bytes(listed.stdout)
        print(make(boxes, forms, manifest, args.out, args.seed, args.profile, args.dpi))


if __name__ == "__main__":
    main()
