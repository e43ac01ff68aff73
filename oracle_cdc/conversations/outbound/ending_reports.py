"""What became of leased calls: counted and logged."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence

from oracle_cdc.conversations.rules.states import CallState
from oracle_cdc.conversations.tables.endings import Ending
from oracle_cdc.conversations.tables.journal import Kind
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.redaction_counts import count_marks

logger = logging.getLogger(__name__)
performance = logging.getLogger("oracle_cdc.performance")


def count_endings(endings: Sequence[Ending], progress: Progress, elapsed_ms: float) -> None:
    """Count what became of a batch."""
    kinds: Counter[Kind] = Counter()
    put_off = 0
    marks: Counter[str] = Counter()
    for ending in endings:
        if ending.marks:
            marks.update(ending.marks)
        if ending.event:
            kinds[ending.event.kind] += 1
        if ending.state == CallState.OPEN:
            put_off += 1
    sent = kinds[Kind.SENT] + kinds[Kind.SENT_AGAIN]
    if endings:
        progress.batch_done("outbound", elapsed_ms / 1000)
    progress.add(
        sent=sent,
        rejected=kinds[Kind.REJECTED],
        failed=kinds[Kind.FAILED],
        refused=kinds[Kind.FAILED] + kinds[Kind.PUT_OFF],
        withheld=kinds[Kind.WITHHELD],
    )
    count_marks(marks, progress, "conversations")
    performance.info(
        "batch sent=%d rejected=%d failed=%d put_off=%d elapsed_ms=%.0f",
        sent,
        kinds[Kind.REJECTED],
        kinds[Kind.FAILED],
        put_off,
        elapsed_ms,
    )


def log_endings(endings: Sequence[Ending]) -> None:
    """Log what became of each call: a failed one as an error, the others as steps."""
    withheld: list[str | None] = []
    for ending in endings:
        event, acceptance = ending.event, ending.acceptance
        if acceptance:
            logger.debug(
                "call %s revision %d sent as %s",
                ending.call_id,
                acceptance.revision,
                acceptance.message_id,
            )
        elif event and event.error:
            logger.error("call %s is %s: %s", ending.call_id, ending.state, event.error)
        else:
            state = ending.state or "unchanged"
            logger.debug("call %s is %s: no send", ending.call_id, state)
        if event and event.kind is Kind.WITHHELD:
            withheld.append(event.reason)
    if withheld:
        logger.warning(
            "%s not sent again, the first: %s",
            counted(len(withheld), "call is", "calls are"),
            withheld[0],
        )
