"""A blank form's file → the proposed layout and what is to be shown of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from omr.draft.blank import blank_pages
from omr.draft.form import Heading, form_of, slug
from omr.draft.propose import PageProposal, propose
from omr.draft.write import as_yaml, blank_name, write_blank
from omr.errors import OmrError, SourceError, reason_of
from omr.forms.existing import ExistingForm
from omr.i18n import _


@dataclass(frozen=True, slots=True)
class Draft:
    """What is proposed for a blank form; beside: the name of the blank that the layout file names."""

    form: ExistingForm
    pages: tuple[PageProposal, ...]
    beside: str


def draft(blank: Path, layout: Path, year: int) -> Draft:
    """Return the layout proposed for `blank`, to be written to the file `layout`.

    Raises:
        SourceError: the blank cannot be read, or no box was found on it.
    """
    proposals = tuple(propose(page) for page in blank_pages(blank))
    if not any(proposal.boxes for proposal in proposals):
        message = _(
            "{path}: no boxes were found on {n} pages. Scan the blank at 300 dpi, straight, "
            "or write the layout by hand (docs/layout-format.md)."
        )
        raise SourceError(message.format(path=blank, n=len(proposals)))
    return drafted(proposals, blank, layout, year)


def drafted(proposals: tuple[PageProposal, ...], blank: Path, layout: Path, year: int) -> Draft:
    """Return proposed pages as a draft; at least one of them has boxes."""
    pages = [proposal.page for proposal in proposals]
    first = pages[0]
    size = None if first.drawn else (round(first.size.width, 1), round(first.size.height, 1))
    name = slug(layout.stem) or "form"
    beside = blank_name(blank, pages, layout)
    heading = Heading(name, layout.stem, year, beside, size)
    return Draft(form_of(heading, proposals), proposals, beside)


def write(blank: Path, made: Draft, layout: Path) -> None:
    """Write the layout file and its blank beside it.

    Raises:
        OmrError: one of them cannot be written.
    """
    try:
        layout.parent.mkdir(parents=True, exist_ok=True)
        write_blank(blank, [proposal.page for proposal in made.pages], layout.with_name(made.beside))
        layout.write_text(as_yaml(made.form), encoding="utf-8", newline="\n")
    except OSError as error:
        raise OmrError(
            _("{path} could not be written ({reason}). Check the folder and the free space.").format(
                path=layout, reason=reason_of(error)
            )
        ) from error
