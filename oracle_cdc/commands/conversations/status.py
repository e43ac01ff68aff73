"""`status` of conversations, from Oracle and the queues alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from oracle_cdc.aws.sqs.client import SqsClient, read_queue
from oracle_cdc.commands.status_report import Part, in_words, seconds_in_words
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.conversations.tables.modes import HISTORICAL_MODE, NORMAL_MODE, Mode, read_mode
from oracle_cdc.conversations.tables.signs_of_life import Signs, read_signs
from oracle_cdc.conversations.tables.sweeps import read_sweep_state
from oracle_cdc.conversations.wiring_parts import create_client, open_database
from oracle_cdc.errors import CdcError, ExitCode
from oracle_cdc.oracle.session import Record, Session
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.terminal import Line, Report, time_text, utc_text

#: As many overdue calls are listed.
OVERDUE_ROWS = 1000


def report_conversations(settings: Settings, *, overdue: bool) -> Part:
    """Return the report, with the exit code 0, or 4 when a queue can't be asked.

    Such a queue shows as null, with its reason, and the service as not ready.
    """
    database = open_database(settings, sessions=1)
    client = create_client(settings)
    listed: list[Report] | None = None
    code = ExitCode.DONE
    try:
        with database.session() as session:
            report = read_report(session, settings)
            reasons = find_reasons(read_signs(session), settings.cdc.ready_limit_seconds)
            if overdue:
                listed = list_overdue(session, settings)
        depths, faults = read_depths(client, settings)
    finally:
        client.close()
        database.close()
    report["queues"] = depths
    if listed is not None:
        report["overdueCalls"] = listed
    if faults:
        code = ExitCode.DESTINATION
    return Part(reasons + faults, report, {}, list(lines_of(report)), code)


def read_report(session: Session, settings: Settings) -> Report:
    """Return what Oracle knows, with the queues empty still."""
    modes = read_modes(session)
    watermark, lag_seconds = None, None
    normal = modes.get(NORMAL_MODE)
    if normal is not None:
        watermark, lag_seconds = time_text(normal.watermark), normal.lag_seconds
    deadline = settings.cdc.result_deadline_minutes
    return {
        "watermark": watermark,
        "lagSeconds": lag_seconds,
        "states": count_states(session),
        "queues": {},
        "failures": int(session.query("count_failures")[0]["failures"]),
        "emptyAnswers": int(session.query("count_empty")[0]["answers"]),
        "overdue": int(session.query("count_overdue", deadline_minutes=deadline)[0]["calls"]),
        "reconcile": read_reconciled(session),
        "leases": [lease_report(record) for record in session.query("list_leases")],
        "paused": [name for name, mode in modes.items() if not mode.is_enabled],
    }


def read_modes(session: Session) -> dict[str, Mode]:
    """Return the modes that have a row."""
    modes = {}
    for name in (NORMAL_MODE, HISTORICAL_MODE):
        mode = read_mode(session, name)
        if mode is not None:
            modes[name] = mode
    return modes


def count_states(session: Session) -> dict[str, int]:
    """Return the calls by state. The original system wrote none."""
    counts = {}
    for record in session.query("count_states"):
        counts[record["state"] or "ORIGINAL"] = int(record["calls"])
    return counts


def lease_report(record: Record) -> Report:
    """Return one owner's leases as the report names them."""
    return {
        "owner": record["lease_owner"],
        "calls": int(record["calls"]),
        "until": utc_text(record["until_time"]),
    }


def find_reasons(signs: Signs, limit_seconds: float) -> list[str]:
    """Return why the service is not ready, as its tables show it.

    It is what readiness said in some copy, or that none works.
    """
    if signs.age_seconds is None:
        return ["the service never ran: python cdc_service.py run"]
    if signs.age_seconds > limit_seconds:
        return [
            f"no copy has worked for {signs.age_seconds:.0f} s: "
            "see systemctl status, cdc_errors.log"
        ]
    if signs.not_ready:
        return [signs.not_ready]
    return []


def read_reconciled(session: Session) -> Report:
    """Return what the last whole sweep found, null before the first.

    ageSeconds: how far the last sweep lies back that finished.
    """
    records = session.query("read_reconciled", mode_name=NORMAL_MODE) or [{}]
    record = records[0]
    age_seconds = None
    state = read_sweep_state(session, full_minutes=0)
    if state:
        age_seconds = round(state.age_seconds, 3)
    return {
        "source": as_count(record.get("reconciled_source")),
        "sent": as_count(record.get("reconciled_sent")),
        "summarized": as_count(record.get("reconciled_summarized")),
        "missing": as_count(record.get("reconciled_missing")),
        "oldestMissing": time_text(record.get("reconciled_oldest")),
        "finishedAt": utc_text(record.get("reconciled_at")),
        "ageSeconds": age_seconds,
    }


def as_count(value: float | None) -> int | None:
    """Return one of Oracle's numbers as a whole one, None for NULL."""
    if value is None:
        return None
    return int(value)


def list_overdue(session: Session, settings: Settings) -> list[Report]:
    """Return the calls whose answer is overdue, as the report names them."""
    records = session.query(
        "list_overdue",
        deadline_minutes=settings.cdc.result_deadline_minutes,
        row_limit=OVERDUE_ROWS,
    )
    listed = []
    for record in records:
        listed.append(
            {
                "callId": record["call_id"],
                "revision": as_count(record["sent_revision"]),
                "sentAt": utc_text(record["sent_at"]),
                "messageId": record["sqs_message_id"],
            }
        )
    return listed


def read_depths(
    client: SqsClient, settings: Settings
) -> tuple[Mapping[str, int | None], list[str]]:
    """Return the messages waiting in each queue, None where SQS did not say, and why it did not."""
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


def lines_of(report: Report) -> Iterator[Line]:
    """Yield what stands left and right in each line."""
    for mode in report["paused"]:
        yield "paused", f"{mode}: IS_ENABLED is 0"
    yield "watermark", report["watermark"] or "none yet"
    yield "behind the clock", seconds_in_words(report["lagSeconds"])
    for state, calls in report["states"].items():
        yield f"calls {state}", str(calls)
    for name, depth in report["queues"].items():
        yield f"{name} queue", in_words(depth, "waiting")
    yield (
        "set aside",
        in_words(
            report["failures"],
            "calls or results; see failures list",
            one="call or result; see failures list",
        ),
    )
    yield "empty answers", in_words(report["emptyAnswers"], "stored without any content")
    yield (
        "overdue answers",
        in_words(
            report["overdue"], "calls; see status --overdue", one="call; see status --overdue"
        ),
    )
    yield "last reconciliation", reconciled_in_words(report["reconcile"])
    for lease in report["leases"]:
        yield (
            f"leased by {lease['owner']}",
            f"{counted(lease['calls'], 'call')} until {lease['until']}",
        )
    for call in report.get("overdueCalls", []):
        yield f"overdue {call['callId']}", f"revision {call['revision']}, sent {call['sentAt']}"


def reconciled_in_words(reconcile: Report) -> str:
    """Return what the last sweep found, in a line."""
    if reconcile["source"] is None:
        return "none yet"
    text = (
        f"{counted(reconcile['source'], 'call')} in the source, {reconcile['sent']} sent, "
        f"{reconcile['summarized']} summarized, {reconcile['missing']} missing"
    )
    if reconcile["oldestMissing"]:
        text += f", the oldest at {reconcile['oldestMissing']}"
    if reconcile["finishedAt"]:
        text += f"; ended {reconcile['finishedAt']}"
    return text
