"""What people read, in Vietnamese or English, through gettext catalogues.

Source strings are English; `omr/locale/vi/LC_MESSAGES/omr.po` holds the Vietnamese.
The language belongs to the current context (a command, one request of the desk), not to the process.
"""

from __future__ import annotations

import gettext as _gettext
import locale
import os
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES = ("vi", "en")
_LOCALE = Path(__file__).parent / "locale"
_language: ContextVar[str] = ContextVar("language", default="en")


def use(language: str) -> None:
    """Speak `language` ("vi" or "en") from here on in this context. Raises ValueError for another."""
    if language not in LANGUAGES:
        raise ValueError(f"no catalogue for {language!r}; there are {', '.join(LANGUAGES)}")
    _language.set(language)


def language() -> str:
    """Return the language spoken in this context."""
    return _language.get()


def preferred() -> str:
    """Return the machine's language: "en" where the locale says English, else "vi"."""
    spoken = (
        os.environ.get("OMR_LANG")
        or os.environ.get("LC_ALL")
        or os.environ.get("LC_MESSAGES")
        or os.environ.get("LANG")
        or locale.getlocale()[0]
        or ""
    )
    return "en" if spoken.lower().startswith("en") else "vi"


def _(message: str) -> str:
    """Return `message` in the language of this context."""
    return _catalogue(_language.get()).gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form of the message for `count` things."""
    return _catalogue(_language.get()).ngettext(one, many, count)


@cache
def _catalogue(language: str) -> _gettext.NullTranslations:
    return _gettext.translation("omr", _LOCALE, languages=[language], fallback=language == "en")
