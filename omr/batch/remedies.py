"""What a person does about a scan that was refused."""

from __future__ import annotations

from omr.i18n import _
from omr.intake.frames import HEIC, NO_SCAN
from omr.model.reading import Reason, Rejection
from omr.store.records import StoredRejection


def remedy_of(refused: Rejection | StoredRejection) -> str:
    """Return what to do about a refused scan, in the language of the context."""
    if refused.detail == HEIC:
        return _(
            "Set the phone's camera to JPEG (“most compatible”) or save the photo as JPEG, then read that."
        )
    if refused.detail == NO_SCAN:
        return _("This file is no scan. Save or scan it as PDF, TIFF, JPEG or PNG, or take it out.")
    if refused.nearly:
        return _(
            "The page looks like a form that is known, but not surely. If all pages of these files are of"
            " that form, read them with --layout and its name; if not, clean the scanner glass and scan"
            " again."
        )
    return remedy(refused.reason)


def remedy(reason: Reason) -> str:
    """Return what to do where nothing more is known than the reason."""
    remedies = {
        Reason.BLANK_PAGE: _("Nothing to do: the page is blank."),
        Reason.NO_PAGE_CODE: _(
            "Check whether this is a page of our form. If it is, clean the scanner glass and scan it again;"
            " if it is another paper, take it out."
        ),
        Reason.UNKNOWN_LAYOUT: _("This form is not among the layouts. Add its layout file, then read again."),
        Reason.STALE_LAYOUT: _(
            "This sheet was printed elsewhere or with an older form. Bring its frozen layout file"
            " (layouts/frozen) from the machine that printed it, then read again."
        ),
        Reason.FIDUCIALS_MISSING: _(
            "Lay the whole page flat, nothing folded over, and scan it again;"
            " a photograph has to show all of it."
        ),
        Reason.LOOSE_FIT: _(
            "Smooth the page, feed it straight and scan it again; photograph it from straight above."
        ),
        Reason.WRONG_SCALE: _("The copy is stretched. Scan the original at 100 %, page size A4."),
        Reason.TOO_POOR: _("Clean the scanner glass, set 200 dpi or more and normal brightness, scan again."),
        Reason.TWO_PAGES: _("Two sheets went through together. Separate them and scan each again."),
        Reason.UNREADABLE: _("The file is damaged or incomplete. Scan the page again."),
        Reason.TOO_LARGE: _("Scan again at 200 to 300 dpi, A4."),
        Reason.ENCRYPTED: _("Save the file without a password, or scan the pages again."),
        Reason.TIMEOUT: _("Read the file again; if it happens again, scan the page again at 200 dpi."),
    }
    return remedies[reason]
