"""Declare what can be set for one stream of the monitor, and read the dictionary of all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)

from oracle_cdc.settings.change_kinds import DynamoTableName, KinesisStreamName, ProcessorId
from oracle_cdc.settings.kinds import StandardQueueUrl, Zone
from oracle_cdc.settings.monitor_syncs import (
    ColumnName,
    Hours,
    Keys,
    TableName,
    shown,
    wrong_name,
)

STREAMS_ALLOWED = (
    'a dictionary of streams by their names, each with a dictionary of its own, such as {"calls": '
    '{"kind": "conversations"}, "fusion": {"kind": "extracts", "directory": "/data/extracts"}}'
)
#: Kind -> one of these keys is needed, where there are any.
NEEDED = {"goldengate": ("view", "url"), "extracts": ("directory",), "events": ("table",)}
SHARE_ALLOWED = "number/of-all, such as 2/4"


def _share(value: str) -> str:
    found = re.fullmatch(r"([1-9]\d{0,2})/([1-9]\d{0,2})", value)
    if found is None or int(found[1]) > int(found[2]):
        raise ValueError(SHARE_ALLOWED)
    return value


class StreamSettings(BaseModel):
    """One stream as it is written. None: as the settings of all say.

    deadline_minutes: after which an answer to a conversation is overdue. view, url: of GoldenGate's
    heartbeat, by SQL or by its REST service. directory: of extracts. oldest_minutes: a heartbeat
    that is older says nothing, a pipeline that wrote nothing for longer has stopped. table,
    time_column, keys, program, share, slice_seconds: of events, as PUBLISHER_* have them. hours:
    behind their watermark whose rows are counted at each look. processor, stream, checkpoint_table,
    state_table, dlq_url: of the processor, as its own settings have them.
    """

    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    kind: Literal["conversations", "events", "changes", "processor", "goldengate", "extracts"]
    zone: Zone | None = None
    deadline_minutes: Annotated[float, Field(gt=0, le=525_600)] = 1440.0
    view: TableName | None = None
    url: StandardQueueUrl | None = None
    directory: Path | None = None
    oldest_minutes: Annotated[float, Field(gt=0, le=525_600)] = 10.0
    table: TableName | None = None
    time_column: ColumnName = "CREATED_AT"
    keys: Keys = ()
    program: Annotated[str, Field(min_length=1, max_length=90)] = "M_INTIMECASEAGENT"
    share: Annotated[str, AfterValidator(_share)] = "1/1"
    slice_seconds: Annotated[int, Field(ge=1, le=3600)] = 10
    hours: Annotated[float, Field(gt=0, le=720)] = 1.0
    processor: ProcessorId = "cdc-processor"
    stream: KinesisStreamName = "coredb-cdc-stream"
    checkpoint_table: DynamoTableName = "cdc-pipeline-checkpoints"
    state_table: DynamoTableName = "cdc-pipeline-state"
    dlq_url: StandardQueueUrl | None = None
    warning_gap_pct: Annotated[Decimal, Field(ge=0, le=100)] | None = None
    critical_gap_pct: Annotated[Decimal, Field(ge=0, le=100)] | None = None
    warning_lag_hours: Hours | None = None
    critical_lag_hours: Hours | None = None
    loader: str = ""
    owner: str = ""
    grants_to: str = ""
    goal_percent: Annotated[Decimal, Field(ge=0, le=100)] | None = None


StreamDictionary = Mapping[str, Mapping[str, Any]]


def _streams(value: object) -> StreamDictionary:
    """Return the dictionary of streams, from text as JSON."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (RecursionError, ValueError):
            raise ValueError(f"{STREAMS_ALLOWED}, as JSON") from None
    if not isinstance(value, Mapping):
        raise ValueError(STREAMS_ALLOWED)
    for name, stream in value.items():
        if not isinstance(name, str) or not isinstance(stream, Mapping):
            raise ValueError(STREAMS_ALLOWED)
    return value


Streams = Annotated[StreamDictionary, BeforeValidator(_streams)]


def wrong_streams(
    streams: StreamDictionary,
    syncs: Mapping[str, object],
    mariadb_url: SecretStr | None = None,
) -> Iterator[str]:
    """Yield a line for each mistake of each stream."""
    for name, written in streams.items():
        where = f"MONITOR_STREAMS {shown(name)}"
        for allowed in wrong_name(name):
            yield f"{where}: allowed: {allowed}"
        if name in syncs:
            yield f"{where}: a sync of MONITOR_SYNCS has this name"
        try:
            stream = read_stream(written)
        except ValidationError as error:
            for detail in error.errors(include_url=False, include_input=False):
                key = str(detail["loc"][0])[:60]
                yield f"{where}: {key}: {detail['msg']}"
            continue
        needed = NEEDED.get(stream.kind, ())
        if needed and not any(getattr(stream, key) is not None for key in needed):
            yield f"{where}: {' or '.join(needed)} is missing"
        if stream.kind == "events" and mariadb_url is None:
            yield f"MONITOR_MARIADB_URL: is needed by MONITOR_STREAMS {shown(name)}"
        if stream.share != "1/1" and not stream.keys:
            yield f"{where}: keys: are needed by a share, which is a part of them"


def read_stream(written: Mapping[str, object]) -> StreamSettings:
    """Return a stream as it is written. Raises pydantic's ValidationError."""
    return StreamSettings.model_validate(dict(written))
