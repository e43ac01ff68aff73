"""A server that is away for a while: at least until whoever needs it has said so on /readyz."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic

from oracle_cdc.demo.program import ask_complaint

#: It is away for at least this time, and at most until all have said so.
AWAY_SECONDS, MOST_AWAY_SECONDS = 3.0, 20.0
SHOWN_CHARACTERS = 160


@dataclass(frozen=True)
class Witness:
    """A copy of the service that needs a server. words: a pattern of what it says without it."""

    name: str
    health_port: int
    words: str = ""


class Outage:
    """The outage of one server.

    Parameters:
        server: what people call it.
        how: what is done to it, in words.
        witnesses: who must say that they are not ready.
        say: prints a line.
    """

    def __init__(
        self,
        server: str,
        how: str,
        go_away: Callable[[], None],
        come_back: Callable[[], None],
        *,
        witnesses: Sequence[Witness],
        say: Callable[[str], None],
    ) -> None:
        self.server = server
        self.how = how
        self.go_away = go_away
        self.come_back = come_back
        self.witnesses = witnesses
        self.say = say
        self.began_at: float | None = None
        self.complaints: dict[str, str] = {}
        self.is_over = False

    def begin(self) -> None:
        self.go_away()
        self.began_at = monotonic()
        self.say(f"{self.server} is away: {self.how}")

    def look(self) -> None:
        """Note who says that the server is away, and let it come back once all have."""
        assert self.began_at is not None
        for witness in self.witnesses:
            self.hear(witness)
        seconds = monotonic() - self.began_at
        if seconds < AWAY_SECONDS:
            return
        if len(self.complaints) == len(self.witnesses) or seconds > MOST_AWAY_SECONDS:
            self.come_back()
            self.is_over = True
            self.say(f"after {monotonic() - self.began_at:.1f} s {self.server} is back")

    def hear(self, witness: Witness) -> None:
        """Ask a witness that has not said so yet."""
        if witness.name in self.complaints:
            return
        complaint = ask_complaint(witness.health_port)
        if complaint and re.search(witness.words, complaint):
            self.complaints[witness.name] = complaint
            shown = complaint
            if len(shown) > SHOWN_CHARACTERS:
                shown = f"{shown[:SHOWN_CHARACTERS]} ..."
            self.say(f"the {witness.name} is not ready (/readyz): {shown}")

    def find_missed(self) -> Iterator[str]:
        """Yield what did not happen as it should have."""
        if self.began_at is None:
            yield f"{self.server} was never away"
            return
        for witness in self.witnesses:
            if witness.name not in self.complaints:
                yield (
                    f"{self.server} was away, and the {witness.name} never said on /readyz "
                    "that it is not ready"
                )
