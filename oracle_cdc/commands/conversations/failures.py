"""`failures` of conversations: works through SQS_PERMANENT_FAILURES."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.table import Table

from oracle_cdc.conversations.parts import Parts, make_parts, open_database
from oracle_cdc.conversations.replay import Replayed, replay_calls
from oracle_cdc.conversations.replay_results import replay_results
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
from oracle_cdc.running.terminal import Terminal, complain, confirm, counted, say, time_text

#: Rows deleted in one round trip.
DELETE_ROWS = 1000
#: How wide the list is where no terminal says it.
LIST_WIDTH = 200


def call_failures(settings: Settings, options: Namespace) -> int:
    """Do what was asked for, and return the exit code.

    It is 1 when a row is not there, or a replay failed.
    """
    if options.action in ("replay", "discard"):
        require_choice(options)
    if options.action == "replay":
        return replay(settings, options)
    database = open_database(settings, sessions=1)
    try:
        with database.session() as session:
            if options.action == "list":
                return show_all(session, options)
            if options.action == "show":
                return show_one(session, options)
            return discard(session, options)
    finally:
        database.close()


def show_all(session: Session, options: Namespace) -> int:
    """Print what is set aside, as a table or as JSON."""
    found = list_failures(session)
    if options.as_json:
        say(json.dumps([as_object(failure) for failure in found], ensure_ascii=False))
        return ExitCode.DONE
    if found:
        print_table(found)
    say(f"{len(found)} set aside")
    return ExitCode.DONE


def print_table(found: Sequence[Failure]) -> None:
    table = Table("ID", "direction", "call", "attempts", "failed at", "reason", box=None)
    for failure in found:
        failed_at = ""
        if failure.failed_at:
            failed_at = failure.failed_at.isoformat(" ", "seconds")
        table.add_row(
            failure.failure_id,
            failure.direction,
            failure.call_id or "",
            str(failure.attempts),
            failed_at,
            failure.reason,
        )
    terminal = Terminal()
    if not terminal.is_terminal:
        terminal = Terminal(width=LIST_WIDTH)
    terminal.print(table)


def show_one(session: Session, options: Namespace) -> int:
    """Print one failure, with its body if that was asked for."""
    failure = read_failure(session, options.id)
    if failure is None:
        complain_missing(options.id)
        return ExitCode.FAILED
    shown = as_object(failure)
    if options.as_json:
        if options.body:
            shown["body"] = read_body(session, failure.failure_id)
        say(json.dumps(shown, ensure_ascii=False))
        return ExitCode.DONE
    for name, value in shown.items():
        if value is None:
            value = ""
        say(f"{name:<15} {value}")
    if options.body:
        show_body(read_body(session, failure.failure_id))
    return ExitCode.DONE


def show_body(body: str | None) -> None:
    """Print a body, or that there is none."""
    if body is None:
        say("its body was not kept (KEEP_FAILED_MESSAGES)")
    else:
        say(body)


def complain_missing(failure_id: str) -> None:
    complain(failure_id, "no such failure; see `failures list`")


def as_object(failure: Failure) -> dict[str, Any]:
    """Return a failure as the JSON outputs name it. Nothing of it is private."""
    return {
        "id": failure.failure_id,
        "direction": failure.direction,
        "callId": failure.call_id,
        "revision": failure.revision,
        "attempts": failure.attempts,
        "failedAt": time_text(failure.failed_at),
        "messageId": failure.message_id,
        "bodyCharacters": failure.body_length,
        "reason": failure.reason,
    }


def discard(session: Session, options: Namespace) -> int:
    """Delete the chosen rows, and return the exit code.

    A call's row in the ledger stays FAILED until a new segment of it comes.
    """
    chosen, missing = choose(session, options)
    question = f"{count_kinds(chosen)} will be deleted for good; what was not sent is not sent then"
    if chosen and confirm(question, options.yes):
        removed = 0
        for start in range(0, len(chosen), DELETE_ROWS):
            removed += remove_failures(session, chosen[start : start + DELETE_ROWS])
            session.commit()
        say(f"{removed} discarded")
    if missing:
        return ExitCode.FAILED
    return ExitCode.DONE


def replay(settings: Settings, options: Namespace) -> int:
    """Try the chosen rows again, and return the exit code."""
    parts = make_parts(settings)
    try:
        parts.startup.ensure_database()
        with parts.database.session() as session:
            chosen, missing = choose(session, options)
        question = (
            f"{count_kinds(chosen)} will be tried again: "
            "calls are read from the source, results from their bodies"
        )
        kept = 0
        if chosen and confirm(question, options.yes):
            kept = report_replays(replay_all(parts, chosen))
            say(f"{len(chosen) - kept} replayed, {kept} kept")
    finally:
        parts.close()
    if kept or missing:
        return ExitCode.FAILED
    return ExitCode.DONE


def report_replays(replays: Iterable[Replayed]) -> int:
    """Print how each replay ended, and return how many rows were kept."""
    kept = 0
    for replayed in replays:
        report(replayed)
        if not replayed.is_done:
            kept += 1
    return kept


def replay_all(parts: Parts, chosen: Sequence[Failure]) -> Iterator[Replayed]:
    """Try calls again batch by batch, then results one by one.

    The queue is asked only when a call is among them.
    """
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
    """Raise SettingsError unless exactly one kind of choice was made."""
    asked = [
        bool(options.ids),
        options.call is not None,
        options.older_than is not None,
        options.all,
    ]
    if sum(asked) != 1:
        raise SettingsError("say which: IDs, or one of --call, --older-than, --all")


def choose(session: Session, options: Namespace) -> tuple[list[Failure], list[str]]:
    """Return the rows that were asked for, and the ids that are not there."""
    if options.ids:
        return choose_by_id(session, options.ids)
    days = -1.0
    if options.older_than is not None:
        days = options.older_than
    found = list_failures(session, call_id=options.call, older_than_days=days)
    if not found:
        say("nothing of that kind is set aside")
    return found, []


def choose_by_id(session: Session, ids: Sequence[str]) -> tuple[list[Failure], list[str]]:
    """Return the rows of these ids, each once, and the ids that are not there."""
    found = []
    missing = []
    for failure_id in dict.fromkeys(ids):
        failure = read_failure(session, failure_id)
        if failure is None:
            missing.append(failure_id)
            complain_missing(failure_id)
        else:
            found.append(failure)
    return found, missing


def count_kinds(chosen: Sequence[Failure]) -> str:
    """Return how many calls and results were chosen, in words."""
    results = sum(failure.is_result for failure in chosen)
    return f"{counted(len(chosen) - results, 'call')} and {counted(results, 'result')}"


def report(replayed: Replayed) -> None:
    """Print how one replay ended."""
    failure = replayed.failure
    what = failure.direction.lower()
    if failure.call_id:
        what = f"call {failure.call_id}"
    subject = f"{failure.failure_id} {what}"
    if replayed.is_done:
        say(f"✅ {subject}: {replayed.what}")
    else:
        complain(subject, replayed.what)
