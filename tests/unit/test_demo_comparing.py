"""A value of an event is held against Oracle's by what it means, not by how it is written."""

from __future__ import annotations

import pytest

from oracle_cdc.demo.changes.comparing import REDACTED, compare_rows
from tests.unit.demochanges import demo_table


@pytest.mark.parametrize(
    ("table", "column", "kept", "published"),
    [
        ("users", "role_bits", "9" * 38, "9" * 38),
        ("users", "failed_logins", "7", 7),
        ("users", "name", "Noa", REDACTED),
        ("users", "email", None, None),
        ("users", "password_hash", b"\x00\xff", REDACTED),
        ("users", "updated_at", "2024-01-15T10:30:00.000000120", "2024-01-15T10:30:00.00000012"),
        ("users", "created_at", "2024-01-15T10:30:00.000000000", "2024-01-15T10:30:00"),
        ("agents", "hired_on", "2024-01-15T00:00:00", "2024-01-15T00:00:00"),
        ("agents", "rate", "0.5000", "0.5"),
        ("sessions", "id", b"\x01" * 16, "AQEBAQEBAQEBAQEBAQEBAQ=="),
        ("sessions", "started_at", "2024-01-15T10:30:00.5+02:00", "2024-01-15T10:30:00.50+02:00"),
        ("sessions", "idle_limit", "+01 02:03:04", "P1DT2H3M4S"),
        ("calls", "duration", "-00 00:00:04.500", "-PT4.5S"),
        ("calls", "quality", float("nan"), "NaN"),
        ("calls", "quality", float("inf"), "Infinity"),
        ("calls", "direction", "I", "I"),
        ("agent_availability", "note", "card 4580770000000014", "card [CARD]"),
        (
            "interactions",
            "details",
            '{"a": 1, "payment": [{"card_number": "x"}]}',
            '{"a":1,"payment":[{"card_number":"[REDACTED]"}]}',
        ),
        ("summaries", "title", "שלום \U0001f600", "שלום \U0001f600"),
    ],
)
def test_the_same_value_is_known(table: str, column: str, kept: object, published: object) -> None:
    assert [*compare_rows(demo_table(table), {column: kept}, {column: published})] == []


@pytest.mark.parametrize(
    ("table", "column", "kept", "published"),
    [
        ("users", "role_bits", "9" * 38, int("9" * 38)),
        ("users", "role_bits", "9" * 38, "1" + "0" * 38),
        ("users", "failed_logins", "7", "7"),
        ("users", "failed_logins", "1", True),
        ("users", "name", "Noa", "Noa"),
        ("users", "email", None, REDACTED),
        ("users", "email", "a@b", None),
        ("users", "updated_at", "2024-01-15T10:30:00.000000120", "2024-01-15T10:30:00"),
        ("sessions", "started_at", "2024-01-15T10:30:00.5+02:00", "2024-01-15T10:30:00.5+03:00"),
        ("sessions", "idle_limit", "+01 02:03:04", "PT2H3M4S"),
        ("sessions", "idle_limit", "+01 02:03:04", "one day"),
        ("sessions", "started_at", "2024-01-15T10:30:00.5+02:00", "today"),
        ("agent_availability", "note", "card 4580770000000014", "card 4580770000000014"),
        (
            "interactions",
            "details",
            '{"payment": [{"card_number": "x"}]}',
            '{"payment":[{"card_number":"x"}]}',
        ),
        ("chats", "message_count", "3", 4),
    ],
)
def test_another_value_is_named(table: str, column: str, kept: object, published: object) -> None:
    found = [*compare_rows(demo_table(table), {column: kept}, {column: published})]
    assert found == [column]


def test_a_field_that_the_table_does_not_have_is_named() -> None:
    assert [*compare_rows(demo_table("users"), {"status": "a"}, {"statuss": "a"})] == ["statuss"]
