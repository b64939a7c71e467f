"""The last three full runs side by side: one run alone may show the machine's mood."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.tables import Table

SHOWN = 3


def remember(path: Path, tables: Sequence[Table]) -> Table:
    """Keep what a run measured by format as a line of a file; return the last runs as a table.

    tables: those of the run, its machine first.
    """
    machine = dict(tables[0].rows)
    formats = next(table for table in tables if table.title.startswith("Formats"))
    figures = (dict(zip(formats.columns, row, strict=True)) for row in formats.rows)
    run = {
        **{name: machine[name] for name in ("date", "commit", "load average before")},
        "formats": {row["format"]: f"{row['ratio']} / {row['above']}" for row in figures},
    }
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(run) + "\n")
    lines = path.read_text(encoding="utf-8").splitlines()
    return _shown([json.loads(line) for line in lines[-SHOWN:]])


def _shown(runs: Sequence[dict[str, Any]]) -> Table:
    """Return a row a run, oldest first; a dash for a format that a run did not have."""
    names = list(dict.fromkeys(name for run in runs for name in run["formats"]))
    rows = [
        (
            run["date"],
            run["commit"],
            run["load average before"],
            *(run["formats"].get(name, "-") for name in names),
        )
        for run in runs
    ]
    title = f"Runs: the last {len(runs)} full ones; of each format, whole / decode and ms above it"
    short = (name.replace(" dpi", "").replace("PDF of", "PDF") for name in names)
    return Table(title, ("run", "commit", "load before", *short), tuple(rows))
