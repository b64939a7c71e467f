"""Package ⇄ JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from omr.errors import OmrError
from omr.i18n import _
from omr.report.package import Package, check_package
from omr.report.rows import FormKey
from omr.report.tally import COUNTERS, NUMBERS, Tally, UnitCount

_COUNTED = ("counts", "items")
_ADAPTER = TypeAdapter(Package)
_PAIR = 2


def to_json(package: Package) -> bytes:
    """Return a package as JSON; the rows of `counts` and `items` name their form by its place."""
    places = {head.key: at for at, head in enumerate(package.forms)}
    body = _ADAPTER.dump_python(replace(package, counts=(), items=()), mode="json")
    for name in _COUNTED:
        rows: Sequence[UnitCount] = getattr(package, name)
        body[name] = [[row.unit, places[row.form], _packed(row.tally)] for row in rows]
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def from_json(body: bytes) -> Package:
    """Return the package that `to_json` wrote.

    Raises OmrError where it is none, BalanceError where its numbers do not add up.
    """
    try:
        read = json.loads(body)
        counted = {name: read.pop(name) for name in _COUNTED}
        bare = _ADAPTER.validate_python(read)
        keys = [head.key for head in bare.forms]
        rows = {name: tuple(_row(keys, *row) for row in counted[name]) for name in _COUNTED}
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise OmrError(
            _("its content is not that of a package, or of a later version of omr ({reason}).").format(
                reason=str(error).splitlines()[0]
            )
        ) from error
    package = replace(bare, counts=rows["counts"], items=rows["items"])
    check_package(package)
    return package


def _row(keys: Sequence[FormKey], unit: str, form: int, tally: Mapping[str, Any]) -> UnitCount:
    return UnitCount(unit, keys[_number(form)], _unpacked(tally))


def _packed(count: Tally) -> dict[str, Any]:
    """Return what is not nothing; JSON has no keys of two parts, so a counter is a list of rows."""
    packed: dict[str, Any] = {name: getattr(count, name) for name in NUMBERS if getattr(count, name)}
    for name in COUNTERS:
        rows = [[*_parts(key), n] for key, n in getattr(count, name).items() if n]
        if rows:
            packed[name] = rows
    return packed


def _parts(key: str | tuple[str, ...]) -> tuple[str, ...]:
    return (key,) if isinstance(key, str) else key


def _unpacked(packed: Mapping[str, Any]) -> Tally:
    values: dict[str, Any] = {name: _number(packed.get(name, 0)) for name in NUMBERS}
    for name in COUNTERS:
        rows = packed.get(name, ())
        values[name] = {_key(row): _number(row[-1]) for row in rows}
        if len(values[name]) != len(rows):
            raise ValueError(name)
    return Tally(**values)


def _key(row: Sequence[Any]) -> Any:  # noqa: ANN401 (a name, or two)
    return row[0] if len(row) == _PAIR else tuple(row[:-1])


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(value)
    return value
