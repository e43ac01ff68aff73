"""The sample events are what our own encoder makes of a change."""

from __future__ import annotations

import base64
import json

from oracle_cdc.changes.rules.codec import as_detail, decode
from tests.documents import ROOT
from tests.sampleevents import SAMPLE, format_event, make_event

FILE = ROOT / "events" / "sample-cdc-event.json"


def test_the_sample_event_is_a_record_of_the_sample_change() -> None:
    assert FILE.read_text(encoding="utf-8") == format_event(make_event([SAMPLE]))


def test_the_sample_event_has_the_keys_of_an_event_and_no_others() -> None:
    (record,) = json.loads(FILE.read_text(encoding="utf-8"))["Records"]
    change = decode(base64.b64decode(record["kinesis"]["data"]))
    assert change == SAMPLE
    assert list(as_detail(change)) == [
        *("table", "operation", "timestamp", "before", "after", "keys", "metadata")
    ]
    assert change.before != change.after
