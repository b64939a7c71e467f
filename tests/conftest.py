"""What every test begins with."""

from __future__ import annotations

import pytest

from omr import i18n


@pytest.fixture(autouse=True)
def english():
    """Speak English, whatever a test before it in this process spoke."""
    i18n.use("en")
