"""Package ⇄ JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, get_type_hints

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from omr.errors import OmrError
from omr.i18n import _
from omr.report.package import Package
from omr.report.rows import FormKey
from omr.report.tally import COUNTERS, NUMBERS, Tally, UnitCount

MOST = 10**9
"""Above any count of people or ticks: sums stay far within what a spreadsheet shows exactly."""

_COUNTED = ("counts", "items")
_Count = Annotated[int, Field(ge=0, le=MOST)]
_PAIRS = ("ticks", "sheets", "declared")
_KINDS: dict[str, Any] = {
    **dict.fromkeys(NUMBERS, _Count),
    **dict.fromkeys(COUNTERS, list[tuple[str, _Count]]),
    **dict.fromkeys(_PAIRS, list[tuple[str, str, _Count]]),
}
_Packed = with_config(ConfigDict(extra="forbid"))(TypedDict("_Packed", _KINDS, total=False))  # type: ignore[operator]
_ROWS = list[tuple[str, _Count, _Packed]]  # type: ignore[valid-type]
_Body: Any = TypedDict("_Body", {**get_type_hints(Package), **dict.fromkeys(_COUNTED, _ROWS)})  # type: ignore[misc]
_BODY: Any = TypeAdapter(_Body)
_PACKAGE = TypeAdapter(Package)


def to_json(package: Package) -> bytes:
    """Return a package as JSON; the rows of `counts` and `items` name their form by its place."""
    places = {head.key: at for at, head in enumerate(package.forms)}
    body = _PACKAGE.dump_python(replace(package, counts=(), items=()), mode="json")
    for name in _COUNTED:
        rows: Sequence[UnitCount] = getattr(package, name)
        body[name] = [[row.unit, places[row.form], _packed(row.tally)] for row in rows]
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def from_json(body: bytes) -> Package:
    """Return the package that `to_json` wrote; whether its numbers hold, `check_package` tells.

    Raises OmrError where it is none.
    """
    try:
        read = _BODY.validate_json(body, strict=True)
        keys = [head.key for head in read["forms"]]
        read |= {name: tuple(_row(keys, *row) for row in read[name]) for name in _COUNTED}
    except (ValidationError, ValueError, IndexError) as error:
        raise OmrError(
            _("its content is not that of a package, or of a later version of omr ({reason}).").format(
                reason=_short(error)
            )
        ) from error
    return Package(**read)


def _short(error: Exception) -> str:
    """Return in one line what is wrong, and where."""
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    return f"{'.'.join(map(str, first['loc']))} {first['msg']}".strip()


def _row(keys: Sequence[FormKey], unit: str, form: int, packed: dict[str, Any]) -> UnitCount:
    return UnitCount(unit, keys[form], _unpacked(packed))


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


def _unpacked(packed: dict[str, Any]) -> Tally:
    """Return the counts of a row; the row itself is used up, for there are thousands."""
    for name in packed.keys() & _LISTED:
        rows = packed[name]
        pairs = name in _PAIRED
        packed[name] = {(one, other): count for one, other, count in rows} if pairs else dict(rows)
        if len(packed[name]) != len(rows):
            raise ValueError(f"{name} {rows[0][0]}")
    return Tally(**packed)


_PAIRED = frozenset(_PAIRS)
_LISTED = _PAIRED | frozenset(COUNTERS)
