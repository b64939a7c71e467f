"""Where scanned files are: a path that is not whole counts from the store's own folder.

Who reads scans in the store's folder can move both, to a stick or another machine, and see every picture.
"""

from __future__ import annotations

from pathlib import Path


def kept(store: Path, path: str) -> str:
    """Return a file's path as a store keeps it: as it was given where it counts from the store's folder."""
    if Path.cwd() == store.absolute().parent or Path(path).is_absolute():
        return path
    return str(Path(path).absolute())


def located(store: Path, path: str) -> Path:
    """Return where a file is whose path a store has kept; it may be gone.

    Earlier versions kept every path as it was given, to be counted from where the command ran.
    """
    beside = store.parent / path
    return beside if beside.exists() else Path(path)
