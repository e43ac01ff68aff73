"""The stream: what it says of itself, what endangers events in it, and how it is created."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from nats.errors import Error
from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig

from oracle_cdc.errors import DestinationConfigurationError, DestinationMissing
from oracle_cdc.nats.connection import PUBLISH_DENIED, Connection
from oracle_cdc.nats.translation import sort_request_error
from oracle_cdc.relay.values import Facts

GIGABYTE = 1024**3


@dataclass(frozen=True)
class Bounds:
    """What a stream that we create may take.

    A full one refuses what is new: nothing that is in it is lost, and we wait.

    Parameters:
        repeats_known_seconds: how long ids are known again, each in 210 bytes of memory.
        max_age_seconds: older messages leave, read or not. 0: none does.
    """

    max_bytes: int = 10 * GIGABYTE
    max_age_seconds: float = 0.0
    replicas: int = 1
    repeats_known_seconds: float = 1200.0

    def __str__(self) -> str:
        text = (
            f"{self.replicas} replica(s), {self.max_bytes:,} bytes at most, then what is new is "
            f"refused, ids known for {self.repeats_known_seconds:g} s, "
        )
        if self.max_age_seconds:
            return text + f"messages leave after {self.max_age_seconds:g} s"
        return text + "messages leave at no age"


def takes(subjects: tuple[str, ...], subject: str) -> bool:
    """Return whether one of a stream's subjects, which may have wildcards, is this one."""
    return any(matches(pattern.split("."), subject.split(".")) for pattern in subjects)


def matches(pattern: list[str], tokens: list[str]) -> bool:
    """Return whether tokens are as a pattern has them."""
    for position, expected in enumerate(pattern):
        if position >= len(tokens):
            return False
        if expected == ">":
            return True
        if expected not in ("*", tokens[position]):
            return False
    return len(pattern) == len(tokens)


async def read_config(connection: Connection, name: str) -> StreamConfig:
    """Return the settings of a stream. Raises why they can't be had."""
    try:
        info = await requests(connection).stream_info(name)
    except (Error, asyncio.TimeoutError, ValueError) as error:
        if isinstance(error, asyncio.TimeoutError) and connection.is_complaint(PUBLISH_DENIED):
            raise DestinationConfigurationError(
                f"stream {name}: this user may not ask for it; allow it to publish to "
                f"$JS.API.STREAM.INFO.{name}"
            ) from error
        raise sort_request_error(error, name) from error
    return info.config


async def create(
    connection: Connection, name: str, subjects: tuple[str, ...], bounds: Bounds
) -> bool:
    """Create a stream, and return False where one of this name is there, which stays as it is."""
    config = StreamConfig(
        name=name,
        subjects=list(subjects),
        storage=StorageType.FILE,
        discard=DiscardPolicy.NEW,
        retention=RetentionPolicy.LIMITS,
        max_bytes=bounds.max_bytes,
        max_age=bounds.max_age_seconds,
        num_replicas=bounds.replicas,
        duplicate_window=bounds.repeats_known_seconds,
    )
    try:
        await read_config(connection, name)
    except DestinationMissing:
        pass
    else:
        return False
    try:
        await requests(connection).add_stream(config)
    except (Error, asyncio.TimeoutError) as error:
        if isinstance(error, asyncio.TimeoutError) and connection.is_complaint(PUBLISH_DENIED):
            raise DestinationConfigurationError(
                f"stream {name}: this user may not create it; allow it to publish to "
                f"$JS.API.STREAM.CREATE.{name}"
            ) from error
        raise sort_request_error(error, name) from error
    return True


def requests(connection: Connection) -> JetStreamContext:
    """Return what asks JetStream, with the deadline of any answer."""
    return connection.client.jetstream(timeout=connection.settings.ack_timeout_seconds)


def require_subject(config: StreamConfig, subject: str) -> None:
    """Require that the stream takes a subject. One with a * in it may be taken in part."""
    subjects = tuple(config.subjects or ())
    if "*" not in subject and not takes(subjects, subject):
        raise DestinationConfigurationError(
            f"stream {config.name} takes {', '.join(subjects)}, and not {subject}; see NATS_SUBJECT"
        )


def facts_of(
    config: StreamConfig, max_payload: int, wanted_seconds: float, wanted_subject: str = ""
) -> Facts:
    """Return what a stream says of itself.

    Parameters:
        wanted_seconds: how long ids must be known again.
        wanted_subject: of the events, empty where it is not known.
    """
    max_bytes = max_payload
    if config.max_msg_size is not None and config.max_msg_size >= 0:
        max_bytes = min(max_bytes, config.max_msg_size)
    dangers = (*lost_by_servers(config), *lost_by_limits(config))
    if wanted_subject:
        dangers += tuple(not_taken(config, wanted_subject))
    return Facts(
        max_event_bytes=max_bytes,
        repeats_known_seconds=config.duplicate_window,
        endangered=(*dangers, *stored_twice(config, wanted_seconds)),
    )


def lost_by_servers(config: StreamConfig) -> Iterator[str]:
    """Yield what is lost with a server."""
    if config.storage == StorageType.MEMORY:
        yield "the stream is in memory: a restart of the server loses it"
    if config.num_replicas == 1:
        yield (
            "the stream has 1 replica: it is lost with its server's disk, and a power cut loses "
            "what the server has not synced (sync_interval, 2 minutes unless set: it says so to no "
            "client)"
        )
    if config.persist_mode == "async":
        yield "persist_mode is async: the stream answers before it has written"
    if config.no_ack:
        yield "no_ack is set: the stream answers nothing, so nothing counts as sent"


def lost_by_limits(config: StreamConfig) -> Iterator[str]:
    """Yield what leaves the stream, or never enters it."""
    per_subject = config.max_msgs_per_subject
    has_limit = max(config.max_msgs or 0, config.max_bytes or 0, per_subject) > 0
    if has_limit and config.discard != DiscardPolicy.NEW:
        yield "a full stream discards its oldest messages, read or not (discard: old)"
    elif per_subject > 0 and not config.discard_new_per_subject:
        yield (
            f"of each subject the stream keeps {per_subject} message(s) and discards older ones, "
            "read or not (max_msgs_per_subject without discard_new_per_subject)"
        )
    if not has_limit and not config.max_age:
        yield "the stream has no limit: it grows until its server's store is full"
    if config.max_age:
        yield f"messages leave the stream after {config.max_age:g} s, read or not (max_age)"
    if config.retention == RetentionPolicy.INTEREST:
        yield "the stream keeps only what a consumer waits for (retention: interest)"
    if config.sealed:
        yield "the stream is sealed: it takes nothing"
    if config.mirror is not None:
        yield "the stream mirrors another: it takes nothing"


def not_taken(config: StreamConfig, subject: str) -> Iterator[str]:
    """Yield that some subjects may not be taken."""
    subjects = tuple(config.subjects or ())
    if not takes(subjects, subject):
        yield (
            f"the stream takes {', '.join(subjects)}, and events have subjects {subject}: those "
            "that it does not take wait, and everything behind them"
        )


def stored_twice(config: StreamConfig, wanted_seconds: float) -> Iterator[str]:
    """Yield what lets an event be stored twice."""
    if config.duplicate_window < wanted_seconds:
        yield (
            f"ids are known again for {config.duplicate_window:g} s (duplicate_window), and rows "
            f"may be sent again after {wanted_seconds:g} s: they are stored twice then"
        )
