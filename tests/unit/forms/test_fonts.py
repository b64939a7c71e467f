"""The shipped fonts: every Vietnamese letter, widths as printed, lines within their room."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omr.forms.fonts import TICK, Face, Style, missing, width_mm, wrap

VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
LETTERS = {unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES} | {"đ"}
PLAIN = Style(Face.REGULAR, 11)


@pytest.mark.parametrize("face", Face)
def test_every_vietnamese_letter_is_there(face: Face):
    assert missing("".join(LETTERS | {letter.upper() for letter in LETTERS}) + "…“”–·" + TICK, face) == ""


def test_a_sign_that_is_not_there_is_named():
    assert missing("có ☐ và ☐ 漢", Face.REGULAR) == "☐漢"


def test_width_of_a_known_word():
    """Times-metric: an M is 1821 of 2048 units wide."""
    assert width_mm("M", Style(Face.REGULAR, 2048 * 72 / 25.4)) == pytest.approx(1821)


def test_width_matches_the_pdf_writer():
    from reportlab.pdfbase.ttfonts import TTFont

    font = TTFont("probe", str(Face.BOLD.file))
    text = "Tự đánh giá, phê bình và tự phê bình 2026"
    points = font.stringWidth(text, 12, "utf-8")
    assert width_mm(text, Style(Face.BOLD, 12)) == pytest.approx(points * 25.4 / 72, rel=1e-3)


@given(st.lists(st.text("aăâbcđêôư", min_size=1, max_size=9), min_size=1, max_size=30))
def test_wrapping_keeps_every_word_and_the_room(words: list[str]):
    lines = wrap(" ".join(words), PLAIN, 40.0)
    assert " ".join(lines).split(" ") == words
    assert all(width_mm(line, PLAIN) <= 40.0 or " " not in line for line in lines)
