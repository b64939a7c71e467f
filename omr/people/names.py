"""Vietnamese names: one spelling to keep, one key to match by, one key to sort by.

The letters are compared by the Vietnamese alphabet (a ă â b c d đ e ê …), the tones after them in the order
of the dictionaries: ngang, huyền, hỏi, ngã, sắc, nặng.
"""

from __future__ import annotations

import unicodedata

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
"""Combining marks of ngang, huyền, hỏi, ngã, sắc, nặng: their place is their rank."""

_LETTER_MARKS = frozenset("\u0302\u0306\u031b")  # circumflex, breve, horn: they make another letter
_LOOK_ALIKES = str.maketrans({"Ð": "Đ", "ð": "đ", "Ɖ": "Đ", "\u200b": None, "\u200c": None, "\ufeff": None})
_RANK = {letter: rank for rank, letter in enumerate(ALPHABET, start=1)}

Syllable = tuple[tuple[tuple[int, str], ...], int]
SortKey = tuple[tuple[Syllable, ...], tuple[Syllable, ...], tuple[Syllable, ...], str]


def tidy(text: str) -> str:
    """Return `text` in NFC with Ð as Đ, single spaces, and nothing invisible in it."""
    return " ".join(unicodedata.normalize("NFC", text.translate(_LOOK_ALIKES)).split())


def folded_key(text: str) -> str:
    """Return the key that matches names however they were typed.

    Case, spaces, Unicode form and the place of the tone do not matter (uỷ = ủy, hoà = hòa);
    letters and tones do.
    """
    return " ".join(_without_tones(word) for word in tidy(text).casefold().split())


def bare_key(text: str) -> str:
    """Return the key that finds a name typed without tones and letter marks: "tran" for Trần."""
    plain = unicodedata.normalize("NFD", tidy(text).casefold().replace("đ", "d"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def sort_key(name: str) -> SortKey:
    """Return the key that puts full names in Vietnamese order: by tên, then đệm, then họ.

    The last syllable is the tên, the first the họ. Names that differ in case only keep a fixed order.
    """
    syllables = tuple(_syllable(word) for word in tidy(name).casefold().split())
    return syllables[-1:], syllables[1:-1], syllables[:1] if len(syllables) > 1 else (), name


def _without_tones(word: str) -> str:
    """The letters of one syllable, then the ranks of its tones."""
    letters, tones = _split(word)
    return letters + "".join(str(tone) for tone in tones)


def _syllable(word: str) -> Syllable:
    letters, tones = _split(word)
    ranked = tuple((_RANK.get(letter, 0), "" if letter in _RANK else letter) for letter in letters)
    return ranked, tones[0] if tones else 0


def _split(word: str) -> tuple[str, tuple[int, ...]]:
    """Return the letters of a word without tones (ă â ê ô ơ ư kept), and the ranks of the tones found."""
    letters: list[str] = []
    tones: list[int] = []
    for mark in unicodedata.normalize("NFD", word):
        if mark in TONES:
            tones.append(TONES.index(mark))
        elif mark in _LETTER_MARKS and letters:
            letters[-1] = unicodedata.normalize("NFC", letters[-1] + mark)
        else:
            letters.append(mark)
    return "".join(letters), tuple(tones)
