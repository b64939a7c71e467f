"""CSV files that people or other programs made: their rows, or what is wrong with them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from omr.errors import RosterError, reason_of
from omr.i18n import _

if TYPE_CHECKING:
    from omr.model.layout import Question


def read_columns(file: Path, columns: Sequence[str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield the line number and the named columns of each row, stripped.

    Raises RosterError where the file cannot be opened, is no UTF-8 text or lacks a column.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise RosterError(
                    _("{path}:1: the columns {names} are missing.").format(
                        path=file, names=", ".join(missing)
                    )
                )
            for row in reader:
                yield reader.line_num, {name: (row[name] or "").strip() for name in columns}
    except OSError as error:
        raise RosterError(
            _("{path} could not be opened ({reason}).").format(path=file, reason=reason_of(error))
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise RosterError(_("{path} is not UTF-8 text. Save it as CSV UTF-8.").format(path=file)) from error


def answer_fault(name: str, chosen: Sequence[str], questions: Mapping[str, Question]) -> str:
    """Return what is wrong with an answer to question `name`, or "": the question and its choices exist."""
    question = questions.get(name)
    if question is None:
        return _("the form has no question {question}.").format(question=name)
    known = [choice.id for choice in question.choices]
    if not set(chosen) <= set(known):
        return _("the choices of {question} are {names}.").format(question=name, names=", ".join(known))
    return ""
