"""What is wrong in a YAML file that people write, line by line, in their language."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from omr.errors import LayoutError, reason_of
from omr.i18n import _

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


@dataclass(frozen=True, slots=True, order=True)
class LineFault:
    """Something wrong in a file; `line` counts from 1."""

    line: int
    message: str


def read_text(path: Path) -> str:
    """Return the text of a YAML file. Raises LayoutError where it cannot be opened or is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise LayoutError(
            _("{path}:1: this is not UTF-8 text. Save it as UTF-8.").format(path=path)
        ) from error
    except OSError as error:
        raise LayoutError(
            _("{path} cannot be opened ({reason}). Check its name and your permission.").format(
                path=path, reason=reason_of(error)
            )
        ) from error


def not_yaml(problem: str) -> str:
    """Return that a file is no YAML; problem: in the words of the parser."""
    return _("this is not valid YAML: {problem}. Check indentation, quotes and colons.").format(
        problem=problem
    )


def explained(detail: ErrorDetails) -> str:
    """Return what pydantic found wrong with one value; what is not known here stays in its own words."""
    key = str(detail["loc"][-1]) if detail["loc"] else ""
    limits = detail.get("ctx", {})
    templates = {
        "missing": _("'{key}' is missing here."),
        "extra_forbidden": _("unknown key '{key}'."),
        "enum": _("'{key}' cannot be '{given}'; allowed: {expected}."),
        "literal_error": _("'{key}' cannot be '{given}'; allowed: {expected}."),
        "int_parsing": _("'{key}' has to be a whole number, not '{given}'."),
        "int_type": _("'{key}' has to be a whole number, not '{given}'."),
        "int_from_float": _("'{key}' has to be a whole number, not '{given}'."),
        "float_parsing": _("'{key}' has to be a number, not '{given}'."),
        "float_type": _("'{key}' has to be a number, not '{given}'."),
        "finite_number": _("'{key}' has to be a number, not '{given}'."),
        "bool_parsing": _("'{key}' has to be true or false, not '{given}'."),
        "bool_type": _("'{key}' has to be true or false, not '{given}'."),
        "greater_than": _("'{key}' has to be more than {gt}."),
        "greater_than_equal": _("'{key}' has to be at least {ge}."),
        "less_than": _("'{key}' has to be less than {lt}."),
        "less_than_equal": _("'{key}' may be at most {le}."),
        "string_type": _("'{key}' has to be a text."),
        "string_too_short": _("'{key}' may not be empty."),
        "string_too_long": _("'{key}' may have at most {max_length} letters."),
        "list_type": _("'{key}' has to be a list: a line `- …` for each entry."),
        "tuple_type": _("'{key}' has to be a list: a line `- …` for each entry."),
        "too_short": _("'{key}' has too few entries; it needs {min_length} or more."),
        "too_long": _("'{key}' has too many entries; it may have {max_length}."),
        "dict_type": _("'{key}' has to be `key: value` lines."),
        "model_type": _("'{key}' has to be `key: value` lines."),
    }
    template = templates.get(detail["type"], "'{key}': {said}")
    return template.format(key=key, given=str(detail["input"])[:_SHOWN], said=detail["msg"], **limits)


_SHOWN = 60
"""Characters of a wrong value that are repeated: enough to find it by."""
