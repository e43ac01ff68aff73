"""Dead letters of what can't be shipped: what of a row rests in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from oracle_cdc.changes.outbound.building import Builder
from oracle_cdc.changes.outbound.burying import Burying
from oracle_cdc.changes.rules.partitions import make_partition_key
from oracle_cdc.changes.rules.redacting import Redactor
from tests.changes.changefixtures import REDACTOR, make_change, make_model, make_transformation

MOST_BYTES = 262_144
PERSONAL = "canary.kestrel@example.org"


class Queue:
    """A queue of dead letters in memory."""

    max_bytes = MOST_BYTES

    def __init__(self) -> None:
        self.letters: list[dict[str, Any]] = []

    def send(self, document: str, attributes: Mapping[str, str]) -> None:
        self.letters.append(json.loads(document))


def bury(redactor: Redactor | None) -> dict[str, Any]:
    """Return the letter, without its event, of a row with a personal key that is too large."""
    model = make_model(keys=("email",))
    builder = Builder(make_transformation(model, redactor, hmacFields=["email"]), 100)
    change = make_change(None, {"email": PERSONAL}, keys={"email": PERSONAL})
    outgoing = builder.prepare(change, make_partition_key(change.table, change.keys), None)
    assert outgoing is not None
    queue = Queue()
    Burying(queue, keeps_event=False, redacts=redactor is not None).bury(outgoing)
    [letter] = queue.letters
    return letter


@pytest.mark.parametrize("redactor", [REDACTOR, None])
def test_keys_that_are_not_tokens_yet_stand_in_no_letter_without_its_event(
    redactor: Redactor | None,
) -> None:
    letter = bury(redactor)
    assert letter["error"]["code"] == "VALIDATION_ERROR"
    assert PERSONAL not in str(letter)
    keys = letter["originalEvent"].get("keys", {})
    assert bool(keys) == (redactor is not None)
