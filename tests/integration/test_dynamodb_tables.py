"""The two tables, and the states of processors, at moto's DynamoDB and at a stricter one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from awslite.cloud import Cloud
from awslite.faults import Fault
from awslite.treatment import Treatment
from oracle_cdc.aws.dynamodb.client import CHECKPOINTS, STATES, open_table
from oracle_cdc.aws.dynamodb.items import read_item
from oracle_cdc.aws.dynamodb.states import ProcessorState, StateManager
from oracle_cdc.aws.dynamodb.tables import (
    CHECKPOINT_KEYS,
    STATE_KEYS,
    create_table,
    describe_table,
)
from oracle_cdc.aws.session import AwsSession
from oracle_cdc.errors import (
    StoreConfigurationError,
    StoreCredentialsError,
    StoreMissing,
    StoreUnavailable,
)
from standins.scriptedsqs import refuse, serve_endpoint
from tests.awsplaces import make_name, make_session


@pytest.fixture(params=["moto", "awslite"])
def session(request: pytest.FixtureRequest, sqs_server: str) -> Iterator[AwsSession]:
    endpoint = sqs_server
    if request.param == "awslite":
        endpoint = request.getfixturevalue("cloud").url
    made = make_session(endpoint)
    yield made
    made.close()


def test_tables_are_created_once_and_paid_by_request(session: AwsSession) -> None:
    for service, keys in ((CHECKPOINTS, CHECKPOINT_KEYS), (STATES, STATE_KEYS)):
        client = open_table(session, service, make_name("table"))
        create_table(client, keys)
        create_table(client, keys)
        facts = describe_table(client)
        assert (facts.name, facts.keys) == (client.place, tuple(keys))
        assert facts.is_active
        assert facts.is_by_request
        assert facts.arn.endswith(f"table/{client.place}")


def test_a_table_that_is_not_there_is_missing(session: AwsSession) -> None:
    with pytest.raises(StoreMissing, match=r"see STATE_TABLE_NAME .*, or run `python cdc_service"):
        describe_table(open_table(session, STATES, "nowhere"))


def test_a_state_is_kept_with_exactly_three_attributes(session: AwsSession) -> None:
    client = open_table(session, STATES, make_name("states"))
    create_table(client, STATE_KEYS)
    states = StateManager(client)
    assert states.get_state("processor-1") is None
    state = ProcessorState("9" * 56, 1000, "2024-01-15T10:30:00Z")

    states.save_state("processor-1", state)

    assert states.get_state("processor-1") == state
    assert read_item(client, {"processor": "processor-1"}) == {
        "processor": "processor-1",
        "lastProcessedSequence": "9" * 56,
        "processedCount": 1000,
        "lastUpdated": "2024-01-15T10:30:00Z",
    }


def test_what_several_copies_processed_is_counted_together(session: AwsSession) -> None:
    client = open_table(session, STATES, make_name("states"))
    create_table(client, STATE_KEYS)
    states = StateManager(client)
    states.add("p", count=10, sequence="7", at="2024-01-15T10:30:00Z")
    states.add("p", count=5, sequence="9", at="2024-01-15T10:31:00Z")
    assert states.get_state("p") == ProcessorState("9", 15, "2024-01-15T10:31:00Z")


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("ProvisionedThroughputExceededException", StoreUnavailable, "Provisioned"),
        ("TransactionConflictException", StoreUnavailable, "Conflict"),
        ("AccessDeniedException", StoreConfigurationError, "allow dynamodb:GetItem on this table"),
        ("ValidationException", StoreConfigurationError, "ValidationException"),
        ("UnrecognizedClientException", StoreCredentialsError, "keys are wrong"),
    ],
)
def test_a_table_that_refuses_says_what_to_do(code: str, kind: type[Exception], words: str) -> None:
    with serve_endpoint(lambda _action, _request: refuse(code)) as endpoint:
        session = make_session(endpoint.url)
        states = StateManager(open_table(session, STATES, "states"))
        with pytest.raises(kind, match=words) as raised:
            states.get_state("p")
        session.close()
    assert "vendor" not in str(raised.value)


def test_a_table_out_of_reach_is_an_outage(cloud: Cloud) -> None:
    session = make_session(cloud.url)
    client = open_table(session, STATES, make_name("states"))
    create_table(client, STATE_KEYS)
    cloud.faults.order(Fault(action="GetItem", treatment=Treatment(cut_before=True)))
    with pytest.raises(StoreUnavailable):
        StateManager(client).get_state("p")
    session.close()
