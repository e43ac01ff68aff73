"""Jobs that send again what was sent before."""

from __future__ import annotations

from datetime import datetime

from tests.integration.backfills import alone, finish, order, record_at, record_january
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
