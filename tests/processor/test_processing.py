"""Records to a verdict: what the bus accepts, what becomes a dead letter, what waits."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from awslite.cloud import Cloud
from awslite.treatment import Request, Treatment
from oracle_cdc.changes.rules.codec import encode
from oracle_cdc.changes.rules.values import Metadata
from oracle_cdc.processor.publishing.records import make_lot
from oracle_cdc.processor.publishing.requests import PATIENCE_SECONDS
from tests.changes.changefixtures import make_change, make_transformation
from tests.processor.publishing import Publishing, record, record_of


def test_an_event_is_as_consumers_know_it(cloud: Cloud) -> None:
    publishing = Publishing(
        cloud,
        make_transformation(
            eventType="user.changed", imageMode="changed", includeFields=["id", "status"]
        ),
    )
    change = make_change(
        {"id": 1, "status": "active"}, {"id": 1, "status": "inactive"}, keys={"id": 123}
    )
    verdict = publishing.process(record_of(encode(change)))
    assert verdict.first_unsettled is None
    [event] = publishing.events
    assert {name: event[name] for name in ("source", "detail-type", "time", "detail")} == {
        "source": "cdc-pipeline",
        "detail-type": "CDC.TableChange",
        "time": "2024-01-15T10:30:00Z",
        "detail": {
            "table": "users",
            "operation": "UPDATE",
            "timestamp": "2024-01-15T10:30:00Z",
            "before": {"status": "active"},
            "after": {"status": "inactive"},
            "keys": {"id": 123},
            "metadata": {
                "transactionId": "10.25.2211",
                "sequenceNumber": "00000000000000000001",
                "eventId": "users-00000000000000000001",
                "eventType": "user.changed",
                "version": "1.0",
            },
        },
    }


def test_records_of_many_keys_are_published_in_requests_of_ten(publishing: Publishing) -> None:
    before = publishing.request_count
    verdict = publishing.process(*(record(number, number) for number in range(1, 96)))
    assert verdict.unsettled == []
    assert len(publishing.published) == 95
    assert publishing.request_count - before == 10
    assert publishing.progress.counts["events_published"] == 95
    assert publishing.progress.counts["records_read"] == 95


def test_records_of_one_key_are_published_one_after_another(publishing: Publishing) -> None:
    publishing.process(*(record(number, number % 3) for number in range(1, 31)))
    for key in range(3):
        numbers = [int(number) for number in publishing.published if int(number) % 3 == key]
        assert numbers == sorted(numbers)
        assert len(numbers) == 10


def test_a_key_whose_event_is_not_accepted_holds_its_later_ones_back_and_no_other(
    publishing: Publishing,
) -> None:
    publishing.order(marked_entries={"first": "InternalFailure"})
    first = record(1, 1, name="first")
    verdict = publishing.process(first, record(2, 2), record(3, 1), record(4, 2))
    assert publishing.published == ["002", "004"]
    assert [int(each.place.sequence_number) for each in verdict.unsettled] == [49001, 49003]
    assert verdict.first_unsettled == "49001"
    assert "InternalFailure" in str(verdict.error)


def test_what_failed_in_part_is_sent_again_and_nothing_else(publishing: Publishing) -> None:
    publishing.order(failed_entries={"1": "ThrottlingException"}, times=1)
    lot = make_lot([record(1, 1), record(2, 2), record(3, 3)])
    assert publishing.go_on(lot).first_unsettled == "49002"
    assert publishing.go_on(lot).first_unsettled is None
    assert publishing.published == ["001", "003", "002"]


def test_a_lost_answer_is_sent_again_with_the_same_id_and_bytes(publishing: Publishing) -> None:
    publishing.order(cut_after=True, times=1)
    lot = make_lot([record(1, 1, name="Ann")])
    assert publishing.go_on(lot).first_unsettled == "49001"
    assert publishing.go_on(lot).first_unsettled is None
    first, second = publishing.events
    assert first["detail"] == second["detail"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff", "PARSE_ERROR"),
        (b"{", "PARSE_ERROR"),
        (b"[]", "PARSE_ERROR"),
        (b'{"table": "users"}', "PARSE_ERROR"),
        (encode(make_change(None, {"id": 1}, table="orders")), "VALIDATION_ERROR"),
        (encode(make_change(None, {"shoe_size": 1})), "VALIDATION_ERROR"),
        (encode(make_change(None, {"id": 2**63})), "VALIDATION_ERROR"),
        (encode(make_change(None, {"name": "x" * 1_100_000})), "VALIDATION_ERROR"),
        (encode(make_change(None, {"id": 1})).replace(b"T10:30:00Z", b""), "VALIDATION_ERROR"),
        (encode(make_change(None, {"name": "?"})).replace(b"?", b"\\ud800"), "VALIDATION_ERROR"),
    ],
)
def test_what_will_never_be_an_event_is_a_dead_letter_at_once_and_the_next_goes_on(
    publishing: Publishing, data: bytes, code: str
) -> None:
    verdict = publishing.process(record_of(data, 1), record(2, 2))
    assert verdict.first_unsettled is None
    assert publishing.published == ["002"]
    assert publishing.queue.codes == [code]
    [(letter, attributes)] = publishing.queue.letters
    assert letter["attempts"] == 1
    assert attributes["errorCode"] == code
    assert publishing.clock.rests == []
    assert publishing.progress.counts[f"dead_{code}"] == 1


def test_an_event_that_the_bus_refuses_is_tried_as_often_as_is_set(cloud: Cloud) -> None:
    publishing = Publishing(cloud, most_tries=4)
    publishing.order(marked_entries={'"id":1}': "MalformedDetail"})
    verdict = publishing.process(record(1, 1), record(2, 2), record(3, 1, name="later"))
    assert verdict.first_unsettled is None
    assert publishing.published == ["002"]
    assert publishing.queue.codes == ["EVENTBRIDGE_ERROR", "EVENTBRIDGE_ERROR"]
    assert [letter["attempts"] for letter, _ in publishing.queue.letters] == [4, 4]
    assert publishing.clock.rests == pytest.approx([0.1, 0.2, 0.4] * 2)


def test_waits_between_tries_end_at_their_limit(cloud: Cloud) -> None:
    publishing = Publishing(cloud, most_tries=10)
    publishing.order(marked_entries={"users": "MalformedDetail"})
    publishing.process(record(1, 1))
    assert publishing.clock.rests == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0])


def test_an_outage_counts_no_try_and_fills_no_queue(publishing: Publishing) -> None:
    fault = publishing.order(refusal=[503, "ServiceUnavailable"], times=20)
    lot = make_lot([record(1, 1), record(2, 2)])
    for _ in range(20):
        assert publishing.go_on(lot).first_unsettled == "49001"
    assert fault.times == 0
    assert publishing.go_on(lot).first_unsettled is None
    assert publishing.queue.letters == []
    assert [item.attempts for item in lot.items] == [0, 0]


@pytest.mark.parametrize(
    "fault",
    [
        {"refusal": [400, "ThrottlingException"]},
        {"refusal": [400, "AccessDeniedException"]},
        {"refusal": [400, "ValidationException"]},
        {"marked_entries": {"users": "ThrottlingException"}},
        {"marked_entries": {"users": "NotAuthorizedForSourceException"}},
    ],
)
def test_what_the_bus_refuses_to_all_waits(
    publishing: Publishing, fault: dict[str, object]
) -> None:
    publishing.process(record(1, 1))
    publishing.order(**fault)
    lot = make_lot([record(2, 2), record(3, 3)])
    for _ in range(5):
        assert publishing.go_on(lot).first_unsettled == "49002"
        publishing.clock.rest(PATIENCE_SECONDS)
    assert publishing.queue.letters == []
    assert publishing.published == ["001"]


def refuse_requests_with(publishing: Publishing, mark: str) -> None:
    """Have the bus refuse each request that has an event with this in it."""

    def treat(request: Request) -> Treatment:
        if mark in json.dumps(request.document):
            return Treatment(refusal=(400, "ValidationException"))
        return Treatment()

    publishing.cloud.treat = treat


def test_an_event_for_which_its_whole_request_is_refused_is_found(publishing: Publishing) -> None:
    publishing.process(record(1, 1))
    refuse_requests_with(publishing, "poison")
    records = [record(2, 2), record(3, 3, name="poison"), record(4, 4)]
    assert publishing.process(*records).first_unsettled is None
    assert {"002", "004"} < set(publishing.published)
    assert "003" not in publishing.published
    assert publishing.queue.codes == ["EVENTBRIDGE_ERROR"]
    [(letter, _)] = publishing.queue.letters
    assert letter["originalEvent"]["metadata"]["sequenceNumber"].endswith("003")
    assert letter["attempts"] == 3


def test_a_lone_event_is_guilty_only_if_the_bus_takes_another(publishing: Publishing) -> None:
    refuse_requests_with(publishing, "poison")
    lot = make_lot([record(3, 3, name="poison")])
    assert publishing.go_on(lot).first_unsettled == "49003"
    publishing.process(record(1, 1))
    assert publishing.go_on(lot).first_unsettled is None
    assert publishing.queue.codes == ["EVENTBRIDGE_ERROR"]


def test_an_event_that_the_bus_alone_of_all_does_not_take_waits_a_minute(
    publishing: Publishing,
) -> None:
    publishing.order(marked_entries={"poison": "InternalFailure"})
    lot = make_lot([record(1, 1, name="poison"), record(2, 2), record(3, 1)])
    assert publishing.go_on(lot).first_unsettled == "49001"
    publishing.clock.rest(PATIENCE_SECONDS - 1)
    assert publishing.go_on(lot).first_unsettled == "49001"
    assert publishing.published == ["002"]
    publishing.clock.rest(1)
    assert publishing.go_on(lot).first_unsettled is None
    assert publishing.queue.codes == ["EVENTBRIDGE_ERROR"]
    assert publishing.published[-1] == "003"


def test_a_bus_that_takes_nothing_is_asked_seldom(cloud: Cloud) -> None:
    publishing = Publishing(cloud, failures=3)
    publishing.order(refusal=[503, "ServiceUnavailable"])
    before = publishing.request_count
    lot = make_lot(record(number, number) for number in range(1, 401))
    for _ in range(10):
        publishing.go_on(lot)
    assert publishing.request_count - before < 10
    cloud.faults.clear()
    publishing.clock.rest(5)
    while publishing.go_on(lot).unsettled:
        publishing.clock.rest(5)
    assert len(publishing.published) == 400


def test_where_the_queue_is_down_the_shard_waits_and_other_keys_go_on(
    publishing: Publishing,
) -> None:
    publishing.queue.is_down = True
    lot = make_lot([record_of(b"{", 1), record(2, 2)])
    verdict = publishing.go_on(lot)
    assert verdict.first_unsettled == "49001"
    assert str(verdict.error) == "the queue of dead letters is down"
    assert publishing.published == ["002"]
    publishing.queue.is_down = False
    assert publishing.go_on(lot).first_unsettled is None
    assert publishing.queue.codes == ["PARSE_ERROR"]


def test_without_a_queue_what_can_not_be_published_waits(publishing: Publishing) -> None:
    publishing.parking.queue = None
    verdict = publishing.process(record_of(b"{", 1))
    assert verdict.first_unsettled == "49001"
    assert "DLQ_URL is not set" in str(verdict.error)


def test_a_change_that_its_table_does_not_want_is_settled_without_an_event(cloud: Cloud) -> None:
    publishing = Publishing(cloud, make_transformation(skipUnchanged=True))
    change = make_change({"id": 1}, {"id": 1})
    assert publishing.process(record_of(encode(change))).first_unsettled is None
    assert publishing.published == []
    assert publishing.progress.counts["events_skipped"] == 1


def test_the_lowest_number_is_found_by_its_value(publishing: Publishing) -> None:
    publishing.order(refusal=[503, "ServiceUnavailable"])
    verdict = publishing.process(record(51_000, 1), record(-48_991, 2))
    assert verdict.first_unsettled == "9"


def test_no_turn_is_taken_once_that_is_not_allowed_any_more(publishing: Publishing) -> None:
    answers = iter([True, False])
    lot = make_lot([record(1, 1), record(2, 1)])
    verdict = publishing.processing.process(lot, lambda: next(answers))
    assert publishing.published == ["001"]
    assert verdict.first_unsettled == "49002"


def test_events_of_a_transaction_keep_their_metadata(publishing: Publishing) -> None:
    change = make_change(None, {"id": 1})
    snapshot = Metadata("tx", "00000000000000000009", "users-9-I", None, is_snapshot=True)
    publishing.process(record_of(encode(replace(change, metadata=snapshot))))
    assert publishing.events[0]["detail"]["metadata"] == {
        "transactionId": "tx",
        "sequenceNumber": "00000000000000000009",
        "eventId": "users-9-I",
        "eventType": "users.changed",
        "version": "1.0",
        "snapshot": True,
    }
