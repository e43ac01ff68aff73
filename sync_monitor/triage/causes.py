"""The rules, in their order: each cause with its condition, what it cites, what is to be done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sync_monitor.triage import conditions
from sync_monitor.triage.answer import ActionCode, Cause, Confidence, FigureId
from sync_monitor.triage.case import Case


@dataclass(frozen=True)
class Rule:
    """One cause.

    Parameters:
        applies: the condition, None where it can't be said.
        summary: what it means. {days} are the partitions that it is about.
        actions: what is to be done, in this order.
    """

    cause: Cause
    applies: Callable[[Case], bool | None]
    confidence: Confidence
    evidence: tuple[FigureId, ...]
    summary: str
    actions: tuple[ActionCode, ...]


RULES = (
    Rule(
        Cause.NOT_MEASURED,
        conditions.not_measured,
        Confidence.STRONG,
        (FigureId.ERROR_CODE,),
        "Nothing was measured, so nothing is known: the last look failed.",
        (),
    ),
    Rule(
        Cause.BOTH_EMPTY,
        conditions.both_empty,
        Confidence.WEAK,
        (FigureId.ORACLE_COUNT, FigureId.LAKE_COUNT),
        "Both sides are empty, and it is not declared that they may be.",
        (ActionCode.CHECK_SOURCE_JOB, ActionCode.DECLARE_EMPTY),
    ),
    Rule(
        Cause.ZONE_SHIFT,
        conditions.zone_shift,
        Confidence.STRONG,
        (FigureId.DAYS, FigureId.SYNC_GAP, FigureId.EXTRA_ROWS),
        "What partitions lack is in their neighbours: rows fall into days of another time zone.",
        (ActionCode.CHECK_ZONES,),
    ),
    Rule(
        Cause.PARTITION_UNREGISTERED,
        conditions.partition_unregistered,
        Confidence.STRONG,
        (FigureId.MISSING_PARTITIONS, FigureId.UNREGISTERED_PARTITIONS),
        "Files of {absent} lie in the lake, which does not know them. "
        "They must be registered, not loaded: loading would double them.",
        (ActionCode.REGISTER_PARTITION,),
    ),
    Rule(
        Cause.PARTITION_DROPPED,
        conditions.partition_dropped,
        Confidence.STRONG,
        (FigureId.MISSING_PARTITIONS, FigureId.DAYS),
        "{absent} is absent as a whole between neighbours that are there: "
        "dropped or never registered, not slow.",
        (ActionCode.LOOK_FOR_FILES, ActionCode.RUN_RUNBOOK),
    ),
    Rule(
        Cause.LOAD_NEVER_RAN,
        conditions.load_never_ran,
        Confidence.STRONG,
        (FigureId.MISSING_PARTITIONS, FigureId.LAG_HOURS),
        "Nothing newer reached the lake, while Oracle has newer rows.",
        (ActionCode.CHECK_LOADER, ActionCode.RUN_RUNBOOK),
    ),
    Rule(
        Cause.LOADER_STOPPED,
        conditions.loader_stopped,
        Confidence.STRONG,
        (FigureId.STOPPED_TOGETHER, FigureId.LAG_HOURS),
        "The loader stands still: other tables of it stopped within the same hour.",
        (ActionCode.CHECK_LOADER,),
    ),
    Rule(
        Cause.SOURCE_LATE,
        conditions.source_late,
        Confidence.STRONG,
        (FigureId.AGE_HOURS,),
        "Oracle itself has no young rows, though some are expected.",
        (ActionCode.CHECK_SOURCE_JOB,),
    ),
    Rule(
        Cause.CDC_LAG,
        conditions.cdc_lag,
        Confidence.WEAK,
        (FigureId.CDC_LAG_HOURS,),
        "What carries changes between the databases is over its limit.",
        (ActionCode.CHECK_CDC,),
    ),
    Rule(
        Cause.LOAD_RETRIED,
        conditions.load_retried,
        Confidence.STRONG,
        (FigureId.EXTRA_ROWS, FigureId.DOUBLED_ROWS),
        "Rows of {extra} are there twice with equal contents, as after a load that was repeated.",
        (ActionCode.LOOK_AT_DOUBLES,),
    ),
    Rule(
        Cause.PARTIAL_WRITE,
        conditions.partial_write,
        Confidence.WEAK,
        (FigureId.DAYS, FigureId.SYNC_GAP),
        "{partial} is there with some of its rows: its write was not finished, or some came later.",
        (ActionCode.RUN_RUNBOOK, ActionCode.CHECK_LOADER),
    ),
    Rule(
        Cause.DELETES_NOT_CARRIED,
        conditions.deletes_not_carried,
        Confidence.STRONG,
        (FigureId.EXTRA_ROWS, FigureId.DOUBLED_ROWS),
        "The lake has rows of {extra} whose keys are gone from Oracle: deletes do not reach it.",
        (ActionCode.DECIDE_ON_DELETES,),
    ),
    Rule(
        Cause.UPDATES_NOT_CARRIED,
        conditions.updates_not_carried,
        Confidence.STRONG,
        (FigureId.CHANGED_ROWS, FigureId.DAYS),
        "Rows of {changed} have other contents, and none is missing: "
        "updates do not reach the lake.",
        (ActionCode.RUN_RUNBOOK, ActionCode.CHECK_LOADER),
    ),
    Rule(
        Cause.SCHEMA_DRIFT,
        conditions.schema_drift,
        Confidence.STRONG,
        (FigureId.SCHEMA,),
        "Oracle has columns that the lake has not, or of another type: "
        "what is in them is not compared.",
        (ActionCode.ADD_COLUMN,),
    ),
    Rule(
        Cause.TRUNCATED,
        conditions.truncated,
        Confidence.STRONG,
        (FigureId.LAKE_COUNT, FigureId.LAKE_COUNT_BEFORE),
        "The lake has less than a tenth of what it had: it was emptied or is being written anew.",
        (ActionCode.CHECK_LOADER, ActionCode.ASK_OWNER),
    ),
    Rule(
        Cause.SOURCE_LOW,
        conditions.source_low,
        Confidence.WEAK,
        (FigureId.LOW_PARTITIONS,),
        "Oracle itself holds less than half of what such days have.",
        (ActionCode.CHECK_SOURCE_JOB, ActionCode.ASK_OWNER),
    ),
    Rule(
        Cause.PIPELINE_STOPPED,
        conditions.pipeline_stopped,
        Confidence.STRONG,
        (FigureId.AGE_HOURS, FigureId.LAG_HOURS),
        "The pipeline writes nothing, fails at each cycle, or was paused by a person.",
        (ActionCode.CHECK_PIPELINE,),
    ),
    Rule(
        Cause.PIPELINE_BEHIND,
        conditions.pipeline_behind,
        Confidence.WEAK,
        (FigureId.LAG_HOURS,),
        "The pipeline works, and is further behind its source than is allowed.",
        (ActionCode.CHECK_PIPELINE,),
    ),
    Rule(
        Cause.NOT_DELIVERED,
        conditions.not_delivered,
        Confidence.STRONG,
        (FigureId.ORACLE_COUNT, FigureId.SYNC_GAP),
        "Some of what the source holds was neither delivered nor set aside, "
        "though the pipeline has come past it.",
        (ActionCode.RUN_RUNBOOK, ActionCode.CHECK_PIPELINE),
    ),
    Rule(
        Cause.REFUSED,
        conditions.refused,
        Confidence.STRONG,
        (FigureId.SET_ASIDE,),
        "The destination refused some of it, which was set aside: it goes only by a person.",
        (ActionCode.REPLAY_SET_ASIDE,),
    ),
)
OTHER = Rule(
    Cause.OTHER,
    lambda _: True,
    Confidence.NONE,
    (FigureId.DAYS,),
    "No rule explains it.",
    (ActionCode.ASK_OWNER,),
)
