"""Store → every refused scan, whose it is, and whether anything is left to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from omr.model.reading import Reason
from omr.model.settlement import CLOSING, Settlement
from omr.store.records import StoredRejection
from omr.store.store import Store


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused scan; blank pages are among them.

    unit: the one its sheet was issued to, else that of its folder. settlement: what a person did about it.
    elsewhere: the page it shows was read from another scan.
    """

    rejection: StoredRejection
    unit: str
    settlement: Settlement | None
    elsewhere: bool

    @property
    def is_blank(self) -> bool:
        """True for a page with nothing on it: nothing is to be done about it."""
        return self.rejection.reason is Reason.BLANK_PAGE

    @property
    def is_open(self) -> bool:
        """True while something is left to do."""
        done = self.settlement is not None and self.settlement.way in CLOSING
        return not (self.is_blank or done or self.elsewhere)


def refusals(store: Store) -> tuple[Refusal, ...]:
    """Return every refused scan, in the order of the stacks."""
    issued, settled = store.issued_sheets(), store.settlements()
    read = {(page.page.sheet, page.page.page) for page in store.pages()}
    return tuple(
        Refusal(
            each,
            issued[each.sheet].unit if each.sheet in issued else each.scan.unit,
            settled.get(each.scan.id),
            (each.sheet, each.page) in read,
        )
        for each in store.rejections()
    )
