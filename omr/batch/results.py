"""Store → every returned sheet with its settled answers and its score: what tables and reports are made of.

The machine's reading is never changed: a person's verdict stands in front of it, the newest first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from omr.batch.persons import NO_ONE, Person, person_of
from omr.batch.settled import SettledAnswer, settled, standing_verdicts, vanished
from omr.batch.sheets import ReturnedSheet, gather
from omr.batch.signed import RulesOf, signed_rules
from omr.model.layout import Layout, Returns
from omr.model.reading import Reading
from omr.model.score import Score, SheetIssue
from omr.model.unit import IssuedSheet, Member
from omr.model.verdict import INVALID, VALID, Standing, Verdict
from omr.model.written import SIGNED, Written
from omr.read.ink import SAME_SHEET, same_ink
from omr.score.apply import Scorer
from omr.score.rules import Rules
from omr.store import handwriting
from omr.store.records import StoredPage
from omr.store.store import Store
from omr.store.units import newest_roster, roster_of

_FOR_A_PERSON = frozenset({SheetIssue.CONTRADICTION, SheetIssue.UNSIGNED})
"""Issues of a sheet as a whole that somebody has to decide; a missing page stands in the ledger."""

_REMEMBERED = 256
"""Pages whose ink is kept at hand while a serial's copies are compared."""


@dataclass(frozen=True, slots=True)
class SheetResult:
    """One returned sheet.

    unit: the one it was issued to, else the one it was scanned for. folder: where it was scanned.
    readings: what the machine saw, by page number.
    valid: every page is there, unless a person said otherwise. set_aside: a person said it does not count.
    decided: a person said whether it counts, and has looked at it for that.
    rules: what it is scored by; of a closed unit those it was signed with.
    signed: as a person says, who has seen a signature, else as the machine; None for no signature area.
    person: whose it is, as far as that is known.
    """

    sheet: ReturnedSheet
    layout: Layout
    unit: str
    folder: str
    issued: IssuedSheet | None
    readings: Mapping[int, Reading]
    answers: tuple[SettledAnswer, ...]
    rules: Rules
    score: Score
    valid: bool
    set_aside: bool
    decided: bool = False
    signed: bool | None = None
    person: Person = NO_ONE

    @property
    def open_questions(self) -> tuple[str, ...]:
        """Questions a person still has to look at; none of a sheet that does not count."""
        if self.set_aside:
            return ()
        return tuple(each.answer.question for each in self.answers if each.answer.review)

    @property
    def open_as_whole(self) -> tuple[str, ...]:
        """What about the sheet as a whole waits for a person; whether it counts settles it."""
        if self.decided:
            return ()
        provisional = ("provisional",) if self.score.provisional else ()
        return (*provisional, *(str(issue) for issue in self.score.issues if issue in _FOR_A_PERSON))

    def asked_on(self, number: int) -> frozenset[int]:
        """Return which boxes of page `number` are asked about, by index, decided rows among them.

        A row asked about since it was read (a tick that vanished) is asked about in all its boxes.
        """
        boxes, review = self.layout.page(number).boxes, self.readings[number].review.tolist()
        at_reading = {box.question for box, asked in zip(boxes, review, strict=True) if asked}
        since = set(self.open_questions) - at_reading
        return frozenset(at for at, box in enumerate(boxes) if review[at] or box.question in since)


def returned_sheets(store: Store, layouts: Mapping[str, Layout]) -> tuple[ReturnedSheet, ...]:
    """Return all returned sheets, photocopies apart, duplicates found, in order of appearance."""

    @lru_cache(maxsize=_REMEMBERED)
    def ink(row: int) -> bytes:
        return store.ink(row)

    def likeness(one: StoredPage, other: StoredPage) -> float | None:
        return same_ink(ink(one.scan.row), ink(other.scan.row))

    def newest_counts(digest: str) -> bool:
        return digest in layouts and layouts[digest].returns is Returns.REPEATEDLY

    return gather(store.pages(), likeness, SAME_SHEET, newest_counts)


def results(
    store: Store,
    layouts: Mapping[str, Layout],
    rules_of: RulesOf,
    *,
    unit: str | None = None,
    year: int | None = None,
) -> Iterator[SheetResult]:
    """Yield every returned sheet, one at a time, those of `unit` and `year` alone where given.

    layouts: every known frozen layout by digest; a sheet of an unknown one is not returned (its scans
    are rejections). rules_of: the rules in use; sheets of a closed unit are scored as they were signed.
    """
    rules_for = signed_rules(store, rules_of)
    issued = store.issued_sheets()
    verdicts = standing_verdicts(store)
    copied = handwriting.standing(store)
    scorers: dict[tuple[str, str], Scorer] = {}

    def scorer_for(layout: Layout, rules: Rules) -> Scorer:
        key = layout.digest, rules.digest
        if key not in scorers:
            scorers[key] = Scorer.of(layout, rules)
        return scorers[key]

    @lru_cache(maxsize=_REMEMBERED)
    def roster(unit: str, year: int) -> tuple[Member, ...]:
        newest = newest_roster(store)
        return roster_of(store, year, [unit]) or roster_of(store, newest or year, [unit])

    for sheet in returned_sheets(store, layouts):
        layout = layouts.get(sheet.digest)
        if layout is None or (year is not None and sheet.year != year):
            continue
        printed = issued.get(sheet.serial)
        owner = unit_of(sheet, printed)
        if unit is None or owner == unit:
            said, read = verdicts.get(sheet.name, {}), copied.get(sheet.name, {})
            scorer = scorer_for(layout, rules_for(owner, sheet.year, layout))
            person = person_of(layout, printed, read, partial(roster, owner, sheet.year))
            yield replace(_result(store, sheet, printed, owner, said, read, scorer), person=person)


def unit_of(sheet: ReturnedSheet, issued: IssuedSheet | None) -> str:
    """Return whose sheet it is: the unit it was issued to, else that of the folder it was scanned in."""
    return issued.unit if issued is not None and issued.unit else sheet.pages[0].scan.unit


def _result(
    store: Store,
    sheet: ReturnedSheet,
    issued: IssuedSheet | None,
    unit: str,
    verdicts: Mapping[str, Standing],
    copied: Mapping[str, Written],
    scorer: Scorer,
) -> SheetResult:
    layout = scorer.layout
    readings = store.readings(sheet.pages)
    earlier = _earlier_ticks(store, sheet, layout)
    read = {answer.question: answer for reading in readings.values() for answer in reading.answers}
    answers = tuple(
        settled(question, vanished(read[question.id], earlier), verdicts.get(question.id))
        for question in layout.questions
        if question.id in read
    )
    on_sheet = verdicts[""].verdict if "" in verdicts else None
    decided = on_sheet is not None and on_sheet.chosen[:1] in {(VALID,), (INVALID,)}
    signed = _signed(readings, copied)
    made = scorer.score([each.answer for each in answers], missing_pages=sheet.missing, signed=signed)
    return SheetResult(
        sheet=sheet,
        layout=layout,
        unit=unit,
        folder=sheet.pages[0].scan.unit,
        issued=issued,
        readings=readings,
        answers=answers,
        rules=scorer.rules,
        score=replace(made, provisional=made.provisional and not decided),
        valid=_valid(sheet, on_sheet),
        set_aside=on_sheet is not None and on_sheet.chosen == (INVALID,),
        decided=decided,
        signed=signed,
    )


def _earlier_ticks(store: Store, sheet: ReturnedSheet, layout: Layout) -> dict[str, frozenset[str]]:
    """Return what earlier returns of a sheet that comes back again and again had ticked, by question."""
    if layout.returns is not Returns.REPEATEDLY:
        return {}
    ticked: dict[str, frozenset[str]] = {}
    for page in sheet.duplicates:
        for answer in store.reading(page).answers:
            if not answer.review:
                ticked[answer.question] = ticked.get(answer.question, frozenset()) | set(answer.chosen)
    return ticked


def _signed(readings: Mapping[int, Reading], copied: Mapping[str, Written]) -> bool | None:
    """Return what a person says, who has seen a signature, else what the machine sees; None for no area."""
    if any(each.text == SIGNED for each in copied.values()):
        return True
    told = [reading.signed for reading in readings.values() if reading.signed is not None]
    return any(told) if told else None


def _valid(sheet: ReturnedSheet, verdict: Verdict | None) -> bool:
    if verdict is not None and verdict.chosen and verdict.chosen[0] in {VALID, INVALID}:
        return verdict.chosen[0] == VALID
    return not sheet.missing
