"""Dead letters of what can't be shipped: what of a row rests in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from oracle_cdc.changes.outbound import dead_letter_writer
from oracle_cdc.changes.outbound.building import Builder, Outgoing
from oracle_cdc.changes.outbound.dead_letter_writer import DeadLetterWriter
from oracle_cdc.changes.rules.partitions import make_partition_key
from oracle_cdc.changes.rules.redacting import Redactor
from oracle_cdc.errors import CdcError, DestinationUnavailable
from tests.changes.changefixtures import REDACTOR, make_change, make_model, make_transformation

MOST_BYTES = 262_144
PERSONAL = "canary.kestrel@example.org"


class Queue:
    """A queue of dead letters in memory."""

    max_bytes = MOST_BYTES

    def __init__(self) -> None:
        self.letters: list[dict[str, Any]] = []
        self.failure: CdcError | None = None

    def send(self, document: str, attributes: Mapping[str, str]) -> None:
        if self.failure is not None:
            raise self.failure
        self.letters.append(json.loads(document))


def make_builder(redactor: Redactor | None, *fields: str) -> Builder:
    """Make what refuses every row of a table whose key is an address.

    Parameters:
        fields: that become tokens.
    """
    model = make_model(keys=("email",))
    return Builder(make_transformation(model, redactor, hmacFields=fields), 100)


def refuse(redactor: Redactor | None, *fields: str) -> Outgoing:
    """Return what is made of a row that is too large."""
    change = make_change(None, {"email": PERSONAL}, keys={"email": PERSONAL})
    key = make_partition_key(change.table, change.keys)
    outgoing = make_builder(redactor, *fields).prepare(change, key, None)
    assert outgoing is not None
    return outgoing


def bury(redactor: Redactor | None, *fields: str, keeps_event: bool = False) -> dict[str, Any]:
    """Return the letter of a row that is too large, of which a value was not read."""
    queue = Queue()
    outgoing = refuse(redactor, *fields)._replace(is_whole=False)
    finals = make_builder(redactor, *fields).transformation.are_keys_final
    DeadLetterWriter(queue, keeps_event=keeps_event, are_keys_final=finals).write(outgoing)
    [letter] = queue.letters
    return letter


def of_transaction(outgoing: Outgoing, name: str) -> Outgoing:
    """Return the same of another transaction."""
    metadata = outgoing.change.metadata._replace(transaction_id=name)
    return outgoing._replace(change=outgoing.change._replace(metadata=metadata))


def test_a_letter_is_written_once_however_often_its_change_comes_again() -> None:
    queue = Queue()
    letters = DeadLetterWriter(queue, keeps_event=False)
    outgoing = refuse(REDACTOR)
    for _ in range(3):
        letters.write(outgoing)
    assert len(queue.letters) == 1


def test_the_same_number_in_another_transaction_is_another_change() -> None:
    queue = Queue()
    letters = DeadLetterWriter(queue, keeps_event=False)
    for name in ("1.2.3", "1.2.4"):
        letters.write(of_transaction(refuse(REDACTOR), name))
    assert len(queue.letters) == 2


def test_a_letter_that_the_queue_did_not_take_is_written_again() -> None:
    queue = Queue()
    letters = DeadLetterWriter(queue, keeps_event=False)
    queue.failure = DestinationUnavailable("the queue takes nothing")
    with pytest.raises(DestinationUnavailable):
        letters.write(refuse(REDACTOR))
    queue.failure = None
    letters.write(refuse(REDACTOR))
    assert len(queue.letters) == 1


def test_the_oldest_letters_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dead_letter_writer, "MOST_REMEMBERED", 2)
    queue = Queue()
    letters = DeadLetterWriter(queue, keeps_event=False)
    for name in ("1", "2", "3", "3", "1"):
        letters.write(of_transaction(refuse(REDACTOR), name))
    assert len(queue.letters) == 4


@pytest.mark.parametrize("redactor", [REDACTOR, None])
def test_keys_that_are_not_tokens_yet_stand_in_no_letter_where_no_events_rest(
    redactor: Redactor | None,
) -> None:
    letter = bury(redactor, "email")
    assert letter["error"]["code"] == "VALIDATION_ERROR"
    assert PERSONAL not in str(letter)
    keys = letter["originalEvent"].get("keys", {})
    assert bool(keys) == (redactor is not None)


def test_a_letter_without_its_row_has_the_keys_that_are_redacted_only_later() -> None:
    letter = bury(None, "email", keeps_event=True)
    assert letter["originalEvent"]["keys"] == {"email": PERSONAL}
    assert "after" not in letter["originalEvent"]


def test_keys_that_are_never_personal_stand_in_each_letter() -> None:
    letter = bury(None)
    assert letter["originalEvent"]["keys"] == {"email": PERSONAL}
