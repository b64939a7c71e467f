"""What editors are told of layout files."""

from __future__ import annotations

import json

from pydantic import TypeAdapter

from omr.forms.existing import ExistingForm
from omr.forms.schema import Form


def json_schema() -> str:
    """Return the JSON Schema of a layout file, for editors; `docs/layout.schema.json` is this text."""
    either: TypeAdapter[Form | ExistingForm] = TypeAdapter(Form | ExistingForm)
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **either.json_schema()}
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
