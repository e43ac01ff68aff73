"""The proxy before NATS hears each message that passes it, in whatever pieces it comes."""

from __future__ import annotations

import pytest

from tests.chaos.events.tap import Listener

HEADERS = b"NATS/1.0\r\nNats-Msg-Id: M:7\r\nContent-Type: x\r\n\r\n"
BODY = b'{"a":"PUB x 3\\r\\n"}'
MESSAGE = b"HPUB txlog.a _INBOX.1 %d %d\r\n%s%s\r\n" % (
    len(HEADERS),
    len(HEADERS) + len(BODY),
    HEADERS,
    BODY,
)
SAID = (
    b'CONNECT {"a":1}\r\nPING\r\nPUB $JS.API _INBOX.2 4\r\n\r\n\r\n\r\n' + MESSAGE * 2 + b"PING\r\n"
)


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_messages_are_heard_in_whatever_pieces_they_come(size: int) -> None:
    listener = Listener(3)
    heard = []
    for begin in range(0, len(SAID), size):
        heard += listener.hear(SAID[begin : begin + size])

    assert [(sent.id, sent.subject, sent.connection) for sent in heard] == [
        ("M:7", "txlog.a", 3)
    ] * 2
    assert heard[0].digest == heard[1].digest
    assert listener.heard == b""


def test_a_message_that_is_cut_off_was_not_sent() -> None:
    assert list(Listener(1).hear(MESSAGE[:-3])) == []
