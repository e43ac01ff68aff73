"""The judge of row changes is judged: a sound history passes, and what goes wrong is found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.chaos.changes.judge.checker import check
from tests.chaos.changes.judge.history import Letter, Quiet, Rules
from tests.chaos.changes.judge.sound import (
    AGAIN,
    BEGIN,
    COME,
    EVENT_AGAIN,
    EVENTS,
    INSERT,
    KEPT,
    LETTERS,
    NEVER,
    RECORDS,
    REFUSED,
    SHARD,
    SOUND,
    UPDATE,
    detail,
    kept,
    letter,
    published,
    record,
    shown,
)
from tests.chaos.changes.plan import CANARY, HIDDEN
from tests.chaos.judge.history import Trouble

FIRST, SECOND, THIRD, FOURTH = EVENTS
CHILD = "shardId-000000000001"


def changed(event: Mapping[str, Any], **more: object) -> dict[str, Any]:
    return {**event, **more}


def test_a_sound_history_passes() -> None:
    assert check(SOUND) == []


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        pytest.param(
            {"published": EVENTS[:3]}, "lost: customers-00000000000000000003-I", id="not published"
        ),
        pytest.param(
            {"published": (*EVENTS[:1], *EVENTS[2:]), "records": (RECORDS[0], *RECORDS[2:])},
            "lost: UPDATE of customers",
            id="never sent",
        ),
        pytest.param({"letters": ()}, "lost: customers-00000000000000000004", id="letter dropped"),
        pytest.param(
            {"published": (*EVENTS, published(14, NEVER))}, "is no change", id="rolled back"
        ),
        pytest.param(
            {"published": (published(7, changed(INSERT, after=UPDATE["after"])), *EVENTS[1:])},
            "sent with 2 different contents",
            id="other contents",
        ),
        pytest.param(
            {"published": (*EVENTS, published(14, REFUSED))},
            "must become a dead letter",
            id="poison published",
        ),
        pytest.param(
            {"letters": (*LETTERS, letter(14, COME, "EVENTBRIDGE_ERROR", 4))},
            "though it could be published",
            id="a dead letter for nothing",
        ),
        pytest.param(
            {"letters": (letter(12, REFUSED, "VALIDATION_ERROR", 5),)},
            "is a dead letter of VALIDATION_ERROR",
            id="another code",
        ),
        pytest.param({"foreign": ("{",)}, "1 records were no changes, 0 are", id="foreign lost"),
        pytest.param(
            {"records": (replace(RECORDS[0], key="customers|1"), *RECORDS[1:])},
            "has the partition key",
            id="another partition key",
        ),
        pytest.param(
            {"published": (replace(FIRST, bus="other"), *EVENTS[1:])},
            "was published as",
            id="another bus",
        ),
        pytest.param(
            {"published": (replace(FIRST, is_dropped=True), *EVENTS[1:])},
            "was published while there was no bus",
            id="no bus",
        ),
        pytest.param(
            {"records": (record(2, UPDATE, 1), record(3, INSERT, 2), *RECORDS[2:])},
            "the stream got customers-00000000000000000001 behind",
            id="disorder in the stream",
        ),
        pytest.param(
            {"published": (published(7, UPDATE), published(8, INSERT), THIRD, FOURTH)},
            "the bus got customers-00000000000000000001 behind",
            id="disorder on the bus",
        ),
        pytest.param({"records": (*RECORDS, AGAIN)}, "nothing explains", id="a record again"),
        pytest.param({"published": (*EVENTS, EVENT_AGAIN)}, "nothing explains", id="event again"),
        pytest.param({"letters": (*LETTERS, *LETTERS)}, "repeats_of_letters", id="a letter again"),
        pytest.param(
            {"kept": (*KEPT[:1], kept(8, 4), KEPT[2])},
            "a checkpoint passed 2 records",
            id="the checkpoint before the event",
        ),
        pytest.param(
            {"kept": (*KEPT, kept(14, 2))}, "a checkpoint went back", id="the checkpoint goes back"
        ),
        pytest.param({"kept": KEPT[:2]}, "not at the last record", id="no checkpoint at the end"),
        pytest.param(
            {"delivered": SOUND.delivered[:1]},
            "a consumer has another row",
            id="the consumer's rows",
        ),
        pytest.param({"left": {"customers": 2}}, "2 rows are left", id="rows are left"),
        pytest.param(
            {"quiets": (Quiet("customers", BEGIN, BEGIN + 4.5),)},
            "shipped while it was paused",
            id="paused",
        ),
        pytest.param(
            {"rows": {**SOUND.rows, "customers": ()}}, "not those that were noted", id="the judge"
        ),
        pytest.param({"leaks": ("A1.out has",)}, "private: A1.out has", id="a private word"),
        pytest.param({"complaints": ("it died",)}, "it died", id="the process died"),
    ],
)
def test_what_goes_wrong_is_found(changes: dict[str, Any], complaint: str) -> None:
    found = check(replace(SOUND, **changes))

    assert any(complaint in violation for violation in found), found


@pytest.mark.parametrize("part", ["records", "published", "letters"])
def test_what_must_not_leave_oracle_is_found_wherever_it_is(part: str) -> None:
    private = changed(INSERT, after={**shown(1, "a"), "ssn": CANARY})
    place: dict[str, Any] = {
        "records": (record(1, private, 1), *RECORDS[1:]),
        "published": (published(7, private), *EVENTS[1:]),
        "letters": (*LETTERS, letter(14, private, "EVENTBRIDGE_ERROR", 1)),
    }
    found = check(replace(SOUND, **{part: place[part]}))

    assert any("must not leave Oracle" in violation for violation in found), found


def test_a_stream_with_what_is_personal_has_it_and_nobody_else() -> None:
    raw = changed(INSERT, after={**shown(1, "a"), "ssn": f"{CANARY} 1"})
    rules = replace(SOUND.rules, is_raw=True)
    history = replace(SOUND, rules=rules, records=(record(1, raw, 1), *RECORDS[1:]))
    assert check(history) == []

    hidden = changed(INSERT, after={**shown(1, "a"), "ssn": HIDDEN})
    for part, place in (
        ("records", (record(1, hidden, 1), *RECORDS[1:])),
        ("published", (published(7, raw), *EVENTS[1:])),
    ):
        found = check(replace(history, **{part: place}))
        assert any("must not leave Oracle" in violation for violation in found), part


@pytest.mark.parametrize(
    ("kind", "is_explained"), [("kill", True), ("lost PutEvents", False), ("shards", False)]
)
def test_a_record_that_came_again_needs_a_reason_of_its_own_kind(
    kind: str, is_explained: bool
) -> None:
    trouble = Trouble(kind, BEGIN + 15, BEGIN + 15)
    history = replace(
        SOUND,
        rules=replace(SOUND.rules, is_sound=False),
        records=(*RECORDS, AGAIN),
        published=(*EVENTS, EVENT_AGAIN),
        kept=(*KEPT, kept(22, 6)),
        troubles=(trouble,),
    )

    assert (check(history) == []) is is_explained


def test_a_checkpoint_that_a_person_set_back_may_go_back() -> None:
    history = replace(SOUND, kept=(*KEPT[:2], kept(12, 0, sender="person"), KEPT[2]))

    assert check(history) == []


def test_a_child_that_was_published_before_its_parent_was_settled_is_found() -> None:
    rules = Rules(is_sound=True, parents={SHARD: (), CHILD: (SHARD,)}, bus="cdc-events")
    records = (record(1, INSERT, 1, CHILD), *RECORDS[1:])
    found = check(replace(SOUND, rules=rules, records=records))

    assert any("before its parent" in violation for violation in found), found


def test_a_snapshot_shows_the_row_as_it_is() -> None:
    as_it_is = detail(6, 9, None, shown(9, "c"), snapshot=True)
    as_it_was = detail(6, 9, None, shown(9, "b"), snapshot=True)

    def taken(event: dict[str, Any]) -> list[str]:
        return check(
            replace(
                SOUND,
                records=(*RECORDS, record(20, event, 6)),
                published=(*EVENTS, published(21, event)),
                kept=(*KEPT, kept(22, 6)),
            )
        )

    assert taken(as_it_is) == []
    assert any("as it was not" in violation for violation in taken(as_it_was))


def test_a_record_that_is_no_change_is_settled_by_its_letter() -> None:
    foreign = replace(RECORDS[0], number=6, sequence=RECORDS[4].sequence + 1, data="ew==")
    document = {
        "originalEvent": {"raw": "ew=="},
        "error": {"message": "Processing failed after 1 attempts", "code": "PARSE_ERROR"},
        "attempts": 1,
        "lastAttempt": "2026-01-02T03:04:05Z",
    }
    attributes = {
        "errorCode": "PARSE_ERROR",
        "shardId": SHARD,
        "sequenceNumber": str(foreign.sequence),
    }
    buried = Letter(14, BEGIN + 14, json.dumps(document), attributes, "A1")
    history = replace(
        SOUND,
        foreign=("{",),
        records=(*RECORDS, foreign),
        letters=(*LETTERS, buried),
        kept=(*KEPT, kept(15, 6)),
    )

    assert check(history) == []
    early = replace(history, kept=(*KEPT, kept(13, 6)))
    assert any("ahead: " in violation for violation in check(early))
