"""The seven layouts that ship ask what they are meant to ask, and the paths of the format they lean on."""

from __future__ import annotations

from omr.forms.foot import foot
from omr.forms.load import parse_form
from omr.forms.schema import Form, Tick


def test_a_folded_text_is_one_text(text: str):
    """The scanner that keeps comments leaves a bell at each line break of a folded text."""
    folded = text.replace("intro: Đọc từng dòng rồi đánh dấu.", "intro: >-\n  Đọc từng dòng\n  rồi đánh dấu.")
    form, faults = parse_form(folded)
    assert faults == ()
    assert form is not None
    assert form.intro == "Đọc từng dòng rồi đánh dấu."


def tops(form: Form, *labels: str) -> list[float]:
    """Return how high the boxes of the declared levels stand when these are the levels."""
    levels = tuple(Tick(id=f"m{at}", label=label) for at, label in enumerate(labels))
    assert form.foot.declared is not None
    declared = form.foot.declared.model_copy(update={"levels": levels})
    changed = form.model_copy(update={"foot": form.foot.model_copy(update={"declared": declared})})
    attested, *boxes = foot(changed).boxes
    return [box.area.y - attested.area.y for box in boxes]


def test_declared_levels_that_do_not_all_fit_beside_the_text_stand_together_below_it(form: Form):
    beside = tops(form, "Tốt", "Kém")
    below = tops(form, "Tốt", "Có vi phạm nhưng chưa đến mức nghiêm trọng", "Vi phạm")
    assert len(set(beside)) == 1
    assert len(set(below)) == 1
    assert below[0] > beside[0]
