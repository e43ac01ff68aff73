"""Why the processor is not ready: what failed is named, and nothing beside it."""

from __future__ import annotations

import pytest

from awslite.faults import read_fault
from oracle_cdc.errors import CdcError
from oracle_cdc.processor.edges import Edges
from oracle_cdc.processor.readiness_reasons import LOOP, make_requirements
from tests.awsplaces import connect, make_name
from tests.processor.pipelines import PipelineWorld

LIMIT_SECONDS = 60.0


@pytest.mark.parametrize(
    ("action", "name"),
    [
        ("ListShards", "kinesis"),
        ("GetRecords", "kinesis"),
        ("PutEvents", "eventbridge"),
        ("UpdateItem", "dynamodb"),
    ],
)
def test_what_fails_is_named_and_nothing_else(
    pipelines: PipelineWorld, action: str, name: str
) -> None:
    leg = pipelines.leg()
    leg.run_once()
    pipelines.put(1)
    fault = {"action": action, "refusal": [503, "ServiceUnavailable"], "times": 20}
    pipelines.cloud.faults.order(read_fault(fault))
    with pytest.raises(CdcError) as raised:
        leg.run_once()
    assert named(leg.processor.edges, raised.value) == {name}


def test_a_bus_that_answers_and_takes_no_event_is_named(pipelines: PipelineWorld) -> None:
    leg = pipelines.leg()
    leg.run_once()
    pipelines.put(1)
    fault = {"action": "PutEvents", "marked_entries": {"users": "ThrottlingException"}}
    pipelines.cloud.faults.order(read_fault({**fault, "times": 20}))
    with pytest.raises(CdcError) as raised:
        leg.run_once()
    assert named(leg.processor.edges, raised.value) == {"eventbridge"}


def test_a_stream_without_order_is_no_failure_of_the_bus(pipelines: PipelineWorld) -> None:
    name = make_name("stream")
    connect("kinesis", pipelines.cloud.url).create_stream(
        StreamName=name,
        StreamModeDetails={"StreamMode": "ON_DEMAND"},
        RecordDistributionStrategy="AUTO",
    )
    leg = pipelines.leg(KINESIS_STREAM_NAME=name)
    with pytest.raises(CdcError) as raised:
        leg.run_once()
    found = named(leg.processor.edges, raised.value)
    assert "kinesis" in found
    assert "eventbridge" not in found


def named(edges: Edges, error: CdcError) -> set[str]:
    """Return what is not well once the loop has failed with an error."""
    found = set()
    for requirement in make_requirements(edges):
        if requirement.reason({LOOP: error}, LIMIT_SECONDS):
            found.add(requirement.name)
    return found
