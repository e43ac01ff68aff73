"""The size of a record as Kinesis counts it."""

from __future__ import annotations

from oracle_cdc.aws.kinesis.limits import StreamRecord


def test_a_key_counts_in_utf8_bytes_beside_the_data() -> None:
    assert StreamRecord("ключ", b"123").size_bytes == 8 + 3
