"""Keys that MariaDB would take for one: each row is set aside, and replayed, by itself."""

from __future__ import annotations

from contextlib import closing

from tests.acceptance.eventaside import failures, listed
from tests.integration.eventworlds import MOST_BYTES, EventsWorld
from tests.nats.streams import Streams


def test_rows_whose_keys_differ_in_a_blank_at_the_end_are_both_set_aside_and_replayed(
    events_world: EventsWorld,
) -> None:
    events = events_world
    events.table.run(f"DROP TABLE {events.table.name}")
    events.table.create(
        "ID VARCHAR2(40) PRIMARY KEY, EVENT_TYPE VARCHAR2(20), EVENT_DATA CLOB, CREATED_AT DATE"
    )
    for key in ("x", "x "):
        events.table.run(
            f"INSERT INTO {events.table.name} VALUES (:1, 'OPENED', :2, DATE '2026-11-25')",
            key,
            "x" * MOST_BYTES,
        )
    events.drain()
    assert len(listed(events)) == 2
    events.table.run(f"UPDATE {events.table.name} SET EVENT_DATA = 'mended'")

    code, out, _ = failures(events, "replay", "--all", "--yes")

    assert (code, "2 replayed, 0 kept" in out, listed(events)) == (0, True, [])
    with closing(Streams(events.nats.url)) as streams:
        assert len(streams.ids(events.stream)) == 2
