"""Late commits, lost answers, lost sessions and new copies by chance: each row is kept once."""

from __future__ import annotations

import random

import pytest

from oracle_cdc.errors import HeldElsewhere, StoreUnavailable
from standins.tcpproxy import TcpProxy, proxying
from tests.mariadb.schema import Schema
from tests.relay.world import RelayWorld

LATENESS = (0.5, 1.5, 3.0, 8.0, 25.0)
FAILURES = ("nothing", "nothing", "save", "commit", "aside", "session", "copy", "pause")


class Story:
    """A relay by way of a proxy, and what happens to it by chance."""

    def __init__(self, schema: Schema, proxy: TcpProxy, chance: random.Random) -> None:
        self.schema = schema
        self.proxy = proxy
        self.chance = chance
        tracking = schema.tracking(port=proxy.port)
        self.world = RelayWorld(tracking=tracking, program=schema.program, max_rows=7)
        self.committed = 0

    def commit(self, now: float) -> None:
        for _ in range(self.chance.randrange(7)):
            self.committed += 1
            time = max(0.0, now - self.chance.choice(LATENESS))
            self.world.source.commit(f"k{self.committed:04}", time)

    def happen(self) -> None:
        what = self.chance.choice(FAILURES)
        if what == "save":
            self.proxy.loses_answer_to = b"UPDATE ETL_PRMREC"
        elif what == "commit":
            self.proxy.loses_answer_to = b"COMMIT"
        elif what == "aside":
            self.world.destination.refuses[f"k{self.committed:04}"] = -1
        elif what == "session":
            self.schema.kill_sessions()
        elif what == "copy":
            self.world.tracking.close()
            self.world.tracking = self.schema.tracking(port=self.proxy.port)
            self.world.restart()
        elif what == "pause":
            self.schema.set("STATUS", "PAUSED")

    def cycle(self, now: float) -> None:
        try:
            self.world.cycle(now)
        except (StoreUnavailable, HeldElsewhere):
            return

    def let_go(self) -> None:
        self.schema.administer("UPDATE ETL_PRMREC SET STATUS = 'RUNNING' WHERE STATUS = 'PAUSED'")

    def handled(self) -> set[str]:
        rows = self.schema.administer("SELECT ROW_KEY FROM ETL_SET_ASIDE")
        return self.world.destination.keys | {row["ROW_KEY"] for row in rows}


@pytest.mark.parametrize("seed", range(6))
def test_whatever_fails_each_row_is_kept_once(schema: Schema, seed: int) -> None:
    with proxying(schema.server.port) as proxy:
        story = Story(schema, proxy, random.Random(seed))
        for step in range(15):
            now = 20.0 + 5 * step
            story.commit(now)
            story.happen()
            story.cycle(now)
            story.let_go()
        proxy.loses_answer_to = b""
        for step in range(15):
            story.cycle(120.0 + step)
        rows = set(story.world.source.rows)
        assert story.handled() == rows
        assert len(story.world.destination.order) == len(story.world.destination.keys)
        tallies = story.world.tracking.read_tallies()
        assert sum(tallies.values()) == len(rows)
