"""A table as a Parquet file, for programs: typed columns under their ids, the rows' ids in `id`."""

from __future__ import annotations

from pathlib import Path

from omr.errors import OmrError, reason_of
from omr.i18n import _
from omr.report.table import Table


def write_parquet(path: Path, table: Table) -> None:
    """Write the frame as it is; a cell that is not shown is empty.

    Raises OmrError where it cannot be written. Needs pyarrow, which is an extra (pip install 'omr[parquet]').
    """
    try:
        table.frame.to_parquet(path)
    except OSError as error:
        raise OmrError(
            _("{path} cannot be written ({reason}). Choose another folder.").format(
                path=path, reason=reason_of(error)
            )
        ) from error
