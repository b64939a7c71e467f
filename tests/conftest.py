"""What every test begins with."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from omr import i18n

# A busy machine is slow, not wrong: no example fails for the time it took.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(autouse=True)
def english():
    """Speak English, whatever a test before it in this process spoke."""
    i18n.use("en")
