"""Times that others wrote are read alike by each Python, of which 3.10 reads the fewest forms."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from oracle_cdc.instants import read_instant, read_time

NOON = datetime(2024, 1, 15, 12, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        ("2024-01-15T12:00:00Z", 0),
        ("2024-01-15 12:00:00+00:00", 0),
        ("2024-01-15T12:00Z", 0),
        ("2024-01-15T12:00:00.5Z", 500_000),
        ("2024-01-15T12:00:00.17+00:00", 170_000),
        ("2024-01-15T12:00:00,1234Z", 123_400),
        ("2024-01-15T12:00:00.123456789Z", 123_456),
        ("2024-01-15T14:00:00.5+0200", 500_000),
        ("2024-01-15T14:00:00+02", 0),
        ("2024-01-15T06:30:00.000001-05:30", 1),
    ],
)
def test_a_time_with_a_zone_is_read_whatever_digits_it_has(text: str, microseconds: int) -> None:
    assert read_instant(text) == NOON + timedelta(microseconds=microseconds)


def test_a_day_and_a_time_without_a_zone_are_no_instants_but_times() -> None:
    for text in ("2024-01-15", "2024-01-15T12:00:00.5"):
        assert read_time(text).tzinfo is None
        with pytest.raises(ValueError, match="no zone"):
            read_instant(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "noon",
        "2024-02-31T00:00:00Z",
        "2024-01-15T25:00:00Z",
        "2024-01-15T12:00:00Z\n",
        # Newer Pythons alone would read these.
        "20240115T103000Z",
        "2024-W03-1T10:30Z",
        "2024-01-15T103000Z",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_time(text)
