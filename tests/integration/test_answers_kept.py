"""Answers that can't be written now: none is received, lost, shown to others or set aside."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from time import monotonic
from typing import Any

import pytest

from oracle_cdc.conversations.inbound.answer_reports import STANDING_SECONDS
from oracle_cdc.conversations.inbound.cycle import Hidden, finished
from oracle_cdc.conversations.inbound.recording import Recorded, Recording
from oracle_cdc.conversations.inbound.sorting import Incoming
from oracle_cdc.conversations.rules.answers import Answer
from oracle_cdc.conversations.tables import journal
from oracle_cdc.conversations.tables.summaries import Written
from oracle_cdc.errors import CdcError, OracleUnavailable, ResultRefused, RowLocked, ValueRefused
from standins.scriptedsqs import accept, describe, refuse, serve_endpoint
from tests.builders import a_result, a_result_body, read_one, reading_of
from tests.integration.test_inbound_cycle import SUMMARY
from tests.world import USER, World

FAILURES = f"SELECT CALL_ID FROM {USER}.SQS_PERMANENT_FAILURES"
SUMMARIES = f"SELECT CALL_ID FROM {USER}.DICTA_CALL_SUMMARY"
NOTHING = Written([], [], 0)
VISIBILITY = "ChangeMessageVisibilityBatch"


def test_nothing_is_received_while_oracle_can_not_take_it(world: World) -> None:
    service = world.application()
    world.cycle(service)
    world.server.faults.set(f"drop before call times always for {USER}")
    world.answer("1", revision=1, summary="s")
    with suppress(CdcError):
        world.cycle(service)

    with pytest.raises(OracleUnavailable):
        service.results.drain(0)

    assert service.results.inbound.answers == 0
    world.server.faults.clear()


def test_a_second_receive_that_fails_loses_nothing_of_the_batch(world: World) -> None:
    message = a_result()
    first = {
        "MessageId": message.message_id,
        "ReceiptHandle": "handle",
        "Body": message.body,
        "Attributes": {"SentTimestamp": str(message.sent_ms)},
    }
    received: list[str] = []

    def answer(action: str, request: dict[str, Any]) -> tuple[int, dict[str, Any] | bytes]:
        if action == "DeleteMessageBatch":
            return accept(request)
        if action != "ReceiveMessage":
            return describe()
        received.append(action)
        if len(received) == 1:
            return 200, {"Messages": [first]}
        return refuse("InternalError", status=500)

    with serve_endpoint(answer) as endpoint:
        elsewhere = replace(world, endpoint=endpoint.url, results_url=endpoint.queue_url)
        service = elsewhere.application()
        service.startup.ensure_database()
        service.results.drain(0)
        service.close()

    assert len(received) == 2
    assert world.rows(SUMMARIES) == [("1001",)]


@pytest.mark.parametrize(("age_seconds", "times"), [(39, 0), (41, 1)])
def test_what_is_being_written_is_hidden_anew_once_a_third_of_its_time_has_passed(
    world: World, age_seconds: float, times: int
) -> None:
    def answer(action: str, request: dict[str, Any]) -> tuple[int, dict[str, Any] | bytes]:
        return accept(request) if action == VISIBILITY else describe()

    with serve_endpoint(answer) as endpoint:
        elsewhere = replace(world, endpoint=endpoint.url, results_url=endpoint.queue_url)
        service = elsewhere.application()
        hidden = Hidden(service.results.inbound, 120, monotonic() - age_seconds)
        hidden.keep([a_result()])
        hidden.keep([a_result()])
        service.close()

        changes = [request for action, request in endpoint.requests if action == VISIBILITY]
        assert len(changes) == times
        for change in changes:
            assert change["Entries"][0]["VisibilityTimeout"] == 120


def entry(message_id: str) -> dict[str, Any]:
    """Return an answer as SQS brings it, whose handle is its id."""
    return {
        "MessageId": message_id,
        "ReceiptHandle": message_id,
        "Body": a_result_body(callId=message_id),
        "Attributes": {"SentTimestamp": "1"},
    }


def test_what_waits_for_its_transaction_stays_hidden(world: World) -> None:
    received: list[str] = []
    hidden: list[list[str]] = []

    def answer(action: str, request: dict[str, Any]) -> tuple[int, dict[str, Any] | bytes]:
        if action == "ReceiveMessage":
            received.append(action)
            return 200, {"Messages": [entry("1"), entry("2"), entry("3")][: 3 // len(received)]}
        if action == VISIBILITY:
            hidden.append([change["ReceiptHandle"] for change in request["Entries"]])
        return accept(request) if "Entries" in request else describe()

    with serve_endpoint(answer) as endpoint:
        elsewhere = replace(world, endpoint=endpoint.url, results_url=endpoint.queue_url)
        service = elsewhere.application(results_batch_size=1)
        service.startup.ensure_database()
        # Each look finds that it is time to hide them anew.
        service.results.limits = replace(service.results.limits, visibility_seconds=0)
        service.results.drain(0)
        service.close()

    # Before each is read, and before it is written: what is in hand then.
    three, two, one = ["1", "2", "3"], ["2", "3"], ["3"]
    assert hidden == [three, three, two, two, one, one]
    assert sorted(world.rows(SUMMARIES)) == [("1",), ("2",), ("3",)]


def test_what_waits_for_its_transaction_is_put_back_when_oracle_fails(world: World) -> None:
    for call_id in ("1", "2", "3"):
        world.answer(call_id, revision=1, summary="s")
    service = world.application(results_batch_size=1, max_attempts=1)
    service.startup.ensure_database()
    service.persistence.grace_seconds = 0.0
    service.stop.set()
    world.server.faults.set(f"drop before call times always for {USER}")

    with pytest.raises(CdcError):
        service.results.drain(0)

    world.server.faults.clear()
    answer = world.sqs.receive_message(QueueUrl=world.results_url, MaxNumberOfMessages=10)
    assert len(answer["Messages"]) == 2


def test_an_answer_that_comes_twice_in_one_batch_is_written_once(world: World) -> None:
    answers = [*reading_of(a_result(summary="s")).answers] * 2

    recorder = world.application().results.recorder
    recorded = recorder.write_answers(answers, monotonic(), lambda: None)

    assert (len(recorded.stored), len(recorded.outdated)) == (1, 1)


def test_an_answer_that_comes_twice_is_written_once(world: World) -> None:
    service = world.application()
    answers = reading_of(a_result(summary="s")).answers

    first = service.results.recorder.write_answers(answers, monotonic(), lambda: None)
    again = service.results.recorder.write_answers(answers, monotonic(), lambda: None)

    assert (len(first.stored), len(first.outdated)) == (1, 0)
    assert (len(again.stored), len(again.outdated)) == (0, 1)


@pytest.mark.parametrize("state", ["OPEN", "LEASED", "FAILED"])
def test_an_answer_does_not_close_a_call_that_has_work_left(world: World, state: str) -> None:
    world.change(
        f"INSERT INTO {USER}.CDC_PROCESSED_CALLS (CALL_ID, STATE, REVISION, SENT_REVISION, DUE_AT) "
        f"VALUES ('1001', '{state}', 1, 1, SYSDATE + 1)"
    )
    answers = reading_of(a_result(revision=1)).answers

    world.application().results.recorder.write_answers(answers, monotonic(), lambda: None)

    assert world.states() == {"1001": state}
    assert world.rows(SUMMARIES) == [("1001",)]


def test_an_answer_whose_row_another_session_has_locked_is_never_set_aside(world: World) -> None:
    service = world.application(max_attempts=1, results_visibility_seconds=1)
    world.answer("3", revision=1, summary="first")
    service.startup.ensure_database()
    service.results.drain(0)
    service.database.settings = service.database.settings.model_copy(
        update={"call_timeout_seconds": 0.5}
    )
    dba = world.connect()
    dba.cursor().execute(f"UPDATE {USER}.DICTA_CALL_SUMMARY SET SENTIMENT = 'x'")
    world.answer("3", revision=2, summary="second")
    world.answer("4", revision=1, summary="s")

    service.results.drain(0)
    assert (world.rows(FAILURES), world.waiting(world.results_url)) == ([], 1)
    dba.rollback()
    service.results.drain(5)

    assert world.rows(SUMMARY, "3") == [("second", 2)]


def test_a_harmless_answer_that_is_tried_beside_others_leaves_nothing(world: World) -> None:
    service = world.application()
    message = a_result()

    assert service.results.recorder.writer.control_passes(Answer(message, read_one(message)))

    assert world.rows(SUMMARIES) == []


def test_the_loss_of_the_connection_at_the_journal_is_no_success(world: World) -> None:
    service = world.application()
    world.server.faults.set(f'drop before execute when "INSERT INTO CDC_PROCESSING_LOG" for {USER}')

    with pytest.raises(OracleUnavailable), service.database.session() as session:
        journal.write_events(session, "batch", [journal.answered("1001")])


def test_a_locked_row_is_never_an_answers_own_fault(world: World) -> None:
    recorder = world.application(max_attempts=1).results.recorder
    (answer,) = reading_of(a_result()).answers
    assert recorder.evidence.note_failure(answer, control_passed=True)
    recording = Recording(recorder, [answer], monotonic(), lambda: None)

    assert recording.refuse(answer, RowLocked("held")) is None

    assert recording.recorded.put_off == [answer]


def test_what_waits_for_others_than_itself_is_put_off_and_so_no_dead_letter(world: World) -> None:
    again = replace(a_result(), receive_count=3)
    put_off: list[tuple[str, int]] = []

    def answer(action: str, request: dict[str, Any]) -> tuple[int, dict[str, Any] | bytes]:
        if action == VISIBILITY:
            put_off.extend((action, each["VisibilityTimeout"]) for each in request["Entries"])
        return accept(request) if "Entries" in request else describe()

    with serve_endpoint(answer) as endpoint:
        elsewhere = replace(world, endpoint=endpoint.url, results_url=endpoint.queue_url)
        service = elsewhere.application()
        results = service.results
        service.progress.concerns.clock = lambda: 0.0
        results.give_back(Incoming(waiting=[again], hindrance=CdcError("AccessDenied")))
        assert put_off == [(VISIBILITY, 480)]
        ((_, until),) = service.progress.concerns.reasons.values()
        assert until == 480 + STANDING_SECONDS
        service.startup.ensure_database()
        recorded = Recorded(put_off=[*reading_of(again).answers, *reading_of(again).answers])
        results.recorder.write_answers = lambda *args: recorded  # type: ignore[method-assign]
        results.write([reading_of(again)], lambda: None)
        assert put_off == [(VISIBILITY, 480)] * 2
        service.close()


def test_a_list_is_finished_only_when_each_of_its_answers_is() -> None:
    body = f"[{a_result_body(callId='1')},{a_result_body(callId='2')}]"
    reading = reading_of(a_result(body))
    first, second = reading.answers

    assert finished([reading], Recorded(done=[first])) == []
    assert finished([reading], Recorded(done=[first, second])) == [reading.message]


def test_an_answer_refused_for_its_values_is_not_set_aside_if_it_is_taken_a_moment_later(
    world: World,
) -> None:
    recorder = world.application(max_attempts=3).results.recorder
    (answer,) = reading_of(a_result()).answers
    recording = Recording(recorder, [answer], monotonic(), lambda: None)
    refusals = [ValueRefused("ORA-12899"), ValueRefused("ORA-12899")]

    def attempt(group: Sequence[Answer]) -> Written:
        if refusals:
            raise refusals.pop()
        return NOTHING

    recording.attempt = attempt  # type: ignore[method-assign]

    assert not recording.is_refused_each_time(answer)
    assert recording.recorded.done == [answer]


def test_what_is_set_aside_is_done_only_with_the_row_that_says_why(world: World) -> None:
    # Somebody's index on an expression: each row that was received once is refused by itself.
    world.change(
        f"CREATE INDEX {USER}.BY_TRIES ON {USER}.SQS_PERMANENT_FAILURES (1 / (TOTAL_ATTEMPTS - 1))"
    )
    refusal = journal.refused(
        None, ResultRefused("no JSON"), a_result(), message_type=None, keeps_body=False
    )

    with pytest.raises(CdcError, match="01476"), world.application().database.session() as session:
        journal.write_set_aside(session, [refusal])
