"""The path of a page looks its steps up in one place, where a clock may stand before each."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest

from bench.speed.stages import STAGES, _steps
from omr import pipeline
from omr.pipeline import steps
from omr.store.store import Store

MODULES = [each.name for each in pkgutil.iter_modules(pipeline.__path__) if each.name != "steps"]


@pytest.mark.parametrize("name", MODULES)
def test_a_step_is_called_from_the_list_of_steps_alone(name):
    module = importlib.import_module(f"omr.pipeline.{name}")
    functions = [each for _name, each in inspect.getmembers(module, inspect.isfunction)]
    assert [each.__name__ for each in functions if each.__module__.startswith("omr.read.")] == []


def test_every_step_in_the_list_is_called():
    source = "".join(inspect.getsource(importlib.import_module(f"omr.pipeline.{name}")) for name in MODULES)
    assert [name for name in steps.__all__ if f"steps.{name}(" not in source] == []


def test_the_clock_stands_before_every_stage_and_every_door_of_the_store():
    clocked = list(_steps())
    assert set(STAGES) - {stage for _home, _name, stage in clocked} == {"decode", "strips", "between"}
    assert {"add_sources", "done_frames", "put"} <= {name for home, name, _stage in clocked if home is Store}
