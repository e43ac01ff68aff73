"""`init-stream`: creates the stream with bounds that are said. One that is there stays as it is."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

from oracle_cdc.errors import CdcError, ExitCode, SettingsError
from oracle_cdc.events.edges import choose_bounds, make_publisher, nats_secret
from oracle_cdc.events.settings import EventsSettings
from oracle_cdc.nats.publisher import NatsPublisher
from oracle_cdc.nats.stream import Bounds
from oracle_cdc.running.log_setup import configure_console
from oracle_cdc.running.terminal import choose_level, complain, say, warn

#: Option -> what it sets. Bounds says the same in its own words.
OPTIONS = {
    "--max-bytes": "max_bytes",
    "--max-age": "max_age_seconds",
    "--replicas": "replicas",
    "--dedup-window": "repeats_known_seconds",
}


def init_stream(settings: EventsSettings, options: Namespace) -> int:
    """Create the stream where it is missing, say what endangers events in it, return the exit code.

    Raises SettingsError for bounds that contradict each other or the settings.
    """
    configure_console(choose_level(settings.logging.level, "ERROR"))
    secret = nats_secret(settings.nats, settings.given)
    with closing(make_publisher(settings, secret)) as publisher:
        bounds = read_bounds(options, publisher)
        try:
            create(publisher, bounds, options)
        except CdcError as error:
            complain("NATS", error)
            return error.exit_code
    return ExitCode.DONE


def read_bounds(options: Namespace, publisher: NatsPublisher) -> Bounds:
    """Return the bounds that are asked for. Raises SettingsError listing what is wrong with them.

    Ids must be known for as long as rows may be sent again.
    """
    bounds = choose_bounds(publisher)
    for field in OPTIONS.values():
        value = getattr(options, field)
        if value is not None:
            bounds = replace(bounds, **{field: value})
    mistakes = list(find_mistakes(bounds, publisher.wanted_repeats_seconds))
    if mistakes:
        raise SettingsError("\n".join(mistakes))
    return bounds


def find_mistakes(bounds: Bounds, wanted_seconds: float) -> Iterator[str]:
    """Yield what contradicts."""
    known, age = bounds.repeats_known_seconds, bounds.max_age_seconds
    if known < wanted_seconds:
        yield (
            f"--dedup-window: {known:g} s is shorter than PUBLISHER_OVERLAP_MINUTES "
            f"({wanted_seconds:g} s), within which rows may be sent again: they would be stored "
            "twice"
        )
    if age and age < known:
        yield (
            f"--max-age: {age:g} s is shorter than the time for which ids are known "
            f"({known:g} s, --dedup-window), which no server takes"
        )


def create(publisher: NatsPublisher, bounds: Bounds, options: Namespace) -> None:
    """Create the stream, or leave it as it is, and say what it is like."""
    subject = publisher.wanted_subject
    if publisher.create_stream((subject,), bounds):
        say(f"created {publisher.stream} for {subject}: {bounds}")
    else:
        say(f"present {publisher.stream}: left as it is")
        given = [option for option, field in OPTIONS.items() if getattr(options, field) is not None]
        if given:
            warn(f"{', '.join(given)}: not applied to a stream that is there; see nats stream edit")
    for danger in publisher.facts().endangered:
        warn(danger)
