"""Who may work at a desk that several machines share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person is at the desk for."""

    OPERATOR = "operator"
    REVIEWER = "reviewer"
    HEAD = "head"
    ADMIN = "admin"


class State(StrEnum):
    """Whether an account opens the desk. TEMPORARY: only to choose a password of one's own."""

    OPEN = "open"
    TEMPORARY = "temporary"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account as it stands now.

    name: what their verdicts bear, never given to another person. units: codes they are held to, or None for
    every unit. secret: Argon2 hash of the password, "" where it is not the one omr kept. at: when the
    account was made, ISO 8601 in UTC.
    """

    name: str
    role: Role
    units: frozenset[str] | None
    state: State
    secret: str
    at: str = ""

    @property
    def is_open(self) -> bool:
        """True where the person may sign in."""
        return self.state is not State.CLOSED
