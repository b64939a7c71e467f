"""A blank that came in → a sketch, behind the desk: its pages drawn, its boxes found, page by page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from threading import Lock, Thread

from omr import i18n
from omr.desk.sketches import Sketches
from omr.desk.sketchfiles import About
from omr.draft.blank import blank_pages
from omr.draft.draft import drafted
from omr.draft.propose import PageProposal, propose
from omr.draft.sheet import BlankPage
from omr.draft.sketch import Standing
from omr.draft.write import write_blank
from omr.errors import OmrError, reason_of
from omr.forms.existing import ExistingForm
from omr.i18n import _
from omr.intake.frames import count_frames
from omr.model.geometry import SizeMm
from omr.overlay import as_png


@dataclass(frozen=True, slots=True)
class Step:
    """How far a draft is: pages done, of how many."""

    done: int
    pages: int


class _GivenUpError(Exception):
    """The desk is being closed."""


class Drafting:
    """Drafts one blank after the other, each in a thread of its own. Thread-safe."""

    def __init__(self, sketches: Sketches) -> None:
        self._sketches, self._lock = sketches, Lock()
        self._steps: dict[str, Step] = {}
        self._turn, self._threads, self._closing = Lock(), list[Thread](), False

    def step(self, about: About) -> Step | None:
        """Return how far the draft of a sketch is, None where nothing is being drafted."""
        with self._lock:
            return self._steps.get(about.token)

    def start(self, about: About, blank: Path) -> None:
        """Draft a blank when those before it are done."""
        self._begin(about, blank, None)

    def start_from(self, about: About, blank: Path, form: ExistingForm) -> None:
        """Take a layout that is there apart, to be worked on."""
        self._begin(about, blank, form)

    def close(self) -> None:
        """Give up after the page in hand: what was not drafted to its end says that it was broken off."""
        self._closing = True
        self.wait()

    def wait(self) -> None:
        """Return when all that was begun is done."""
        for thread in self._threads:
            thread.join()

    def _begin(self, about: About, blank: Path, form: ExistingForm | None) -> None:
        self._show(about, Step(0, 0))
        # The thread tells its faults in the language of the person who began it.
        thread = Thread(target=self._run, args=(about, blank, form, i18n.language()), daemon=True)
        self._threads = [*(each for each in self._threads if each.is_alive()), thread]
        thread.start()

    def _show(self, about: About, step: Step | None) -> None:
        with self._lock:
            self._steps.pop(about.token, None)
            if step is not None:
                self._steps[about.token] = step

    def _run(self, about: About, blank: Path, form: ExistingForm | None, language: str) -> None:
        i18n.use(language)
        fault = _("Drafting broke down; see the terminal of the desk.")
        try:
            with self._turn:
                self._draft(about, blank, form)
            fault = ""
        except _GivenUpError:
            fault = ""
        except OmrError as error:
            fault = str(error).replace(str(blank), about.name)
        except OSError as error:
            fault = _("{path} could not be written ({reason}). Check the folder and the free space.").format(
                path=self._sketches.folder, reason=reason_of(error)
            )
        finally:
            if fault:
                self._sketches.put(replace(about, fault=fault))
            self._show(about, None)

    def _draft(self, about: About, blank: Path, form: ExistingForm | None) -> None:
        folder = self._sketches.path(about)
        if form is None:
            proposals = tuple(self._proposed(about, blank))
            made = drafted(proposals, blank, folder / f"{Path(about.name).stem}.yaml", _this_year())
            first, pages = made.form, [proposal.page for proposal in proposals]
            write_blank(blank, pages, folder / f"blank{Path(made.beside).suffix}")
            standing = Standing.PROPOSED
        else:
            pages = [page for page, _of in self._drawn(about, blank)]
            shutil.copyfile(blank, folder / f"blank{blank.suffix}")
            first, standing = form, Standing.ACCEPTED
        paper = pages[0].size if first.size_mm is None else SizeMm(*first.size_mm)
        self._sketches.set_ready(about, first, paper, len(pages), standing)

    def _proposed(self, about: About, blank: Path) -> Iterator[PageProposal]:
        for page, of in self._drawn(about, blank):
            yield propose(page)
            self._show(about, Step(page.number, of))

    def _drawn(self, about: About, blank: Path) -> Iterator[tuple[BlankPage, int]]:
        """Yield the pages of a blank, each once its picture is kept, and how many there are."""
        count = count_frames(blank)
        self._show(about, Step(0, count))
        for page in blank_pages(blank):
            if self._closing:
                raise _GivenUpError
            picture = as_png(page.gray)
            (self._sketches.path(about) / f"page-{page.number}.png").write_bytes(picture)
            yield page, count


def _this_year() -> int:
    return date.today().year  # noqa: DTZ011  (the year on the office's calendar)
