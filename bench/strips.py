"""What the kept pictures of doubtful rows cost: time and bytes, beside reading and storing the page itself.

    .venv/bin/python -m bench.strips SCANS…

SCANS: files or folders, such as `omr synth` leaves. Pages nobody is asked about are counted, not timed:
for them nothing is done.
"""

from __future__ import annotations

import sys
from pathlib import Path
from statistics import median
from time import perf_counter

from omr.batch.strips import with_strips
from omr.forms.catalogue import Catalogue, shipped
from omr.intake.discover import discover
from omr.intake.frames import open_source, scans
from omr.model.reading import Reading, Rejection
from omr.pipeline import read_scan
from omr.store.rows import pack


def main(paths: list[Path]) -> None:
    """Read every page, once each, and print what its pictures cost."""
    layouts = Catalogue((shipped(),)).known()
    read_ms, strip_ms, strip_bytes, rows, body_bytes, pages = [], [], [], [], [], 0
    for found in discover(paths).files:
        for scan in scans(open_source(found.path), small=True):
            if isinstance(scan, Rejection):
                continue
            began = perf_counter()
            outcomes = read_scan(scan, layouts)
            read_ms.append(1000 * (perf_counter() - began))
            for reading in outcomes:
                if not isinstance(reading, Reading):
                    continue
                pages += 1
                body_bytes.append(len(pack(reading)) + len(reading.ink))
                began = perf_counter()
                kept = with_strips(reading, scan, layouts[reading.page.digest].page(reading.page.page)).strips
                if kept:
                    strip_ms.append(1000 * (perf_counter() - began))
                    strip_bytes.append(sum(len(picture) for _question, picture in kept))
                    rows.append(len(kept))
    print(f"pages read {pages}, with doubtful rows {len(rows)}, doubtful rows {sum(rows)}")
    print(f"reading a page, decoding aside: median {median(read_ms):.1f} ms")
    print(f"pictures of a page with doubts: median {median(strip_ms):.2f} ms, worst {max(strip_ms):.2f} ms")
    print(f"bytes a row {sum(strip_bytes) / sum(rows):.0f}, a page with doubts {median(strip_bytes):.0f},")
    print(
        f"over all pages {sum(strip_bytes) / pages:.0f} beside {sum(body_bytes) / pages:.0f} of its reading"
    )


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
