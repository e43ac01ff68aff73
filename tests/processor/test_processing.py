"""Records to a verdict: what the bus accepts, what becomes a dead letter, what waits."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pytest

from awslite.cloud import Cloud
from oracle_cdc.aws.eventbridge.limits import BusEntry
from oracle_cdc.aws.eventbridge.publisher import PublishOutcome
from oracle_cdc.changes.rules.codec import encode
from oracle_cdc.changes.rules.values import Change, Metadata
from oracle_cdc.errors import MessageTooLarge
from oracle_cdc.processor.publishing import preparing
from oracle_cdc.processor.publishing.records import make_lot
from oracle_cdc.running.privacy import SafeFormatter
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
        (encode(make_change(None, {"id": 5})).replace(b"5", b"1e999"), "VALIDATION_ERROR"),
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


def test_a_record_that_nobody_foresaw_stops_nothing_behind_it(
    publishing: Publishing, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_entry = preparing.make_entry

    def stumble(change: Change, source: str) -> BusEntry:
        if change.keys["id"] == 1:
            raise KeyError("canary")
        return make_entry(change, source)

    monkeypatch.setattr(preparing, "make_entry", stumble)
    assert publishing.process(record(1, 1), record(2, 2)).unsettled == []
    assert publishing.published == ["002"]
    assert publishing.queue.codes == ["TRANSFORMATION_ERROR"]
    assert "canary" not in repr(publishing.queue.letters)


def test_a_request_that_can_not_even_be_made_stops_nothing_behind_it(
    publishing: Publishing,
) -> None:
    publish = publishing.requests.bus.publish

    def stumble(entries: Sequence[BusEntry]) -> Sequence[PublishOutcome]:
        if any("poison" in entry.detail for entry in entries):
            raise OverflowError("canary")
        return publish(entries)

    publishing.requests.bus.publish = stumble  # type: ignore[method-assign]
    publishing.process(record(1, 1))
    assert publishing.process(record(2, 2, name="poison"), record(3, 3)).unsettled == []
    assert "003" in publishing.published
    assert publishing.queue.codes == ["EVENTBRIDGE_ERROR"]
    assert "canary" not in repr(publishing.queue.letters)


@pytest.mark.parametrize("table", ["\\ud800", "\\u0000", "x\\nCRITICAL all is lost", "x" * 300_000])
def test_a_table_that_is_called_anything_stops_nothing_behind_it(
    publishing: Publishing, caplog: pytest.LogCaptureFixture, table: str
) -> None:
    data = encode(make_change(None, {"id": 1})).replace(b"users", table.encode())
    assert publishing.process(record_of(data, 1), record(2, 2)).unsettled == []
    assert publishing.published == ["002"]
    assert publishing.queue.codes == ["VALIDATION_ERROR"]
    [line] = [record for record in caplog.records if record.levelname == "ERROR"]
    written = SafeFormatter().format(line)
    assert "\n" not in written
    assert len(written) < 1000


def test_a_time_that_no_clock_has_is_no_event(publishing: Publishing) -> None:
    change = make_change(None, {"id": 1})._replace(timestamp="0001-01-01T00:00:00+14:00")
    assert publishing.process(record_of(encode(change))).unsettled == []
    assert publishing.queue.codes == ["VALIDATION_ERROR"]


@pytest.mark.parametrize(("image", "column"), [("after", "name"), ("keys", "id")])
def test_a_number_that_no_json_has_rests_in_no_letter(
    publishing: Publishing, image: str, column: str
) -> None:
    detail = json.loads(encode(make_change(None, {"id": 1}, keys={"id": 1})))
    detail[image][column] = "IN ITS PLACE"
    data = json.dumps(detail).replace('"IN ITS PLACE"', "1e400").encode()
    assert publishing.process(record_of(data)).unsettled == []
    [(letter, _)] = publishing.queue.letters
    assert "Infinity" not in json.dumps(letter)
    assert publishing.queue.codes == ["VALIDATION_ERROR"]


def test_a_queue_that_does_not_take_a_letter_gets_the_place_of_its_record(
    publishing: Publishing,
) -> None:
    send, refused = publishing.queue.send, []

    def refuse_large(document: str, attributes: Mapping[str, str]) -> None:
        if "raw" in document:
            refused.append(attributes)
            raise MessageTooLarge("too large")
        send(document, attributes)

    publishing.queue.send = refuse_large  # type: ignore[method-assign]
    assert publishing.process(record_of(b"{", 1)).unsettled == []
    [(letter, attributes)] = publishing.queue.letters
    assert list(letter["originalEvent"]) == ["position"]
    assert attributes == refused[0]


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
    publishing.letters.queue = None
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
    publishing.process(record_of(encode(change._replace(metadata=snapshot))))
    assert publishing.events[0]["detail"]["metadata"] == {
        "transactionId": "tx",
        "sequenceNumber": "00000000000000000009",
        "eventId": "users-9-I",
        "eventType": "users.changed",
        "version": "1.0",
        "snapshot": True,
    }
