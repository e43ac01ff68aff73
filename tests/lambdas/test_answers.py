"""The answer to AWS Lambda, which begins anew at the lowest record that is named."""

from __future__ import annotations

from oracle_cdc.lambdas.cdc_processor import handler
from tests.lambdas.events import kinesis_event, row_record
from tests.processor.pipelines import PipelineWorld


def test_of_several_records_that_wait_the_lowest_alone_is_named(function: PipelineWorld) -> None:
    function.publishing.order(marked_entries={'"id":2}': "ThrottlingException"})
    event = kinesis_event(*(row_record(number, 1 + number % 2) for number in range(1, 6)))
    assert handler(event) == {
        "batchItemFailures": [{"itemIdentifier": event["Records"][0]["kinesis"]["sequenceNumber"]}]
    }
