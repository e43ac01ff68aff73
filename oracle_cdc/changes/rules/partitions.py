"""The partition key of a record: equal for all changes of one row, so that a shard has all."""

from __future__ import annotations

import hashlib

from oracle_cdc.changes.rules.codec import write_text
from oracle_cdc.changes.rules.values import Image

#: Characters of a partition key at most:
#: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsRequestEntry.html
LONGEST = 256


def make_partition_key(table: str, keys: Image) -> str:
    """Return the partition key of a row: its table and keys, or the SHA-256 of a longer one."""
    text = f"{table}|{write_text(keys)}"
    if len(text) <= LONGEST:
        return text
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
