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
from omr.draft.sdaps import read_sdaps
from omr.draft.sheet import BlankPage
from omr.draft.wording import Wording
from omr.errors import LayoutError, SourceError, reason_of
from omr.i18n import _


def import_layout(foreign: Path, blank: Path, layout: Path, year: int) -> tuple[Draft, Laid]:
    """Return the layout that `foreign` describes, on the pages of `blank`, and how well both fit.

    Raises:
        LayoutError: the file is of no known kind, has faults, or does not fit the blank.
        SourceError: the blank cannot be read.
    """
    said = {each.page: each for each in read_foreign(foreign)}
    proposals, met = [], 0
    for page in blank_pages(blank):
        if page.number in said:
            proposal, laid = _on_page(foreign, blank, said[page.number], page)
            proposals.append(proposal)
            met += laid.met
        if len(proposals) == len(said):
            break
    else:
        message = _("{path}: it describes page {page}, which {blank} does not have.")
        raise LayoutError(message.format(path=foreign, page=max(said), blank=blank))
    made = drafted(tuple(proposals), blank, layout, year)
    return made, Laid((), met, sum(len(each.middles) for each in said.values()))


def _on_page(foreign: Path, blank: Path, said: ForeignLayout, page: BlankPage) -> tuple[PageProposal, Laid]:
    """Return a page of the file laid on its page of the blank. Raises LayoutError where it does not fit."""
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
    return PageProposal(page, tuple(zip(laid.blocks, words, strict=True))), laid


def read_foreign(path: Path) -> tuple[ForeignLayout, ...]:
    """Return what a layout file of another program says, page by page.

    It is a template.json of OMRChecker, an .xtmpl of FormScanner or a questionnaire.sdaps of SDAPS.

    Raises:
        LayoutError: it cannot be opened, is of no known kind, or has faults.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        return _with_boxes(_read(path.suffix.lower(), text))
    except OSError as error:
        raise SourceError(
            _("{path}: the layout cannot be opened ({reason}). Check its name and your permission.").format(
                path=path, reason=reason_of(error)
            )
        ) from error
    except KeyError as error:
        message = _(
            "{path}: '{key}' is missing; this is no template.json of OMRChecker, .xtmpl of FormScanner or"
            " .sdaps of SDAPS."
        )
        raise LayoutError(message.format(path=path, key=error.args[0])) from error
    except (ValueError, TypeError, AttributeError) as error:
        message = _(
            "{path}: this is no template.json of OMRChecker, .xtmpl of FormScanner or .sdaps of SDAPS"
            " ({reason})."
        )
        raise LayoutError(message.format(path=path, reason=error)) from error


def _read(suffix: str, text: str) -> tuple[ForeignLayout, ...]:
    """Return what a file of that kind says. Raises KeyError and ValueError."""
    if suffix == ".sdaps":
        return read_sdaps(text)
    return ({".json": read_omrchecker, ".xtmpl": read_formscanner}[suffix](text),)


def _with_boxes(said: tuple[ForeignLayout, ...]) -> tuple[ForeignLayout, ...]:
    """Return pages that have boxes at places on paper. Raises ValueError for any other."""
    if not said or not all(each.blocks and np.isfinite(each.middles).all() for each in said):
        raise ValueError("fields")
    return said


def _wording(block: ForeignBlock) -> Wording:
    if block.spells:
        return Wording(block.spells, ("",) * len(block.questions), block.choices, ())
    return Wording("", block.questions, block.choices, (), block.questions)
