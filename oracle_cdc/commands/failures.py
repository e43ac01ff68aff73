"""`failures list`, `show`, `replay`, `discard`: works through SQS_PERMANENT_FAILURES."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table

from oracle_cdc.conversations.parts import Parts, make_parts, open_database
from oracle_cdc.conversations.replay import Replayed, replay_calls, replay_results
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.conversations.tables.failures import (
    Failure,
    list_failures,
    read_body,
    read_failure,
    remove_failures,
)
from oracle_cdc.conversations.wiring import make_delivery
from oracle_cdc.errors import ExitCode, SettingsError
from oracle_cdc.oracle.session import Session
from oracle_cdc.running.log_setup import configure_console
from oracle_cdc.running.terminal import Terminal, complain, confirm, counted, say

#: Rows deleted in one round trip.
DELETE_ROWS = 1000


def failures(settings: Settings, options: Namespace) -> int:
    """0 when all that was asked for is done; 1 when a row is not there, or a replay failed."""
    configure_console("WARNING")
    if options.action in ("replay", "discard"):
        require_choice(options)
    if options.action == "replay":
        return replay(settings, options)
    database = open_database(settings, sessions=1)
    try:
        with database.session() as session:
            return {"list": show_all, "show": show_one, "discard": discard}[options.action](
                session, options
            )
    finally:
        database.close()


def show_all(session: Session, options: Namespace) -> int:
    found = list_failures(session)
    if options.as_json:
        say(json.dumps([as_object(failure) for failure in found], ensure_ascii=False))
        return ExitCode.DONE
    table = Table("ID", "direction", "call", "attempts", "failed at", "reason", box=None)
    for failure in found:
        failed_at = failure.failed_at.isoformat(" ", "seconds") if failure.failed_at else ""
        table.add_row(
            failure.failure_id,
            failure.direction,
            failure.call_id or "",
            str(failure.attempts),
            failed_at,
            failure.reason,
        )
    if found:
        Terminal(width=None if Terminal().is_terminal else 200).print(table)
    say(f"{len(found)} set aside")
    return ExitCode.DONE


def show_one(session: Session, options: Namespace) -> int:
    failure = read_failure(session, options.id)
    if failure is None:
        complain(options.id, "no such failure; see `failures list`")
        return ExitCode.FAILED
    shown = as_object(failure)
    body = read_body(session, failure.failure_id) if options.body else None
    if options.as_json:
        say(json.dumps(shown | ({"body": body} if options.body else {}), ensure_ascii=False))
        return ExitCode.DONE
    for name, value in shown.items():
        say(f"{name:<15} {'' if value is None else value}")
    if options.body:
        say(body if body is not None else "its body was not kept (KEEP_FAILED_MESSAGES)")
    return ExitCode.DONE


def as_object(failure: Failure) -> dict[str, Any]:
    """A failure as the JSON outputs name it; nothing of it is private."""
    return {
        "id": failure.failure_id,
        "direction": failure.direction,
        "callId": failure.call_id,
        "revision": failure.revision,
        "attempts": failure.attempts,
        "failedAt": failure.failed_at.isoformat() if failure.failed_at else None,
        "messageId": failure.message_id,
        "bodyCharacters": failure.body_length,
        "reason": failure.reason,
    }


def discard(session: Session, options: Namespace) -> int:
    """Delete rows; a call's row in the ledger stays FAILED until a new segment of it comes."""
    chosen, missing = choose(session, options)
    if chosen and confirm(
        f"{tell(chosen)} will be deleted for good; what was not sent is not sent then", options.yes
    ):
        removed = 0
        for start in range(0, len(chosen), DELETE_ROWS):
            removed += remove_failures(session, chosen[start : start + DELETE_ROWS])
            session.commit()
        say(f"{removed} discarded")
    return int(bool(missing))


def replay(settings: Settings, options: Namespace) -> int:
    parts = make_parts(settings)
    try:
        parts.startup.ensure_database()
        with parts.database.session() as session:
            chosen, missing = choose(session, options)
        question = f"{tell(chosen)} will be tried again: calls are read from the source, results from their bodies"
        if not chosen or not confirm(question, options.yes):
            return int(bool(missing))
        kept = 0
        for replayed in replay_all(parts, chosen):
            report(replayed)
            kept += not replayed.is_done
        say(f"{len(chosen) - kept} replayed, {kept} kept")
        return int(bool(kept or missing))
    finally:
        parts.close()


def replay_all(parts: Parts, chosen: Sequence[Failure]) -> Iterator[Replayed]:
    """Calls batch by batch, then results one by one. The queue is asked only when a call is among them."""
    calls = [failure for failure in chosen if not failure.is_result]
    cdc = parts.settings.cdc
    if calls:
        delivery = make_delivery(parts, parts.heartbeat)
        for start in range(0, len(calls), cdc.max_batch_size):
            batch = calls[start : start + cdc.max_batch_size]
            yield from replay_calls(
                parts.database,
                delivery,
                batch,
                owner=cdc.instance_id,
                lease_seconds=cdc.lease_seconds,
            )
    results = [failure for failure in chosen if failure.is_result]
    yield from replay_results(parts.database, parts.results.intake.fetch, results)


def require_choice(options: Namespace) -> None:
    """Raises SettingsError unless exactly one kind of choice was made."""
    asked = [
        bool(options.ids),
        options.call is not None,
        options.older_than is not None,
        options.all,
    ]
    if sum(asked) != 1:
        raise SettingsError("say which: IDs, or one of --call, --older-than, --all")


def choose(session: Session, options: Namespace) -> tuple[list[Failure], list[str]]:
    """The rows that were asked for, and the ids that are not there."""
    if not options.ids:
        days = -1.0 if options.older_than is None else options.older_than
        found = list_failures(session, call_id=options.call, older_than_days=days)
        if not found:
            say("nothing of that kind is set aside")
        return found, []
    found_by_id = {
        failure_id: read_failure(session, failure_id) for failure_id in dict.fromkeys(options.ids)
    }
    missing = [failure_id for failure_id, failure in found_by_id.items() if failure is None]
    for failure_id in missing:
        complain(failure_id, "no such failure; see `failures list`")
    return [failure for failure in found_by_id.values() if failure], missing


def tell(chosen: Sequence[Failure]) -> str:
    results = sum(failure.is_result for failure in chosen)
    return f"{counted(len(chosen) - results, 'call')} and {counted(results, 'result')}"


def report(replayed: Replayed) -> None:
    failure = replayed.failure
    subject = f"{failure.failure_id} {f'call {failure.call_id}' if failure.call_id else failure.direction.lower()}"
    if replayed.is_done:
        say(f"✅ {subject}: {replayed.what}")
    else:
        complain(subject, replayed.what)
