"""Rows that weigh much, of which fewer come in one round trip."""

from __future__ import annotations

import pytest

from oracle_cdc.conversations.tables.segments import weigh_texts
from oracle_cdc.oracle import session as sessions
from tests.world import World

ROWS = 30


@pytest.mark.parametrize(
    ("characters", "expected"),
    # The first round trip is before anything is known of the rows.
    [(1000, [4, 5, 5, 5, 5, 5, 1]), (1, [4, 12, 12, 2]), (100_000, [4] + [1] * 26)],
)
def test_no_round_trip_brings_much_more_than_it_should(
    world: World, monkeypatch: pytest.MonkeyPatch, characters: int, expected: list[int]
) -> None:
    world.record("1", *[("A", "x" * characters)] * ROWS)
    monkeypatch.setattr(sessions, "FIRST_ROWS", 4)
    monkeypatch.setattr(sessions, "FETCH_BYTES", 10_000)

    with world.application().database.session() as session:
        fetched = session.fetch("peek_segments", ["1"], rows_per_fetch=12, weigh=weigh_texts)
        counts = [len(rows) for _, rows in fetched]

    assert counts == expected
