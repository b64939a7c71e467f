"""The rules that a sheet is scored by: those its unit was signed with, else those in use."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from omr.errors import StoreError
from omr.i18n import _
from omr.model.layout import Layout
from omr.score.rules import Rules, parse_rules
from omr.store.closings import closed_places, standing
from omr.store.scores import kept_rules
from omr.store.store import Store

RulesOf = Callable[[Layout], Rules]
RulesFor = Callable[[str, int, Layout], Rules]
"""The rules of a sheet of a unit and year."""


def signed_rules(store: Store, rules_of: RulesOf) -> RulesFor:
    """Return what finds the rules of a sheet; rules_of: those in use.

    What it returns raises StoreError where the rules that a closed unit was signed with are not kept as they
    were.
    """
    if not standing(store):
        return lambda _unit, _year, layout: rules_of(layout)
    kept = {each.digest: each for each in kept_rules(store)}

    @cache
    def signed(unit: str, year: int) -> dict[str, str]:
        held = closed_places(store, [(unit, year)]).get((unit, year))
        return {each.form_rules: each.digest for each in held.rules if each.unit == unit} if held else {}

    @cache
    def parsed(digest: str) -> Rules:
        rules = parse_rules(kept[digest].body, kept[digest].id) if digest in kept else None
        if rules is None or rules.digest != digest:
            raise StoreError(
                _(
                    "{path}: the rules {digest} that a unit was signed with were altered. Use a backup."
                ).format(path=store.path, digest=digest)
            )
        return rules

    def rules_for(unit: str, year: int, layout: Layout) -> Rules:
        digest = signed(unit, year).get(layout.scoring)
        return rules_of(layout) if digest is None else parsed(digest)

    return rules_for
