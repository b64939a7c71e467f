"""Flows in a network: can one arc carry another whole number, while everything known stays as it is?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Arc:
    """A pipe from one node to another: what flows in it, and the least and most that others may think of."""

    id: Hashable
    start: Hashable
    end: Hashable
    flow: int
    least: int
    most: int


class Network:
    """A circulation: at each node as much flows in as out."""

    def __init__(self, arcs: Sequence[Arc]) -> None:
        self._arcs = {arc.id: arc for arc in arcs}
        self._ways: dict[Hashable, list[tuple[Hashable, Hashable]]] = defaultdict(list)
        for arc in arcs:
            if arc.flow < arc.most:
                self._ways[arc.start].append((arc.end, arc.id))
            if arc.flow > arc.least:
                self._ways[arc.end].append((arc.start, arc.id))

    def can_change(self, name: Hashable) -> bool:
        """True where another circulation within the bounds differs in this arc.

        It does where the arc lies on a cycle of the residual network (L. R. Ford, D. R. Fulkerson,
        Flows in Networks, 1962).
        """
        arc = self._arcs[name]
        more = arc.flow < arc.most and self._leads(arc.end, arc.start, name)
        return more or (arc.flow > arc.least and self._leads(arc.start, arc.end, name))

    def _leads(self, start: Hashable, end: Hashable, without: Hashable) -> bool:
        seen, left = {start}, [start]
        while left:
            at = left.pop()
            if at == end:
                return True
            for node, arc in self._ways[at]:
                if arc != without and node not in seen:
                    seen.add(node)
                    left.append(node)
        return False
