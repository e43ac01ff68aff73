"""Utterances: what is personal in them is marked, and they become a message."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from oracle_cdc.conversations.rules.assembly import assemble
from oracle_cdc.conversations.rules.redaction import redact_conversation
from oracle_cdc.redaction.kinds import Kind
from oracle_cdc.redaction.marking import Marker
from tests.builders import ASSEMBLED_AT, a_segment, encode
from tests.documents import ROOT
from tests.fuzz.decoders import Take

WORDS = tuple(
    word.encode()
    for word in (
        "double ",
        "triple ",
        "four five six ",
        "אפס חמישים וארבע ",
        "@",
        " at ",
        " dot com",
        "שטרודל",
        "phone ",
        "+972",
        "4111 1111 1111 1111",
        "IL62",
        "\u200f",
        "٠١٢٣",
        "\ufffe",
        "\0",
    )
)


def seeds() -> Sequence[bytes]:
    lines = (ROOT / "tests/corpus/redaction.txt").read_bytes().splitlines()
    found = [b"1 " * 300, b"one " * 200, b"a@" * 200, b"(((((0" * 50, b"+" * 300]
    for start in range(0, len(lines), 12):
        found.append(b"\n".join(lines[start : start + 12]))
    return found


@contextmanager
def opened() -> Iterator[Take]:
    marker = Marker(Kind, "IL")

    def take(data: bytes) -> None:
        segments = []
        for number, text in enumerate(data.decode(errors="surrogateescape").split("\n")):
            segments.append(a_segment(text, owner="AC"[number % 2], after_seconds=number))
        redacted, _ = redact_conversation(assemble(segments), marker)
        texts = [segment.text for segment in redacted.utterances]
        again, marks = redact_conversation(redacted, marker)
        assert not marks
        assert [segment.text for segment in again.utterances] == texts
        sent = json.loads(encode(redacted, revision=1, assembled_at=ASSEMBLED_AT))
        assert [each["text"] for each in sent["messages"]] == texts

    yield take
