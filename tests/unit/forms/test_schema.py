"""The schema for editors is the one the loader uses, and the page about it knows every key."""

from __future__ import annotations

import json
import re
from pathlib import Path

from omr.forms.check import check
from omr.forms.editors import json_schema
from omr.forms.load import parse_form

DOCS = Path(__file__).parents[3] / "docs"


def test_the_schema_in_docs_is_current():
    """Refresh it by `omr layout schema > docs/layout.schema.json`."""
    assert (DOCS / "layout.schema.json").read_text(encoding="utf-8") == json_schema()


def test_every_key_is_documented():
    page = (DOCS / "layout-format.md").read_text(encoding="utf-8")
    schema = json.loads(json_schema())
    parts = [schema, *schema["$defs"].values()]
    keys = {key for part in parts for key in part.get("properties", ())}
    assert {key for key in keys if f"`{key}`" not in page and f"`{key}:" not in page} == set()


def test_the_example_in_docs_is_a_sound_layout():
    page = (DOCS / "layout-format.md").read_text(encoding="utf-8")
    example = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert example
    form, faults = parse_form(example.group(1))
    assert faults == ()
    assert form
    assert check(form) == ()
