"""The service broken on purpose: the mutations of `make mutants` that break a guarantee."""

from __future__ import annotations

from dataclasses import dataclass

from tests.chaos.rounds.game import CONVERSATIONS, Game
from tests.mutants.mutation import Mutation
from tests.mutants.tables import BY_NAME


@dataclass(frozen=True)
class Hunt:
    """A mutation, by its name, and the rounds that are known to catch it.

    Parameters:
        own: the mutation, where it is none of `make mutants`.
    """

    name: str
    kind: str
    seed: int
    game: Game = CONVERSATIONS
    own: Mutation | None = None

    @property
    def mutation(self) -> Mutation:
        return self.own or BY_NAME[self.name]


HUNTS = (
    Hunt("mark before send", "kills", 1),
    Hunt("delete before commit", "answers", 1),
    Hunt("limit before anti-join", "crowded", 1),
    Hunt("fraction of a second lost", "kills", 1),
    Hunt("an expired lease written over", "frozen", 1),
    Hunt("bare SYSTIMESTAMP in a session of another zone", "talking", 1),
    Hunt("a result of an older revision winning", "answers", 1),
    Hunt("an error of the database taken for one of its rows", "faulty", 1),
    Hunt("a call that fails by itself waits for the database", "unreadable", 1),
    Hunt("what failed together before its lease ended is not sent apart", "poisoned", 3),
    Hunt("a notification's answer left in its envelope", "wrapped", 1),
    Hunt("a revision that was never sent is trusted", "answers", 1),
    Hunt("times not accounted for", "edited", 1),
    Hunt("shrunk call sent shorter", "purged", 1),
    Hunt("judged and not noted", "endless", 1),
    Hunt("lease not looked at before a request", "stalled", 1),
    Hunt("held row set aside at the claim", "held", 1),
)
