"""What functions of one's own import from `oracle_cdc.lambdas`."""

from __future__ import annotations

from oracle_cdc import lambdas
from oracle_cdc.lambdas import (
    StateManager,
    parse_kinesis_records,
    publish_event,
    redact_sensitive_fields,
)
from tests.sampleevents import SAMPLE, make_event


def test_exactly_these_are_for_others() -> None:
    helpers = (StateManager, parse_kinesis_records, publish_event, redact_sensitive_fields)
    assert sorted(lambdas.__all__) == sorted(helper.__name__ for helper in helpers)


def test_records_of_the_sample_event_are_changes_whose_fields_can_be_redacted() -> None:
    (change,) = parse_kinesis_records(make_event([SAMPLE])["Records"])
    safe = redact_sensitive_fields(change["after"], fields=["name"])
    assert (safe["id"], safe["name"]) == ("user-123", "[REDACTED]")
