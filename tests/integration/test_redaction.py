"""What is personal in a conversation or an answer is marked, or does not leave at all."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from oracle_cdc.conversations.measures import Measures
from oracle_cdc.conversations.wiring import Application
from oracle_cdc.errors import SettingsError
from oracle_cdc.redaction.finding import Finder
from oracle_cdc.running.privacy import text_formatter
from oracle_cdc.watching.metrics import Metrics
from tests.integration.samples import HELLO
from tests.world import USER, World

#: Kind -> as it is written, and in what parts.
CANARIES = {
    "CARD": ("4580458045804580", "4580 4580", "4580 4580"),
    "ID": ("123456782", "1234", "56782"),
    "IBAN": ("IL620108000000099999999", "IL62 0108 0000", "0009 9999 999"),
    "PHONE": ("0547654321", "054", "7654321"),
    "EMAIL": ("canary.bird@example.co.il",),
}
DICTATED = (
    ("C", "my card is four five eight zero"),
    ("A", "yes"),
    ("C", "ארבע חמש שמונה אפס"),
    ("C", "and then 4580"),
    ("A", "go on please"),
    ("C", "four 5 eight אפס"),
)
FAILURES = f"SELECT CALL_ID, ERROR_MESSAGE, ORIGINAL_MESSAGE FROM {USER}.SQS_PERMANENT_FAILURES"
SUMMARY = f"SELECT SUMMARY_TEXT FROM {USER}.DICTA_CALL_SUMMARY"
#: What may leave: our own tables, without the source.
TABLES = ("CDC_PROCESSED_CALLS", "CDC_PROCESSING_LOG", "ERROR_LOG", "SQS_PERMANENT_FAILURES")


def say(world: World, *said: tuple[str, str], call_id: str = "1", **more: Any) -> None:
    world.record(call_id, *HELLO, *said, subscriber_no="S-1", **more)


def texts(body: dict[str, Any]) -> list[str]:
    """Return what was said in a message behind the greetings."""
    return [message["text"] for message in body["messages"][len(HELLO) :]]


def metrics_of(service: Application) -> str:
    measures = Measures(service.progress, service.breaker, lambda: service.figures.latest)
    return Metrics(measures.sources()).text().decode()


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Return the log as its files have it."""
    formatter = text_formatter()
    return "\n".join(formatter.format(record) for record in caplog.records)


def what_is_kept(world: World) -> str:
    """Return all that our tables have, as text."""
    kept: list[Any] = []
    for table in TABLES:
        kept += world.rows(f"SELECT * FROM {USER}.{table}")
    return repr(kept)


def test_nothing_personal_of_a_conversation_is_anywhere_but_in_the_source(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[tuple[str, str]] = []
    expected: list[str] = []
    for kind, (written, *parts) in CANARIES.items():
        said += [("C", f"{kind.lower()}: {written}, thanks"), ("A", "thank you")]
        expected += [f"{kind.lower()}: [{kind}], thanks", "thank you"]
        for part in parts:
            said += [("C", part), ("A", "yes")]
            expected += [f"[{kind}]", "yes"]
    say(world, *said)
    say(world, *DICTATED, call_id="2")
    service = world.application(redaction="mark")

    world.cycle(service)

    first, second = sorted(world.received_bodies())
    assert texts(json.loads(first)) == expected
    assert texts(json.loads(second)) == [
        "my card is [CARD]",
        "yes",
        "[CARD]",
        "and then [CARD]",
        "go on please",
        "[CARD]",
    ]
    shown = metrics_of(service)
    everywhere = "\n".join([first, second, shown, what_is_kept(world), logged(caplog)])
    for written, *parts in CANARIES.values():
        for canary in (written, *parts):
            assert len(canary) < 5 or canary not in everywhere
    assert 'oracle_cdc_redacted_total{kind="card"} 3.0' in shown
    assert 'oracle_cdc_redacted_total{kind="email"} 1.0' in shown
    assert "redacted in conversations: card 3, email 1, iban 2, id 2, phone 2" in logged(caplog)


def test_the_same_conversation_is_never_sent_twice_for_its_marks(world: World) -> None:
    say(world, *DICTATED)
    world.cycle(world.application(redaction="mark"))
    world.record("1", ("C", "   "), ago_seconds=60)

    world.cycle(world.application(redaction="mark"))

    (body,) = world.received()
    assert body["revision"] == 1
    assert world.states() == {"1": "SENT"}


def test_off_is_off_to_the_byte(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("it was looked for")

    monkeypatch.setattr(Finder, "find", fail)
    say(world, *DICTATED, ("C", "4580458045804580"))

    world.cycle(world.application())

    (body,) = world.received()
    assert texts(body) == [*(text for _, text in DICTATED), "4580458045804580"]


def test_a_call_that_can_not_be_redacted_is_set_aside_without_its_body_and_stops_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    break_finder(monkeypatch, "poison 4580")
    say(world, ("C", "poison 4580"))
    say(world, ("C", "0547654321"), call_id="2")
    service = world.application(redaction="mark", max_attempts=10)

    world.cycle(service)

    (body,) = world.received()
    assert (body["callId"], texts(body)) == ("2", ["[PHONE]"])
    assert world.states() == {"1": "FAILED", "2": "SENT"}
    assert world.rows(FAILURES) == [("1", "call 1 can't be redacted: RuntimeError", None)]
    assert "can't be redacted" in logged(caplog)
    assert "poison" not in logged(caplog)


def test_a_lone_call_that_can_not_be_redacted_is_set_aside_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_finder(monkeypatch, "poison 4580")
    say(world, ("C", "poison 4580"))

    world.cycle(world.application(redaction="mark"))

    assert world.received() == []
    assert world.states() == {"1": "FAILED"}


def test_a_summary_is_marked_where_results_are_redacted(world: World) -> None:
    say(world)
    world.cycle(world.application(redaction="mark"))
    world.answer("1", revision=1, summary="call back at 0547654321")
    service = world.application(redaction="mark", redaction_of_results=True)
    service.startup.ensure_database()

    service.results.drain_all()

    assert world.rows(SUMMARY) == [("call back at [PHONE]",)]
    assert 'oracle_cdc_redacted_total{kind="phone"} 1.0' in metrics_of(service)


def test_a_summary_stays_as_it_is_where_conversations_alone_are_redacted(world: World) -> None:
    say(world)
    service = world.application(redaction="mark")
    world.cycle(service)
    world.answer("1", revision=1, summary="call back at 0547654321")

    service.results.drain_all()

    assert world.rows(SUMMARY) == [("call back at 0547654321",)]


def test_a_summary_that_can_not_be_redacted_is_set_aside_without_its_body(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_finder(monkeypatch, "poison 4580")
    world.answer("1", summary="poison 4580")
    world.answer("2", summary="0547654321")
    service = world.application(redaction="mark", redaction_of_results=True)
    service.startup.ensure_database()

    service.results.drain_all()

    assert world.rows(SUMMARY) == [("[PHONE]",)]
    ((_, reason, body),) = world.rows(FAILURES)
    assert (reason, body) == ("can't be redacted: RuntimeError", None)


def test_a_region_that_nobody_knows_ends_the_start(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = world.settings(redaction="mark").model_copy(update={"redaction_region": "XX"})
    monkeypatch.setattr(world, "settings", lambda **_: settings)
    with pytest.raises(SettingsError, match="REDACTION_REGION: no region XX"):
        world.application()


def break_finder(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Make the search fail for conversations in which this is said, quoting it."""
    find = Finder.find

    def find_or_fail(finder: Finder, lines: Any) -> Any:
        if any(text in line.text for line in lines):
            raise RuntimeError(f"can't read {text}")
        return find(finder, lines)

    monkeypatch.setattr(Finder, "find", find_or_fail)
