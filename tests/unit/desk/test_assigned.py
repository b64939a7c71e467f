"""Who is held to one unit gets nothing of another: no sheet, row, picture or download, by whatever way."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from urllib.parse import quote

import pytest

from omr.audit.items import items
from omr.cli.session import opened
from omr.model.account import Role
from omr.store.log import Wanted, log_rows
from omr.store.store import Store

SCANS = Path(__file__).parents[3] / "samples" / "scans"


@pytest.fixture
def read(app, person, token, tmp_path):
    """Two units with real sheets, rows to be settled and pictures."""
    folders = sorted(each for each in SCANS.iterdir() if each.is_dir())
    for unit, folder in zip(("CB01", "CB02"), folders, strict=True):
        shutil.copytree(folder, tmp_path / "scans" / unit)
    person.post("/intake", data={"csrf": token, "folder": str(tmp_path / "scans")})
    app.state.intake.wait()
    assert app.state.intake.progress().fault == ""


def addresses(path, unit, of):
    """Return the addresses, under `unit`, of the sheets and rows that `of` has."""
    with opened(path) as office:
        sheets = list(office.sheets(unit=of))
        rows = [card.id for item in items(sheets) for card in item.rows]
    base = f"/units/{quote(unit)}"
    found = [f"{base}/sheets/{quote(sheet.sheet.name)}" for sheet in sheets]
    found += [f"{each}/{number}.png" for each in found for number in (1, 2)]
    return [*found, *(f"{base}/audit/{row}/row.png" for row in rows), f"{base}/summary.xlsx", f"{base}/audit"]


@pytest.mark.slow
@pytest.mark.usefixtures("read")
def test_real_sheets_rows_and_pictures_of_another_unit_are_not_to_be_had(account, sign_in, path):
    account("Lan", Role.HEAD, ["CB01"])
    client = sign_in("Lan")[0]
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/").text)[1]
    assert client.get("/units/CB01/audit").status_code == 200
    mine = [client.get(address).status_code for address in addresses(path, "CB01", "CB01")]
    assert mine.count(200) > 10
    with opened(path) as office:
        theirs = {sheet.sheet.name for sheet in office.sheets(unit="CB02")}
        before = len(office.store.verdicts())
    assert len(addresses(path, "CB02", "CB02")) > 10
    for unit in ("CB02", "CB01"):
        for address in addresses(path, unit, "CB02"):
            if unit == "CB01" and address.endswith(("summary.xlsx", "audit")):
                continue
            assert client.get(address).status_code == 404, address
            if not address.endswith((".png", ".xlsx")):
                form = {"csrf": token, "do": "=blank", "question": "a1", "chosen": "=blank"}
                assert client.post(address, data=form).status_code == 404, address
    for address in (
        "/",
        "/log",
        "/units/CB01",
        "/units/CB01/sheets",
        "/units/CB01/rejections",
        "/units/CB01/rescans",
    ):
        assert not [name for name in theirs if name in client.get(address).text], address
    with opened(path) as office:
        assert len(office.store.verdicts()) == before


@pytest.mark.slow
@pytest.mark.usefixtures("read")
def test_each_look_decision_and_download_is_logged_with_who_and_whose(account, sign_in, path):
    account("Lan", Role.HEAD)
    client = sign_in("Lan")[0]
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/").text)[1]
    for address in addresses(path, "CB01", "CB01"):
        client.get(address)
    with opened(path) as office:
        card = next(card for item in items(office.sheets(unit="CB01")) for card in item.rows)
    client.get("/units/CB01/audit")
    at = f"/units/CB01/sheets/{quote(card.sheet)}"
    client.post(at, data={"csrf": token, "question": card.question, "chosen": "=blank"})
    with Store.open(path) as store:
        rows = log_rows(store, Wanted(who="Lan", unit="CB01"), 999)
    told = {row.what for row in rows}
    assert {"sheet looked at", "page looked at", "audit opened", "workbook downloaded", "verdict"} <= told
    verdict = next(row for row in rows if row.what == "verdict")
    assert verdict.detail == f"{card.sheet} {card.question}: "
