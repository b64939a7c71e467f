"""A layout file → `Form`, or `ExistingForm` for one that others printed.

Every fault is told at once, each with file and line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from omr.errors import LayoutError
from omr.faults import LineFault, explained, read_text
from omr.forms.consistency import contradictions
from omr.forms.document import Document, Place, Plain, parse
from omr.forms.existing import ExistingForm
from omr.forms.schema import RESERVED, Form, question_id
from omr.i18n import _


def load_form(path: Path) -> Form:
    """Return the form of ours that `path` describes.

    Raises:
        LayoutError: the file cannot be read or has faults, one line `file:line: message` for each; or it
            describes a form that others printed.
    """
    form = load(path)
    if isinstance(form, ExistingForm):
        raise LayoutError(
            _("{path}: this form was printed by others (kind: existing); omr reads it and cannot print it.")
            .format(path=path)
        )  # fmt: skip
    return form


def load(path: Path) -> Form | ExistingForm:
    """Return the form that `path` describes, whoever printed it. Raises LayoutError as `load_form`."""
    form, faults = parse_layout(read_text(path))
    if form is None or faults:
        raise LayoutError("\n".join(f"{path}:{fault.line}: {fault.message}" for fault in faults))
    return form


def parse_form(text: str) -> tuple[Form | None, tuple[LineFault, ...]]:
    """Return the form of ours that the YAML `text` describes, None where it cannot be built, and faults."""
    form, faults = parse_layout(text)
    return (None if isinstance(form, ExistingForm) else form), faults


def parse_layout(text: str) -> tuple[Form | ExistingForm | None, tuple[LineFault, ...]]:
    """Return the form that the YAML `text` describes (None where it cannot be built) and its faults."""
    document = parse(text)
    if isinstance(document, LineFault):
        return None, (document,)
    existing = isinstance(document.data, dict) and "kind" in document.data
    faults = [*document.faults, *(() if existing else _duplicate_ids(document))]
    form: Form | ExistingForm | None = None
    try:
        form = (ExistingForm if existing else Form).model_validate(document.data)
    except ValidationError as error:
        faults += [_schema_fault(detail, document) for detail in error.errors(include_url=False)]
    else:
        faults += (
            contradictions(form, document)
            if isinstance(form, ExistingForm)
            else _contradictions(form, document)
        )
    return form, tuple(sorted(set(faults)))


def _duplicate_ids(document: Document) -> Iterator[LineFault]:
    """Yield ids that stand twice: items in the whole file, everything else in its own list."""
    lists: dict[Place, list[tuple[Place, str]]] = {}
    for place, identity in _ids(document.data, ()):
        within = ("items",) if place[-3:-2] == ("items",) else place[:-2]
        lists.setdefault(within, []).append((place, identity))
    for named in lists.values():
        yield from _twice(named, document)


def _ids(data: Plain, place: Place) -> Iterator[tuple[Place, str]]:
    """Yield every `id` of a list entry, with its place, in the file's order."""
    children: Sequence[tuple[str | int, Plain]] = ()
    if isinstance(data, dict):
        children = list(data.items())
        identity = data.get("id")
        if isinstance(identity, str) and place and isinstance(place[-1], int):
            yield (*place, "id"), identity
    elif isinstance(data, list):
        children = list(enumerate(data))
    for key, value in children:
        yield from _ids(value, (*place, key))


def _twice(named: Sequence[tuple[Place, str]], document: Document) -> Iterator[LineFault]:
    first: dict[str, int] = {}
    for place, identity in named:
        line = document.line(place)
        if identity in first:
            message = _("id '{id}' was already given on line {line}; ids must differ.")
            yield LineFault(line, message.format(id=identity, line=first[identity]))
        first.setdefault(identity, line)


def _contradictions(form: Form, document: Document) -> Iterator[LineFault]:
    """Yield what is wrong though each value is right by itself."""
    asked = set(RESERVED)
    for at, section in enumerate(form.sections):
        groups = section.columns or form.columns
        if len(groups) > 1 and not all(group.id for group in groups):
            place: Place = ("sections", at, "columns") if section.columns else ("columns",)
            yield LineFault(document.line(place), _("with several column groups each needs an id."))
        for row, group in enumerate(section.groups):
            for index, item in enumerate(group.items):
                line = document.line(("sections", at, "groups", row, "items", index))
                ids = {question_id(item.id, column.id) for column in groups}
                if asked & ids:
                    message = _("question id '{id}' is taken by another row or the foot; choose another.")
                    yield LineFault(line, message.format(id=min(asked & ids)))
                if not item.text and not item.write:
                    message = _("item '{id}' has no text; give `text:` or `write: true`.")
                    yield LineFault(line, message.format(id=item.id))
                asked |= ids


def _schema_fault(detail: ErrorDetails, document: Document) -> LineFault:
    place = detail["loc"]
    return LineFault(document.line(place), _explain(detail, str(place[-1]) if place else ""))


def _explain(detail: ErrorDetails, key: str) -> str:
    if detail["type"] == "extra_forbidden":
        return explained(detail) + _meant(key)
    if detail["type"] == "string_pattern_mismatch":
        message = _("'{given}' cannot be used as {key}: small letters a–z, digits and inner dashes only.")
        return message.format(given=detail["input"], key=key)
    return explained(detail)


def _meant(key: str) -> str:
    known: set[str] = set()
    for form in (Form, ExistingForm):
        known |= set(form.model_fields)
        for part in form.model_json_schema()["$defs"].values():
            known |= set(part.get("properties", ()))
    close = get_close_matches(key, sorted(known), n=1)
    return " " + _("Did you mean '{key}'?").format(key=close[0]) if close else ""
