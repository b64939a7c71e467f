"""Every unit at a glance, and one unit with its workbook."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import APIRouter, HTTPException, Request, Response

from omr.audit.told import told_checks
from omr.desk.overview import unit_state, unit_states, unit_workbook
from omr.desk.refusals import unit_refusals
from omr.desk.render import page

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
    """One unit: its ledger, and what to do about the scans that were refused."""
    with request.app.state.config.opened() as office:
        found = unit_state(unit_states(office), code)
        told = told_checks(office.store, office.sheets(unit=code), code)
        refused = [each for each in unit_refusals(office, code) if each.is_open]
    if found is None:
        raise HTTPException(404)
    return page(request, "unit.html", unit=found, refused=refused, checks=told)


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
