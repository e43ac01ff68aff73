"""Declare what can be set for one stream of the monitor, and read the dictionary of all of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from oracle_cdc.settings.kinds import Url, Zone
from oracle_cdc.settings.monitor_syncs import NAME, Hours, TableName, shown

STREAMS_ALLOWED = (
    'a dictionary of streams by their names, each with a dictionary of its own, such as {"calls": '
    '{"kind": "conversations"}, "fusion": {"kind": "extracts", "directory": "/data/extracts"}}'
)
#: Kind -> one of these keys is needed, where there are any.
NEEDED = {"goldengate": ("view", "url"), "extracts": ("directory",)}


class StreamSettings(BaseModel):
    """One stream as it is written. None: as the settings of all say.

    deadline_minutes: after which an answer to a conversation is overdue. view, url: of GoldenGate's
    heartbeat, by SQL or by its REST service. directory: of extracts. oldest_minutes: a heartbeat
    that is older says nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: Literal["conversations", "changes", "goldengate", "extracts"]
    zone: Zone | None = None
    deadline_minutes: Annotated[float, Field(gt=0, le=525_600)] = 1440.0
    view: TableName | None = None
    url: Url | None = None
    directory: Path | None = None
    oldest_minutes: Annotated[float, Field(gt=0, le=525_600)] = 10.0
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


def wrong_streams(streams: StreamDictionary, syncs: Mapping[str, object]) -> Iterator[str]:
    """Yield a line for each mistake of each stream."""
    for name, written in streams.items():
        where = f"MONITOR_STREAMS {shown(name)}"
        if not NAME.fullmatch(name):
            yield f"{where}: allowed: a name of 1 to 120 signs that are printed"
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


def read_stream(written: Mapping[str, object]) -> StreamSettings:
    """Return a stream as it is written. Raises pydantic's ValidationError."""
    return StreamSettings.model_validate(dict(written))
