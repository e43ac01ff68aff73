"""What is more than EventBridge takes of an event."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from oracle_cdc.aws.eventbridge.limits import (
    MAX_DETAIL_TYPE_LENGTH,
    MAX_LEVELS,
    BusEntry,
    find_excess,
    find_excess_in,
)

NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)


def an_entry(size_bytes: int = 100, detail_type: str = "T") -> BusEntry:
    """Return an entry of this size."""
    rest = size_bytes - len("s") - len(detail_type)
    return BusEntry("s", detail_type, "x" * rest)


def test_source_type_and_detail_count_in_utf8_bytes_and_a_time_fourteen() -> None:
    plain = BusEntry("cdc", "CDC.TableChange", '{"a":"שלום"}')
    assert plain.size_bytes == 3 + 15 + 8 + 8
    assert plain._replace(time=NOON).size_bytes == plain.size_bytes + 14


def test_an_event_is_too_large_from_one_mebibyte_on_to_the_byte() -> None:
    assert find_excess(an_entry(1024 * 1024 - 1)) is None
    assert find_excess(an_entry(1024 * 1024)) == ("an event of 1048576 bytes, 1048575 are allowed")


def test_a_detail_type_of_more_than_128_characters_would_be_dropped_in_silence() -> None:
    assert find_excess(an_entry(300, "ש" * MAX_DETAIL_TYPE_LENGTH)) is None
    assert find_excess(an_entry(300, "t" * (MAX_DETAIL_TYPE_LENGTH + 1))) == (
        "a detail type of 129 characters, 128 are allowed"
    )


@pytest.mark.parametrize(
    ("number", "is_excess"),
    [
        (2**63 - 1, False),
        (2**63, True),
        (-(2**63), False),
        (-(2**63) - 1, True),
        (True, False),
        (1e300, False),
        (str(2**70), False),
    ],
)
@pytest.mark.parametrize("place", ["top", "object", "array"])
def test_an_integer_of_more_than_64_bits_is_found_wherever_it_stands(
    number: object, is_excess: bool, place: str
) -> None:
    values: dict[str, object] = {
        "top": {"a": number},
        "object": {"after": {"b": {"c": number}}},
        "array": {"after": [1, [number]]},
    }
    assert (find_excess_in(values[place]) is not None) == is_excess


def nested(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


def test_json_of_more_than_a_thousand_levels_is_too_deep() -> None:
    assert find_excess_in(nested(MAX_LEVELS)) is None
    assert find_excess_in(nested(MAX_LEVELS + 1)) == "more than 1000 levels"
    assert find_excess_in(nested(100_000)) == "more than 1000 levels"
