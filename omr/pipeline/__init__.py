"""The whole path of a page: scan → identify → register → measure → classify → resolve.

    scan.py       which pages an image shows, and by which of the ways below each is found
    coded.py      a page by its code and squares
    photo.py      a page that a camera saw: laid flat, then as any other
    existing.py   a page that others printed: by its own print
    named.py      a page that a person named
    placed.py     from there on all go one way: a page whose place is known → its `Reading`
    evidence.py   what its boxes hold and what lies around them
    steps.py      the steps of `omr.read` that all these call, in the order of the path

No I/O. Trouble that is expected on paper comes back as a `Rejection`; nothing is guessed.
"""

from __future__ import annotations

from omr.pipeline.existing import read_by_print
from omr.pipeline.named import read_named
from omr.pipeline.placed import reclassify
from omr.pipeline.scan import read_scan

__all__ = ["read_by_print", "read_named", "read_scan", "reclassify"]
