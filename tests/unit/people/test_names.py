from __future__ import annotations

import random
import unicodedata

import pytest

from omr.people.names import folded_key, sort_key, tidy


def shuffled(names):
    return random.Random(5).sample(names, len(names))


def test_tidy_gives_nfc_with_single_spaces_and_the_vietnamese_d():
    typed = "\ufeff " + unicodedata.normalize("NFD", "\u00d0ặng  Thị\u00a0Mỹ ")

    assert tidy(typed) == "Đặng Thị Mỹ"
    assert unicodedata.is_normalized("NFC", tidy(typed))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("uỷ ban", "Ủy  ban"),
        ("Hoà Bình", "HÒA BÌNH"),
        ("thuý", "thúy"),
        ("khoẻ", "khỏe"),
        ("Ðảng bộ", "đảng bộ"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Ước"), "nguyễn thị ước"),
    ],
)
def test_spellings_of_one_name_share_a_key(one, other):
    assert folded_key(one) == folded_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Hoa", "Hoà"), ("Hoà", "Hoả"), ("Tan", "Tân"), ("Dung", "Đung"), ("Thơ", "Tho")]
)
def test_letters_and_tones_keep_names_apart(one, other):
    assert folded_key(one) != folded_key(other)


def test_given_name_decides_then_middle_then_family_name():
    expected = ["Vũ Thị An", "Lê Văn An", "Trần Văn An", "Bùi Anh", "Lê Văn Ân", "Phan Dũng", "Phan Đạt"]

    assert sorted(shuffled(expected), key=sort_key) == expected


def test_tones_follow_the_order_of_the_dictionaries():
    expected = ["Lê Ba", "Lê Bà", "Lê Bả", "Lê Bã", "Lê Bá", "Lê Bạ", "Lê Bảo"]

    assert sorted(shuffled(expected), key=sort_key) == expected


def test_letters_of_the_vietnamese_alphabet_stand_in_its_order():
    expected = ["A", "Ă", "Â", "B", "C", "D", "Đ", "E", "Ê", "G", "O", "Ô", "Ơ", "U", "Ư", "V"]

    assert sorted(shuffled(expected), key=sort_key) == expected


def test_a_name_of_one_word_and_an_empty_one_can_be_sorted():
    assert sorted(["Y Thĩ", "Bình", ""], key=sort_key) == ["", "Bình", "Y Thĩ"]
