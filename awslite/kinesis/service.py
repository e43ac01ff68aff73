"""Kinesis by the names of its actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from awslite.kinesis import changing, describing, reading, writing
from awslite.kinesis.collection import Streams
from awslite.refusals import Document
from awslite.treatment import Request, Treatment

TARGET = "Kinesis_20131202"

ACTIONS: Mapping[str, Callable[[Streams, Request], Document]] = {
    "CreateStream": Streams.create,
    "DeleteStream": Streams.delete,
    "ListStreams": describing.list_streams,
    "DescribeStream": describing.describe,
    "DescribeStreamSummary": describing.describe_summary,
    "ListShards": describing.list_shards,
    "GetShardIterator": reading.get_shard_iterator,
    "GetRecords": reading.get_records,
    "SplitShard": changing.split,
    "MergeShards": changing.merge,
    "IncreaseStreamRetentionPeriod": changing.change_retention,
    "DecreaseStreamRetentionPeriod": changing.change_retention,
    "UpdateStreamRecordDistributionStrategy": changing.change_strategy,
    "UpdateMaxRecordSize": changing.change_record_size,
}
#: Actions of which single entries can fail.
BATCHES: Mapping[str, Callable[[Streams, Request, Treatment], Document]] = {
    "PutRecord": writing.put_record,
    "PutRecords": writing.put_records,
}
