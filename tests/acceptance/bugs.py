"""The service with bugs put in: `python -m tests.acceptance.bugs run`. Each quotes what it works
on."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from oracle_cdc.cli import main
from oracle_cdc.conversations.inbound import sorting
from oracle_cdc.conversations.outbound import preparing
from oracle_cdc.model import OutboundMessage, ReceivedMessage, Segment

#: Calls that can't be assembled, and those whose message can't be made the first time.
UNASSEMBLED, UNFIT = "4", "5"
#: In a result that can't be decoded.
UNDECODED = "bug-in-decoding"

assemble, fit, read = preparing.assemble, preparing.fit, sorting.read
unfit_once = [UNFIT]


def broken_assemble(segments: Sequence[Segment]) -> Any:
    if segments[0].call_id == UNASSEMBLED:
        raise ValueError(
            f"a bug over {[segment.text for segment in segments]} of {segments[0].ban}"
        )
    return assemble(segments)


def broken_fit(body: str, **details: Any) -> OutboundMessage:
    if details["call_id"] in unfit_once:
        unfit_once.clear()
        raise RuntimeError(f"a bug over {body}")
    return fit(body, **details)


def broken_read(message: ReceivedMessage, fetch: Any) -> Any:
    if UNDECODED in message.body:
        raise KeyError(message.body)
    return read(message, fetch)


if __name__ == "__main__":
    preparing.assemble = broken_assemble  # type: ignore[assignment]
    preparing.fit = broken_fit
    sorting.read = broken_read
    sys.exit(main(sys.argv[1:]))
