"""Everything omr refuses to do, and the exit codes.

OmrError                     exit 1   something failed; the message says what, where and the remedy
├── UsageError               exit 2   the command was used wrongly
├── LayoutError              exit 2   a layout or rule file is wrong (file and line)
├── RosterError              exit 2   a roster or answer table cannot be used (file and line)
├── SourceError              exit 1   a scanned file cannot be read at all
└── StoreError               exit 1   the store cannot be used
    └── ClosedError          exit 1   a unit that was signed off would be changed

Trouble that is expected on paper (a torn page, a foreign form) is not an error: it is a
`Rejection` that stands in the ledger.
"""

from __future__ import annotations

import errno
from enum import IntEnum

from omr.i18n import _


class ExitCode(IntEnum):
    """What a command returns to the shell; the highest that applies wins."""

    DONE = 0
    FAILURE = 1
    WRONG_USE = 2
    NEEDS_PERSON = 3
    REJECTED = 4
    UNBALANCED = 5


def reason_of(error: OSError) -> str:
    """Return why the system refused, in the language of the context; what is rare stays in its own words."""
    reasons = {
        errno.ENOENT: _("it is not there"),
        errno.EACCES: _("you have no permission"),
        errno.EPERM: _("you have no permission"),
        errno.EROFS: _("it is on a medium that cannot be written to"),
        errno.ENOSPC: _("the disk is full"),
        errno.EISDIR: _("it is a folder"),
        errno.ENOTDIR: _("what is named as a folder is a file"),
        errno.EEXIST: _("there is something of that name already"),
        errno.ENAMETOOLONG: _("the name is too long"),
        errno.EADDRINUSE: _("another program uses it"),
        errno.EBUSY: _("another program uses it"),
        errno.EIO: _("the disk or network failed"),
    }
    return reasons.get(error.errno or 0) or error.strerror or str(error)


class OmrError(Exception):
    """The root of all errors meant for people. `str(error)` is a whole sentence with its remedy."""

    exit_code = ExitCode.FAILURE


class UsageError(OmrError):
    """The command line asks for something that cannot be."""

    exit_code = ExitCode.WRONG_USE


class LayoutError(OmrError):
    """A layout or rule file has faults; each names its line."""

    exit_code = ExitCode.WRONG_USE


class RosterError(OmrError):
    """A table made by people (roster, answers, verdicts) cannot be used."""

    exit_code = ExitCode.WRONG_USE


class SourceError(OmrError):
    """A scanned file cannot be opened or read."""


class StoreError(OmrError):
    """The store is locked, full, damaged, or made by another version."""


class ClosedError(StoreError):
    """A unit that was signed off would be changed; it has to be opened again first.

    places: unit and year of each that was written to, where that is known.
    """

    def __init__(self, message: str, places: tuple[tuple[str, int], ...] = ()) -> None:
        super().__init__(message)
        self.places = places
