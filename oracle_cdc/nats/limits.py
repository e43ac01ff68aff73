"""What a server takes, checked before anything is sent.

nats-py compares the body alone with the server's limit. When the headers make the message too large
the server ends the connection, and all that was under way on it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote

from oracle_cdc.errors import EventRefused
from oracle_cdc.relay.values import Event

#: The first line of a message: what nats-py holds to be the limit. A server's own is 4,096.
MAX_CONTROL_LINE_BYTES = 1024
#: Of JetStream, whatever it is set to: it refuses more.
MAX_HEADER_BYTES = 65_535
#: The control line beside the two subjects: HPUB, blanks, two numbers and the line's end.
CONTROL_LINE_REST_BYTES = 40

PRINTABLE = "".join(chr(code) for code in range(33, 127))
#: As they are in an id. A blank at an end would be cut off, and two ids be one.
PLAIN_IN_IDS = PRINTABLE.replace("%", "")
#: What quoting would leave as it is, in twice the time.
PLAIN_ID = re.compile(r"[!-$&-~]*")
#: As they are in any other header.
PLAIN_IN_HEADERS = PRINTABLE + " "

#: Tokens with dots between them. A wildcard by itself would be stored as it stands.
SUBJECT = re.compile(r"(?![*>](\.|$))[^\s.\x00-\x1f\x7f]+(\.(?![*>](\.|$))[^\s.\x00-\x1f\x7f]+)*")


def plain_id(text: str) -> str:
    """Return an id in printable ASCII. No two ids become one."""
    if PLAIN_ID.fullmatch(text):
        return text
    return quote(text, safe=PLAIN_IN_IDS, errors="surrogatepass")


def plain_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers whose values are printable ASCII, as every client can read them."""
    plain = {}
    for name, value in headers.items():
        plain[name] = quote(value, safe=PLAIN_IN_HEADERS, errors="surrogatepass")
    return plain


def refusal(event: Event, size_bytes: int, reply: str, max_bytes: int) -> EventRefused | None:
    """Return why an event can't be sent at all, or None."""
    if size_bytes > max_bytes:
        return EventRefused(
            f"{size_bytes} bytes with its headers, of which the server takes {max_bytes}"
        )
    subject_bytes = bytes_of_subject(event.route)
    if not subject_bytes:
        return EventRefused(
            "its subject is not tokens with dots between them, without blanks and wildcards"
        )
    line_bytes = subject_bytes + len(reply) + CONTROL_LINE_REST_BYTES
    if line_bytes > MAX_CONTROL_LINE_BYTES:
        return EventRefused(
            f"its subject makes a line of {line_bytes} bytes, of {MAX_CONTROL_LINE_BYTES} allowed"
        )
    return None


@lru_cache(maxsize=1024)
def bytes_of_subject(text: str) -> int:
    """Return how long a subject is, or 0 when it is none."""
    if not SUBJECT.fullmatch(text):
        return 0
    return len(text.encode())
