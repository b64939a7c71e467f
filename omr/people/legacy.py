"""Tells text in the old Vietnamese encodings, TCVN3 (ABC, the .Vn fonts) and VNI, from Unicode.

Such text looks right only in its own font ("NguyÔn V¨n An", "Nguyeãn Vaên An"); elsewhere names are broken.
It is recognised by what it would become: words that are no Vietnamese syllable as they stand and are one
once decoded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import Enum

from omr.people.names import tidy


class Encoding(Enum):
    """An encoding that has to be converted before the text can be used; the value is its name for people."""

    TCVN3 = "TCVN3 (ABC)"
    VNI = "VNI"


_TCVN3 = str.maketrans(
    dict(
        zip(
            "µ¶·¸¹¨»¼½¾Æ©ÇÈÉÊË®ÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô\u00adõö÷øùúûüýþ¡¢£¤¥¦§",
            "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵĂÂÊÔƠƯĐ",
            strict=True,
        )
    )
)
_VNI_SINGLE = {
    "ñ": "đ",
    "Ñ": "Đ",
    "ô": "ơ",
    "Ô": "Ơ",
    "ö": "ư",
    "Ö": "Ư",
    "æ": "ỉ",
    "ó": "ĩ",
    "ò": "ị",
    "î": "ỵ",
}
_VNI_MARKS = {
    "ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323",
    "â": "\u0302", "á": "\u0302\u0301", "à": "\u0302\u0300", "å": "\u0302\u0309", "ã": "\u0302\u0303",
    "ä": "\u0302\u0323",
    "ê": "\u0306", "é": "\u0306\u0301", "è": "\u0306\u0300", "ú": "\u0306\u0309", "ü": "\u0306\u0303",
    "ë": "\u0306\u0323",
}  # fmt: skip

_SYLLABLE = re.compile(
    r"(ngh|ng|nh|ch|tr|th|ph|kh|gh|gi|qu|[bcdđghklmnprstvx])?"
    r"(uyê|uya|uyu|iêu|yêu|oai|oay|oao|oeo|uây|uôi|ươi|ươu|uê|uy|uâ|uơ|uô|ươ|ưa|ưi|ưu|ua|ui|iê|yê|ia|iu|oa|oă|oe|oi"
    r"|ôi|ơi|ai|ao|au|ay|âu|ây|eo|êu|[aăâeêioôơuưy])"
    r"(ng|nh|ch|[cmnpt])?"
)
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_SHARE = 0.5  # of the words with accents: below it, foreign names explain them


def legacy_encoding(texts: Iterable[str]) -> Encoding | None:
    """Return the old encoding the texts are written in, or None where they are Unicode."""
    words = [word for text in texts for word in _words(text) if not word.isascii()]
    strange = [word for word in words if not is_syllable(tidy(word))]
    if not strange or len(strange) < _SHARE * len(words):
        return None
    found = {
        Encoding.TCVN3: sum(is_syllable(word.translate(_TCVN3)) for word in strange),
        Encoding.VNI: sum(is_syllable(_from_vni(word)) for word in strange),
    }
    best = max(found, key=lambda encoding: found[encoding])
    return best if found[best] >= _SHARE * len(strange) else None


def is_syllable(word: str) -> bool:
    """True where `word` can be one Vietnamese syllable (Unicode, any case)."""
    toneless, tones = _TONES.subn("", unicodedata.normalize("NFD", word))
    return tones <= 1 and _SYLLABLE.fullmatch(unicodedata.normalize("NFC", toneless).casefold()) is not None


def _words(text: str) -> list[str]:
    return [word.strip(".,;:()[]/\\-\"'") for word in text.split()]


def _from_vni(word: str) -> str:
    """Decode VNI: an accent follows its vowel as a letter of its own; a few letters are single."""
    decoded: list[str] = []
    for letter in word:
        mark = _VNI_MARKS.get(letter.lower())
        if mark and decoded and decoded[-1].lower() in "aeouyơư":
            decoded[-1] = unicodedata.normalize("NFC", decoded[-1] + mark)
        else:
            decoded.append(_VNI_SINGLE.get(letter, letter))
    return "".join(decoded)
