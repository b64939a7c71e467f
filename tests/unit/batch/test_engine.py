"""A worker holds on to its memory from page to page, and to its life as long as the main process."""

import os
import platform
import signal
import subprocess
import sys
from threading import Thread

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


_MAIN = """
import os, time
from omr.batch.engine import Reader, local
from omr.settings import DEFAULT
print(local(Reader({}, DEFAULT), 1).submit(os.getpid).result(), flush=True)
time.sleep(600)
"""


def test_a_worker_ends_with_a_main_process_that_is_killed():
    with subprocess.Popen((sys.executable, "-c", _MAIN), stdout=subprocess.PIPE, text=True) as main:
        worker = int(main.stdout.readline())
        main.kill()
        # The worker has the same output, which ends when the last who holds it is gone.
        waiting = Thread(target=main.stdout.read)
        waiting.start()
        waiting.join(60)
        outlived = waiting.is_alive()
        if outlived:
            os.kill(worker, signal.SIGTERM)
        waiting.join()
    assert not outlived
