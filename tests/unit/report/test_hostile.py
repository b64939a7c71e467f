"""Packages made by hand, signed by a unit whose key is trusted: what they may not do to the sums above."""

from __future__ import annotations

import datetime as dt
import json
import math
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from omr.batch.ledger import COLUMNS, LedgerRow
from omr.errors import OmrError
from omr.report.arrivals import MOST_BYTES, opened_package
from omr.report.merge import current, merged
from omr.report.package import check_package
from omr.report.packing import make_package
from omr.report.rows import Office
from omr.report.tables import Facts, form_tables
from omr.report.wire import MOST, from_json, to_json

LEDGER = LedgerRow(
    **dict.fromkeys(COLUMNS, 0)
    | {"unit": "CB1", "year": 2026, "layout": "vinhlong-1", "issued": 4, "missing": 4}
)


def taken(body):
    """What happens to the content of a package once its seal is open."""
    package = from_json(json.dumps(body).encode())
    check_package(package)
    return package


@pytest.fixture
def body(facts):
    office = Office("XA", "2026-02-01T00:00:00+00:00")
    return json.loads(to_json(make_package(facts, (LEDGER,), office, "TINH", 2026)))


def test_the_content_as_it_was_made_is_taken(body):
    assert taken(body).unit == "XA"


@pytest.mark.parametrize("number", [-1, 1.5, "4", True, None, math.nan, math.inf, MOST + 1, 10**400, [4]])
def test_a_count_that_is_none_is_refused(body, number):
    body["counts"][0][2]["issued"] = number
    with pytest.raises(OmrError, match="not that of a package"):
        taken(body)


@pytest.mark.parametrize("number", [-1, 1.5, True, MOST + 1])
def test_a_tick_that_is_no_count_is_refused(body, number):
    body["items"][0][2]["ticks"][0][-1] = number
    with pytest.raises(OmrError, match="not that of a package"):
        taken(body)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, '{"unit": "XA"', "NaN", "\ud800"])
def test_text_that_is_no_json_of_ours_is_refused(text):
    with pytest.raises(OmrError, match="not that of a package"):
        from_json(text.encode("utf-8", "surrogatepass"))


def test_a_row_of_a_form_that_is_not_there_is_refused(body):
    for place in (len(body["forms"]), -1):
        body["counts"][0][1] = place
        with pytest.raises(OmrError, match="not that of a package"):
            taken(body)


def test_a_number_under_an_unknown_name_is_refused(body):
    body["counts"][0][2]["secret"] = 1
    with pytest.raises(OmrError, match="not that of a package"):
        taken(body)


def test_one_cell_counted_twice_is_refused(body):
    ticks = body["items"][0][2]["ticks"]
    ticks.append([*ticks[0][:-1], 1])
    with pytest.raises(OmrError, match="not that of a package"):
        taken(body)


def test_a_unit_counted_twice_in_one_package_is_refused(body):
    body["counts"].append(body["counts"][0])
    with pytest.raises(OmrError, match=r"CB1, vinhlong-1 stands in it twice"):
        taken(body)


@pytest.mark.parametrize("rows", ["counts", "items", "ledger", "units", "offices"])
def test_a_unit_of_somebody_else_is_refused(body, rows):
    first = body[rows][0]
    if rows in ("counts", "items"):
        body[rows].append(["XB", *first[1:]])
    else:
        body[rows].append({**first, ("code" if rows == "units" else "unit"): "XB"})
    with pytest.raises(OmrError, match="it counts XB, which is not below XA"):
        taken(body)


def test_sheets_of_another_year_are_refused(body):
    for form in body["forms"]:
        form["key"]["year"] = 2025
    with pytest.raises(OmrError, match="it is of 2026 and counts sheets of 2025 too"):
        taken(body)


def test_a_level_or_item_that_the_form_lacks_is_refused(body):
    body["counts"][0][2]["levels"][0][0] = "xuat-sac"
    with pytest.raises(OmrError, match="xuat-sac is counted, which the form does not have"):
        taken(body)


def test_a_subtotal_that_is_not_the_sum_of_its_items_is_refused(body):
    row = next(row for row in body["items"][0][2]["ticks"] if row[0] == "section:nhe")
    row[-1] += 1
    with pytest.raises(OmrError, match="CHƯA NGHIÊM TRỌNG: ticked"):
        taken(body)


def test_an_item_ticked_on_more_sheets_than_its_section_is_refused(body):
    row = next(row for row in body["items"][0][2]["sheets"] if row[0] == "section:nhe")
    row[-1] = 0
    with pytest.raises(OmrError, match="on 0 sheets"):
        taken(body)


def test_a_ledger_that_does_not_add_up_is_refused(body):
    body["ledger"][0]["missing"] += 1
    with pytest.raises(OmrError, match="the ledger of CB1 does not add up"):
        taken(body)


@pytest.mark.parametrize("at", ["", "hôm qua", "9", "2026-02-01", "2026-02-01T00:00:00+07:00"])
def test_a_package_without_its_time_is_refused(body, at):
    body["made"] = at
    with pytest.raises(OmrError, match="does not say when it was made"):
        taken(body)


def test_a_package_of_the_future_is_refused_for_it_would_stand_before_every_later_one(body):
    body["made"] = (dt.datetime.now(dt.UTC) + dt.timedelta(days=2)).isoformat()
    with pytest.raises(OmrError, match="still to come"):
        taken(body)


@pytest.mark.parametrize("name", ["Chi bộ\x00", "Chi\x1bbộ", "Chi bộ " * 100])
def test_a_name_that_cannot_be_printed_is_refused(body, name):
    body["units"][1]["name"] = name
    with pytest.raises(OmrError, match="cannot be printed"):
        taken(body)


def test_a_form_with_one_item_twice_is_refused(body):
    body["forms"][0]["items"].append(body["forms"][0]["items"][0])
    with pytest.raises(OmrError, match="stands in it twice"):
        taken(body)


def test_a_file_that_is_far_too_large_is_not_read_whole(tmp_path):
    path = tmp_path / "XA.omr"
    with path.open("wb") as file:
        file.truncate(100 * MOST_BYTES)
    with pytest.raises(OmrError, match="larger than 64 MiB"):
        opened_package(path, {}, str)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such pipes")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "XA.omr")
    with pytest.raises(OmrError, match="it is no file"):
        opened_package(tmp_path / "XA.omr", {}, str)


def test_two_years_of_one_unit_are_both_taken_and_never_added_up(body):
    before = json.loads(json.dumps(body).replace("2026", "2025"))
    packages = [taken(before), taken(body)]
    assert current(packages) == tuple(packages)
    forms = form_tables(merged(Facts((), ()), packages), "XA")
    valid = {(form.head.key.layout, form.head.key.year): form.total.valid for form in forms}
    assert valid == {
        ("haugiang-ca-nhan", 2025): 2, ("haugiang-ca-nhan", 2026): 2,
        ("vinhlong-1", 2025): 6, ("vinhlong-1", 2026): 6,
    }  # fmt: skip


def numbers(value, path=()):
    """Yield where every whole number of a JSON value stands."""
    if isinstance(value, int):
        yield path
    for key, inner in enumerate(value) if isinstance(value, list) else getattr(value, "items", tuple)():
        yield from numbers(inner, (*path, key))


@given(st.data())
@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_taken_can_be_summed_and_printed(body, data):
    """One number is changed, or a row left out: it is refused, or every table can be made of it."""
    changed = json.loads(json.dumps(body))
    rows = changed[data.draw(st.sampled_from(["counts", "items"]))]
    if data.draw(st.booleans()):
        rows.pop(data.draw(st.integers(0, len(rows) - 1)))
    else:
        *path, last = data.draw(st.sampled_from(list(numbers(rows))))
        place = rows
        for key in path:
            place = place[key]
        place[last] = data.draw(st.integers(0, 9))
    try:
        package = taken(changed)
    except OmrError:
        return
    for masked in (False, True):
        form_tables(merged(Facts((), ()), [package]), "XA", masked=masked)
