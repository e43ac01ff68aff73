"""The balance of a demo of events finds every id that is not where it must be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from oracle_cdc.demo.events.balance import (
    Balance,
    Found,
    Received,
    balance,
    expected_body,
    read_received,
)
from oracle_cdc.demo.events.incidents import Happened
from oracle_cdc.demo.events.report import count_lines, id_lines
from oracle_cdc.demo.events.rows import NewRow
from oracle_cdc.demo.events.streams import Stored
from oracle_cdc.demo.events.table import TableRow
from oracle_cdc.demo.events.watch import Standing

TIME = datetime(2026, 11, 26, 12, 0, 0, 5)
LARGE = "9223372036854775807"


def a_new_row(id: str, *, is_too_large: bool = False) -> NewRow:
    return NewRow(int(id), f"case {id}", "חשבון חדש", f"data of {id}", is_too_large)


def a_row(id: str) -> TableRow:
    new = a_new_row(id)
    return TableRow(new.case_id, new.event_type, TIME, new.data)


def a_message(id: str, sequence: int) -> Stored:
    body = json.dumps({"trace_id": "t", **expected_body(id, a_row(id))}).encode()
    return Stored(sequence, f"P:{id}", "txlog.events._________", body)


def as_received(*messages: Stored) -> Mapping[int, Received]:
    received = {}
    for message in messages:
        received[message.sequence] = Received(message.id, message.body.decode())
    return received


ONE, TWO, TOO_LARGE = "1", LARGE, "3"
STORED = (a_message(ONE, 1), a_message(TWO, 2))
GOOD = Found(
    program="P",
    subject="txlog.events",
    written={
        ONE: a_new_row(ONE),
        TWO: a_new_row(TWO),
        TOO_LARGE: a_new_row(TOO_LARGE, is_too_large=True),
    },
    table={ONE: a_row(ONE), TWO: a_row(TWO), TOO_LARGE: a_row(TOO_LARGE)},
    stored=STORED,
    received=as_received(*STORED),
    set_aside={TOO_LARGE: "70,000 bytes"},
)


def stored(*messages: Stored) -> Found:
    """Return a world in which the stream has these, and the consumer got them."""
    return replace(GOOD, stored=messages, received=as_received(*messages))


def judge(found: Found) -> tuple[Balance, str]:
    result = balance(found)
    return result, "; ".join(result.mistakes)


def test_rows_that_are_stored_once_or_set_aside_balance() -> None:
    result, mistakes = judge(GOOD)
    assert mistakes == ""
    assert (result.in_table, len(result.in_stream), result.received, result.intact) == (3, 2, 2, 2)
    assert "3 in the table = 2 in the stream + 1 set aside + 0 missing: it balances" in str(
        [*count_lines(result)]
    )


def test_a_row_that_came_nowhere_is_missing() -> None:
    result, mistakes = judge(stored(STORED[0]))
    assert list(result.missing) == [TWO]
    assert mistakes == f"row {TWO}: neither in the stream nor set aside"
    assert "1 missing: 1 mistake" in str([*count_lines(result)])


def test_a_row_that_is_stored_twice_is_named() -> None:
    result, mistakes = judge(stored(*STORED, a_message(ONE, 3)))
    assert list(result.twice) == [ONE]
    assert mistakes == f"row {ONE}: 2 times in the stream"
    assert "1 of them stored twice" in str([*id_lines(result, [])])


def test_a_message_of_no_row_is_named() -> None:
    _, mistakes = judge(stored(*STORED, a_message("9", 3)))
    assert mistakes == "row 9: in the stream, and not in the table"


def test_a_message_of_another_program_is_named() -> None:
    other = STORED[0]._replace(sequence=3, id="Q:1")
    _, mistakes = judge(stored(*STORED, other))
    assert mistakes == "row Q:1: in the stream, and not in the table"


def test_a_row_that_was_set_aside_and_is_in_no_table_is_named() -> None:
    _, mistakes = judge(replace(GOOD, set_aside={**GOOD.set_aside, "9": "why"}))
    assert mistakes == "row 9: set aside, and not in the table"


def test_a_row_that_was_set_aside_although_it_can_be_sent_is_named_with_its_reason() -> None:
    found = replace(stored(STORED[0]), set_aside={**GOOD.set_aside, TWO: "no luck"})
    _, mistakes = judge(found)
    assert mistakes == f"row {TWO}: set aside, although it can be sent: no luck"


def test_a_row_that_is_set_aside_and_in_the_stream_is_named() -> None:
    _, mistakes = judge(stored(*STORED, a_message(TOO_LARGE, 3)))
    assert mistakes == f"row {TOO_LARGE}: set aside, and in the stream"


def test_a_row_that_is_too_large_and_was_not_set_aside_is_named() -> None:
    _, mistakes = judge(replace(stored(*STORED, a_message(TOO_LARGE, 3)), set_aside={}))
    assert mistakes == f"row {TOO_LARGE}: too large for the server, and not set aside"


def test_a_row_that_was_committed_and_is_not_in_the_table_is_named() -> None:
    written = {**GOOD.written, "4": a_new_row("4")}
    _, mistakes = judge(replace(GOOD, written=written))
    assert mistakes == "row 4: committed, and not in the table"


def test_a_row_that_nobody_committed_is_named() -> None:
    table = {**GOOD.table, "4": a_row("4")}
    found = replace(stored(*STORED, a_message("4", 3)), table=table)
    _, mistakes = judge(found)
    assert mistakes == "row 4: in the table, and never committed"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ID", float(LARGE)),
        ("CASE_ID", None),
        ("EVENT_TYPE", "_________"),
        ("EVENT_DATA", f"data of {LARGE}\n"),
        ("CREATED_AT", "2026-11-26T12:00:00"),
    ],
)
def test_a_body_that_is_not_the_row_is_named_without_its_content(name: str, value: object) -> None:
    body = {**expected_body(LARGE, a_row(LARGE)), name: value}
    message = STORED[1]._replace(body=json.dumps(body).encode())
    result, mistakes = judge(stored(STORED[0], message))
    assert mistakes == f"row {LARGE}: {name} is in the stream other than in the table"
    assert result.intact == 1


def test_a_body_that_is_no_json_is_named() -> None:
    _, mistakes = judge(stored(STORED[0], STORED[1]._replace(body=b"{")))
    assert mistakes == f"row {LARGE}: its body is no JSON"


def test_a_value_that_chose_its_own_subject_is_named() -> None:
    message = STORED[0]._replace(subject="txlog.events.חשבון חדש")
    _, mistakes = judge(stored(message, STORED[1]))
    assert mistakes == "row 1: its subject is txlog.events.חשבון חדש"


def test_a_message_that_the_consumer_never_got_is_named() -> None:
    _, mistakes = judge(replace(GOOD, received=as_received(STORED[0])))
    assert mistakes == f"row P:{TWO}: in the stream, and the consumer never got it"


def test_a_message_that_the_consumer_got_otherwise_is_named() -> None:
    received = {**GOOD.received, 2: Received(f"P:{TWO}", "{}")}
    _, mistakes = judge(replace(GOOD, received=received))
    assert mistakes == f"row P:{TWO}: the consumer got it other than it is in the stream"


def test_a_message_that_the_consumer_alone_has_is_named() -> None:
    received = {**GOOD.received, 7: Received("P:7", "{}")}
    _, mistakes = judge(replace(GOOD, received=received))
    assert mistakes == "row P:7: the consumer got it, and it is not in the stream"


def test_what_the_consumer_wrote_down_again_counts_once(tmp_path: Path) -> None:
    line = json.dumps({"sequence": 1, "id": "P:1", "body": "שלום\u2028"}) + "\n"
    file = tmp_path / "received.jsonl"
    file.write_text(line + line, encoding="utf-8")
    assert read_received(file) == {1: Received("P:1", "שלום\u2028")}


def test_rows_that_were_committed_late_are_counted() -> None:
    assert "2 of them committed 2.5 to 4.0 s late" in str([*id_lines(balance(GOOD), [4.0, 2.5])])


def test_what_should_have_happened_and_did_not_is_named() -> None:
    whole = Happened(1.0, "the stream is full", is_widened=True, is_killed=True)
    assert [*whole.find_missed()] == []
    assert "never full" in str([*replace(whole, full_at=None).find_missed()])
    assert "never said" in str([*replace(whole, complaint="").find_missed()])
    assert "never killed" in str([*replace(whole, is_killed=False).find_missed()])


SETTLED = Standing(row_count=3, committed=3, stored=2, received=2, set_aside=1)


def test_a_demo_is_settled_when_every_row_has_come_to_its_end() -> None:
    assert SETTLED.is_settled


@pytest.mark.parametrize("place", ["committed", "stored", "received", "set_aside"])
def test_a_demo_is_not_settled_while_a_row_is_under_way(place: str) -> None:
    less = replace(SETTLED, **{place: getattr(SETTLED, place) - 1})
    assert not less.is_settled
