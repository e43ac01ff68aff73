"""The judge is judged: a sound history passes, and each thing that can go wrong is found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.chaos.judge.checker import check
from tests.chaos.judge.history import Failure, Rules, Trouble
from tests.chaos.judge.sound import (
    AGAIN,
    ANSWER,
    CALL,
    HELLO,
    LATER,
    NOON,
    REPLY,
    SENT,
    SOUND,
    TALKING,
    body,
    entry,
    row,
    summary,
)


def test_a_sound_history_passes() -> None:
    assert check(SOUND) == []


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        pytest.param({"ledger": {}}, "no row in the ledger", id="a call is forgotten"),
        pytest.param(
            {"rows": (HELLO, ANSWER, LATER)}, "the ledger read 2", id="a late row is forgotten"
        ),
        pytest.param({"sent": ()}, "the queue never got it", id="marked and not sent"),
        pytest.param(
            {"rows": (HELLO, ANSWER, LATER), "ledger": entry(rows_read=3)},
            "1 segments are missing",
            id="a segment is counted and not sent",
        ),
        pytest.param(
            {"sent": (replace(SENT, body=body(ANSWER, HELLO)),)},
            "differs from the source",
            id="the order is wrong",
        ),
        pytest.param(
            {"sent": (replace(SENT, body=body(replace(HELLO, text_time=NOON), ANSWER)),)},
            "differs from the source",
            id="a fraction of a second is lost",
        ),
        pytest.param(
            {
                "sent": (
                    SENT,
                    replace(AGAIN, body=body(HELLO, ANSWER, assembledAt="x"), is_answered=False),
                )
            },
            "2 different bodies",
            id="one revision has two bodies",
        ),
        pytest.param(
            {"sent": (SENT, replace(AGAIN, body=body(HELLO, ANSWER, revision=2)))},
            "the same content as revisions [1, 2]",
            id="nothing new is sent as a revision",
        ),
        pytest.param({"sent": (SENT, AGAIN)}, "nothing explains it", id="sent twice for nothing"),
        pytest.param(
            {
                "sent": (SENT, replace(AGAIN, deduplication_id="d2", group_id=CALL)),
                "rules": Rules(is_fifo=True),
            },
            "2 deduplication ids",
            id="a repeat that FIFO can't know",
        ),
        pytest.param(
            {"sent": (replace(SENT, group_id=None),), "rules": Rules(is_fifo=True)},
            "different calls",
            id="no message group",
        ),
        pytest.param(
            {"ledger": entry(state="LEASED")}, "still LEASED at rest", id="a lease that nobody ends"
        ),
        pytest.param(
            {"ledger": entry(message_id="m9")},
            "names another message",
            id="written over by an old lease",
        ),
        pytest.param(
            {"ledger": entry(sent_revision=0)}, "revision 0 was sent", id="the ledger lags behind"
        ),
        pytest.param(
            {"ledger": entry(text_time=NOON)}, "TEXT_TIME is not the newest", id="a wrong TEXT_TIME"
        ),
        pytest.param(
            {"ledger": entry(summarized_revision=0)},
            "answer to revision 0",
            id="SUMMARIZED unanswered",
        ),
        pytest.param(
            {"ledger": entry(state="REJECTED_TOO_SHORT")},
            "says REJECTED",
            id="rejected without a reason",
        ),
        pytest.param(
            {"ledger": entry(state="FAILED")},
            "FAILED without a failure row",
            id="failed in silence",
        ),
        pytest.param({"summaries": {}}, "none is stored", id="a result is lost"),
        pytest.param(
            {"summaries": summary(text="other")},
            "not the one that came",
            id="another summary is stored",
        ),
        pytest.param(
            {"replies": (REPLY, replace(REPLY, message_id="r2", revision=2, sent_ms=4000))},
            "the newest is (2, 4000)",
            id="an older revision wins",
        ),
        pytest.param(
            {"replies": (REPLY, replace(REPLY, message_id="r2", sent_ms=6000))},
            "(1, 6000)",
            id="an older result wins",
        ),
        pytest.param(
            {"results_left": 1}, "left in the results queue", id="a result is never deleted"
        ),
        pytest.param(
            {"replies": (REPLY, replace(REPLY, message_id="r2", revision=None))},
            "0 failure rows",
            id="nonsense lost",
        ),
        pytest.param(
            {"failures": (Failure(None, "RESULT", "r1"),)},
            "1 failure rows instead of 0",
            id="a good result set aside",
        ),
        pytest.param(
            {"audits": (replace(SOUND.audits[0], unknown_calls=frozenset({CALL})),)},
            "had passed 1 calls",
            id="the watermark passed a call",
        ),
        pytest.param(
            {
                "rules": Rules(quiet_until_sent=True, settle_seconds=3.0),
                "sent": (replace(SENT, at=TALKING),),
            },
            "after its newest segment",
            id="sent while it talks",
        ),
        pytest.param(
            {"failures": (Failure(CALL, "OUTBOUND", None),)},
            "it is not FAILED",
            id="set aside, and sent nonetheless",
        ),
        pytest.param(
            {"ledger": entry(state="FAILED"), "failures": (Failure(CALL, "OUTBOUND", None),)},
            "2 utterances, and the ledger says FAILED",
            id="set aside for an outage",
        ),
        pytest.param(
            {
                "ledger": entry(state="FAILED"),
                "failures": (Failure(CALL, "OUTBOUND", None, reason=""),),
            },
            "without a reason",
            id="set aside without a reason",
        ),
        pytest.param(
            {"failures": (Failure(None, "RESULT", "m1"),)},
            "set aside, and no answer",
            id="a conversation set aside",
        ),
        pytest.param(
            {"rules": Rules(unreadable_calls=frozenset({CALL}))},
            "can't be read",
            id="read all the same",
        ),
        pytest.param(
            {"complaints": ("process A1 ended by itself",)},
            "ended by itself",
            id="the process died",
        ),
    ],
)
def test_what_goes_wrong_is_found(changes: dict[str, Any], complaint: str) -> None:
    found = check(replace(SOUND, **changes))

    assert any(complaint in violation for violation in found), found


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble("kill", 110.5, 110.5, "A1"),
        Trouble("freeze", 110.2, 113.0, "A1"),
        Trouble("oracle crash", 109.0, 112.0),
        Trouble("oracle clock", 109.0, 109.1),
    ],
)
def test_a_repeat_after_trouble_of_its_sender_is_explained(trouble: Trouble) -> None:
    later = replace(AGAIN, at=113.1)

    assert check(replace(SOUND, sent=(SENT, later), troubles=(trouble,))) == []


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble("kill", 110.5, 110.5, "B1"),
        Trouble("kill", 109.0, 109.0, "A1"),
        Trouble("freeze", 110.2, 110.4, "A1"),
        Trouble("oracle crash", 110.2, 110.4),
    ],
)
def test_trouble_that_did_not_hinder_its_sender_explains_nothing(trouble: Trouble) -> None:
    assert check(replace(SOUND, sent=(SENT, AGAIN), troubles=(trouble,))) != []


def test_a_process_that_was_frozen_when_it_was_about_to_send_explains_its_repeat() -> None:
    trouble = Trouble("freeze", 106.5, 110.9, "B1")

    assert check(replace(SOUND, sent=(SENT, AGAIN), troubles=(trouble,))) == []


def test_a_process_that_was_frozen_between_its_lease_and_its_request_explains_its_repeat() -> None:
    # A loaded machine: the request left 90 ms after the process went on.
    trouble = Trouble("freeze", 106.3, 109.91, "A1")

    assert check(replace(SOUND, sent=(SENT, AGAIN), troubles=(trouble,))) == []


def test_a_repeat_after_a_lost_answer_is_explained() -> None:
    assert check(replace(SOUND, sent=(replace(SENT, is_answered=False), AGAIN))) == []


def test_a_call_of_one_side_is_rightly_rejected() -> None:
    history = replace(
        SOUND,
        rows=(HELLO, LATER),
        sent=(),
        replies=(),
        summaries={},
        ledger=entry(state="REJECTED_MISSING_CHANNEL"),
    )

    assert check(history) == []


@pytest.mark.parametrize(
    "rules", [Rules(refused_calls=frozenset({CALL})), Rules(unreadable_calls=frozenset({CALL}))]
)
def test_a_poisoned_call_is_rightly_set_aside(rules: Rules) -> None:
    rows = SOUND.rows
    if rules.unreadable_calls:
        rows = ()
    failed = replace(
        SOUND,
        rules=rules,
        rows=rows,
        sent=(),
        replies=(),
        summaries={},
        ledger=entry(state="FAILED"),
    )

    assert check(replace(failed, failures=(Failure(CALL, "OUTBOUND", None),))) == []


def test_rows_before_the_start_of_coverage_are_nobodys_business() -> None:
    old = replace(row("C", "long ago", -9000, "7"), committed_at=1.0)

    assert check(replace(SOUND, rows=(*SOUND.rows, old))) == []


def test_a_row_that_was_committed_after_the_cycle_had_begun_may_be_passed() -> None:
    audit = replace(SOUND.audits[0], began_at=99.0, unknown_calls=frozenset({CALL}))

    assert check(replace(SOUND, audits=(audit,))) == []
