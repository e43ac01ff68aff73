"""The partition key of a row."""

from __future__ import annotations

from oracle_cdc.changes.rules.partitions import LONGEST, make_partition_key


def test_it_is_the_table_and_the_keys() -> None:
    assert make_partition_key("users", {"id": 7, "שם": "א"}) == 'users|{"id":7,"שם":"א"}'


def test_a_long_one_is_a_hash_that_differs_with_the_keys() -> None:
    fits = make_partition_key("t", {"k": "x" * (LONGEST - 10)})
    assert len(fits) == LONGEST
    first, second = (make_partition_key("t", {"k": "x" * LONGEST + end}) for end in "ab")
    assert len(first) == len(second) == 64
    assert first != second
