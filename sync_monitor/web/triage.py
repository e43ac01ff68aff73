"""What the rules, or Claude beside them, say of a sync: kept answers of the history in words."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sync_monitor.history import queries
from sync_monitor.history.consultations import CLAUDE, newest_consultation
from sync_monitor.model import Severity
from sync_monitor.records import Consultation
from sync_monitor.triage.answer import Action, ActionCode, Answer, Cause, FigureId
from sync_monitor.triage.payload import state_of
from sync_monitor.verdicts import Issue
from sync_monitor.web.states import State
from sync_monitor.web.words import count, hours, percent

RULES = "rules"
#: Of the partitions that evidence names.
MOST_NAMED = 5
#: Of what was sent, behind each line end.
INDENT = "\n "


class Step(NamedTuple):
    """What is to be done.

    Parameters:
        issue: whose runbook does it, with what that is of. None: none does.
    """

    words: str
    issue: int | None = None
    of: str = ""


@dataclass(frozen=True)
class Said:
    """One writer's answer.

    Parameters:
        tag: who wrote it.
        sent: what was sent for it, empty for the rules.
    """

    tag: str
    answer: Answer
    evidence: tuple[str, ...]
    actions: tuple[Step, ...]
    sent: str = ""

    @property
    def cause(self) -> str:
        """Return the cause in words."""
        return CAUSES[self.answer.cause]

    @property
    def ruled_out(self) -> list[str]:
        """Return what the figures speak against."""
        return [CAUSES[cause] for cause in self.answer.ruled_out]


def read_answers(connection: sqlite3.Connection, state: State) -> list[Said]:
    """Return what the rules say of a sync that is not well, and what Claude says of the same."""
    by_rules = newest_of_rules(connection, state)
    if by_rules is None:
        return []
    issues = queries.open_issues(connection, state.name)
    found = [say(by_rules, state, issues)]
    by_claude = newest_consultation(connection, state.name, CLAUDE)
    if by_claude is not None and is_of_now(connection, by_claude, by_rules, state):
        found.append(say(by_claude, state, issues))
    return found


def newest_of_rules(connection: sqlite3.Connection, state: State) -> Consultation | None:
    """Return what the rules say of a sync that is not well, None of one that is."""
    if state.severity is Severity.OK:
        return None
    return newest_consultation(connection, state.name, RULES)


def is_of_now(
    connection: sqlite3.Connection, asked: Consultation, by_rules: Consultation, state: State
) -> bool:
    """Return whether a model was asked about the state that a sync is in still."""
    if state.look is None:
        return False
    numbers: list[int] = []
    for issue in queries.open_issues(connection, state.name):
        if issue.confirmed_at is not None and issue.number is not None:
            numbers.append(issue.number)
    cause = Answer.model_validate_json(by_rules.answer).cause.value
    return state_of(asked.payload) == (state.look.verdict.severity.value, cause, numbers)


def say(kept: Consultation, state: State, issues: Sequence[Issue]) -> Said:
    """Return a kept answer in words."""
    answer = Answer.model_validate_json(kept.answer)
    tag = "rules, offline"
    if kept.source == CLAUDE:
        tag = f"Claude, {kept.model}"
    steps: list[Step] = []
    for action in answer.actions:
        steps.append(step_of(action, issues))
    cited = tuple(evidence(answer, state, issues))
    return Said(tag, answer, cited, tuple(steps), pretty(kept.payload))


def pretty(payload: str) -> str:
    """Return what was sent with line ends: one for each figure, partition and issue."""
    if not payload:
        return ""
    lines: list[str] = []
    for name, value in json.loads(payload).items():
        if isinstance(value, dict):
            inner = [f"{json.dumps(key)}: {json.dumps(each)}" for key, each in value.items()]
            lines.append(f"{json.dumps(name)}: {{{INDENT}{f',{INDENT}'.join(inner)}\n}}")
        elif isinstance(value, list) and value:
            inner = [json.dumps(each) for each in value]
            lines.append(f"{json.dumps(name)}: [{INDENT}{f',{INDENT}'.join(inner)}\n]")
        else:
            lines.append(f"{json.dumps(name)}: {json.dumps(value)}")
    return "{" + ",\n".join(lines) + "}"


def step_of(action: Action, issues: Sequence[Issue]) -> Step:
    """Return what is to be done, with the issue whose runbook does it."""
    for issue in issues:
        if action.runbook is not None and issue.number == action.runbook:
            return Step(ACTIONS[action.code], issue.number, issue.partition)
    return Step(ACTIONS[action.code])


def evidence(answer: Answer, state: State, issues: Sequence[Issue]) -> list[str]:
    """Return the figures that an answer rests on, with what they are now."""
    values = {**figure_values(state), FigureId.DAYS: name_partitions(issues)}
    found: list[str] = []
    for figure in answer.evidence:
        name = figure.value.replace("_", " ")
        value = values.get(figure)
        if value:
            name += f" {value}"
        found.append(name)
    return found


def name_partitions(issues: Sequence[Issue]) -> str:
    """Return the first partitions that are not in sync."""
    keys = sorted({issue.partition for issue in issues if issue.partition})
    text = ", ".join(keys[:MOST_NAMED])
    if len(keys) > MOST_NAMED:
        text += f" and {len(keys) - MOST_NAMED} more"
    return text


def figure_values(state: State) -> Mapping[FigureId, str]:
    """Return the figures of the newest look in words."""
    found: dict[FigureId, str] = {}
    if state.look is not None and state.look.error_code:
        found[FigureId.ERROR_CODE] = state.look.error_code
    figures = state.figures
    if figures is None:
        return found
    found[FigureId.ORACLE_COUNT] = count(figures.oracle_count)
    found[FigureId.LAKE_COUNT] = count(figures.lake_count)
    found[FigureId.SYNC_GAP] = count(figures.sync_gap)
    found[FigureId.EXTRA_ROWS] = count(figures.extra_rows)
    found[FigureId.GAP_PERCENTAGE] = percent(figures.gap_percentage)
    found[FigureId.LAG_HOURS] = hours(figures.lag)
    found[FigureId.AGE_HOURS] = hours(figures.age)
    found[FigureId.MISSING_PARTITIONS] = count(len(figures.missing_partitions))
    found[FigureId.LATE_PARTITIONS] = count(len(figures.late_partitions))
    if figures.changed_rows is not None:
        found[FigureId.CHANGED_ROWS] = count(figures.changed_rows)
    return found


CAUSES: Mapping[Cause, str] = {
    Cause.NOT_MEASURED: "a side could not be read",
    Cause.BOTH_EMPTY: "both sides are empty",
    Cause.ZONE_SHIFT: "a time zone",
    Cause.PARTITION_UNREGISTERED: "files that are not registered",
    Cause.PARTITION_DROPPED: "a partition that was dropped",
    Cause.LOAD_NEVER_RAN: "a load that never ran",
    Cause.LOADER_STOPPED: "the loader stands still",
    Cause.SOURCE_LATE: "Oracle itself is late",
    Cause.CDC_LAG: "changes that are on their way",
    Cause.LOAD_RETRIED: "a load that ran twice",
    Cause.PARTIAL_WRITE: "a load that broke off",
    Cause.DELETES_NOT_CARRIED: "deletes that are not carried over",
    Cause.UPDATES_NOT_CARRIED: "updates that are not carried over",
    Cause.SCHEMA_DRIFT: "columns that changed",
    Cause.TRUNCATED: "a table that was emptied",
    Cause.SOURCE_LOW: "few rows in Oracle",
    Cause.PIPELINE_STOPPED: "a pipeline that stands still",
    Cause.PIPELINE_BEHIND: "a pipeline that is behind",
    Cause.NOT_DELIVERED: "what was not delivered",
    Cause.REFUSED: "what was refused",
    Cause.OTHER: "something else",
}
ACTIONS: Mapping[ActionCode, str] = {
    ActionCode.ASK_FOR_GRANT: "Ask for the right to read it.",
    ActionCode.CHECK_LOGIN: "Check the user and its password.",
    ActionCode.CHECK_REACHABLE: "Is it up, and can it be reached from here?",
    ActionCode.DECLARE_EMPTY: "If nothing is expected there, declare may_be_empty.",
    ActionCode.CHECK_ZONES: "Compare the zones of the sync with those of both sides.",
    ActionCode.LOOK_FOR_FILES: "Do its files lie there? Then register them, do not load.",
    ActionCode.REGISTER_PARTITION: "Register the partition: loading would double it.",
    ActionCode.CHECK_LOADER: "Is the loader running?",
    ActionCode.CHECK_SOURCE_JOB: "Did the job that fills Oracle run?",
    ActionCode.CHECK_CDC: "Look at what carries the changes.",
    ActionCode.RUN_RUNBOOK: "Run the SQL of the issue.",
    ActionCode.LOOK_AT_DOUBLES: "Look at the doubles: which copy goes is for you to decide.",
    ActionCode.DECIDE_ON_DELETES: "Should deletes reach the lake? Set deletes of the sync.",
    ActionCode.ADD_COLUMN: "Add the column to the lake's table and to the load.",
    ActionCode.ASK_OWNER: "Ask the owner of the data.",
    ActionCode.CHECK_PIPELINE: "Is the pipeline running? cdc_service.py status says why not.",
    ActionCode.REPLAY_SET_ASIDE: "See why it was refused, then have it sent again.",
}
