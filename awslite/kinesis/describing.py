"""A stream and its shards, described."""

from __future__ import annotations

import base64
import json
from typing import Any

from awslite.kinesis.collection import Streams
from awslite.kinesis.shards import Shard
from awslite.kinesis.streams import ON_DEMAND, Stream
from awslite.refusals import Document, Refused, invalid
from awslite.treatment import Request

MOST_SHARDS_OF_A_LIST, USUAL_SHARDS_OF_A_DESCRIPTION = 1000, 100


def describe_summary(streams: Streams, request: Request) -> Document:
    stream = streams.find(request.document)
    summary = {
        **describe_common(stream, streams.clock()),
        "OpenShardCount": len(stream.open_shards),
        "ConsumerCount": 0,
        "MaxRecordSizeInKiB": stream.shape.max_record_kib,
    }
    if stream.shape.mode == ON_DEMAND:
        summary["RecordDistributionStrategy"] = stream.shape.strategy
    return {"StreamDescriptionSummary": summary}


def describe(streams: Streams, request: Request) -> Document:
    stream = streams.find(request.document)
    limit = request.document.get("Limit", USUAL_SHARDS_OF_A_DESCRIPTION)
    shards = after(request.document.get("ExclusiveStartShardId"), list(stream.shards.values()))
    described = {
        **describe_common(stream, streams.clock()),
        "Shards": list(map(Shard.describe, shards[:limit])),
        "HasMoreShards": len(shards) > limit,
    }
    return {"StreamDescription": described}


def describe_common(stream: Stream, at: float) -> Document:
    return {
        "StreamName": stream.name,
        "StreamARN": stream.arn,
        "StreamStatus": stream.status(at),
        "StreamModeDetails": {"StreamMode": stream.shape.mode},
        "RetentionPeriodHours": stream.shape.retention_hours,
        "StreamCreationTimestamp": stream.created_at,
        "EnhancedMonitoring": [{"ShardLevelMetrics": []}],
        "EncryptionType": "NONE",
    }


def list_streams(streams: Streams, request: Request) -> Document:
    """Name every stream: there are never more here than one page holds."""
    return {"StreamNames": sorted(streams.streams), "HasMoreStreams": False}


def list_shards(streams: Streams, request: Request) -> Document:
    """List shards, a page at a time, closed ones among them."""
    document = request.document
    name, last = document.get("StreamName"), document.get("ExclusiveStartShardId")
    token = document.get("NextToken")
    if token is not None:
        if name is not None or last is not None:
            raise Refused(
                "InvalidArgumentException", "NextToken and StreamName cannot be provided together."
            )
        name, last = read_token(streams, token)
        document = {"StreamName": name}
    stream = streams.find(document)
    found = list(stream.shards.values())
    if "ShardFilter" in document:
        found = keep(stream, found, document["ShardFilter"])
    found = after(last, found)
    most = min(request.document.get("MaxResults", MOST_SHARDS_OF_A_LIST), MOST_SHARDS_OF_A_LIST)
    answer: Document = {"Shards": list(map(Shard.describe, found[:most]))}
    if len(found) > most:
        page = [stream.name, found[most - 1].name, streams.clock()]
        answer["NextToken"] = base64.b64encode(json.dumps(page).encode()).decode()
    return answer


def read_token(streams: Streams, token: str) -> tuple[str, str]:
    """Return the stream and the shard that a page ended with."""
    try:
        name, last, made_at = json.loads(base64.b64decode(token, validate=True))
    except (ValueError, TypeError) as error:
        raise Refused("InvalidArgumentException", "NextToken is invalid.") from error
    if streams.clock() - made_at > streams.limits.iterator_seconds:
        raise Refused("ExpiredNextTokenException", "NextToken has expired.")
    return name, last


def after(name: str | None, shards: list[Shard]) -> list[Shard]:
    """Return the shards behind one of this name, or all."""
    return [shard for shard in shards if name is None or shard.name > name]


def keep(stream: Stream, shards: list[Shard], wanted: Any) -> list[Shard]:
    """Return the shards that a ShardFilter wants."""
    kind = wanted["Type"]
    if kind == "AT_LATEST":
        return stream.open_shards
    if kind == "AFTER_SHARD_ID":
        return after(wanted["ShardId"], shards)
    if kind == "AT_TRIM_HORIZON":
        return [shard for shard in shards if not stream.shards.keys() & set(shard.parents)]
    if kind == "FROM_TRIM_HORIZON":
        return shards
    if kind not in ("AT_TIMESTAMP", "FROM_TIMESTAMP"):
        raise invalid(f"the type {kind!r} of a ShardFilter is not known")
    moment = float(wanted["Timestamp"])
    kept = []
    for shard in shards:
        was_closed = shard.closed_at is not None and shard.closed_at < moment
        is_later = kind == "AT_TIMESTAMP" and shard.opened_at > moment
        if not was_closed and not is_later:
            kept.append(shard)
    return kept
