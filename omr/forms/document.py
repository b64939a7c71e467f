"""YAML text → plain values with the line of each, so that a fault can name its line.

Scalars are taken as the text that stands in the file: `no`, `1.10` and `02` stay what they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from omr.faults import LineFault, not_yaml
from omr.i18n import _

Plain = str | list["Plain"] | dict[str, "Plain"]
Place = tuple[str | int, ...]
"""Keys and indices that lead to a value."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a YAML file says.

    lines: the line of each key or list entry, by its place.
    faults: keys given twice.
    """

    data: Plain
    lines: dict[Place, int]
    faults: tuple[LineFault, ...]

    def line(self, place: Place) -> int:
        """Return the line of the value at `place`, or of the nearest value around it."""
        while place not in self.lines:
            place = place[:-1]
        return self.lines[place]


def parse(text: str) -> Document | LineFault:
    """Return what the YAML `text` says, or the fault that stops it from being YAML at all."""
    try:
        # safe: the round-trip scanner leaves a bell wherever a folded text was broken
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        return LineFault(mark.line + 1 if mark else 1, not_yaml(error.problem or ""))
    except YAMLError as error:
        return LineFault(1, not_yaml(str(error)))
    except RecursionError:
        return LineFault(1, not_yaml("nested too deep"))
    if not isinstance(root, MappingNode):
        return LineFault(1, _("this file has to be a list of `key: value` lines; see docs/layout-format.md."))
    if (fault := _repeated(root)) is not None:
        return fault
    lines: dict[Place, int] = {(): root.start_mark.line + 1}
    return Document(_plain(root, (), lines), lines, tuple(_repeated_keys(root)))


def _repeated(root: Node) -> LineFault | None:
    """Return a fault where a list or mapping stands in two places: `&` and `*` may nest without end."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ScalarNode):
            continue
        if id(node) in seen:
            return LineFault(node.start_mark.line + 1, _("`&` and `*` are not known here; write it out."))
        seen.add(id(node))
        pairs = isinstance(node, MappingNode)
        waiting += [each for pair in node.value for each in pair] if pairs else node.value
    return None


def _plain(node: Node, place: Place, lines: dict[Place, int]) -> Plain:
    if isinstance(node, ScalarNode):
        return str(node.value)
    plain_list: list[Plain] = []
    if isinstance(node, SequenceNode):
        for index, child in enumerate(node.value):
            lines[(*place, index)] = child.start_mark.line + 1
            plain_list.append(_plain(child, (*place, index), lines))
        return plain_list
    mapping: dict[str, Plain] = {}
    for key, value in node.value:
        lines[(*place, str(key.value))] = key.start_mark.line + 1
        mapping[str(key.value)] = _plain(value, (*place, str(key.value)), lines)
    return mapping


def _repeated_keys(node: Node) -> Iterator[LineFault]:
    children: list[Node] = node.value if isinstance(node, SequenceNode) else []
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
