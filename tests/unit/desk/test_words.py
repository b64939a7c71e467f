"""Every kind of row that the log has is told in words."""

from __future__ import annotations

import re
from pathlib import Path

import omr
from omr import i18n
from omr.desk.words import done

WRITTEN = re.compile(r"""\b(?:record|log)\(\s*(?:[\w.]+,\s*)?"([a-z -]+)"(?: if \w+ else "([a-z -]+)")?""")


def test_what_is_written_to_the_log_has_vietnamese_words():
    sources = Path(omr.__file__).parent.rglob("*.py")
    kinds = {kind for path in sources for found in WRITTEN.findall(path.read_text("utf-8")) for kind in found}
    kinds.discard("")
    assert {"void", "verdict", "signed in", "sign-in refused", "handwriting looked at"} <= kinds
    i18n.use("vi")
    assert {kind for kind in kinds if done(kind) == kind} == set()
