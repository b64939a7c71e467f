"""The shipped rules on the shipped forms, and answers typed by hand."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from omr.forms.catalogue import Catalogue, shipped
from omr.model.layout import Role
from omr.model.reading import Answer, Cause
from omr.score.apply import score
from omr.score.rules import rules_of


class Sheet:
    """A sheet of a form that can be filled in row by row, scored by the form's own rules."""

    def __init__(self, layout, rules):
        self.layout, self.rules = layout, rules
        self.answers = {
            question.id: Answer(question.id, (), 1.0, (), Cause.NONE) for question in layout.questions
        }

    def items(self, section):
        """Return the rows of a section."""
        return [q for q in self.layout.questions if q.role is Role.ITEM and q.section == section]

    def set(self, question, *chosen, doubt=Cause.NONE):
        """Answer one row."""
        self.answers[question] = Answer(question, chosen, 1.0, (), doubt)
        return self

    def tick(self, section, count, *, doubtful=0):
        """Tick the first `count` rows of a section; the next `doubtful` ones are a person's to settle."""
        rows = self.items(section)
        for row in rows[:count]:
            self.set(row.id, row.choices[0].id)
        for row in rows[count : count + doubtful]:
            self.set(row.id, row.choices[0].id, doubt=Cause.READING)
        return self

    def score(self, **more):
        """Return what the rules make of it."""
        return score(self.layout, self.answers.values(), self.rules, **more)


@pytest.fixture(scope="session")
def catalogue():
    return Catalogue((shipped(),))


@pytest.fixture
def sheet(catalogue):
    """A blank sheet of vinhlong-1 whose respondent attested nothing."""
    return make(catalogue, "vinhlong-1")


@pytest.fixture
def sheet_of(catalogue):
    return lambda layout: make(catalogue, layout)


@cache
def make_parts(catalogue, name):
    layout = catalogue.placement(name).layout
    return layout, rules_of(layout, catalogue.rules)


def make(catalogue, name):
    return Sheet(*make_parts(catalogue, name))


@pytest.fixture
def rule_file(tmp_path: Path):
    """Write a rule file and return its path."""

    def write(text):
        path = tmp_path / "r.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write
