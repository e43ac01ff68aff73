"""The judge of the whole is judged: a sound history passes, and what the whole shows is found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.chaos.changes.judge.sound import SOUND as CHANGES
from tests.chaos.events.judge.sound import SOUND as EVENTS
from tests.chaos.joined.judge.checker import check
from tests.chaos.joined.judge.history import History, Outage
from tests.chaos.judge.sound import SOUND as CONVERSATIONS

NATS = Outage(
    "nats frozen",
    expected=frozenset({"nats"}),
    named=frozenset({"nats"}),
    probes=(("conversations", 1.2), ("changes", 0.4), ("processor", 0.9)),
)
SOUND = History(CONVERSATIONS, EVENTS, CHANGES, outages=(NATS,), standing={"A1": ()})


def test_a_sound_history_passes() -> None:
    assert check(SOUND) == []


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        pytest.param(
            {"outages": (replace(NATS, probes=(("conversations", 1.2), ("changes", None))),)},
            "onward: nats frozen: nothing of changes arrived meanwhile",
            id="another pipeline stands still",
        ),
        pytest.param(
            {"outages": (replace(NATS, named=frozenset()),)},
            "named: nats frozen: readiness did not name nats",
            id="an outage is not named",
        ),
        pytest.param(
            {"outages": (replace(NATS, blamed=frozenset({"kinesis"})),)},
            "blamed: nats frozen: readiness named kinesis, which was well",
            id="another is named",
        ),
        pytest.param(
            {"outages": (replace(NATS, is_ready_again=False),)},
            "ready: nats frozen: no readiness once it was over",
            id="no end of an outage",
        ),
        pytest.param(
            {"standing": {"A2": ("oracle: no answer",)}},
            "ready: A2 is not ready at rest: oracle: no answer",
            id="not ready at rest",
        ),
        pytest.param({"strays": ("a letter",)}, "strays: a letter", id="a stray message"),
        pytest.param(
            {"conversations": replace(CONVERSATIONS, ledger={})}, "segments: ", id="a lost call"
        ),
        pytest.param({"events": replace(EVENTS, stored=())}, "lost: ", id="lost events"),
        pytest.param({"changes": replace(CHANGES, published=())}, "lost: ", id="lost changes"),
    ],
)
def test_what_goes_wrong_is_found(changes: dict[str, Any], complaint: str) -> None:
    found = check(replace(SOUND, **changes))
    assert any(text.startswith(complaint) for text in found), found


def test_what_several_judges_say_alike_is_said_once() -> None:
    complaint = "A1.out: Traceback"
    parts: dict[str, Any] = {
        "conversations": replace(CONVERSATIONS, complaints=(complaint,)),
        "events": replace(EVENTS, complaints=(complaint,)),
    }
    assert check(replace(SOUND, **parts)) == [complaint]
