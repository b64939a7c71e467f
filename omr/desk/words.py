"""Words for what the store keeps in English: roles, states of accounts, what the log tells of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from omr.i18n import _
from omr.model.account import Role, State


def roles() -> Mapping[Role, str]:
    """Return the words for each role, with what it is for."""
    return {
        Role.OPERATOR: _("operator: takes scans in"),
        Role.REVIEWER: _("reviewer: settles doubtful rows"),
        Role.HEAD: _("head: audits, downloads reports, sees the log"),
        Role.ADMIN: _("admin: everything, and the accounts"),
    }


def states() -> Mapping[State, str]:
    """Return the words for each state of an account."""
    return {
        State.OPEN: _("in use"),
        State.TEMPORARY: _("has to choose a password"),
        State.CLOSED: _("closed"),
    }


def done(what: str) -> str:
    """Return the words for what was done; what has none stays as the log has it."""
    return {
        "signed in": _("signed in"),
        "sign-in refused": _("sign-in refused"),
        "audit opened": _("doubtful rows opened"),
        "contact sheets opened": _("contact sheets opened"),
        "verdict": _("row decided"),
        "sheet looked at": _("sheet looked at"),
        "page looked at": _("page looked at"),
        "refused scan looked at": _("refused scan looked at"),
        "refused scan settled": _("refused scan settled"),
        "refused scan named": _("refused scan named and read"),
        "rescan list opened": _("list of pages to scan again opened"),
        "workbook downloaded": _("workbook downloaded"),
        "report downloaded": _("report downloaded"),
        "handwriting looked at": _("handwriting looked at"),
        "forms printed": _("forms printed"),
        "sheet printed anew": _("sheet printed anew"),
        "printed forms downloaded": _("printed forms downloaded"),
        "layout drafted": _("layout drafted"),
        "layout tried": _("layout tried on a scan"),
        "layout saved": _("layout saved"),
        "purge": _("images whose time is over removed"),
        "account added": _("account made"),
        "account closed": _("account closed"),
        "account opened again": _("account opened again"),
        "units assigned": _("units assigned"),
        "role changed": _("role changed"),
        "password changed": _("password changed"),
        "password reset": _("password reset"),
        "void": _("batch taken back"),
        "units": _("units imported"),
        "roster": _("roster imported"),
        "ranks": _("ranks imported"),
        "scan uploaded": _("scan uploaded"),
        "sample drawn": _("random check drawn"),
        "boxes checked": _("boxes of a random check looked at"),
        "close": _("unit signed off"),
        "reopen": _("unit opened again"),
        "package made": _("package made"),
        "package merged": _("package merged"),
        "key trusted": _("key trusted"),
    }.get(what, what)


def local(at: str) -> str:
    """Return a time of the store as the office's clock shows it."""
    return dt.datetime.fromisoformat(at).astimezone().strftime("%d/%m/%Y %H:%M:%S")
