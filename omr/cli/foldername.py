"""A unit's code as the name of a folder, on any system and never outside the folder it is meant for."""

from __future__ import annotations

import re

_FORBIDDEN = re.compile(r'[%<>:"/\\|?*\x00-\x1f\x7f]|^[. ]+|[. ]+$')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")


def folder_name(code: str) -> str:
    """Return the code, what a file name may not hold as %XX; two codes never come to the same name."""
    name = _FORBIDDEN.sub(lambda found: "".join(f"%{ord(sign):02X}" for sign in found.group()), code)
    if _RESERVED.fullmatch(name):
        name = f"%{ord(name[0]):02X}{name[1:]}"
    return name or "%"
