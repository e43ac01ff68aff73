"""What is personal appears nowhere but in the record itself: no event, letter, log or figure."""

from __future__ import annotations

import json

import pytest

from awslite.cloud import Cloud
from oracle_cdc.changes.rules.codec import encode
from oracle_cdc.changes.rules.redacting import Redactor
from oracle_cdc.changes.rules.transforming import Transformation
from oracle_cdc.changes.rules.values import Change
from oracle_cdc.processor.publishing.records import make_lot
from oracle_cdc.running.privacy import SafeFormatter
from tests.changes.changefixtures import MARKER, make_change, make_model, make_transformation
from tests.processor.publishing import Publishing, record_of

CANARY = "canary.kestrel@example.org"
SPOKEN = "four five eight zero 1234 5678 9015"
MODEL = make_model(keys=("email",))
ROW = {
    "email": CANARY,
    "ssn": CANARY,
    "credit_card": CANARY,
    "notes": f"my mail is {CANARY}, my card {SPOKEN}",
    "profile": json.dumps({"deep": [{"SSN": CANARY, "said": SPOKEN}], CANARY: 1}),
}


def make(redactor: Redactor | None) -> Transformation:
    return make_transformation(
        MODEL,
        redactor,
        redactFields=["ssn", "creditCard"],
        jsonFields=["profile"],
        scanFields=["notes", "profile"],
        hmacFields=["email"],
    )


def make_personal_change() -> Change:
    return make_change(ROW, {**ROW, "status": "x"}, keys={"email": CANARY})


def everything_of(publishing: Publishing, caplog: pytest.LogCaptureFixture) -> str:
    """Return all that left: events, dead letters, lines of the log, figures."""
    lines = [SafeFormatter().format(record) for record in caplog.records]
    counts = dict(publishing.progress.counts)
    return repr((publishing.events, publishing.queue.letters, lines, counts))


def assert_clean(text: str) -> None:
    for part in ("canary", "kestrel", "1234 5678", "four five"):
        assert part not in text


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"marked_entries": {"users": "MalformedDetail"}},
        {"refusal": [503, "ServiceUnavailable"]},
        {"refusal": [400, "ValidationException"]},
        {"cut_after": True},
        {"page": 502},
    ],
)
def test_nothing_personal_leaves_however_the_bus_answers(
    cloud: Cloud, caplog: pytest.LogCaptureFixture, fault: dict[str, object]
) -> None:
    publishing = Publishing(cloud, make(Redactor(MARKER, b"secret")))
    publishing.order(**fault)
    verdict = publishing.process(record_of(encode(make_personal_change())))
    assert publishing.events or publishing.queue.letters or verdict.error
    assert_clean(everything_of(publishing, caplog))
    assert_clean(f"{verdict.error} {verdict!r}")


def test_what_is_too_large_for_the_bus_rests_without_what_is_personal(
    cloud: Cloud, caplog: pytest.LogCaptureFixture
) -> None:
    publishing = Publishing(cloud, make(Redactor(MARKER, b"secret")))
    publishing.queue.max_bytes = 2_000_000
    large = make_change(None, {**ROW, "name": "x" * 1_048_576}, keys={"email": CANARY})
    publishing.process(record_of(encode(large)))
    [(letter, _)] = publishing.queue.letters
    assert letter["originalEvent"]["after"]["ssn"] == "[REDACTED]"
    assert_clean(everything_of(publishing, caplog))


class Broken(Redactor):
    """Raises what quotes the row."""

    def mark(self, text: str, counts: object) -> str:
        raise ValueError(text)


def test_a_failed_redaction_publishes_nothing_and_quotes_nothing(
    cloud: Cloud, caplog: pytest.LogCaptureFixture
) -> None:
    publishing = Publishing(cloud, make(Broken(MARKER, b"secret")), keeps_event=False)
    publishing.process(record_of(encode(make_personal_change())))
    assert publishing.events == []
    assert publishing.queue.codes == ["TRANSFORMATION_ERROR"]
    [(letter, _)] = publishing.queue.letters
    assert letter["attempts"] == 3
    assert_clean(everything_of(publishing, caplog))


@pytest.mark.parametrize(
    "data",
    [
        f'{{"table": "{CANARY}'.encode(),
        json.dumps({"table": CANARY, "operation": CANARY}).encode(),
        f"{CANARY} \xff".encode("latin-1"),
        json.dumps(CANARY).encode(),
    ],
)
def test_a_record_that_can_not_be_read_is_quoted_nowhere(
    cloud: Cloud, caplog: pytest.LogCaptureFixture, data: bytes
) -> None:
    publishing = Publishing(cloud, make(Redactor(MARKER, b"secret")), keeps_event=False)
    assert publishing.process(record_of(data)).first_unsettled is None
    assert publishing.queue.codes == ["PARSE_ERROR"]
    assert_clean(everything_of(publishing, caplog))


def test_a_refused_change_is_quoted_nowhere_while_the_queue_is_down(
    cloud: Cloud, caplog: pytest.LogCaptureFixture
) -> None:
    publishing = Publishing(cloud, make(Redactor(MARKER, b"secret")))
    publishing.queue.is_down = True
    undeclared = make_change(None, {**ROW, "shoe_size": CANARY}, keys={"email": CANARY})
    lot = make_lot([record_of(encode(undeclared))])
    verdict = publishing.go_on(lot)
    assert verdict.first_unsettled == "49001"
    assert_clean(everything_of(publishing, caplog))
    assert_clean(f"{verdict!r} {lot!r} {lot.items[0]!r}")


def test_what_is_replaced_is_counted_by_its_kind(cloud: Cloud) -> None:
    publishing = Publishing(cloud, make(Redactor(MARKER, b"secret")))
    publishing.process(record_of(encode(make_personal_change())))
    counts = publishing.progress.counts
    kinds = {name: count for name, count in counts.items() if name.startswith("redacted_")}
    assert kinds == {
        "redacted_field": 6,
        "redacted_token": 3,
        "redacted_email": 4,
        "redacted_card": 4,
    }
