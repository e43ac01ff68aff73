"""What stands before SQS refuses one conversation: by its size, its words, or with no answer. The
others are sent."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import pytest

from oracle_cdc.conversations.wiring import Application, make_application
from oracle_cdc.errors import CdcError, ConfigurationError
from standins.scriptedsqs import Endpoint, accept, describe, failed, refuse, serve_endpoint
from tests.integration.samples import HELLO
from tests.world import USER, World

FAILURES = f"SELECT CALL_ID, TOTAL_ATTEMPTS FROM {USER}.SQS_PERMANENT_FAILURES"
#: More than any of these tests needs by far; a cycle and its pause take a fraction of a second.
MOST_CYCLES = 500
BAD = "MARKED"

Entries = Sequence[dict[str, Any]]
Sending = Callable[[Entries], "tuple[int, dict[str, Any] | bytes] | None"]


def is_bad(entries: Entries) -> bool:
    return any(BAD in entry["MessageBody"] for entry in entries)


def too_large(entries: Entries) -> tuple[int, bytes] | None:
    """Refuse a request over 200 KB, whoever sends it, as a proxy does."""
    return (
        (413, b"<html>too large</html>")
        if sum(len(e["MessageBody"]) for e in entries) > 200_000
        else None
    )


def forbidden(entries: Entries) -> tuple[int, dict[str, Any]] | None:
    return refuse("AccessDeniedException", status=403) if is_bad(entries) else None


def broken(entries: Entries) -> tuple[int, dict[str, Any]] | None:
    return refuse("InternalError", status=500) if is_bad(entries) else None


def entry_unknown(entries: Entries) -> tuple[int, dict[str, Any]] | None:
    """Fail an entry by itself, with a code that nobody has heard of."""
    bad = [entry for entry in entries if BAD in entry["MessageBody"]]
    if not bad:
        return None
    sent = accept({"Entries": [entry for entry in entries if entry not in bad]})[1]
    return 200, {**sent, "Failed": [failed(entry, "NeverHeardOf") for entry in bad]}


@contextmanager
def sqs_that(sending: Sending) -> Iterator[Endpoint]:
    def answer(action: str, request: dict[str, Any]) -> tuple[int, dict[str, Any] | bytes]:
        if action == "SendMessageBatch":
            return sending(request["Entries"]) or accept(request)
        return describe() if action == "GetQueueAttributes" else (200, {})

    with serve_endpoint(answer) as endpoint:
        yield endpoint


def application(world: World, endpoint: Endpoint, **changes: Any) -> Application:
    elsewhere = replace(
        world,
        endpoint=endpoint.url,
        outbound_url=endpoint.queue_url,
        results_url=f"{endpoint.url}/0/r",
    )
    service = elsewhere.application(**changes)
    world.applications.append(service)
    return service


def cycle_until(world: World, service: Application, is_done: Callable[[], bool]) -> None:
    for _ in range(MOST_CYCLES):
        with suppress(CdcError):
            world.cycle(service)
        with suppress(CdcError):
            service.results.drain(0)
        if is_done():
            return
        service.stop.wait(0.05)
    pytest.fail(f"not done after {MOST_CYCLES} cycles: {world.states()}")


def record_good(world: World, *call_ids: int) -> None:
    for call_id in call_ids:
        world.record(str(call_id), *HELLO)


def record_bad(world: World, call_id: int) -> None:
    """Record a marked call, the only one that is large, for all of gzip's work."""
    world.record(str(call_id), ("A", f"{BAD} {'x' * 250_000}"), ("C", "yes"))


def are_sent(world: World, *call_ids: int) -> Callable[[], bool]:
    return lambda: all(world.states().get(str(call_id)) == "SENT" for call_id in call_ids)


def test_a_call_whose_limit_is_not_known_now_waits_and_that_is_no_attempt(world: World) -> None:
    asked: list[str] = []

    def answer(action: str, request: dict[str, Any]) -> tuple[int, dict[str, Any] | bytes]:
        if action != "GetQueueAttributes":
            return accept(request)
        asked.append(action)
        if len(asked) == 1:
            return describe(MaximumMessageSize="1024")
        return refuse("InternalError", status=500)

    world.record("1", ("A", "".join(chr(0x4E00 + n) for n in range(2000))), ("C", "yes"))
    record_good(world, 2, 3)
    with serve_endpoint(answer) as endpoint:
        service = application(world, endpoint, max_attempts=1)
        world.cycle(service)

    assert world.states() == {"1": "OPEN", "2": "SENT", "3": "SENT"}
    assert world.rows(f"SELECT ATTEMPTS FROM {USER}.CDC_PROCESSED_CALLS WHERE CALL_ID = '1'") == [
        (0,)
    ]


@pytest.mark.parametrize("sending", [too_large, forbidden, broken, entry_unknown])
def test_one_refused_conversation_is_set_aside_and_all_others_are_sent(
    world: World, sending: Sending
) -> None:
    # The whole request failed, was put off, and was sent again just so: nothing was sent any more,
    # and no row said why.
    record_good(world, *range(1, 10))
    record_bad(world, 10)
    with sqs_that(sending) as endpoint:
        service = application(world, endpoint, max_attempts=3)
        cycle_until(world, service, are_sent(world, *range(1, 10)))
        record_good(world, 11, 12)
        cycle_until(world, service, are_sent(world, 11, 12))
        cycle_until(world, service, lambda: world.states()["10"] == "FAILED")

        assert world.rows(FAILURES) == [("10", 3)]
        reason = world.rows(f"SELECT ERROR_MESSAGE FROM {USER}.SQS_PERMANENT_FAILURES")[0][0]
        assert any(word in reason for word in ("413", "403", "500", "NeverHeardOf"))
        service.close()


def test_one_conversation_that_is_never_answered_delays_no_other(world: World) -> None:
    over = threading.Event()

    def never(entries: Entries) -> None:
        if is_bad(entries):
            over.wait(30)

    record_good(world, *range(1, 10))
    record_bad(world, 10)
    with sqs_that(never) as endpoint:
        service = application(world, endpoint, max_attempts=2, lease_seconds=30)
        service.aws.close()
        settings = service.settings.model_copy(
            update={"sqs": service.settings.sqs.model_copy(update={"read_timeout_seconds": 0.5})}
        )
        service = make_application(settings)
        world.applications.append(service)

        cycle_until(world, service, are_sent(world, *range(1, 10)))
        record_good(world, 11, 12)
        cycle_until(world, service, are_sent(world, 11, 12))
        cycle_until(world, service, lambda: world.states()["10"] == "FAILED")
        over.set()

    assert world.rows(FAILURES) == [("10", 2)]


@pytest.mark.parametrize(
    ("code", "status"),
    [("AccessDeniedException", 403), ("NeverHeardOf", 400), ("InternalError", 500)],
)
def test_a_queue_that_takes_nothing_sets_no_call_aside_however_often_it_says_so(
    world: World, code: str, status: int
) -> None:
    # Receives go on well meanwhile: it is sending alone that is down.
    is_down = True
    record_good(world, *range(1, 8))

    def down(entries: Entries) -> tuple[int, dict[str, Any]] | None:
        return refuse(code, status=status) if is_down else None

    with sqs_that(down) as endpoint:
        service = application(world, endpoint, max_attempts=1, breaker_failures=1000)
        cycle_until(world, service, lambda: len(endpoint.entry_texts) > 70)
        assert set(world.states().values()) == {"OPEN"}
        assert world.rows(FAILURES) == []
        attempts = f"SELECT DISTINCT NVL(ATTEMPTS, 0) FROM {USER}.CDC_PROCESSED_CALLS"
        assert world.rows(attempts) == [(0,)]
        is_down = False
        cycle_until(world, service, are_sent(world, *range(1, 8)))


def test_the_probes_of_a_queue_that_was_down_take_other_calls_than_the_one_that_fails_by_itself(
    world: World,
) -> None:
    with sqs_that(forbidden) as endpoint:
        service = application(world, endpoint, max_attempts=1000, breaker_failures=1)
        record_bad(world, 10)
        record_good(world, 1)
        cycle_until(world, service, are_sent(world, 1))
        cycle_until(
            world,
            service,
            lambda: (
                world.rows(f"SELECT ATTEMPTS FROM {USER}.CDC_PROCESSED_CALLS WHERE CALL_ID = '10'")
                > [(0,)]
            ),
        )
        service.breaker.failed()
        record_good(world, 2)

        cycle_until(world, service, are_sent(world, 2))

        assert world.states()["10"] in ("OPEN", "LEASED")


def test_a_lone_conversation_that_is_refused_waits_and_is_judged_with_the_next(
    world: World,
) -> None:
    record_bad(world, 10)
    with sqs_that(forbidden) as endpoint:
        service = application(world, endpoint, max_attempts=1)
        cycle_until(world, service, lambda: len(endpoint.entry_texts) > 10)
        assert (world.states()["10"], world.rows(FAILURES)) == ("OPEN", [])

        record_good(world, 1, 2)
        cycle_until(world, service, lambda: world.states()["10"] == "FAILED")

        assert are_sent(world, 1, 2)()


def test_an_outage_of_oracle_never_counts_whatever_the_limit_is_and_gives_every_call_back(
    world: World,
) -> None:
    # With CDC_MAX_ATTEMPTS set lower than the attempts that a call had, one lost connection made it
    # FAILED, and left
    # the rest of its batch leased to the end of the lease.
    record_good(world, 1, 2, 3)
    service = world.application(max_attempts=3)
    world.server.faults.set(f'error 904 on execute when "CALL_TIME FROM" times always for {USER}')
    with pytest.raises(ConfigurationError):
        world.cycle(service)
    world.change(f"UPDATE {USER}.CDC_PROCESSED_CALLS SET ATTEMPTS = 5 WHERE CALL_ID = '1'")
    world.server.faults.clear()
    world.server.faults.set(f'drop before execute when "CALL_TIME FROM" times 20 for {USER}')

    seen: Counter[str] = Counter()
    for _ in range(4):
        service.stop.wait(0.15)
        with suppress(CdcError):
            world.cycle(service)
        service.capture_leg.capture and service.capture_leg.capture.lanes.finish()
        seen.update(world.states().values())

    assert set(seen) == {"OPEN"}
    world.server.faults.clear()
    cycle_until(world, service, are_sent(world, 1, 2, 3))
    assert world.rows(FAILURES) == []
