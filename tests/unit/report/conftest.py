from __future__ import annotations

import pytest

from omr.model.layout import BlankRow, Choice, FilledBy, Question, Role, Section
from omr.model.unit import Unit
from omr.report.rows import FormHead, FormKey, IssuedRow, LevelHead, SheetNote, SheetRow
from omr.report.tables import Facts

PHIEU = FormKey("vinhlong-1", 2026)
DAU_HIEU = FormKey("haugiang-ca-nhan", 2026)
UNITS = (
    Unit("XA", "Đảng bộ xã An Bình"),
    Unit("CB1", "Chi bộ ấp 1", "XA"),
    Unit("CB2", "Chi bộ ấp 2", "XA"),
    Unit("CB2A", "Tổ đảng 2A", "CB2"),
)
ONE_BOX = (Choice("co", "Có"),)
THREE = (Choice("khong", "Không"), Choice("co-luc", "Có lúc"), Choice("thuong-xuyen", "Thường xuyên"))


def item(number, section, choices=ONE_BOX):
    return Question(
        number.lower(), number, f"Biểu hiện {number}", section, choices, Role.ITEM, BlankRow.ABSENT
    )


@pytest.fixture
def phieu():
    """A form with levels, one box a row."""
    return FormHead(
        PHIEU,
        "PHIẾU TỰ ĐÁNH GIÁ THEO 27 BIỂU HIỆN",
        FilledBy.PERSON,
        (
            Section("nhe", "CHƯA NGHIÊM TRỌNG"),
            Section("nang", "NGHIÊM TRỌNG"),
            Section("trong", "KHÔNG DÒNG NÀO"),
        ),
        (
            item("A3.1", "nhe"),
            item("A3.2", "nhe"),
            item("B1.1", "nhe"),
            item("C1.1", "nang"),
            item("C1.2", "nang"),
        ),
        (
            LevelHead("tot", "Tốt", (("tot-0", "0 dòng"), ("tot-1-4", "1–4 dòng"))),
            LevelHead("chua-tot", "Chưa tốt"),
            LevelHead("suy-thoai", "Suy thoái"),
        ),
        ("vinhlong-1 1 (0a1b2c3d4e)",),
    )


@pytest.fixture
def dau_hieu():
    """A form without levels, three boxes a row."""
    return FormHead(
        DAU_HIEU,
        "BẢN TỰ SOI CÁ NHÂN",
        FilledBy.PERSON,
        (Section("a", "DẤU HIỆU"),),
        (item("1", "a", THREE), item("2", "a", THREE)),
        (),
        (),
    )


def sheet(unit, name, level="", split="", ticked=(), **more):
    more.setdefault("valid", True)
    ticks = tuple((question, "co") for question in ticked)
    return SheetRow(unit, PHIEU, name, level=level, split=split, ticked=ticks, **more)


@pytest.fixture
def facts(phieu, dau_hieu):
    return Facts(
        forms=(phieu, dau_hieu),
        units=UNITS,
        issued=(
            IssuedRow("CB1", PHIEU, 4),
            IssuedRow("CB2", PHIEU, 2, replaced=1),
            IssuedRow("CB2A", PHIEU, 1),
            IssuedRow("CB1", DAU_HIEU, 2),
        ),
        sheets=(
            sheet("CB1", "1", "tot", "tot-0"),
            sheet("CB1", "2", "tot", "tot-1-4", ["a3.1", "a3.2"]),
            sheet("CB1", "3", "suy-thoai", "", ["a3.1", "c1.1"], notes=(SheetNote.PROVISIONAL,)),
            sheet("CB2", "5", "undetermined", "", ["b1.1"], unclear=("c1.2",)),
            sheet("CB2", "6", valid=False, ticked=["a3.1"], notes=(SheetNote.INCOMPLETE,)),
            sheet("CB2", "5~2", "chua-tot", "", ["a3.1"], notes=(SheetNote.COPY,)),
            sheet("CB2A", "7", "tot", "tot-0"),
            SheetRow(
                "CB1",
                DAU_HIEU,
                "8",
                valid=True,
                ticked=(("1", "co-luc"),),
                unclear=("2",),
            ),
            SheetRow("CB1", DAU_HIEU, "9", valid=True, ticked=(("1", "khong"),), blank=("2",)),
        ),
    )
