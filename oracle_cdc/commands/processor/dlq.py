"""`dlq status`, `dlq process`: row changes that could not be published."""

from __future__ import annotations

import json
import threading
from argparse import Namespace
from contextlib import closing
from datetime import datetime, timezone

from oracle_cdc.errors import ExitCode, SettingsError
from oracle_cdc.processor.edges import make_edges
from oracle_cdc.processor.settings import ProcessorSettings
from oracle_cdc.processor.startup import Startup
from oracle_cdc.processor.wiring import make_processor, make_redriving
from oracle_cdc.running.amounts import counted
from oracle_cdc.running.log_setup import configure_console
from oracle_cdc.running.progress import Progress
from oracle_cdc.running.signals import signals
from oracle_cdc.running.terminal import complain, say


def dead_letters(settings: ProcessorSettings, options: Namespace) -> int:
    """Count or try dead letters again, and return the exit code."""
    configure_console("WARNING")
    if settings.dlq.url is None:
        raise SettingsError("DLQ_URL: missing; set it to the queue of dead letters")
    if options.action == "status":
        return show(settings, as_json=options.as_json)
    return process(settings, options.most)


def show(settings: ProcessorSettings, *, as_json: bool) -> int:
    """Print how many wait."""
    edges = make_edges(settings, Progress())
    assert edges.dead_letters is not None, "DLQ_URL is set"
    with closing(edges.session):
        facts = edges.dead_letters.read_facts()
    if as_json:
        report = {"url": facts.url, "waiting": facts.waiting, "encrypted": facts.is_encrypted}
        say(json.dumps(report))
    else:
        say(f"{counted(facts.waiting, 'dead letter')} in {facts.url}")
    return ExitCode.DONE


def process(settings: ProcessorSettings, most: int | None) -> int:
    """Try those that are there now, each once, and return the exit code.

    It is 1 where some are dead letters again, or no dead letters, or wait for their records.
    """
    stop = threading.Event()
    processor = make_processor(settings, stop)
    with closing(processor.edges.session), signals(stop, lambda: None):
        Startup(processor).ensure_bus()
        before = datetime.now(timezone.utc)
        redriven = make_redriving(processor).run(before, most, lambda: not stop.is_set())
    say(f"{counted(redriven.published, 'event')} published, {redriven.failed} failed again")
    if redriven.foreign:
        complain("left in the queue", f"{counted(redriven.foreign, 'message')}: see the log")
    if redriven.waiting:
        complain("left for later", f"{counted(redriven.waiting, 'message')}: see the log")
    if redriven.error is not None:
        complain("the others wait", redriven.error)
        return redriven.error.exit_code
    if redriven.failed or redriven.foreign or redriven.waiting:
        return ExitCode.FAILED
    return ExitCode.DONE
