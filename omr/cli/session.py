"""What most commands work with: the store, every layout it may meet, and the rules that score them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from omr.cli.console import say
from omr.errors import UsageError
from omr.i18n import _

if TYPE_CHECKING:
    from omr.batch.engine import Reader
    from omr.batch.ledger import Ledger
    from omr.batch.results import SheetResult
    from omr.forms.catalogue import Catalogue
    from omr.model.layout import Layout
    from omr.score.rules import Rules
    from omr.store.store import Store


@dataclass(frozen=True, slots=True)
class Session:
    """An open store with the layouts it knows, by digest."""

    store: Store
    catalogue: Catalogue
    layouts: Mapping[str, Layout]

    def rules(self, layout: Layout) -> Rules:
        """Return the scoring rules of a layout. Raises LayoutError where its rule file is absent or wrong."""
        return _rules(self.catalogue, _Unhashed(layout))

    def keep_rules(self) -> None:
        """Keep the rule files that score what came back, for the day one of them is changed."""
        from omr.batch.rescoring import keep_rules_in_use

        keep_rules_in_use(self.store, self.layouts, self.catalogue.rules)

    def reader(self, named: str | None = None) -> Reader:
        """Return what reads scans: pages by their code, or by their print where others printed the form.

        named: the one form whose pages may come without a code; any of the known ones where None. What is
        read by print is kept in the store as well. Raises UsageError where there is no such form.
        """
        from omr.batch.engine import Reader
        from omr.draft.freeze import current
        from omr.read.known import index_of
        from omr.settings import DEFAULT

        existing = current(self.catalogue, self.layouts)
        for problem in existing.problems:
            say(problem)
        asked = [layout for layout in existing.layouts if named in {None, layout.id}]
        if named is not None and not asked:
            raise UsageError(
                _("There is no form '{name}' that others printed; there are: {known}.").format(
                    name=named, known=", ".join(sorted({each.id for each in existing.layouts})) or "–"
                )
            )
        for layout in asked:
            self.store.freeze(layout)
        index = index_of(asked, DEFAULT.known, named=named is not None) if asked else None
        layouts = {**self.layouts, **{layout.digest: layout for layout in asked}}
        return Reader(layouts, DEFAULT, index)

    def unit(self, written: str | None, year: int | None) -> str | None:
        """Return the code of the unit that is meant. Raises UsageError where none is, or several are."""
        from omr.people.units import UnitNames

        if written is None:
            return None
        names = UnitNames(self.store.units(year).values())
        if fault := names.fault(written):
            raise UsageError(fault)
        return names.find(written)[0]

    def sheets(self, *, unit: str | None = None, year: int | None = None) -> Iterator[SheetResult]:
        """Yield every returned sheet, settled and scored."""
        from omr.batch.results import results

        return results(self.store, self.layouts, self.rules, unit=unit, year=year)

    def ledger(
        self, *, unit: str | None = None, year: int | None = None
    ) -> tuple[Ledger, frozenset[str] | None]:
        """Return the ledger of `unit` and all below it, of `year`; and these units' codes, None for all."""
        from omr.batch.ledger import whole_ledger
        from omr.model.unit import under
        from omr.store.units import tree_of

        branch = None if unit is None else under(tree_of(self.store, year), unit)
        return whole_ledger(self.store, self.sheets()).within(branch, year), branch


@dataclass(frozen=True, slots=True)
class _Unhashed:
    """A layout that is told by its digest alone: hashing its hundreds of boxes for every sheet takes long."""

    layout: Layout

    def __hash__(self) -> int:
        return hash(self.layout.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Unhashed) and self.layout is other.layout


@cache
def _rules(catalogue: Catalogue, known: _Unhashed) -> Rules:
    from omr.score.rules import rules_of

    return rules_of(known.layout, catalogue.rules)


def known_layouts(store: Path, layouts: Path | None = None) -> Mapping[str, Layout]:
    """Return every frozen layout by digest, those of the store too where it exists; nothing is made."""
    from omr.forms.catalogue import Catalogue, search_folders

    if store.is_file():
        with opened(store, layouts) as session:
            return session.layouts
    return Catalogue(search_folders(layouts, store)).known()


def user() -> str:
    """Return who is signed in at this machine. Raises UsageError where that is not known."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as unknown:
        raise UsageError(_("Say who does it: --by NAME.")) from unknown


@contextmanager
def opened(store: Path, layouts: Path | None = None, *, must_exist: bool = False) -> Iterator[Session]:
    """Open the store for a command. Raises UsageError where it has to exist and does not."""
    from omr.forms.catalogue import Catalogue, search_folders
    from omr.store.store import Store

    if must_exist and not store.is_file():
        raise UsageError(
            _("There is no store {path}. Read scans first (`omr read`), or name it with --store.").format(
                path=store
            )
        )
    catalogue = Catalogue(search_folders(layouts, store))
    with Store.open(store) as open_store:
        yield Session(open_store, catalogue, {**catalogue.known(), **open_store.frozen()})
