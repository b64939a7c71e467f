"""How often something may fail before it has to wait: for passwords that are tried one after the other."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from time import monotonic

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `tries` failures of one `key` within `seconds`."""

    key: str
    tries: int
    seconds: float


_MOST_KEYS = 10_000
"""Keys that are remembered: about 2 MB. The one that failed longest ago is forgotten first."""


class Brake:
    """Counts failures by key. Thread-safe.

    A try counts from its beginning, so that many at once gain nothing. One that is refused does not count:
    whoever is refused is let in after a while, however long it goes on.
    """

    def __init__(self, clock: Clock = monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._failed: OrderedDict[str, deque[float]] = OrderedDict()

    def __len__(self) -> int:
        """Return how many keys are remembered."""
        return len(self._failed)

    def take(self, limits: Sequence[Limit]) -> float:
        """Begin a try: return 0.0 where every limit has room, else the seconds until all have."""
        with self._lock:
            wait = max(self._wait(limit) for limit in limits)
            for limit in limits if wait <= 0 else ():
                self._failed.setdefault(limit.key, deque(maxlen=limit.tries)).append(self._clock())
                self._failed.move_to_end(limit.key)
            while len(self._failed) > _MOST_KEYS:
                self._failed.popitem(last=False)
            return max(wait, 0.0)

    def give_back(self, limits: Sequence[Limit]) -> None:
        """The try succeeded: it was no failure."""
        with self._lock:
            for limit in limits:
                tries = self._failed.get(limit.key)
                if tries:
                    tries.pop()
                if not tries:
                    self._failed.pop(limit.key, None)

    def _wait(self, limit: Limit) -> float:
        """Return how long until a limit has room; the deque holds no more tries than the limit allows."""
        tries = self._failed.get(limit.key, deque[float]())
        return tries[0] + limit.seconds - self._clock() if len(tries) >= limit.tries else 0.0
