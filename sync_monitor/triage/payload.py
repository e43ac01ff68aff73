"""What may leave for a model: aliases, words of ours, counts, ratios, dates, hours, error codes.

Never a row, a key, a bucket, a statement, an error's text, a host, a path, or who silenced what.
Names of tables and columns leave only where that is asked for. There is nothing to inject through,
because no text that anybody else chose is in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any, NamedTuple

from sync_monitor.measurements import Cell, CellState, Figures
from sync_monitor.rules.figures import in_hours
from sync_monitor.triage.answer import ActionCode, Answer, FigureId
from sync_monitor.triage.case import Aliases, Case, aliases_of
from sync_monitor.triage.diagnosis import runbooks_for

#: Codes of Oracle and its driver. Any other may be a text that somebody else chose.
KNOWN_CODE = re.compile(r"(?:ORA|DPY|DPI)-\d{3,5}")
PARTITION_KEY = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d)?")
#: Days, keys or issues of one list: a year of hours would be more than a model reads at once.
MOST_LISTED = 60
#: Hours at whose borders an answer may change. Between them a standing fault is the same.
HOUR_BORDERS = (0, 1, 2, 4, 8, 16, 24, 48, 72, 168)
HOURS = (FigureId.LAG_HOURS, FigureId.AGE_HOURS, FigureId.CDC_LAG_HOURS)


@dataclass(frozen=True)
class Payload:
    """What is sent.

    Parameters:
        text: the body, as JSON. The page shows exactly this.
        key: SHA-256 by which an answer to the same is found again.
        aliases: which names the aliases of an answer stand for. They stay here.
        runbooks: the numbers of the issues whose runbooks each action of an answer may name.
    """

    text: str
    key: str
    aliases: Aliases
    runbooks: Mapping[ActionCode, Sequence[int]]


class Question(NamedTuple):
    """What is asked about: a case, and what the rules say of it."""

    case: Case
    rules: Answer

    @property
    def counts(self) -> bool:
        """Return whether a second look has confirmed something of it."""
        return any(issue.confirmed_at is not None for issue in self.case.issues)


def build_payload(case: Case, answer: Answer | None, *, send_names: bool = False) -> Payload:
    """Return what may be sent of a case.

    Parameters:
        answer: of the rules.
        send_names: tables, columns and loaders leave by their names beside their aliases.
    """
    aliases = aliases_of(case)
    body: dict[str, Any] = {
        "sync": describe_sync(case),
        "verdict": {
            "severity": case.verdict.severity.value,
            "findings": describe_findings(case),
        },
        "figures": describe_figures(case),
        "days": list(map(describe_day, days_of_interest(case))),
        "issues": describe_issues(case),
        "rules": describe_answer(answer),
    }
    body["left_out"] = shorten((body, body["figures"]))
    if send_names:
        body["names"] = dict(aliases.names)
    return Payload(
        to_json(body),
        sha256(to_json(coarse(body)).encode()).hexdigest(),
        aliases,
        {code: runbooks_for(code, case.issues) for code in ActionCode},
    )


def shorten(holders: Iterable[dict[str, Any]]) -> dict[str, int]:
    """Keep the last of each list that is too long, and return by its name how many are gone."""
    left_out: dict[str, int] = {}
    for holder in holders:
        for name, value in holder.items():
            if isinstance(value, list) and len(value) > MOST_LISTED:
                left_out[name] = len(value) - MOST_LISTED
                del value[:-MOST_LISTED]
    return left_out


def to_json(body: Mapping[str, Any]) -> str:
    """Return a body as JSON: equal bodies are equal texts."""
    return json.dumps(body, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def describe_sync(case: Case) -> dict[str, Any]:
    """Return what is declared of the sync, without its names."""
    sync = case.sync
    loader = None
    if sync.loader:
        loader = "L1"
    return {
        "table": "T1",
        "stream": case.sync.stream or None,
        "loader": loader,
        "engine": sync.engine.value,
        "grain": sync.grain.value,
        "deletes": sync.deletes.value,
        "has_keys": bool(sync.keys),
        "window_days": sync.window_days,
        "warning_gap_percent": decimal(sync.limits.warning_gap_percent),
        "critical_gap_percent": decimal(sync.limits.critical_gap_percent),
        "warning_lag_hours": hours(sync.limits.warning_lag),
        "critical_lag_hours": hours(sync.limits.critical_lag),
    }


def describe_findings(case: Case) -> list[dict[str, str]]:
    """Return why the sync is not well."""
    found: list[dict[str, str]] = []
    for each in case.verdict.findings:
        found.append({"reason": each.reason.value, "severity": each.severity.value})
    return found


def describe_figures(case: Case) -> dict[str, Any]:
    """Return the figures by their ids, null for what was not measured."""
    code = None
    if case.error_code:
        code = "OTHER"
        if KNOWN_CODE.fullmatch(case.error_code):
            code = case.error_code
    found: dict[FigureId, Any] = {
        FigureId.ERROR_CODE: code,
        FigureId.DOUBLED_ROWS: case.doubled,
        FigureId.CDC_LAG_HOURS: hours(case.cdc_lag),
        FigureId.UNREGISTERED_PARTITIONS: keys(case.unregistered),
        FigureId.LAKE_COUNT_BEFORE: case.lake_count_before,
        FigureId.STOPPED_TOGETHER: None,
        FigureId.SET_ASIDE: case.set_aside,
        FigureId.SCHEMA: describe_schema(case),
    }
    if case.stopped_at is not None:
        found[FigureId.STOPPED_TOGETHER] = len(case.stopped_at)
    if case.figures is not None:
        found.update(figures_by_id(case.figures))
    return {each.value: value for each, value in found.items()}


def figures_by_id(figures: Figures) -> dict[FigureId, Any]:
    """Return what a look measured."""
    percentage = None
    if figures.gap_percentage is not None:
        percentage = decimal(figures.gap_percentage)
    return {
        FigureId.ORACLE_COUNT: figures.oracle_count,
        FigureId.LAKE_COUNT: figures.lake_count,
        FigureId.SYNC_GAP: figures.sync_gap,
        FigureId.EXTRA_ROWS: figures.extra_rows,
        FigureId.CHANGED_ROWS: figures.changed_rows,
        FigureId.GAP_PERCENTAGE: percentage,
        FigureId.LAG_HOURS: hours(figures.lag),
        FigureId.AGE_HOURS: hours(figures.age),
        FigureId.MISSING_PARTITIONS: keys(figures.missing_partitions),
        FigureId.LATE_PARTITIONS: keys(figures.late_partitions),
        FigureId.LOW_PARTITIONS: keys(figures.expected_low),
    }


def describe_schema(case: Case) -> dict[str, Any] | None:
    """Return how the columns differ, by their aliases."""
    schema = case.schema
    if schema is None:
        return None
    missing = len(schema.missing)
    aliases = [f"C{number}" for number in range(1, missing + len(schema.retyped) + 1)]
    return {
        "columns": schema.column_count,
        "missing": aliases[:missing],
        "retyped": aliases[missing:],
        "is_compared": schema.is_compared,
    }


def days_of_interest(case: Case) -> list[Cell]:
    """Return the cells that are not well, with their neighbours, ascending."""
    wanted: set[int] = set()
    for number, cell in enumerate(case.cells):
        if cell.state is not CellState.OK:
            wanted.update((number - 1, number, number + 1))
    return [cell for number, cell in enumerate(case.cells) if number in wanted]


def describe_day(cell: Cell) -> dict[str, Any]:
    """Return what is known of a partition, in counts."""
    found = cell.differences
    described: dict[str, Any] = {
        "day": keys((cell.partition.key,)),
        "state": cell.state.value,
        "oracle": cell.oracle_rows,
        "lake": cell.lake_rows,
        "level": cell.level.value,
        "confirmed": cell.is_confirmed,
    }
    if found is not None:
        described["missing"] = found.missing
        described["extra"] = found.extra
        described["changed"] = found.changed
        described["doubled"] = found.doubled
        described["bound"] = found.bound.value
    return described


def describe_issues(case: Case) -> list[dict[str, Any]]:
    """Return the open issues by their numbers: those of the newest day, and of all, come last."""
    found: list[dict[str, Any]] = []
    for issue in sorted(case.issues, key=lambda issue: (not issue.partition, issue.partition)):
        described = {
            "id": issue.number,
            "kind": issue.kind.value,
            "day": keys((issue.partition,)),
            "rows": issue.rows,
            "confirmed": issue.confirmed_at is not None,
        }
        found.append(described)
    return found


def describe_answer(answer: Answer | None) -> dict[str, Any] | None:
    """Return what the rules say, without their sentences."""
    if answer is None:
        return None
    return {
        "cause": answer.cause.value,
        "confidence": answer.confidence.value,
        "ruled_out": [cause.value for cause in answer.ruled_out],
    }


def keys(partitions: tuple[str, ...] | None) -> list[str] | None:
    """Return keys of partitions. What is no day or hour is left out, whatever a lake calls it."""
    if partitions is None:
        return None
    return [key for key in partitions if PARTITION_KEY.fullmatch(key)]


def hours(length: timedelta | None) -> float | None:
    """Return a length in hours, with one decimal."""
    found = in_hours(length)
    if found is None:
        return None
    return decimal(found)


def decimal(value: Decimal) -> float:
    """Return a number as JSON has it."""
    return float(value)


def coarse(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body whose hours are those of the last border, so that a standing fault is one."""
    figures = dict(body["figures"])
    for each in HOURS:
        value = figures.get(each.value)
        if value is not None:
            figures[each.value] = max(border for border in HOUR_BORDERS if border <= value)
    return {**body, "figures": figures}


def state_of(text: str) -> tuple[str, str | None, list[int]]:
    """Return what of a body is the state of its sync: a count that grows is no new one.

    It is the severity, the rules' cause, and the numbers of the confirmed issues, ascending.
    """
    body = json.loads(text)
    numbers = sorted(issue["id"] for issue in body["issues"] if issue["confirmed"])
    return body["verdict"]["severity"], (body["rules"] or {}).get("cause"), numbers
