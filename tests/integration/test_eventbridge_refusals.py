"""Events that a strict bus refuses: our own rules agree with it to the byte."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timezone

import pytest

from awslite.cloud import Cloud
from awslite.faults import Fault
from awslite.treatment import Treatment
from oracle_cdc.aws.eventbridge.bus import describe_bus
from oracle_cdc.aws.eventbridge.client import open_bus
from oracle_cdc.aws.eventbridge.limits import (
    MAX_REQUEST_BYTES,
    BusEntry,
    find_excess,
    find_excess_in,
)
from oracle_cdc.aws.eventbridge.publisher import BusPublisher
from oracle_cdc.aws.session import AwsSession
from oracle_cdc.changes.rules.errors import BusRefused
from oracle_cdc.errors import DestinationMissing, DestinationUnavailable
from tests.awsplaces import create_bus, make_session

NOON = datetime(2026, 1, 2, 12, tzinfo=timezone.utc)


@pytest.fixture
def session(cloud: Cloud) -> Iterator[AwsSession]:
    made = make_session(cloud.url)
    yield made
    made.close()


@pytest.fixture
def publisher(cloud: Cloud, session: AwsSession) -> BusPublisher:
    return BusPublisher(open_bus(session, create_bus(cloud.url)))


def an_entry(detail: object = "x", detail_type: str = "CDC.TableChange") -> BusEntry:
    text = json.dumps({"detail": detail}, ensure_ascii=False)
    return BusEntry("cdc-pipeline", detail_type, text, NOON)


def test_an_event_of_the_largest_size_is_accepted_and_one_byte_more_is_not(
    publisher: BusPublisher,
) -> None:
    room = MAX_REQUEST_BYTES - an_entry("").size_bytes
    largest = an_entry("ש" * (room // 2) + "x" * (room % 2))
    assert largest.size_bytes == MAX_REQUEST_BYTES
    assert find_excess(largest) is None
    (outcome,) = publisher.publish([largest])
    assert outcome.error is None

    larger = largest._replace(detail=largest.detail + " ")
    assert find_excess(larger)
    (outcome,) = publisher.publish([larger])
    assert outcome.error is not None


@pytest.mark.parametrize(
    ("detail", "is_excess"),
    [
        (2**63 - 1, False),
        (2**63, True),
        (-(2**63), False),
        (-(2**63) - 1, True),
        ([[[2**63]]], True),
    ],
)
def test_integers_are_refused_by_the_bus_where_our_rule_finds_them(
    publisher: BusPublisher, detail: object, is_excess: bool
) -> None:
    assert (find_excess_in({"detail": detail}) is not None) == is_excess
    good, judged = publisher.publish([an_entry(), an_entry(detail)])
    assert good.error is None
    assert (judged.error is None) != is_excess
    assert isinstance(judged.error, BusRefused) == is_excess


def test_a_detail_type_of_129_characters_is_found_before_it_is_sent(
    publisher: BusPublisher,
) -> None:
    entry = an_entry(detail_type="t" * 129)
    assert find_excess(entry)
    (outcome,) = publisher.publish([entry])
    assert isinstance(outcome.error, BusRefused)


def test_a_bus_that_is_not_there_accepts_events_and_only_its_description_shows_it(
    session: AwsSession,
) -> None:
    client = open_bus(session, "nowhere")
    (outcome,) = BusPublisher(client).publish([an_entry()])
    assert outcome.error is None
    with pytest.raises(DestinationMissing):
        describe_bus(client)


def test_one_event_that_fails_leaves_the_others_accepted(
    cloud: Cloud, publisher: BusPublisher
) -> None:
    failed = Treatment(marked_entries={"poison": "ThrottlingException"})
    cloud.faults.order(Fault(action="PutEvents", treatment=failed))
    outcomes = publisher.publish([an_entry("a"), an_entry("poison"), an_entry("b")])
    assert [outcome.error is None for outcome in outcomes] == [True, False, True]
    assert isinstance(outcomes[1].error, DestinationUnavailable)


def test_events_of_a_request_whose_answer_was_lost_are_not_said_to_be_accepted(
    cloud: Cloud, publisher: BusPublisher
) -> None:
    cloud.faults.order(Fault(action="PutEvents", times=1, treatment=Treatment(cut_after=True)))
    outcomes = publisher.publish([an_entry("a"), an_entry("b")])
    assert [type(outcome.error) for outcome in outcomes] == [DestinationUnavailable] * 2
    assert all(outcome.error is None for outcome in publisher.publish([an_entry("a")]))
