"""Whatever a layout file sensibly says is placed soundly: generated forms have no print faults."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from omr.forms.check import check
from omr.forms.frozen import from_json, to_json
from omr.forms.place import place
from omr.forms.questions import questions
from omr.forms.schema import Form

WORDS = st.sampled_from(
    ("nghiêm", "túc", "thực", "hiện", "chưa", "đầy", "đủ", "trách", "nhiệm", "khuyết", "điểm", "quý", "đạt")
)
sentences = st.lists(WORDS, min_size=1, max_size=30).map(" ".join)
labels = st.lists(WORDS.filter(lambda word: len(word) < 5), min_size=1, max_size=3).map(" ".join)


@st.composite
def forms(draw: st.DrawFn) -> Form:
    groups = draw(st.integers(1, 4))
    most = {1: 4, 2: 3, 3: 3, 4: 2}[groups]
    columns = [
        {
            "id": f"c{index}",
            "label": draw(labels),
            "choices": [{"id": f"k{at}", "label": draw(labels)} for at in range(draw(st.integers(1, most)))],
        }
        for index in range(groups)
    ]
    sections = [
        {
            "id": f"s{section}",
            "title": draw(sentences),
            "show_title": draw(st.booleans()),
            "row_height_mm": draw(st.none() | st.floats(9, 60)),
            "groups": [
                {
                    "title": draw(st.just("") | sentences),
                    "items": [
                        {
                            "id": f"i{section}-{group}-{item}",
                            "number": f"A{item}",
                            "text": draw(sentences),
                            "write": draw(st.booleans()),
                        }
                        for item in range(draw(st.integers(1, 12)))
                    ],
                }
                for group in range(draw(st.integers(1, 2)))
            ],
        }
        for section in range(draw(st.integers(1, 2)))
    ]
    foot = {
        "attestation": draw(st.none() | st.builds(dict, text=sentences)),
        "note": draw(st.just("") | sentences),
        "date": "Ngày …… tháng …… năm 20……",
        "signature": {"label": "NGƯỜI TỰ ĐÁNH GIÁ", "height_mm": draw(st.floats(12, 60))},
    }
    variant = draw(st.sampled_from(("party", "state", "none")))
    return Form.model_validate(
        {
            "id": "any",
            "version": "1",
            "year": 2026,
            "title": draw(sentences),
            "heading": {"variant": variant, "left": ["ĐẢNG BỘ XÃ", "CHI BỘ"], "place": "Trà Vinh"},
            "filled_by": "person",
            "blank": "absent",
            "fields": [{"id": "f", "label": "Họ và tên", "lines": draw(st.integers(1, 3))}],
            "intro": draw(st.just("") | sentences),
            "correction": "Đánh dấu ✓ hoặc X là có. Muốn bỏ dấu đã đánh, tô kín cả ô.",
            "columns": columns,
            "sections": sections,
            "foot": foot,
        }
    )


@settings(max_examples=30, deadline=None)
@given(forms())
def test_any_form_is_placed_without_faults(form: Form):
    assert check(form) == ()
    layout = place(form).layout
    boxes = [box.id for _page, box in layout.boxes()]
    assert sorted(boxes) == sorted(f"{q.id}.{choice.id}" for q in questions(form) for choice in q.choices)
    assert from_json(to_json(layout)) == layout
