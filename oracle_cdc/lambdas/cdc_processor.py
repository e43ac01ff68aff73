"""The processor as a function of AWS Lambda: records of a shard to the bus, in order per key.

Its event source mapping wants ReportBatchItemFailures: what is not settled comes again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from oracle_cdc.errors import CdcError
from oracle_cdc.lambdas.container import CONTAINER, RESERVE_SECONDS, Container, TimeLeft
from oracle_cdc.lambdas.kinesis_parser import read_records
from oracle_cdc.processor.publishing.counter_names import STATE_ERRORS
from oracle_cdc.processor.publishing.records import Received, Verdict, make_lot
from oracle_cdc.running.retrying import Backoff

logger = logging.getLogger(__name__)

#: How often what waits for the bus is tried in one invocation. After that Lambda brings it again.
TRIES = 3


def handler(event: Mapping[str, Any], context: Any = None) -> dict[str, object]:
    """Publish the records of an event, and return from which one on they must come again.

    The answer has one entry at most, since Lambda begins anew at the lowest.

    Raises SettingsError, and what keeps the bus from being looked at: then all come again.
    """
    container = CONTAINER.get()
    records = read_records(event["Records"])
    verdict = process(container, records, context)
    keep_state(container, records, verdict)
    container.figures.send_if_due()
    failures: list[dict[str, str]] = []
    if verdict.first_unsettled is not None:
        failures.append({"itemIdentifier": verdict.first_unsettled})
        logger.error(
            "%d of %d records come again: %s",
            len(verdict.unsettled),
            len(records),
            verdict.error or "the time is over",
        )
    return {"batchItemFailures": failures}


def process(container: Container, records: Sequence[Received], context: Any) -> Verdict:
    """Publish records, a few times where the bus does not take all of them at once."""
    container.startup.ensure_bus()
    processor = container.processor
    kinesis, retry = processor.settings.kinesis, processor.settings.retry
    # A turn that begins must have its answers before the invocation ends.
    turn_seconds = kinesis.connect_timeout_seconds + kinesis.read_timeout_seconds
    time = TimeLeft(context, turn_seconds + RESERVE_SECONDS)
    backoff = Backoff(initial_seconds=retry.base_delay_seconds, max_seconds=retry.max_delay_seconds)
    lot = make_lot(records)
    processing = processor.means.processing
    verdict = processing.process(lot, time.is_left)
    for _ in range(TRIES - 1):
        if verdict.error is None or not time.is_left():
            break
        processor.progress.rest(backoff.next_wait(), processor.stop)
        verdict = processing.process(lot, time.is_left)
    return verdict


def keep_state(container: Container, records: Sequence[Received], verdict: Verdict) -> None:
    """Write down what was processed, for people. That this fails brings no record again."""
    waiting = frozenset(verdict.unsettled)
    settled = [record for record in records if record not in waiting]
    if not settled:
        return
    tally = container.processor.means.tally
    tally.add(len(settled), settled[-1].place.sequence_number)
    try:
        tally.write()
    except CdcError as error:
        container.processor.progress.add(**{STATE_ERRORS: 1})
        logger.error("the state could not be written: %s", error)
