"""Letters of changes of which a value was not read: from change table to `dlq process`."""

from __future__ import annotations

import json

import pytest

from oracle_cdc.changes.model_files import write_model
from oracle_cdc.changes.outbound.building import Builder
from oracle_cdc.changes.outbound.dead_letter_writer import DeadLetterWriter
from oracle_cdc.changes.rules.dead_letters import Failed, Reason, write_dead_letter
from oracle_cdc.changes.rules.pairing import LogRow, Paired, Pairing
from oracle_cdc.running.clock import utc_now
from oracle_cdc.running.privacy import format_error
from tests.awsplaces import connect
from tests.changes.changefixtures import COLUMNS, make_model, make_transformation
from tests.processor.commands import Watcher

MODEL = make_model(columns={**COLUMNS, "document": "CLOB"})
TRANSFORMERS = json.dumps({"users": {"lobs": "after"}})
#: As the lane hands them on: the key, the document, and what is odd of them.
UNREAD = [
    (1, None, "document is longer than a record may be: 1048577"),
    ("12345678901234567", "x", "a value of id is no integer"),
]


def pair(key: object, document: object, oddity: str) -> Paired:
    image = {**dict.fromkeys(COLUMNS), "id": key, "name": "Dana", "document": document}
    row = LogRow("A", "7", "I", "2024-01-15T10:30:00", "1.2.3", image, oddity)
    [paired] = Pairing("users", MODEL.keys).pair([row])
    return paired


def bury(watcher: Watcher, paired: Paired, most_bytes: int = 1_000_000) -> None:
    """Put what can't be sent into the queue."""
    builder = Builder(make_transformation(MODEL, lobs="after"), most_bytes)
    [waiting] = builder.build(paired, 0)
    queue = watcher.world.processor().edges.dead_letters
    DeadLetterWriter(queue, keeps_event=True).write(waiting.item)


def process(watcher: Watcher) -> tuple[int, str]:
    write_model(watcher.world.folder / "models", MODEL)
    done = watcher.type("dlq", "process", TABLE_TRANSFORMERS=TRANSFORMERS)
    return done.code, done.out


@pytest.mark.parametrize(("key", "document", "oddity"), UNREAD)
def test_a_letter_whose_value_was_not_read_is_never_published(
    watcher: Watcher, key: object, document: object, oddity: str
) -> None:
    bury(watcher, pair(key, document, oddity))
    code, out = process(watcher)
    assert (code, watcher.world.published) == (1, [])
    assert "0 events published, 0 failed again" in out
    assert "left in the queue: 1 message" in out
    [letter] = watcher.world.letters()
    original = letter["originalEvent"]
    assert (original["keys"], "after" in original) == ({"id": key}, False)
    assert oddity in letter["error"]["stack"]


@pytest.mark.parametrize(("key", "document", "oddity"), UNREAD)
def test_nor_is_one_that_a_former_version_wrote_with_its_event(
    watcher: Watcher, key: object, document: object, oddity: str
) -> None:
    paired = pair(key, document, oddity)
    assert paired.refusal is not None
    reason = Reason("VALIDATION_ERROR", format_error(paired.refusal), 1, utc_now())
    failed = Failed(None, b"", paired.changes[0], is_redacted=True)
    body = write_dead_letter(failed, reason, keeps_event=True)
    sqs = connect("sqs", watcher.world.queues_url)
    sqs.send_message(QueueUrl=watcher.world.queue_url, MessageBody=body)
    code, out = process(watcher)
    assert (code, watcher.world.published) == (1, [])
    assert "left in the queue: 1 message" in out
    assert watcher.world.letters() == [json.loads(body)]


def test_a_letter_that_was_too_large_alone_is_cured(watcher: Watcher) -> None:
    bury(watcher, pair(1, "x", ""), most_bytes=100)
    assert process(watcher) == (0, "1 event published, 0 failed again\n")
    assert watcher.world.published == [7]
