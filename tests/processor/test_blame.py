"""Whose failure a failure is: the event's own, or that of the bus, which is waited for."""

from __future__ import annotations

import json

import pytest

from awslite.cloud import Cloud
from awslite.treatment import Request, Treatment
from oracle_cdc.processor.publishing.records import make_lot
from oracle_cdc.processor.publishing.requests import PATIENCE_SECONDS
from tests.processor.publishing import Publishing, record


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


def test_what_a_region_takes_only_in_smaller_requests_is_published(publishing: Publishing) -> None:
    publishing.cloud.limits.event_bytes = 256 * 1024
    verdict = publishing.process(
        *(record(number, number, name="x" * 100_000) for number in range(5))
    )
    assert verdict.first_unsettled is None
    assert sorted(publishing.published) == ["000", "001", "002", "003", "004"]
    assert publishing.queue.letters == []


def test_one_event_too_large_for_its_region_is_a_dead_letter_and_keeps_no_other(
    publishing: Publishing,
) -> None:
    publishing.cloud.limits.event_bytes = 256 * 1024
    verdict = publishing.process(record(1, 1, name="x" * 300_000), record(2, 2))
    assert verdict.first_unsettled is None
    assert publishing.published == ["002"]
    assert publishing.queue.codes == ["EVENTBRIDGE_ERROR"]


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
