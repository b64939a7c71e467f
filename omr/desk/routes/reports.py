"""Reports of a unit to download: whatever `omr report` writes, each made when it is asked for."""

from __future__ import annotations

import io
import mimetypes
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from fastapi import APIRouter, HTTPException, Request, Response

from omr.desk.config import Write
from omr.desk.render import page

router = APIRouter()

_ALL = "reports.zip"


@router.get("/units/{code}/reports")
def reports(request: Request, code: str) -> Response:
    """What there is to download; nothing of it is made yet."""
    with request.app.state.config.opened() as office:
        names = list(_files(request, office, code))
    return page(request, "reports.html", code=code, names=names, whole=_ALL)


@router.get("/units/{code}/reports/{name}")
def report(request: Request, code: str, name: str) -> Response:
    """One of them, or all in one file."""
    with request.app.state.config.opened() as office, TemporaryDirectory() as folder:
        files = _files(request, office, code)
        if name not in {_ALL, *files}:
            raise HTTPException(404)
        for made in files if name == _ALL else (name,):
            files[made](Path(folder))
        body = _zipped(Path(folder)) if name == _ALL else Path(folder, name).read_bytes()
        office.store.record("report downloaded", name, who=request.state.session.who, unit=code)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(body, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _files(request: Request, office: Any, code: str) -> Mapping[str, Write]:  # noqa: ANN401 (an open office)
    """Return what writes each file of a unit's report, by its name."""
    config = request.app.state.config
    if config.report is None or code not in office.store.units():
        raise HTTPException(404)
    files: Mapping[str, Write] = config.report(office, code)
    return files


def _zipped(folder: Path) -> bytes:
    """Return everything in a folder as a ZIP; what lies in folders below it is linked to from its pages."""
    whole = io.BytesIO()
    with ZipFile(whole, "w", ZIP_DEFLATED) as zipped:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            zipped.write(path, path.relative_to(folder).as_posix())
    return whole.getvalue()
