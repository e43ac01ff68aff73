"""The headers of messages as they are written, so that their size is known before they are sent."""

from __future__ import annotations

import re
from collections.abc import Mapping

from oracle_cdc.errors import EventRefused
from oracle_cdc.nats.limits import MAX_HEADER_BYTES, plain_headers, plain_id, refusal
from oracle_cdc.relay.values import Event

FIRST_LINE = "NATS/1.0"
LINE_END = "\r\n"
MSG_ID = "Nats-Msg-Id"
#: As long as the subjects that answers come to.
USUAL_REPLY = f"_INBOX.{'x' * 22}.{'9' * 7}"
#: What HTTP and nats-py take as a name.
NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class HeaderWriter:
    """Writes the headers of each message, and what they share with those of the last one once."""

    def __init__(self, stream: str) -> None:
        self.stream = stream
        #: Those of the last event, and how theirs begin.
        self.headers: Mapping[str, str] | None = None
        self.begin = b""

    def write(self, event: Event) -> bytes:
        """Return the headers of an event.

        Raises EventRefused for a name that is none, and for more than JetStream takes.
        """
        if event.headers != self.headers:
            self.begin = self.write_begin(event.headers)
            self.headers = dict(event.headers)
        headers = b"%s%s\r\n\r\n" % (self.begin, plain_id(event.id).encode())
        if len(headers) > MAX_HEADER_BYTES:
            raise EventRefused(
                f"its headers have {len(headers)} bytes, of which JetStream takes "
                f"{MAX_HEADER_BYTES}: its key is too long"
            )
        return headers

    def write_begin(self, headers: Mapping[str, str]) -> bytes:
        """Return what comes before an id."""
        plain = plain_headers(headers)
        plain["Nats-Expected-Stream"] = self.stream
        plain.pop(MSG_ID, None)
        lines = [FIRST_LINE]
        for name, value in plain.items():
            if not NAME.fullmatch(name):
                raise EventRefused("a header of it has a name that is none")
            lines.append(f"{name}: {value.strip()}")
        lines.append(f"{MSG_ID}: ")
        return LINE_END.join(lines).encode()


def refused_unsent(event: Event, headers: HeaderWriter, max_bytes: int) -> EventRefused | None:
    """Return why a stream would not take an event, or None. Nothing is sent.

    Parameters:
        max_bytes: of the largest message, headers included, that the server and the stream take.
    """
    try:
        size_bytes = len(headers.write(event)) + len(event.body)
    except EventRefused as error:
        return error
    return refusal(event, size_bytes, USUAL_REPLY, max_bytes)
