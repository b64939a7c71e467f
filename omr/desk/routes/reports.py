"""Reports of a unit to download: whatever `omr report` writes, made when it is asked for."""

from __future__ import annotations

import io
import mimetypes
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile

from fastapi import APIRouter, HTTPException, Request, Response

from omr.desk.render import page

router = APIRouter()

_ALL = "reports.zip"


@router.get("/units/{code}/reports")
def reports(request: Request, code: str) -> Response:
    """What there is to download."""
    made = {name: len(body) for name, body in _made(request, code).items() if "/" not in name}
    return page(request, "reports.html", code=code, made=made, whole=_ALL)


@router.get("/units/{code}/reports/{name}")
def report(request: Request, code: str, name: str) -> Response:
    """One of them, or all in one file."""
    made = _made(request, code)
    body = _zipped(made) if name == _ALL else made.get(name)
    if body is None:
        raise HTTPException(404)
    with request.app.state.config.opened() as office:
        office.store.record("report downloaded", name, who=request.state.session.who, unit=code)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(body, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _made(request: Request, code: str) -> Mapping[str, bytes]:
    """Return every report of a unit by its path; what lies in folders is for the ZIP, and linked there."""
    config = request.app.state.config
    with config.opened() as office, TemporaryDirectory() as folder:
        if config.report is None or code not in office.store.units():
            raise HTTPException(404)
        config.report(office, code, Path(folder))
        files = sorted(path for path in Path(folder).rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def _zipped(files: Mapping[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with ZipFile(whole, "w", ZIP_DEFLATED) as zipped:
        for name, body in files.items():
            zipped.writestr(name, body)
    return whole.getvalue()
