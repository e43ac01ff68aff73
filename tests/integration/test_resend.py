"""Jobs that send again what was sent before."""

from __future__ import annotations

from datetime import datetime

import pytest

from oracle_cdc.conversations.rules.windows import Window
from oracle_cdc.conversations.tables.modes import HISTORICAL_MODE
from oracle_cdc.conversations.tables.search import Query, find_ids, find_work
from tests.integration.backfills import (
    FEBRUARY,
    JANUARY,
    alone,
    finish,
    order,
    record_at,
    record_january,
)
from tests.integration.test_held_jobs import pass_through
from tests.world import USER, World


def test_resend_sends_the_same_bytes_again_once(world: World) -> None:
    record_january(world)
    service = world.application(historical_batch_size=3)
    order(service)
    finish(alone(service))
    first = world.received_bodies()

    order(service, is_resend=True)
    finish(alone(service))

    assert sorted(world.received_bodies()) == sorted(first)
    assert set(world.states().values()) == {"SENT"}
    journal = world.rows(
        f"SELECT OPERATION_TYPE, COUNT(*) FROM {USER}.CDC_PROCESSING_LOG GROUP BY OPERATION_TYPE"
    )
    assert dict(journal) == {"SEND": 20, "RESEND": 20}


def test_resend_survives_a_kill_between_claim_and_send(world: World) -> None:
    record_at(world, "1", datetime(2025, 1, 3))
    service = world.application()
    order(service)
    finish(alone(service))
    first = world.received_bodies()
    job = order(service, is_resend=True)
    world.change(
        f"UPDATE {USER}.CDC_PROCESSED_CALLS "
        "SET STATE = 'LEASED', RESEND = 'ASKED', LEASE_TOKEN = 'dead', JOB_ID = :1, "
        "DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP) - INTERVAL '1' SECOND",
        job.job_id,
    )

    finish(alone(service))

    assert world.received_bodies() == first


def test_resend_makes_a_revision_where_the_content_differs(world: World) -> None:
    record_at(world, "1", datetime(2025, 1, 3))
    service = world.application()
    order(service)
    finish(alone(service))
    record_at(world, "1", datetime(2025, 1, 4))

    order(service, is_resend=True)
    finish(alone(service))

    assert [body["revision"] for body in world.received()] == [1, 2]


def lease(world: World, call_id: str, seconds: int) -> None:
    """Have another copy lease a call that was sent."""
    world.change(
        f"UPDATE {USER}.CDC_PROCESSED_CALLS SET STATE = 'LEASED', LEASE_TOKEN = 'other', "
        "DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL(:1, 'SECOND') "
        "WHERE CALL_ID = :2",
        seconds,
        call_id,
    )


def test_resend_goes_back_to_calls_that_a_copy_leased_when_it_passed(world: World) -> None:
    # They were never found again, and nothing said so.
    record_january(world)
    service = world.application(historical_batch_size=3)
    order(service)
    finish(alone(service))
    first = world.received_bodies()
    for call in range(4):
        lease(world, str(300 + call), 600)
    order(service, is_resend=True)
    mode = alone(service)

    pass_through(mode)
    meanwhile = world.received_bodies()
    world.change(f"UPDATE {USER}.CDC_PROCESSED_CALLS SET STATE = 'SENT' WHERE STATE = 'LEASED'")
    finish(mode)

    assert len(meanwhile) == 16
    assert sorted(meanwhile + world.received_bodies()) == sorted(first)


def test_resend_sends_also_what_a_killed_copy_leased(world: World) -> None:
    record_january(world)
    service = world.application(historical_batch_size=3)
    order(service)
    finish(alone(service))
    first = world.received_bodies()
    for call in range(4):
        lease(world, str(300 + call), -1)

    order(service, is_resend=True)
    finish(alone(service))

    assert sorted(world.received_bodies()) == sorted(first)
    assert set(world.states().values()) == {"SENT"}


def test_resend_sends_also_a_call_that_is_tried_alone_after_its_lease_ended_again_and_again(
    world: World,
) -> None:
    # What is due is found beside the window that names it. It counted as leased by others at each
    # look, who is tried alone waits for them, and the job never ended.
    record_january(world)
    service = world.application()
    order(service)
    finish(alone(service))
    first = world.received_bodies()
    lease(world, "300", -1)
    world.change(f"UPDATE {USER}.CDC_PROCESSED_CALLS SET TAKEOVERS = 3 WHERE CALL_ID = '300'")

    order(service, datetime(2025, 1, 3, 9), is_resend=True)
    finish(alone(service))

    assert sorted(world.received_bodies()) == sorted(first)
    assert set(world.states().values()) == {"SENT"}


def test_a_search_that_is_made_apart_brings_no_call_that_a_copy_leases(world: World) -> None:
    record_january(world)
    service = world.application()
    order(service)
    finish(alone(service))
    lease(world, "300", 600)

    with service.database.session() as session:
        query = Query(HISTORICAL_MODE, Window(JANUARY, FEBRUARY), 50, 50, resend_job="job")
        work, named = find_ids(session, query)

    assert (len(named), work.leased) == (19, {"300"})


@pytest.mark.parametrize("is_due", [True, False])
def test_resend_sends_also_what_waits_for_its_next_look(world: World, is_due: bool) -> None:
    # A call with a late blank row had nothing new to send, and the job had passed it by then.
    record_january(world)
    service = world.application(historical_batch_size=3)
    order(service)
    finish(alone(service))
    first = world.received_bodies()
    world.change(
        f"UPDATE {USER}.CDC_PROCESSED_CALLS SET STATE = 'OPEN', "
        "DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL(:1, 'SECOND')",
        0 if is_due else 600,
    )

    order(service, is_resend=True)
    finish(alone(service))

    assert sorted(world.received_bodies()) == sorted(first)
    assert set(world.states().values()) == {"SENT"}


def test_a_revision_that_somebody_emptied_is_given_to_no_second_body(world: World) -> None:
    record_at(world, "1", datetime(2025, 1, 3))
    service = world.application()
    order(service)
    finish(alone(service))
    world.change(f"UPDATE {USER}.CDC_PROCESSED_CALLS SET REVISION = NULL, CONTENT_HASH = NULL")
    record_at(world, "1", datetime(2025, 1, 4))

    order(service, is_resend=True)
    finish(alone(service))

    assert [body["revision"] for body in world.received()] == [1, 2]


def test_what_comes_twice_hides_no_call_behind_the_limit_of_a_search(world: World) -> None:
    record_january(world)
    service = world.application(historical_batch_size=50)
    order(service)
    finish(alone(service))
    world.received_bodies()
    world.change(
        f"UPDATE {USER}.CDC_PROCESSED_CALLS SET STATE = 'OPEN', "
        "DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP) WHERE CALL_ID LIKE '3__'"
    )

    order(service, is_resend=True)
    with service.database.session() as session:
        query = Query(HISTORICAL_MODE, Window(JANUARY, FEBRUARY), 24, 24, resend_job="job")
        found = find_work(session, query)

    assert (len(found.candidates), found.left_out) == (14, 10)
    assert {candidate.resend for candidate in found.candidates} == {"ASKED"}
