"""Ways to poison a single conversation, answer, row or queue entry, and where each of them ends."""

from __future__ import annotations

import base64
import gzip
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from standins.queuetreatment import Treatment
from tests.acceptance.sites import Site, an_answer
from tests.chaos.actors.interference import WAYS
from tests.world import SOURCE, USER

LEDGER = f"{USER}.CDC_PROCESSED_CALLS"
STATUS = f"{USER}.CDC_PROCESSING_STATUS"
#: What is set aside when it can't be read, sent or written.
Ends = Callable[[Site, str], bool]


@dataclass(frozen=True)
class Poison:
    """One way.

    Parameters:
        call_id: what it is done to, a number of its own in its batch.
        apply: does it, before the service starts.
        ends: whether the poisoned thing has come to its right end.
    """

    name: str
    apply: Callable[[Site, str], None]
    ends: Ends
    call_id: str = ""


def is_failed(site: Site, call_id: str) -> bool:
    """Set aside, with a reason."""
    return site.state(call_id) == "FAILED" and bool(site.failures("OUTBOUND").get(call_id))


def is_summarized(site: Site, call_id: str) -> bool:
    return site.state(call_id) == "SUMMARIZED"


def is_delivered(site: Site, call_id: str) -> bool:
    """Return whether it was sent and answered, or set aside although it was sent.

    Nobody said then that it had come.
    """
    return is_summarized(site, call_id) or is_failed(site, call_id)


def record(site: Site, call_id: str) -> None:
    site.world.record(call_id, ("C", "one"), ("A", "two"), ("C", "three"), ago_seconds=1.0)


# ------------------------------------------------------------------------------- rows of the source


def unreadable(column: str, value: str) -> Poison:
    """Put what the driver can't read into one row of a call."""

    def apply(site: Site, call_id: str) -> None:
        record(site, call_id)
        site.world.change(
            f"UPDATE {SOURCE} SET {column} = {value} WHERE CALL_ID = {call_id} AND ROWNUM = 1"
        )

    return Poison(f"{column} = {value}", apply, is_failed)


def text_of(octets: str) -> str:
    return f"UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW('{octets}'))"


def date_of(octets: str) -> str:
    return f"DBMS_STATS.CONVERT_RAW_TO_DATE(HEXTORAW('{octets}'))"


def too_long(site: Site, call_id: str) -> None:
    noise = random.Random(7).choices([chr(code) for code in range(0x4E00, 0x9000)], k=700_000)
    site.world.record(call_id, ("C", "".join(noise)), ("A", "two"), ago_seconds=1.0)


# ------------------------------------------------------------------------------- rows of the ledger


def ledger_row(name: str, ends: Ends, **columns: str) -> Poison:
    """Write the call's ledger row as a DBA, or a restored export, leaves it.

    Parameters:
        columns: SQL.
    """

    def apply(site: Site, call_id: str) -> None:
        record(site, call_id)
        names = ", ".join(("CALL_ID", *columns))
        site.world.change(
            f"INSERT INTO {LEDGER} ({names}) VALUES ('{call_id}', {', '.join(columns.values())})"
        )

    return Poison(name, apply, ends)


def nameless_row(site: Site, call_id: str) -> None:
    site.world.change(
        f"INSERT INTO {LEDGER} (CALL_ID, STATE, DUE_AT) VALUES ('abc', 'OPEN', SYSDATE - 1)"
    )


def is_left(site: Site, call_id: str) -> bool:
    """Return whether what is no call of ours stays as it is, or is set aside."""
    return site.state("abc") in ("OPEN", "FAILED")


def endless_sweep(site: Site, call_id: str) -> None:
    site.world.change(f"UPDATE {STATUS} SET SWEEP_OWNER = 'somebody', SWEEP_UNTIL = NULL")


def has_swept(site: Site, call_id: str) -> bool:
    sql = f"SELECT RECONCILED_AT FROM {STATUS} WHERE TABLE_NAME = 'CDC_NORMAL_MODE'"
    return site.world.rows(sql)[0][0] is not None


def empty_failure(site: Site, call_id: str) -> None:
    site.world.change(f"INSERT INTO {USER}.SQS_PERMANENT_FAILURES (CALL_ID) VALUES (NULL)")


def is_there(site: Site, call_id: str) -> bool:
    sql = f"SELECT COUNT(*) FROM {USER}.SQS_PERMANENT_FAILURES WHERE DIRECTION IS NULL"
    return site.world.rows(sql) == [(1,)]


def locked_call(site: Site, call_id: str) -> None:
    record(site, call_id)
    site.world.change(
        f"INSERT INTO {LEDGER} (CALL_ID, STATE, DUE_AT) VALUES ('{call_id}', 'OPEN', SYSDATE - 1)"
    )
    site.lock(f"SELECT CALL_ID FROM {LEDGER} WHERE CALL_ID = '{call_id}' FOR UPDATE")


def locked_summary(site: Site, call_id: str) -> None:
    table = f"{USER}.DICTA_CALL_SUMMARY"
    record(site, call_id)
    site.world.change(
        f"INSERT INTO {table} (CALL_ID, REVISION, SENT_TIMESTAMP) VALUES ('{call_id}', 0, 0)"
    )
    site.lock(f"SELECT CALL_ID FROM {table} WHERE CALL_ID = '{call_id}' FOR UPDATE")


# ----------------------------------------------------------------------------- entries of the queue


def on_the_way(name: str, treatment: Treatment, ends: Ends = is_failed) -> Poison:
    """Have something between the service and SQS dislike the call's messages, for good."""

    def apply(site: Site, call_id: str) -> None:
        record(site, call_id)
        site.treatments[call_id] = treatment

    return Poison(name, apply, ends)


def refused_entry(site: Site, call_id: str) -> None:
    record(site, call_id)
    site.refused_entries.add(call_id)


# ------------------------------------------------------------------------------------------ answers


def answered(name: str, body: str, ends: Callable[[Site, str], bool]) -> Poison:
    """Put an answer that nobody asked for into the results queue.

    Parameters:
        ends: called with its message.
    """
    placed: dict[int, str] = {}

    def apply(site: Site, call_id: str) -> None:
        placed[id(site)] = site.put_answer(body)

    return Poison(name, apply, lambda site, _: ends(site, placed[id(site)]))


def is_set_aside(site: Site, message_id: str) -> bool:
    return bool(site.failures("RESULT").get(message_id)) and message_id not in site.results.messages


def is_put_back(site: Site, message_id: str) -> bool:
    return message_id in site.results.messages and message_id not in site.failures("RESULT")


def is_gone(site: Site, message_id: str) -> bool:
    return message_id not in site.results.messages and message_id not in site.failures("RESULT")


def badly_answered(name: str, **fields: object) -> Poison:
    """Have a call's own answer with an odd value, which is stored nonetheless."""

    def apply(site: Site, call_id: str) -> None:
        record(site, call_id)
        site.answers[call_id] = an_answer(call_id, **fields)

    return Poison(name, apply, is_summarized)


BOMB = base64.b64encode(gzip.compress(bytes(50_000_000))).decode()
CONVERSATION = json.dumps(
    {"type": "CONVERSATION_ASSEMBLY", "callId": "7", "source": "on-premises-cdc"}
)

#: By the name of a batch: independent ways, which one run of the service meets at a time.
BATCHES: dict[str, tuple[Poison, ...]] = {
    "rows": (
        unreadable("TEXT_TIME", date_of("35580101010101")),
        unreadable("SUBSCRIBER_NO", text_of("3035C328")),
        answered("an answer that is no JSON", "no JSON at all", is_set_aside),
        badly_answered("a NUL in the summary", summary="before\0after"),
    ),
    "more rows": (
        unreadable("CALL_TIME", date_of("64640101010101")),
        unreadable("BAN", text_of("42FF31")),
        answered("an answer nested without end", "[" * 100_000, is_set_aside),
        badly_answered("a lone surrogate in the summary", summary="\ud800"),
    ),
    "ledger": (
        ledger_row(
            "an unknown state",
            lambda site, call_id: site.state(call_id) == "BROKEN",
            STATE="'BROKEN'",
        ),
        Poison("a call id that is no number", nameless_row, is_left),
        ledger_row("open, and never due", is_summarized, STATE="'OPEN'"),
        ledger_row(
            "leased, and without an end", is_summarized, STATE="'LEASED'", LEASE_OWNER="'x'"
        ),
        ledger_row(
            "open after more attempts than allowed", is_summarized, STATE="'OPEN'", ATTEMPTS="999"
        ),
        Poison("a sweep that has an owner and no end", endless_sweep, has_swept),
        Poison("a failure row of which nothing is known", empty_failure, is_there),
        answered(
            "an answer without a call",
            '{"type":"ML_PROCESSING_RESULT","summary":"x"}',
            is_set_aside,
        ),
    ),
    "locks": (
        Poison("a ledger row that a DBA holds", locked_call, is_summarized),
        Poison("a summary that a DBA holds", locked_summary, is_summarized),
    ),
    "too large": (
        on_the_way("413 by size", WAYS["413 page"]),
        Poison("more than a message may hold", too_long, is_failed),
        answered("an answer to a call of 60 digits", an_answer("9" * 60), is_set_aside),
        badly_answered("a number out of range", confidence=1e300),
    ),
    "refused": (
        on_the_way("403 by content", WAYS["403 page"]),
        Poison("refused by itself in its batch", refused_entry, is_failed),
        answered("a list of what is no answer", '["a", 2, null]', is_set_aside),
        badly_answered("a summary of 500 KB", summary="long " * 100_000),
    ),
    "failing": (
        on_the_way("500 by content", WAYS["500"]),
        unreadable("TEXT", text_of("D7A9FFD79C")),
        answered("a small message that unpacks to 50 MB", BOMB, is_set_aside),
    ),
    "swallowed": (
        on_the_way("never answered", WAYS["never"]),
        answered("a conversation among the answers", CONVERSATION, is_put_back),
    ),
    "cut": (
        on_the_way(
            "accepted, then the connection is cut", WAYS["accepted, then cut"], is_delivered
        ),
        answered("an answer to a call that nobody knows", an_answer("424242"), is_gone),
    ),
    "garbled": (
        on_the_way("accepted, and half an answer", WAYS["accepted, half the JSON"], is_delivered),
        unreadable("TEXT_TIME", date_of("64640101010101")),
    ),
}
#: Calls of poisons have numbers that no other call has.
BATCHES = {
    name: tuple(replace(poison, call_id=str(9000 + place)) for place, poison in enumerate(batch))
    for name, batch in BATCHES.items()
}
