"""Twenty reviewers at one desk, and the desk killed under them: no decision is lost, none is kept twice."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock

import httpx2 as httpx
import pytest

from bench.desk import UNIT, busy_store
from omr.store.store import Store

REVIEWERS, CARDS = 20, 2000

# The link opens one session; twenty people have twenty, each as if the link had been theirs.
DESK = """
import json, socket, sys
from functools import partial
from pathlib import Path
import uvicorn
from omr.cli.session import opened
from omr.desk.app import create_app
from omr.desk.config import Config, hosts_of
store = Path(sys.argv[1])
listening = socket.create_server(("127.0.0.1", 0))
port = listening.getsockname()[1]
app = create_app(Config(store, partial(opened, store), hosts_of("127.0.0.1", port), "key", "en"))
cookies = []
for _person in range(int(sys.argv[2])):
    app.state.sessions._key = "key"
    cookies.append(app.state.sessions.redeem("key"))
print(json.dumps([port, cookies]), flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(sockets=[listening])
"""


@contextmanager
def desk(store):
    """Run a desk of one process; give it, its address and the cookies of its sessions."""
    command = [sys.executable, "-c", DESK, str(store), str(REVIEWERS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        port, cookies = json.loads(process.stdout.readline())
        try:
            yield process, f"http://127.0.0.1:{port}", cookies
        finally:
            process.kill()


class Acknowledged:
    """Which cards the desk said were settled, in all threads; `enough` kills the desk under them."""

    def __init__(self, enough=None, kill=None):
        self.cards, self.faults, self._lock = Counter(), [], Lock()
        self._enough, self._kill = enough, kill

    def add(self, card):
        """Count a card."""
        with self._lock:
            self.cards[card] += 1
            if self._enough is not None and self.cards.total() == self._enough:
                self._kill()

    @property
    def killed(self):
        """True once the desk was killed."""
        return self._enough is not None and self.cards.total() >= self._enough


def review(address, cookie, name, done):
    """Settle card after card until none is left or the desk is gone."""
    here = f"/units/{UNIT}/audit"
    with httpx.Client(base_url=address, cookies={"omr_session": cookie}, timeout=120) as client:
        try:
            token = re.search(r'name="csrf" value="([^"]+)"', client.get("/intake").text)[1]
            headers = {"HX-Request": "true", "X-CSRF-Token": token}
            client.post("/name", data={"csrf": token, "who": name, "then": "/"})
            page = client.get(here)
            while card := re.search(r'hx-post="[^"]*/audit/([0-9a-f]{16})"', page.text):
                page = client.post(f"{here}/{card[1]}", data={"do": "=blank"}, headers=headers)
                if page.status_code != 200 or "Somebody else" in page.text:
                    done.faults.append((page.status_code, page.text[:200]))
                    return
                done.add(card[1])
            # What others have at hand is theirs: whoever comes last to an end has nothing left.
            if page.status_code != 200 or "Nothing is left" not in page.text:
                done.faults.append((page.status_code, page.text[:200]))
        except httpx.TransportError as broken:
            if not done.killed:
                done.faults.append(repr(broken))


def everybody(address, cookies, done):
    with ThreadPoolExecutor(REVIEWERS) as crowd:
        for number, cookie in enumerate(cookies):
            crowd.submit(review, address, cookie, f"Người {number}", done)


@pytest.mark.slow
def test_twenty_reviewers_settle_two_thousand_cards_through_a_desk_that_is_killed(tmp_path):
    path = busy_store(tmp_path, CARDS)
    with desk(path) as (process, address, cookies):
        before = Acknowledged(CARDS // 2, process.kill)
        everybody(address, cookies, before)
        assert before.faults == []
        assert process.wait(30) == -signal.SIGKILL
    with Store.open(path) as store:
        kept = Counter((verdict.sheet, verdict.question) for verdict in store.verdicts())
        assert store.breaks() == ()
    # What was acknowledged is there; a decision in flight may be there without its answer.
    assert CARDS // 2 <= before.cards.total() <= kept.total() <= before.cards.total() + REVIEWERS
    with desk(path) as (_process, address, cookies):
        after = Acknowledged()
        everybody(address, cookies, after)
    assert after.faults == []
    assert not before.cards.keys() & after.cards.keys()
    with Store.open(path) as store:
        verdicts = store.verdicts()
        assert store.breaks() == ()
    settled = Counter((verdict.sheet, verdict.question) for verdict in verdicts)
    assert kept.items() <= settled.items()
    assert (len(settled), set(settled.values())) == (CARDS, {1})
    assert len({verdict.reviewer for verdict in verdicts}) == REVIEWERS
    assert after.cards.total() == CARDS - kept.total()
