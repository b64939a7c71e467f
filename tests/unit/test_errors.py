"""Why the system refused, in the words of the person."""

from __future__ import annotations

import errno

import pytest

from omr import i18n
from omr.errors import reason_of


@pytest.mark.parametrize(
    ("number", "told"),
    [(errno.ENOENT, "không tìm thấy"), (errno.EACCES, "không có quyền"), (errno.ENOSPC, "ổ đĩa đã đầy")],
)
def test_what_is_common_is_told_in_vietnamese(number, told):
    spoken = i18n.language()
    i18n.use("vi")
    try:
        assert reason_of(OSError(number, "in English")) == told
    finally:
        i18n.use(spoken)


def test_what_is_rare_stays_in_its_own_words():
    assert reason_of(OSError(errno.EXDEV, "Invalid cross-device link")) == "Invalid cross-device link"
    assert reason_of(OSError("no number")) == "no number"
