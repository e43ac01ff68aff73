"""Row changes by the service: from a change table to a stream, and from there to a bus."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import cdc_service
from oracle_cdc.changes.pipeline import make_leg as make_changes_leg
from oracle_cdc.changes.pipeline import make_watch
from oracle_cdc.changes.settings import ChangesSettings
from oracle_cdc.changes.wiring import make_changes
from oracle_cdc.commands.run import spare_the_collector
from oracle_cdc.conversations.settings import ask_store
from oracle_cdc.processor.legs import ProcessorLeg
from oracle_cdc.processor.pipeline import make_leg as make_processor_leg
from oracle_cdc.processor.publishing.counter_names import PUBLISHED
from oracle_cdc.processor.settings import ProcessorSettings
from oracle_cdc.processor.wiring import make_processor
from oracle_cdc.programs import Enabled, load_enabled
from oracle_cdc.settings.layers import Origins
from oracle_cdc.settings.page import read_page

#: Between two looks whether all is published.
LOOK_SECONDS = 0.005


def load(pipeline: str) -> Enabled:
    """Return the settings of a pipeline, as the service reads them."""
    environment = {**os.environ, "PIPELINES": pipeline}
    page = read_page(cdc_service.read_page())
    return load_enabled(Origins(environment, Path(os.devnull), page, ask_store))


def prepare_ship() -> Callable[[], int]:
    """Run rounds until no change waits."""
    changes = make_changes(load("changes").need(ChangesSettings, "bench"))
    leg = make_changes_leg(changes, make_watch(changes))
    leg.run_cycles()
    spare_the_collector()
    # What was looked at just now was empty.
    changes.shipping.looked_at = float("-inf")
    shipped = changes.shipping.counts.shipped

    def ship() -> int:
        leg.run_cycles()
        return shipped.total()

    return ship


def prepare_polls(poll_seconds: str) -> Callable[[], int]:
    """Look for changes each time a pause is over, until a line comes. There are none."""
    changes = make_changes(load("changes").need(ChangesSettings, "bench"))
    leg = make_changes_leg(changes, make_watch(changes))
    leg.run_cycles()
    spare_the_collector()

    def poll() -> int:
        count = 0
        stop = await_line()
        while not stop.wait(float(poll_seconds)):
            changes.shipping.looked_at = float("-inf")
            changes.shipping.run_round()
            count += 1
        return count

    return poll


def open_processor() -> ProcessorLeg:
    """Make what publishes, connect it, and take the leases of all shards."""
    settings = load("processor").need(ProcessorSettings, "bench")
    leg = make_processor_leg(make_processor(settings, threading.Event()))
    leg.look()
    spare_the_collector()
    return leg


def prepare_process(records: str) -> Callable[[], int]:
    """Publish the records of all shards, as many as there are."""
    leg = open_processor()

    def process() -> int:
        begin(leg)
        while leg.progress.counts[PUBLISHED] < int(records):
            time.sleep(LOOK_SECONDS)
        return end(leg)

    return process


def prepare_processor_polls(records: str) -> Callable[[], int]:
    """Publish all records, and then read on where nothing comes, until a line comes."""
    leg = open_processor()
    begin(leg)
    while leg.progress.counts[PUBLISHED] < int(records):
        time.sleep(LOOK_SECONDS)

    def poll() -> int:
        await_line().wait()
        return end(leg)

    return poll


def begin(leg: ProcessorLeg) -> None:
    """Start the loop of each shard."""
    for reading in leg.readings.values():
        reading.start()


def end(leg: ProcessorLeg) -> int:
    """Stop, and return how many events were published."""
    leg.stop.set()
    leg.finish()
    return leg.progress.counts[PUBLISHED]


def await_line() -> threading.Event:
    """Return what is set once a line comes."""
    came = threading.Event()

    def read() -> None:
        sys.stdin.readline()
        came.set()

    threading.Thread(target=read, daemon=True).start()
    return came
