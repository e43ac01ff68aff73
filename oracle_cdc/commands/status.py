"""`status`: what a DBA or a monitor wants to know of the service, from Oracle and the queues alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from oracle_cdc.aws.sqs.client import SqsClient, read_queue
from oracle_cdc.conversations.parts import create_client, open_database
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.conversations.tables.modes import HISTORICAL_MODE, NORMAL_MODE, read_mode
from oracle_cdc.conversations.tables.signs import Signs, read_signs
from oracle_cdc.conversations.tables.sweeps import read_sweep_state
from oracle_cdc.errors import CdcError, ExitCode
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.log_setup import configure_console
from oracle_cdc.running.terminal import say

#: As many overdue calls are listed.
OVERDUE_ROWS = 1000

Report = dict[str, Any]


def status(settings: Settings, *, overdue: bool, as_json: bool) -> int:
    """0, or 4 when a queue can't be asked: it shows as null, with its reason, and the service as not ready."""
    configure_console("ERROR")
    database = open_database(settings, sessions=1)
    client = create_client(settings)
    try:
        with database.session() as session:
            report = read_report(session, settings)
            listed = list_overdue(session, settings) if overdue else None
        depths, faults = read_depths(client, settings)
    finally:
        client.close()
        database.close()
    report["queues"] = depths
    report["reasons"] += faults
    report["ready"] = not report["reasons"]
    if listed is not None:
        report["overdueCalls"] = listed
    say(json.dumps(report, ensure_ascii=False)) if as_json else show(report)
    return ExitCode.SQS if faults else ExitCode.DONE


def read_report(session: Session, settings: Settings) -> Report:
    """What Oracle knows; the queues are empty still."""
    modes = {
        name: mode for name in (NORMAL_MODE, HISTORICAL_MODE) if (mode := read_mode(session, name))
    }
    normal = modes.get(NORMAL_MODE)
    deadline = settings.cdc.result_deadline_minutes
    return {
        "watermark": as_text(normal.watermark) or None if normal else None,
        "lagSeconds": normal.lag_seconds if normal else None,
        "states": {
            r["state"] or "ORIGINAL": int(r["calls"]) for r in session.query("count_states")
        },
        "queues": {},
        "failures": int(session.query("count_failures")[0]["failures"]),
        "emptyAnswers": int(session.query("count_empty")[0]["answers"]),
        "overdue": int(session.query("count_overdue", deadline_minutes=deadline)[0]["calls"]),
        "reconcile": read_reconciled(session),
        "leases": [
            {
                "owner": r["lease_owner"],
                "calls": int(r["calls"]),
                "until": utc_text(r["until_time"]),
            }
            for r in session.query("list_leases")
        ],
        "paused": [name for name, mode in modes.items() if not mode.is_enabled],
        "reasons": list(
            reasons_from_outside(read_signs(session), settings.cdc.ready_limit_seconds)
        ),
        "ready": False,
    }


def reasons_from_outside(signs: Signs, limit_seconds: float) -> Iterator[str]:
    """Why the service is not ready, as its tables show it: what readiness said in some copy, or that none works."""
    if signs.age_seconds is None:
        yield "the service never ran: python cdc_service.py run"
    elif signs.age_seconds > limit_seconds:
        yield f"no copy has worked for {signs.age_seconds:.0f} s: see systemctl status, cdc_errors.log"
    elif signs.not_ready:
        yield signs.not_ready


def read_reconciled(session: Session) -> Report:
    """What the last whole sweep found, null before the first; how far the last one lies back that finished."""
    records = session.query("read_reconciled", mode_name=NORMAL_MODE) or [{}]
    figures = {
        key: records[0].get(f"reconciled_{key}")
        for key in ("source", "sent", "summarized", "missing")
    }
    oldest = records[0].get("reconciled_oldest")
    state = read_sweep_state(session, full_minutes=0)
    return {
        **{key: None if value is None else int(value) for key, value in figures.items()},
        "oldestMissing": as_text(oldest) if oldest else None,
        "finishedAt": utc_text(records[0].get("reconciled_at")),
        "ageSeconds": round(state.age_seconds, 3) if state else None,
    }


def list_overdue(session: Session, settings: Settings) -> list[Report]:
    records = session.query(
        "list_overdue",
        deadline_minutes=settings.cdc.result_deadline_minutes,
        row_limit=OVERDUE_ROWS,
    )
    return [
        {
            "callId": r["call_id"],
            "revision": None if r["sent_revision"] is None else int(r["sent_revision"]),
            "sentAt": utc_text(r["sent_at"]),
            "messageId": r["sqs_message_id"],
        }
        for r in records
    ]


def read_depths(
    client: SqsClient, settings: Settings
) -> tuple[Mapping[str, int | None], list[str]]:
    """Messages waiting in each queue, None where SQS did not say, and why it did not."""
    depths: dict[str, int | None] = {}
    faults = []
    urls = {"outbound": settings.sqs.outbound_queue_url, "results": settings.sqs.results_queue_url}
    for name, url in urls.items():
        try:
            depths[name] = read_queue(client, url).waiting
        except CdcError as error:
            depths[name] = None
            faults.append(f"{name} queue: {error}")
    return depths, faults


def as_text(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def utc_text(moment: datetime | None) -> str | None:
    return f"{moment.isoformat()}Z" if moment else None


def show(report: Report) -> None:
    """The same for people."""
    lines = list(lines_of(report))
    width = max(len(name) for name, _ in lines)
    for name, value in lines:
        say(f"{name:<{width}}  {value}")


def lines_of(report: Report) -> Iterator[tuple[str, str]]:
    """What stands left and right in each line."""
    yield "ready", "yes" if report["ready"] else "no"
    yield from (("", reason) for reason in report["reasons"])
    yield from (("paused", f"{mode}: IS_ENABLED is 0") for mode in report["paused"])
    yield "watermark", report["watermark"] or "none yet"
    lag = report["lagSeconds"]
    yield "behind the clock", "not known" if lag is None else f"{lag:.0f} s"
    yield from ((f"calls {state}", str(calls)) for state, calls in report["states"].items())
    yield from (
        (f"{name} queue", in_words(depth, "waiting")) for name, depth in report["queues"].items()
    )
    yield "set aside", in_words(report["failures"], "calls or results; see failures list")
    yield "empty answers", in_words(report["emptyAnswers"], "stored without any content")
    yield "overdue answers", in_words(report["overdue"], "calls; see status --overdue")
    yield "last reconciliation", reconciled_in_words(report["reconcile"])
    for lease in report["leases"]:
        yield f"leased by {lease['owner']}", f"{lease['calls']} calls until {lease['until']}"
    for call in report.get("overdueCalls", []):
        yield f"overdue {call['callId']}", f"revision {call['revision']}, sent {call['sentAt']}"


def in_words(number: int | None, what: str) -> str:
    """A number that may not be known, with what it counts unless that is nothing."""
    if number is None:
        return "not known"
    return f"{number} {what}" if number else "0"


def reconciled_in_words(reconcile: Report) -> str:
    if reconcile["source"] is None:
        return "none yet"
    oldest = f", the oldest at {reconcile['oldestMissing']}" if reconcile["oldestMissing"] else ""
    ended = f"; ended {reconcile['finishedAt']}" if reconcile["finishedAt"] else ""
    return (
        f"{reconcile['source']} calls in the source, {reconcile['sent']} sent, {reconcile['summarized']} summarized, "
        f"{reconcile['missing']} missing{oldest}{ended}"
    )
