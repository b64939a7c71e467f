"""A layout file → `Form`. Every fault is told at once, each with file and line.

Scalars are taken as the text that stands in the file (`no`, `1.10`, `02` stay what they are); the schema
turns them into numbers where it wants numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from omr.errors import LayoutError
from omr.forms.schema import RESERVED, Form
from omr.i18n import _

Plain = str | list["Plain"] | dict[str, "Plain"]
Place = tuple[str | int, ...]
"""Keys and indices that lead to a value."""


@dataclass(frozen=True, slots=True, order=True)
class LineFault:
    """Something wrong in a layout file; `line` counts from 1."""

    line: int
    message: str


def load_form(path: Path) -> Form:
    """Return the form that `path` describes.

    Raises:
        LayoutError: the file cannot be read or has faults; one line `file:line: message` for each.
    """
    form, faults = parse_form(_read(path))
    if form is None or faults:
        raise LayoutError("\n".join(f"{path}:{fault.line}: {fault.message}" for fault in faults))
    return form


def parse_form(text: str) -> tuple[Form | None, tuple[LineFault, ...]]:
    """Return the form that the YAML `text` describes and its faults, by line; None where it cannot be built."""
    try:
        root = YAML(pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        return None, (LineFault(mark.line + 1 if mark else 1, _not_yaml(error)),)
    except YAMLError as error:
        return None, (LineFault(1, _not_yaml(error)),)
    if not isinstance(root, MappingNode):
        return None, (
            LineFault(1, _("a layout is a list of `key: value` lines; see docs/layout-format.md.")),
        )
    lines: dict[Place, int] = {}
    faults = list(_repeated_keys(root))
    data = _plain(root, (), lines)
    faults += _duplicate_ids(data, (), lines)
    form = None
    try:
        form = Form.model_validate(data)
    except ValidationError as error:
        faults += [_schema_fault(detail, lines) for detail in error.errors(include_url=False)]
    else:
        faults += _question_clashes(form, lines)
    return form, tuple(sorted(set(faults)))


def line_of(text: str, place: Place) -> int:
    """Return the line (from 1) of the value at `place`, or of the nearest value around it."""
    lines: dict[Place, int] = {}
    _plain(YAML(pure=True).compose(text), (), lines)
    return _nearest(place, lines)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise LayoutError(
            _("{path}: the file is not UTF-8 text. Save it as UTF-8.").format(path=path)
        ) from error
    except OSError as error:
        raise LayoutError(
            _("{path}: the layout cannot be opened ({reason}). Check its name and your permission.").format(
                path=path, reason=error.strerror
            )
        ) from error


def _not_yaml(error: YAMLError) -> str:
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    return _("this is not valid YAML: {problem}. Check indentation, quotes and colons.").format(
        problem=problem
    )


def _plain(node: Node, place: Place, lines: dict[Place, int]) -> Plain:
    lines[place] = node.start_mark.line + 1
    if isinstance(node, ScalarNode):
        return str(node.value)
    if isinstance(node, SequenceNode):
        return [_plain(child, (*place, index), lines) for index, child in enumerate(node.value)]
    mapping: dict[str, Plain] = {}
    for key, value in node.value:
        mapping[str(key.value)] = _plain(value, (*place, str(key.value)), lines)
        lines[(*place, str(key.value))] = key.start_mark.line + 1
    return mapping


def _repeated_keys(node: Node) -> Iterator[LineFault]:
    children = node.value if isinstance(node, SequenceNode) else ()
    if isinstance(node, MappingNode):
        seen: set[str] = set()
        for key, _value in node.value:
            if key.value in seen:
                message = _("key '{key}' stands twice; keep one.").format(key=key.value)
                yield LineFault(key.start_mark.line + 1, message)
            seen.add(key.value)
        children = [value for _key, value in node.value]
    for child in children:
        yield from _repeated_keys(child)


def _duplicate_ids(data: Plain, place: Place, lines: dict[Place, int]) -> Iterator[LineFault]:
    """Yield the ids that stand twice in one list; items are compared over the whole file."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _duplicate_ids(value, (*place, key), lines)
        if "sections" in data:
            yield from _twice(list(_items(data["sections"], (*place, "sections"))), lines)
    elif isinstance(data, list):
        if place and place[-1] != "items":
            named = [
                ((*place, index, "id"), entry["id"]) for index, entry in enumerate(data) if _has_id(entry)
            ]
            yield from _twice([(where, value) for where, value in named if isinstance(value, str)], lines)
        for index, entry in enumerate(data):
            yield from _duplicate_ids(entry, (*place, index), lines)


def _has_id(entry: Plain) -> bool:
    return isinstance(entry, dict) and "id" in entry


def _items(data: Plain, place: Place) -> Iterator[tuple[Place, str]]:
    pairs: Iterator[tuple[str | int, Plain]] = iter(())
    if isinstance(data, dict):
        pairs = iter(data.items())
        identity = data.get("id")
        if isinstance(identity, str) and place[-2:-1] == ("items",):
            yield (*place, "id"), identity
    elif isinstance(data, list):
        pairs = iter(enumerate(data))
    for key, value in pairs:
        yield from _items(value, (*place, key))


def _twice(named: list[tuple[Place, str]], lines: dict[Place, int]) -> Iterator[LineFault]:
    first: dict[str, int] = {}
    for where, identity in named:
        line = _nearest(where, lines)
        if identity in first:
            message = _("id '{id}' was already given on line {line}; ids must differ.")
            yield LineFault(line, message.format(id=identity, line=first[identity]))
        first.setdefault(identity, line)


def _question_clashes(form: Form, lines: dict[Place, int]) -> Iterator[LineFault]:
    """Yield what is wrong though each value is right by itself."""
    for at, section in enumerate(form.sections):
        groups = section.columns or form.columns
        if len(groups) > 1 and not all(group.id for group in groups):
            yield LineFault(
                _nearest(("sections", at, "columns") if section.columns else ("columns",), lines),
                _("with several column groups each needs an id."),
            )
        for row, group in enumerate(section.groups):
            for index, item in enumerate(group.items):
                place = ("sections", at, "groups", row, "items", index)
                if item.id in RESERVED:
                    message = _("id '{id}' belongs to the foot of the form; choose another.")
                    yield LineFault(_nearest((*place, "id"), lines), message.format(id=item.id))
                if not item.text and not item.write:
                    message = _("item '{id}' has no text; give `text:` or `write: true`.")
                    yield LineFault(_nearest(place, lines), message.format(id=item.id))


def _nearest(place: Place, lines: dict[Place, int]) -> int:
    while place and place not in lines:
        place = place[:-1]
    return lines[place]


def _schema_fault(detail: ErrorDetails, lines: dict[Place, int]) -> LineFault:
    place = detail["loc"]
    return LineFault(_nearest(place, lines), _explain(detail, str(place[-1]) if place else ""))


def _explain(detail: ErrorDetails, key: str) -> str:
    kind, context, given = detail["type"], detail.get("ctx", {}), detail["input"]
    if kind == "missing":
        return _("'{key}' is missing here.").format(key=key)
    if kind == "extra_forbidden":
        return _("unknown key '{key}'.").format(key=key) + _meant(key)
    if kind == "enum":
        allowed = context.get("expected", "")
        return _("'{key}' cannot be '{given}'; allowed: {allowed}.").format(
            key=key, given=given, allowed=allowed
        )
    if kind == "string_pattern_mismatch":
        message = _("'{given}' cannot be used as {key}: small letters a–z, digits and inner dashes only.")
        return message.format(given=given, key=key)
    return f"'{key}': {detail['msg']}"


def _meant(key: str) -> str:
    known: set[str] = set(Form.model_fields)
    for part in Form.model_json_schema()["$defs"].values():
        known |= set(part.get("properties", ()))
    close = get_close_matches(key, sorted(known), n=1)
    return " " + _("Did you mean '{key}'?").format(key=close[0]) if close else ""
