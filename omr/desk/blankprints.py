"""What pages of blanks are known by, at hand while layouts are tried: editing boxes changes none of it."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

from omr.draft.freeze import print_on_blank
from omr.forms.existing import ExistingForm
from omr.intake.frames import open_source
from omr.model.geometry import SizeMm
from omr.model.layout import Print

_AT_HAND = 40
"""Pages kept, some 100 kB each: two long forms that are worked on in turn."""


class BlankPrints:
    """The prints of the last pages asked for, by the content of their blanks. Not thread-safe."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], tuple[Print, SizeMm]] = OrderedDict()

    def __call__(self, path: Path, form: ExistingForm, number: int) -> tuple[Print, SizeMm]:
        """Return the print and size of a page, as `omr.draft.freeze.print_on_blank` does."""
        if form.copies:
            return print_on_blank(path, form, number)
        page, blank = form.pages[number - 1], open_source(path.parent / form.original)
        key = blank.sha256, page.frame or number, form.size_mm, form.year, page.codes
        if key not in self._kept:
            self._kept[key] = print_on_blank(path, form, number)
            while len(self._kept) > _AT_HAND:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]
