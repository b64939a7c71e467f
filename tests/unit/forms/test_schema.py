"""The schema for editors is the one the loader uses, and the shipped layouts obey it."""

from __future__ import annotations

from pathlib import Path

from omr.forms.schema import json_schema

SCHEMA = Path(__file__).parents[3] / "docs" / "layout.schema.json"


def test_the_schema_in_docs_is_current():
    """Refresh it by `omr layout schema > docs/layout.schema.json`."""
    assert SCHEMA.read_text(encoding="utf-8") == json_schema()
