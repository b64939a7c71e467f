"""Key press → next card: the desk with many open cards, beside a bare page changed by the same htmx.

    .venv/bin/python -m bench.desk [--cards 10000] [--presses 200]

Both are driven in one Chromium in one run, in turns, so that a busy machine slows both. Time runs from the
key's event to the first frame with the next card and its decoded picture. Exits 1 where the 95th percentile
is more than three times the bare page's.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from reportlab.pdfgen.canvas import Canvas

from omr.forms.catalogue import Catalogue, shipped
from omr.intake.frames import open_source, scans
from omr.model.layout import Layout
from omr.model.pagecode import new_serial
from omr.model.reading import Cause, Doubt, Issue, Reading
from omr.model.scan import Scan, ScanId, Source
from omr.pipeline import read_scan
from omr.store.store import Store

UNIT = "CB01"
ROOT = Path(__file__).parents[1]
_SAMPLE = min((ROOT / "samples" / "scans").rglob("nghean*.jpg"))
_ROWS = 10
_DOUBTS = (Doubt.FAINT, Doubt.BESIDE, Doubt.CIRCLED, Doubt.THROUGH, Doubt.CONFIDENCE)
"""Doubtful rows of each made sheet, two of a kind: three alike would be one question."""

_GOAL = 3.0

_WATCH = """
() => {
  window.times = [];
  let pressed = null;
  document.addEventListener("keydown", () => { pressed = performance.now(); }, true);
  document.addEventListener("htmx:after:swap", async () => {
    const began = pressed, picture = document.querySelector("#card img");
    if (picture) await picture.decode();
    requestAnimationFrame(() => window.times.push(performance.now() - began));
  });
}
"""


def busy_store(folder: Path, cards: int) -> Path:
    """Return a store with `cards` open rows, ten on each of as many sheets, all of one real scan."""
    layouts = Catalogue((shipped(),)).known()
    reading = _doubtful(next(iter(_readings(layouts))))
    sheets = -(-cards // _ROWS)
    source = _stack(folder / "stack.pdf", sheets)
    chance = random.Random(1)
    path = folder / "omr.db"
    with Store.open(path) as store:
        store.add_sources(source)
        store.freeze(layouts[reading.page.digest])
        batch = store.begin_batch([str(folder)], None)
        made = (
            replace(
                reading,
                scan=ScanId(source.sha256, frame),
                page=replace(reading.page, sheet=new_serial(chance.randrange)),
            )
            for frame in range(1, sheets + 1)
        )
        store.put(batch, UNIT, made)
    return path


def _readings(layouts: Mapping[str, Layout]) -> Iterator[Reading]:
    for scan in scans(open_source(_SAMPLE)):
        if isinstance(scan, Scan):
            yield from (each for each in read_scan(scan, layouts) if isinstance(each, Reading))


def _doubtful(reading: Reading) -> Reading:
    """Return the reading with some rows in doubt, each for itself."""
    rows = [answer.question for answer in reading.answers][:: len(reading.answers) // _ROWS][:_ROWS]
    review, doubts = np.zeros_like(reading.review), np.zeros_like(reading.marks.doubts)
    for number, row in enumerate(rows):
        at = next(i for i, box in enumerate(reading.marks.boxes) if box.startswith(f"{row}."))
        review[at], doubts[at] = True, _DOUBTS[number % len(_DOUBTS)]
    answers = tuple(
        replace(answer, issues=(Issue.MARGINAL_MARK,), cause=Cause.READING)
        if answer.question in rows
        else replace(answer, issues=(), cause=Cause.NONE)
        for answer in reading.answers
    )
    return replace(
        reading, review=review, marks=replace(reading.marks, doubts=doubts), answers=answers, strips=()
    )


def _stack(path: Path, pages: int) -> Source:
    """Write a PDF of the one scan, as many times as there are pages."""
    with Image.open(_SAMPLE) as picture:
        size = picture.size
    canvas = Canvas(str(path), pagesize=(595, 842))
    for _page in range(pages):
        canvas.drawImage(str(_SAMPLE), 0, 0, 595, 595 * size[1] / size[0])
        canvas.showPage()
    canvas.save()
    return open_source(path)


@contextmanager
def _desk(store: Path) -> Iterator[str]:
    """Run `omr desk` on a store and give its one-time link."""
    command = [sys.executable, "-c", "from omr.cli import main; main()", "desk", "--store", str(store)]
    spoken = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(
        [*command, "--port", "0", "--no-browser"], stderr=subprocess.PIPE, encoding="utf-8", env=spoken
    ) as desk:
        try:
            yield re.search(r"http://\S+", desk.stderr.readline())[0]
        finally:
            desk.terminate()


@contextmanager
def _bare(card: str, picture: bytes) -> Iterator[str]:
    """Run a server that answers with one fixed card; around it is the desk's htmx and nothing more."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "row.png").write_bytes(picture)
        (folder / "htmx.min.js").write_bytes((ROOT / "omr/desk/static/htmx.min.js").read_bytes())
        (folder / "card.html").write_text(card, "utf-8")
        script = _BARE.format(folder=str(folder))
        with subprocess.Popen(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, encoding="utf-8"
        ) as server:
            try:
                yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
            finally:
                server.terminate()


_BARE = """
import socket, pathlib, uvicorn
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
folder = pathlib.Path({folder!r})
card, picture = (folder / "card.html").read_text("utf-8"), (folder / "row.png").read_bytes()
script = (folder / "htmx.min.js").read_bytes()
page = '<!doctype html><script src="/htmx.js"></script><body>' + card + '''<script>
addEventListener("keydown", () => document.querySelector("#card button").click())</script>'''
app = Starlette(routes=[
    Route("/", lambda request: HTMLResponse(page)),
    Route("/next", lambda request: HTMLResponse(card), methods=["POST"]),
    Route("/row.png", lambda request: Response(picture, media_type="image/png")),
    Route("/htmx.js", lambda request: Response(script, media_type="text/javascript")),
])
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(sockets=[listening])
"""

_CARD = """<section id="card"><form hx-post="/next" hx-target="#card" hx-swap="outerHTML">
<h2>1 Một dòng</h2><img src="/row.png" alt=""><button name="do" value="1">1</button></form></section>"""


def _press(page: Page, key: str, presses: int) -> None:
    """Press a key as often, each time once the next card is there."""
    for _turn in range(presses):
        before = page.evaluate("times.length")
        page.keyboard.press(key)
        # The desk's policy lets no page wait for a condition of ours by itself.
        while page.evaluate("times.length") == before:
            page.wait_for_timeout(2)


def measure(browser: Browser, store: Path, presses: int) -> tuple[list[float], list[float]]:
    """Return the times, ms, of the desk and of the bare page, pressed in turns of twenty."""
    with _desk(store) as link:
        desk = browser.new_page(viewport={"width": 1366, "height": 768})
        desk.set_default_timeout(120_000)
        desk.goto(link)
        desk.goto(link.split("/sign-in")[0] + f"/units/{UNIT}/audit")
        desk.fill("#who", "Lan")
        desk.press("#who", "Enter")
        desk.wait_for_selector("#card img")
        picture = desk.request.get(desk.evaluate("document.querySelector('#card img').src")).body()
        with _bare(_CARD, picture) as address:
            bare = browser.new_page(viewport={"width": 1366, "height": 768})
            bare.goto(address)
            for page in (desk, bare):
                page.bring_to_front()  # a page behind another draws no frames
                page.evaluate(_WATCH)
                _press(page, "1", 10)  # both warm
                page.evaluate("times.length = 0")
            for _turn in range(presses // 20):
                for page in (desk, bare):
                    page.bring_to_front()
                    _press(page, "1", 20)
            return desk.evaluate("times"), bare.evaluate("times")


def main() -> None:
    """Measure, print, and exit 1 where the desk is too slow."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cards", type=int, default=10_000)
    parser.add_argument("--presses", type=int, default=200)
    chosen = parser.parse_args()
    from tests.browser import setup_browser

    chromium = setup_browser.found()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        store = busy_store(Path(folder), chosen.cards)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        desk, bare = measure(browser, store, chosen.presses)
        browser.close()
    print(f"cards open {chosen.cards}, key presses {len(desk)} and {len(bare)}; ms to the next card:")
    for name, times in (("desk", desk), ("bare", bare)):
        print(
            f"{name}: median {np.percentile(times, 50):.1f}, 95th percentile {np.percentile(times, 95):.1f}"
        )
    ratio = np.percentile(desk, 95) / np.percentile(bare, 95)
    print(f"ratio of the 95th percentiles {ratio:.2f}, goal {_GOAL:.0f} at most")
    sys.exit(int(ratio > _GOAL))


if __name__ == "__main__":
    main()
