"""Rows of a table in a stream: by the service's relay, by bare loops, by the former publisher."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from oracle_cdc.commands.run import spare_the_collector
from oracle_cdc.conversations.settings import ask_store
from oracle_cdc.events.settings import EventsSettings
from oracle_cdc.events.wiring import Events, make_events
from oracle_cdc.programs import load_enabled
from oracle_cdc.relay.cycle import Relay
from oracle_cdc.settings.layers import Origins
from oracle_cdc.settings.page import read_page


def open_events() -> Events:
    """Make what relays by the settings of the environment, and log in everywhere."""
    environment = {**os.environ, "PIPELINES": "events"}
    enabled = load_enabled(Origins(environment, Path(os.devnull), read_page({}), ask_store))
    events = make_events(enabled.need(EventsSettings, "bench"))
    events.relay.get().position.begin()
    events.publisher.facts()
    spare_the_collector()
    return events


def prepare_drain() -> Callable[[], int]:
    """Run cycles until all that waited is published."""
    relay = open_events().relay.get()
    return lambda: drain(relay)


def drain(relay: Relay) -> int:
    """Run cycles until nothing is left, and return how many rows were published."""
    counts = relay.sender.counts
    before = -1
    while before != counts.read:
        before = counts.read
        relay.run_cycle()
    return counts.published


def prepare_cycles(count: str) -> Callable[[], int]:
    """Run cycles that find nothing, behind one that found all there was."""
    relay = open_events().relay.get()
    drain(relay)

    def cycles() -> int:
        for _ in range(int(count)):
            relay.run_cycle()
        return int(count)

    return cycles


def prepare_polls(path: str, poll_seconds: str) -> Callable[[], int]:
    """Run a cycle each time a pause is over, until a line comes.

    Then it goes on up to that moment, and writes into a file what became of the rows.
    """
    relay = open_events().relay.get()
    drain(relay)
    stop = threading.Event()

    def await_line() -> None:
        sys.stdin.readline()
        stop.set()

    def poll() -> int:
        threading.Thread(target=await_line, daemon=True).start()
        while not stop.wait(float(poll_seconds)):
            relay.run_cycle()
        end = relay.source.look(()).now
        while reached(relay) <= end:
            time.sleep(float(poll_seconds))
            relay.run_cycle()
        Path(path).write_text(json.dumps(asdict(relay.sender.counts)), encoding="utf-8")
        return relay.sender.counts.published

    return poll


def reached(relay: Relay) -> datetime:
    """Return the watermark."""
    watermark = relay.position.reached.watermark
    assert watermark is not None
    return watermark
