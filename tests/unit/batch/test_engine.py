"""A worker holds on to its memory from page to page."""

import platform
import subprocess
import sys

import pytest

_FAULTS = """
import resource, sys
import numpy as np
from omr.batch.engine import keep_freed_memory
if sys.argv[1] == "keep":
    keep_freed_memory()
def page():
    held = [np.ones(2_200_000, np.uint8) for _array in range(3)]
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
page()
before = page()
print(page() - before)
"""


def _faults(how):
    done = subprocess.run((sys.executable, "-c", _FAULTS, how), capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries decide for themselves")
def test_a_page_after_the_first_fetches_no_memory_anew():
    assert _faults("give back") > 1000
    assert _faults("keep") < 50
