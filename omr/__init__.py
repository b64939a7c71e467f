"""Reads ticks on scanned paper forms.

Paper goes one way: layout → print → (people tick) → scan → intake → identify → register → measure →
classify → resolve → store → score → report. The names below are that way for programs:

    from pathlib import Path
    import omr

    layouts = omr.Catalogue(omr.search_folders(None, None)).known()
    for scan in omr.scans(omr.open_source(Path("stack.pdf"))):
        outcomes = [scan] if isinstance(scan, omr.Rejection) else omr.read_scan(scan, layouts)

Nothing heavy is imported before a name is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from omr.batch.results import results
    from omr.batch.run import read_batch
    from omr.errors import OmrError
    from omr.forms.catalogue import Catalogue, search_folders
    from omr.forms.load import load_form
    from omr.forms.place import place
    from omr.intake.frames import open_source, scans
    from omr.model.layout import Layout
    from omr.model.reading import Reading, Rejection
    from omr.pipeline import read_scan
    from omr.score.apply import score as score_sheet
    from omr.score.rules import load_rules
    from omr.store.store import Store

_ROOMS = {
    "Catalogue": "omr.forms.catalogue",
    "Layout": "omr.model.layout",
    "OmrError": "omr.errors",
    "Reading": "omr.model.reading",
    "Rejection": "omr.model.reading",
    "Store": "omr.store.store",
    "load_form": "omr.forms.load",
    "load_rules": "omr.score.rules",
    "open_source": "omr.intake.frames",
    "place": "omr.forms.place",
    "read_batch": "omr.batch.run",
    "read_scan": "omr.pipeline",
    "results": "omr.batch.results",
    "scans": "omr.intake.frames",
    "score_sheet": "omr.score.apply:score",
    "search_folders": "omr.forms.catalogue",
}

__all__ = [
    "Catalogue",
    "Layout",
    "OmrError",
    "Reading",
    "Rejection",
    "Store",
    "load_form",
    "load_rules",
    "open_source",
    "place",
    "read_batch",
    "read_scan",
    "results",
    "scans",
    "score_sheet",
    "search_folders",
]


def __getattr__(name: str) -> object:
    """Return a public name from the room it stands in (PEP 562)."""
    if name not in _ROOMS:
        raise AttributeError(f"module 'omr' has no attribute {name!r}")
    room, _colon, inside = _ROOMS[name].partition(":")
    return getattr(import_module(room), inside or name)
