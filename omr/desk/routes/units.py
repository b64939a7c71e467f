"""Every unit at a glance, and one unit with its workbook."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import APIRouter, HTTPException, Request, Response

from omr.audit.told import told_checks
from omr.desk.closing import sign_offs
from omr.desk.overview import unit_state, unit_states, unit_workbook
from omr.desk.refusals import unit_refusals
from omr.desk.render import page
from omr.desk.sessions import NOBODY
from omr.desk.words import local

router = APIRouter()

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/")
def units(request: Request) -> Response:
    """Every unit at a glance."""
    with request.app.state.config.opened() as office:
        seen = [each for each in unit_states(office) if request.state.session.sees(each.code)]
    return page(request, "units.html", units=seen)


@router.get("/units/{code}")
def unit(request: Request, code: str) -> Response:
    """One unit: its ledger, what keeps it from being signed off, and its refused scans."""
    return unit_page(request, code)


def unit_page(request: Request, code: str, fault: str = "") -> Response:
    """Return the page of a unit; fault: why it was not signed off or opened again."""
    with request.app.state.config.opened() as office:
        ledger, signing = sign_offs(office, code)
        found = unit_state(unit_states(office, ledger.rows), code)
        told = told_checks(office.store, office.sheets(unit=code), code)
        refused = [each for each in unit_refusals(office, code) if each.is_open]
    if found is None:
        raise HTTPException(404)
    shown = page(
        request,
        "unit.html",
        unit=found,
        refused=refused,
        checks=told,
        signing=signing,
        fault=fault,
        named=request.state.session.who != NOBODY,
        local=local,
    )
    shown.status_code = 422 if fault else 200
    return shown


@router.get("/units/{code}/summary.xlsx")
def workbook(request: Request, code: str) -> Response:
    """The unit's workbook."""
    with request.app.state.config.opened() as office, TemporaryDirectory() as folder:
        found = unit_state(unit_states(office), code)
        if found is None:
            raise HTTPException(404)
        path = Path(folder) / "summary.xlsx"
        unit_workbook(office, found, path)
        office.store.record("workbook downloaded", who=request.state.session.who, unit=code)
        body = path.read_bytes()
    # The name is fixed: a unit's own might not be a file name.
    return Response(
        body, media_type=_XLSX, headers={"Content-Disposition": 'attachment; filename="summary.xlsx"'}
    )
