"""What was wrong with how a command was called, in the person's language: the parser speaks English alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from omr.i18n import _

if TYPE_CHECKING:
    from typer.exceptions import TyperException


def told(error: TyperException) -> str:
    """Return what was wrong and where the command's help is, in the language of the context.

    What the parser says otherwise than known here is told in its own words.
    """
    said = error.format_message()
    context = getattr(error, "ctx", None)
    return _("{wrong} See `{command} --help`.").format(
        wrong=_translated(said), command=context.command_path if context else "omr"
    )


def _translated(said: str) -> str:
    templates = {
        r"No such option: (.+?)(?: \(Possible options: (.+)\))?": _("There is no option {0}."),
        r"No such command '(.+?)'\.?(?: Did you mean (.+)\?)?": _("There is no command {0}."),
        r"Missing command\.": _("The command is missing."),
        r"Missing argument '(.+)'\.": _("{0} is missing."),
        r"Missing option '(.+)'\.": _("The option {0} is missing."),
        r"Option '(.+)' requires an argument\.": _("The option {0} needs a value."),
        r"Option '(.+)' does not take a value\.": _("The option {0} takes no value."),
        r"Got unexpected extra argument\(s\) \((.+)\)": _("There is too much: {0}."),
        r"Invalid value for '(.+?)': Input should be a valid integer.*": _("{0} has to be a whole number."),
        r"Invalid value for '(.+?)': Input should be greater than or equal to (.+)": _(
            "{0} has to be at least {1}."
        ),
        r"Invalid value for '(.+?)': Input should be less than or equal to (.+)": _(
            "{0} may be at most {1}."
        ),
        r"Invalid value for '(.+?)': .*'(.+)' is not one of (.+)\.": _("{0} {1} is none of {2}."),
        r"Invalid value for '(.+?)': \S+ '(.+)' is a directory\.": _("{0}: {1} is a folder, not a file."),
        r"Invalid value for '(.+?)': \S+ '(.+)' is not readable\.": _("{0}: you may not read {1}."),
    }
    for pattern, template in templates.items():
        if found := re.fullmatch(pattern, said, re.DOTALL):
            wrong = template.format(*(each and each.replace("' / '", ", ") for each in found.groups()))
            meant = found[2] if "{1}" not in template and found.re.groups > 1 else None
            likely = _("Did you mean {likely}?").format(likely=meant)
            return f"{wrong} {likely}" if meant else wrong
    return said
