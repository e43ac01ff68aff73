"""The judge of events is judged: a sound history passes, and what goes wrong is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.chaos.events.judge.checker import check
from tests.chaos.events.judge.history import Aside, Move, Quiet, Rules
from tests.chaos.events.judge.sound import (
    AFTER,
    AGAIN,
    BEFORE,
    BEGIN,
    LARGE,
    LATE,
    NOON,
    ONE,
    SECOND,
    SETTLE_SECONDS,
    SOUND,
    THREE,
    TWO,
    row,
    sample,
    sent,
    stored,
)
from tests.chaos.judge.history import Trouble

DISTURBED = replace(SOUND, rules=Rules(settle_seconds=SETTLE_SECONDS))
BACK = Move(BEGIN + 5.0, NOON + timedelta(seconds=3), NOON)
AHEAD = Move(BEGIN + 1.0, NOON, NOON + timedelta(seconds=2))


def test_a_sound_history_passes() -> None:
    assert check(SOUND) == []


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        pytest.param({"stored": (ONE, TWO)}, "lost: row 5", id="a row is lost"),
        pytest.param({"asides": ()}, "lost: row 9", id="a row is not set aside"),
        pytest.param({"rows": SOUND.rows[1:]}, "which no row has", id="a row comes from nowhere"),
        pytest.param(
            {"asides": (*SOUND.asides, Aside("8", BEGIN, "so"))},
            "not in the table",
            id="a row that is not there is set aside",
        ),
        pytest.param(
            {"stored": (*SOUND.stored, replace(ONE, sequence=4))}, "2 times", id="stored twice"
        ),
        pytest.param(
            {"stored": (replace(ONE, body=TWO.body), TWO, THREE)}, "body differs", id="other bytes"
        ),
        pytest.param(
            {"stored": (replace(ONE, subject="txlog.events.*"), TWO, THREE)},
            "the subject is txlog.events.*",
            id="another subject",
        ),
        pytest.param(
            {"stored": (replace(ONE, headers={**ONE.headers, "Case": "1"}), TWO, THREE)},
            "the headers are",
            id="a header too many",
        ),
        pytest.param(
            {"asides": (*SOUND.asides, Aside("7", BEGIN, "so"))},
            "though it could be sent",
            id="set aside for nothing",
        ),
        pytest.param(
            {"asides": (replace(SOUND.asides[0], reason=""),)}, "without a reason", id="no reason"
        ),
        pytest.param(
            {"stored": (*SOUND.stored, stored(LARGE, 4))},
            "too large, and stored",
            id="stored though no server takes it",
        ),
        pytest.param(
            {"sent": (*SOUND.sent, sent(ONE, digest="other"))},
            "not the same each time",
            id="two sendings that differ",
        ),
        pytest.param({"sent": (*SOUND.sent, AGAIN)}, "nothing explains", id="sent again"),
        pytest.param(
            {"stored": (replace(ONE, at=BEGIN + 1.5), TWO, THREE)}, "0.50 s after", id="too soon"
        ),
        pytest.param(
            {"stored": (replace(ONE, sequence=2), replace(TWO, sequence=1), THREE)},
            "not in the succession",
            id="equal times in a wrong succession",
        ),
        pytest.param(
            {"samples": (BEFORE, replace(AFTER, records=4))},
            "RECORDS_PROCESSED is 4",
            id="a wrong count",
        ),
        pytest.param(
            {"samples": (BEFORE, replace(AFTER, status="FAILED"))},
            "STATUS of M_CHAOS is FAILED",
            id="a wrong state",
        ),
        pytest.param(
            {"samples": (sample(2.0, 1.05), AFTER)},
            "the watermark passed row",
            id="the watermark comes before the message",
        ),
        pytest.param(
            {"samples": (BEFORE, AFTER, sample(6.0, 6.2))}, "beyond Oracle's clock", id="ahead"
        ),
        pytest.param(
            {"quiets": (Quiet("paused", BEGIN - 1.0, BEGIN + 4.0),)},
            "paused: 2 messages were sent",
            id="sent while paused",
        ),
        pytest.param(
            {"quiets": (Quiet("the lock was taken", BEGIN + 1.0, BEGIN + 9.0),)},
            "the watermark moved meanwhile",
            id="written down without the lock",
        ),
        pytest.param(
            {"moves": (BACK,)}, "3 rows were not sent again", id="a person who is not heard"
        ),
        pytest.param({"leaks": ("A1.out has",)}, "private: A1.out has", id="a private word"),
        pytest.param({"complaints": ("it died",)}, "it died", id="the process died"),
    ],
)
def test_what_goes_wrong_is_found(changes: dict[str, Any], complaint: str) -> None:
    found = check(replace(SOUND, **changes))

    assert any(complaint in violation for violation in found), found


def test_a_repeat_after_trouble_is_explained() -> None:
    trouble = Trouble("kill", ONE.at + 0.5, ONE.at + 0.5, "A1")

    assert check(replace(DISTURBED, sent=(*SOUND.sent, AGAIN), troubles=(trouble,))) == []


@pytest.mark.parametrize("seconds", [-9.0, 9.0])
def test_trouble_long_before_or_after_explains_no_repeat(seconds: float) -> None:
    trouble = Trouble("kill", ONE.at + seconds, ONE.at + seconds, "A1")

    assert check(replace(DISTURBED, sent=(*SOUND.sent, AGAIN), troubles=(trouble,))) != []


def test_what_was_refused_at_first_may_be_sent_again() -> None:
    earlier = sent(ONE, later=-0.5)

    assert check(replace(SOUND, sent=(earlier, *SOUND.sent))) == []


def test_rows_that_a_person_skipped_may_be_missing() -> None:
    skipped = replace(DISTURBED, moves=(AHEAD,), stored=(TWO,), sent=(sent(TWO),), asides=())

    assert check(skipped) == []


def test_rows_from_a_watermark_that_was_set_back_are_sent_again() -> None:
    again = tuple(sent(message, later=5.0) for message in SOUND.stored)
    trouble = Trouble("person back", BACK.at, BACK.at)
    history = replace(DISTURBED, moves=(BACK,), sent=(*SOUND.sent, *again), troubles=(trouble,))

    assert check(history) == []


def test_what_was_under_way_when_it_was_paused_may_end() -> None:
    quiet = Quiet("paused", BEGIN + 1.0, BEGIN + 3.0)

    assert check(replace(DISTURBED, quiets=(quiet,))) == []


def test_a_row_that_was_committed_late_may_be_passed() -> None:
    assert LATE.at < BEGIN + 3.9 < THREE.at
    early = sample(3.0, 2.0, records=0)

    assert check(replace(DISTURBED, samples=(BEFORE, early, AFTER))) == []


def test_with_shares_the_lowest_watermark_counts() -> None:
    other = sample(2.0, 1.9, program="M_CHAOS#2/2", records=0)
    first = sample(2.0, 0.9, program="M_CHAOS#1/2", records=0)

    assert check(replace(DISTURBED, samples=(other, first))) == []
    passed = check(replace(DISTURBED, samples=(other, replace(other, program="M_CHAOS#1/2"))))
    assert passed != []


def test_with_a_clock_that_was_moved_the_times_of_host_and_rows_are_not_compared() -> None:
    rules = Rules(settle_seconds=SETTLE_SECONDS, has_steady_clock=False, most_offset_seconds=100.0)
    history = replace(SOUND, rules=rules, samples=(sample(2.0, 90.0),))

    assert check(history) == []


def test_rows_with_one_time_go_by_their_number_not_by_their_digits() -> None:
    assert SECOND.values.created_at == row("7", 1.0).values.created_at
    assert "123456789012345678" < "7"
    assert check(SOUND) == []
