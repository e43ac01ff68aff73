"""Declare what can be set for one sync of the monitor, and read the dictionary of all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)
from pydantic_core import ErrorDetails

from oracle_cdc.settings.json_keys import keys_once
from oracle_cdc.settings.kinds import Zone, matching

SYNCS_ALLOWED = (
    'a dictionary of syncs by their names, each with a dictionary of its own, such as {"orders": '
    '{"source": "SALES.ORDERS", "target": "sales/orders", "time_column": "UPDATED_AT"}}'
)
PROMISE = re.compile(r"([01]\d|2[0-3]):[0-5]\d|\+\d{1,4}[mh]")
LONGEST_NAME = 120
NAME_ALLOWED = f"a name of 1 to {LONGEST_NAME} signs that are printed, without blanks at its ends"
#: What stands behind a sync's name in addresses of the API.
BEHIND_NAMES = frozenset(("cells", "check", "issues", "looks", "sla", "trend", "triage"))
ADDRESS_ALLOWED = (
    "a name that an address can have: without / at its ends, //, or . and .. between slashes, and "
    f"with none of {', '.join(sorted(BEHIND_NAMES))} behind its last /"
)
#: What DuckDB would take for a pattern in the name of a file.
PATTERN_SIGNS = re.compile(r"[*?\[\]\x00-\x1f]")


def _promise(value: str) -> str:
    if not PROMISE.fullmatch(value):
        raise ValueError("a time such as 06:00, or a wait such as +90m or +2h")
    return value


def _target(value: str) -> str:
    if PATTERN_SIGNS.search(value):
        raise ValueError("a path or a name without *, ?, [ and ]")
    if "://" in value:
        raise ValueError("a directory of this machine or a table of Hive or Trino, and no URL")
    return value


def _columns(value: object) -> object:
    if isinstance(value, str):
        value = value.split(",")
    if isinstance(value, (list, tuple)):
        return tuple(str(each).strip() for each in value if str(each).strip())
    raise ValueError("names of columns, commas between them")


PromiseText = Annotated[str, AfterValidator(_promise)]
TableName = Annotated[
    str,
    matching(
        r'[^\s."/]{1,128}\.[^\s."/]{1,128}',
        "a table with its schema, such as HR.EMPLOYEES",
    ),
]
ColumnName = Annotated[str, matching(r'[^\s"]{1,128}', "the name of a column, without blanks")]
Keys = Annotated[tuple[ColumnName, ...], BeforeValidator(_columns)]
Hours = Annotated[float, Field(ge=0, le=8760)]


class SyncSettings(BaseModel):
    """One sync as it is written. None: as the settings of all say.

    keys: none for the primary key, as the data dictionary has it.
    """

    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="forbid", hide_input_in_errors=True
    )

    source: TableName
    target: Annotated[str, AfterValidator(_target)] = ""
    engine: Literal["duckdb", "hive", "trino"] = "duckdb"
    time_column: ColumnName | None = None
    partition_column: ColumnName = "dt"
    keys: Keys = ()
    grain: Literal["day", "hour"] = "day"
    zone: Zone | None = None
    source_zone: Zone | None = None
    lake_zone: Zone | None = None
    promise: PromiseText | None = None
    settle_hours: Hours | None = None
    window_days: Annotated[int, Field(ge=1, le=366)] | None = None
    warning_gap_pct: Annotated[Decimal, Field(ge=0, le=100)] | None = None
    critical_gap_pct: Annotated[Decimal, Field(ge=0, le=100)] | None = None
    warning_lag_hours: Hours | None = None
    critical_lag_hours: Hours | None = None
    deletes: Literal["propagate", "keep"] = "propagate"
    may_be_empty: bool = False
    expect_rows_every_hours: Hours | None = None
    loader: str = ""
    owner: str = ""
    grants_to: str = ""
    goal_percent: Annotated[Decimal, Field(ge=0, le=100)] | None = None
    keys_are_private: bool = True


SyncDictionary = Mapping[str, Mapping[str, Any]]


def _syncs(value: object) -> SyncDictionary:
    """Return the dictionary of syncs, from text as JSON, or from a list whose parts have names."""
    if isinstance(value, str):
        try:
            value = json.loads(value, object_pairs_hook=keys_once)
        except (RecursionError, json.JSONDecodeError):
            raise ValueError(f"{SYNCS_ALLOWED}, as JSON") from None
    if isinstance(value, (list, tuple)):
        value = by_name(value)
    if not isinstance(value, Mapping):
        raise ValueError(SYNCS_ALLOWED)
    for name, sync in value.items():
        if not isinstance(name, str) or not isinstance(sync, Mapping):
            raise ValueError(SYNCS_ALLOWED)
    return value


def by_name(syncs: list[object] | tuple[object, ...]) -> dict[str, object]:
    """Return a list of dictionaries by their names, which default to their sources."""
    found: dict[str, object] = {}
    for sync in syncs:
        if not isinstance(sync, Mapping):
            raise ValueError(SYNCS_ALLOWED)
        rest = dict(sync)
        name = str(rest.pop("name", rest.get("source", "")))
        if name in found:
            raise ValueError(f"each sync once, not {name[:60]} twice")
        found[name] = rest
    return found


Syncs = Annotated[SyncDictionary, BeforeValidator(_syncs)]


def wrong_name(name: str) -> Iterator[str]:
    """Yield what is allowed in the place of a name that can't be shown, typed or linked to."""
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable() or name != name.strip():
        yield NAME_ALLOWED
        return
    parts = name.split("/")
    if not {"", ".", ".."}.isdisjoint(parts) or parts[-1] in BEHIND_NAMES & set(parts[1:]):
        yield ADDRESS_ALLOWED


def wrong_syncs(syncs: SyncDictionary) -> Iterator[str]:
    """Yield a line for each mistake of each sync."""
    for name, written in syncs.items():
        where = f"MONITOR_SYNCS {shown(name)}"
        for allowed in wrong_name(name):
            yield f"{where}: allowed: {allowed}"
        try:
            read_sync(written)
        except ValidationError as error:
            for detail in error.errors(include_url=False, include_input=False):
                yield f"{where}: {explain(detail)}"


def shown(name: str) -> str:
    """Return a sync's name as a line shows it."""
    return repr(name[:60])


def explain(detail: ErrorDetails) -> str:
    """Return what is wrong with one key of a sync: the key, and what is allowed."""
    key = str(detail["loc"][0])[:60]
    kind = detail["type"]
    if kind == "extra_forbidden":
        return f"{key!r} is not known; allowed: {', '.join(SyncSettings.model_fields)}"
    if kind == "missing":
        return f"{key} is missing"
    context = detail.get("ctx", {})
    allowed = context.get("error") or context.get("expected") or detail["msg"]
    return f"{key}: allowed: {allowed}"


def read_sync(written: Mapping[str, object]) -> SyncSettings:
    """Return a sync as it is written. Raises pydantic's ValidationError."""
    return SyncSettings.model_validate(dict(written))
