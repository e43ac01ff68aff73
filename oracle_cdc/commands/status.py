"""`status`: what a DBA or a monitor wants to know of the service, from Oracle and the queues alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rich.table import Table

from oracle_cdc.commands.terminal import Terminal, say
from oracle_cdc.errors import CdcError
from oracle_cdc.log_setup import configure_console
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.modes import NORMAL_MODE, read_mode
from oracle_cdc.oracle.session import Session
from oracle_cdc.oracle.sweeps import read_ground
from oracle_cdc.settings import Settings
from oracle_cdc.sqs.client import SqsClient, create_client, read_queue

#: As many overdue calls are listed.
OVERDUE_ROWS = 1000

Report = dict[str, Any]


def status(settings: Settings, *, overdue: bool, as_json: bool) -> int:
    """0 when Oracle answered. A queue that can't be asked shows as null, and the service as not ready."""
    configure_console("ERROR")
    database = Database(settings.oracle, settings.source, sessions=1)
    client = create_client(settings)
    try:
        with database.session() as session:
            report = read_report(session, settings)
            listed = list_overdue(session, settings) if overdue else None
        report["queues"] = read_depths(client, settings)
    finally:
        client.close()
        database.close()
    report["ready"] = report["ready"] and None not in report["queues"].values()
    if listed is not None:
        report["overdueCalls"] = listed
    if as_json:
        say(json.dumps(report, ensure_ascii=False))
    else:
        show(report)
    return 0


def read_report(session: Session, settings: Settings) -> Report:
    """The keys of CONTRACT section 5 that Oracle knows."""
    mode = read_mode(session, NORMAL_MODE)
    deadline = settings.cdc.result_deadline_minutes
    return {
        "watermark": as_text(mode.watermark) if mode else None,
        "lagSeconds": mode.lag_seconds if mode else None,
        "states": {r["state"] or "ORIGINAL": int(r["calls"]) for r in session.query("count_states")},
        "queues": {},
        "failures": int(session.query("count_failures")[0]["failures"]),
        "emptyAnswers": int(session.query("count_empty")[0]["answers"]),
        "overdue": int(session.query("count_overdue", deadline_minutes=deadline)[0]["calls"]),
        "reconcile": read_reconciled(session),
        "leases": [
            {"owner": r["lease_owner"], "calls": int(r["calls"]), "until": utc_text(r["until_time"])}
            for r in session.query("list_leases")
        ],
        "ready": is_alive(session, settings),
    }


def read_reconciled(session: Session) -> Report:
    """What the last whole sweep found, null before the first; how far the last one lies back that finished."""
    records = session.query("read_reconciled", mode_name=NORMAL_MODE) or [{}]
    figures = {key: records[0].get(f"reconciled_{key}") for key in ("source", "sent", "summarized", "missing")}
    oldest = records[0].get("reconciled_oldest")
    ground = read_ground(session, full_minutes=0)
    return {
        **{key: None if value is None else int(value) for key, value in figures.items()},
        "oldestMissing": as_text(oldest) if oldest else None,
        "finishedAt": utc_text(records[0].get("reconciled_at")),
        "ageSeconds": round(ground.age_seconds, 3) if ground else None,
    }


def is_alive(session: Session, settings: Settings) -> bool:
    """Whether some copy has shown progress lately; /readyz judges by the same limit, for its own copy."""
    limit = settings.cdc.ready_limit_seconds
    age = session.query("read_heartbeat", mode_name=NORMAL_MODE)
    return bool(age) and age[0]["age_seconds"] is not None and float(age[0]["age_seconds"]) <= limit


def list_overdue(session: Session, settings: Settings) -> list[Report]:
    records = session.query(
        "list_overdue", deadline_minutes=settings.cdc.result_deadline_minutes, row_limit=OVERDUE_ROWS
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


def read_depths(client: SqsClient, settings: Settings) -> Mapping[str, int | None]:
    """Messages waiting in each queue; None where SQS did not say."""
    urls = {"outbound": settings.sqs.outbound_queue_url, "results": settings.sqs.results_queue_url}
    return {name: read_depth(client, url) for name, url in urls.items()}


def read_depth(client: SqsClient, url: str) -> int | None:
    try:
        return read_queue(client, url).waiting
    except CdcError:
        return None


def as_text(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def utc_text(moment: datetime | None) -> str | None:
    return f"{moment.isoformat()}Z" if moment else None


def show(report: Report) -> None:
    """The same for people."""
    table = Table(show_header=False, box=None)
    for name in ("watermark", "lagSeconds", "failures", "emptyAnswers", "overdue", "ready"):
        table.add_row(name, str(report[name]))
    for group in ("states", "queues", "reconcile"):
        for name, value in report[group].items():
            table.add_row(f"{group}.{name}", "not known" if value is None else str(value))
    for lease in report["leases"]:
        table.add_row(f"lease {lease['owner']}", f"{lease['calls']} calls until {lease['until']}")
    for call in report.get("overdueCalls", []):
        table.add_row(f"overdue {call['callId']}", f"revision {call['revision']}, sent {call['sentAt']}")
    Terminal().print(table)
