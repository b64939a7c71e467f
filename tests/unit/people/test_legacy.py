from __future__ import annotations

import pytest

from omr.people.legacy import Encoding, is_syllable, legacy_encoding


def test_tcvn3_is_recognised():
    assert legacy_encoding(["NguyÔn V¨n An", "TrÇn ThÞ B×nh", "§¶ng bé x·"]) is Encoding.TCVN3


def test_vni_is_recognised():
    texts = ["Nguyeãn Vaên An", "Traàn Thò Bình", "Ñaûng boä xaõ", "Leâ Höõu Phöôùc"]

    assert legacy_encoding(texts) is Encoding.VNI


@pytest.mark.parametrize(
    "texts",
    [
        ["Nguyễn Văn An", "Trần Thị Bình", "Ðảng bộ xã"],
        ["Nguyen Van An", "NV-01"],
        ["José Müller", "Zoë"],
        ["H'Blŏ Êban", "Nguyễn Thị Quỳnh"],
        [],
    ],
)
def test_unicode_and_plain_text_pass(texts):
    assert legacy_encoding(texts) is None


@pytest.mark.parametrize(
    "word",
    [
        "Nguyễn",
        "Huỳnh",
        "Võ",
        "Đặng",
        "Đỗ",
        "Quỳnh",
        "Khuê",
        "Thuỷ",
        "Nghĩa",
        "Giang",
        "Quốc",
        "Yến",
        "Uyên",
        "Phượng",
        "Hiếu",
        "Rượu",
        "Khuỷu",
        "Xuân",
        "Ý",
        "giết",
    ],
)
def test_vietnamese_words_are_syllables(word):
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["NguyÔn", "Vaên", "Müller", "b×nh", "x1", ""])
def test_other_words_are_not(word):
    assert not is_syllable(word)
