"""A layout file of another program and the blank form it is for → the layout proposed from both."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from omr.draft.blank import blank_pages
from omr.draft.draft import Draft, drafted
from omr.draft.foreign import ForeignBlock, ForeignLayout
from omr.draft.formscanner import read_formscanner
from omr.draft.laid import Laid, lay
from omr.draft.omrchecker import read_omrchecker
from omr.draft.propose import PageProposal, find_boxes
from omr.draft.wording import Wording
from omr.errors import LayoutError, SourceError, reason_of
from omr.i18n import _


def import_layout(foreign: Path, blank: Path, layout: Path, year: int) -> tuple[Draft, Laid]:
    """Return the layout that `foreign` describes, on the first page of `blank`, and how well both fit.

    Raises:
        LayoutError: the file is of no known kind, has faults, or does not fit the blank.
        SourceError: the blank cannot be read.
    """
    said = read_foreign(foreign)
    page = next(blank_pages(blank))
    printed = find_boxes(page)
    laid = lay(said, page, printed) if printed else None
    if laid is None:
        message = _(
            "{path}: its {n} boxes do not lie on those found on {blank} ({found} boxes). "
            "Check that it is the blank of this very form, upright."
        )
        boxes = len(said.middles)
        raise LayoutError(message.format(path=foreign, n=boxes, blank=blank, found=len(printed)))
    words = [_wording(block) for block in said.blocks]
    proposal = PageProposal(page, tuple(zip(laid.blocks, words, strict=True)))
    return drafted((proposal,), blank, layout, year), laid


def read_foreign(path: Path) -> ForeignLayout:
    """Return what a layout file of another program says: template.json of OMRChecker, .xtmpl of FormScanner.

    Raises:
        LayoutError: it cannot be opened, is of no known kind, or has faults.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        read = {".json": read_omrchecker, ".xtmpl": read_formscanner}[path.suffix.lower()]
        return _with_boxes(read(text))
    except OSError as error:
        raise SourceError(
            _("{path}: the layout cannot be opened ({reason}). Check its name and your permission.").format(
                path=path, reason=reason_of(error)
            )
        ) from error
    except KeyError as error:
        message = _(
            "{path}: '{key}' is missing; this is no template.json of OMRChecker nor .xtmpl of FormScanner."
        )
        raise LayoutError(message.format(path=path, key=error.args[0])) from error
    except (ValueError, TypeError, AttributeError) as error:
        message = _("{path}: this is no template.json of OMRChecker nor .xtmpl of FormScanner ({reason}).")
        raise LayoutError(message.format(path=path, reason=error)) from error


def _with_boxes(said: ForeignLayout) -> ForeignLayout:
    """Return a layout that has boxes at places on paper. Raises ValueError for any other."""
    if not said.blocks or not np.isfinite(said.middles).all():
        raise ValueError("fields")
    return said


def _wording(block: ForeignBlock) -> Wording:
    if block.spells:
        return Wording(block.spells, ("",) * len(block.questions), block.choices, ())
    return Wording("", block.questions, block.choices, (), block.questions)
