"""The password of Oracle changes while the service works: no restart, and no locked account."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from oracle_cdc import OracleDatabase
from oracle_cdc.commands.conversations.backfill import make_steps
from oracle_cdc.conversations.wiring import (
    Application,
    make_backfill,
)
from oracle_cdc.errors import OracleCredentialsError
from oracle_cdc.running.log_in_refusals import PAUSE_SECONDS
from oracle_cdc.running.retrying import Backoff
from tests.integration.backfills import order, record_january
from tests.integration.rotations import (
    NEWER,
    InStore,
    alter_user,
    application,
    kill_sessions,
    refused,
    wait_until,
)
from tests.integration.rotations import parameter as parameter
from tests.integration.samples import HELLO
from tests.running import metrics_of, service_of
from tests.world import PASSWORD, USER, World

CALLS = 60


# The service as a whole


def work_is_under_way(service: Application) -> bool:
    """Return whether a delivery and an answer are each in the midst of a statement."""
    return len(service.database.in_use) >= 2


@pytest.mark.parametrize("put_first", [True, False])
def test_a_service_full_of_work_goes_on_with_the_newer_password_and_loses_nothing(
    world: World, parameter: InStore, put_first: bool, caplog: pytest.LogCaptureFixture
) -> None:
    # Given: conversations on their way and an answer being written at once
    caplog.set_level(logging.INFO)
    service = application(world, parameter, max_batch_size=5)
    now = [0.0]
    service.database.password.clock = lambda: now[0]
    record(world, range(1, 6))
    thread = threading.Thread(target=service_of(service).run, daemon=True)
    thread.start()
    wait_until(lambda: list(world.states().values()) == ["SENT"] * 5)
    world.server.faults.set(
        f'hang on execute when "SET REVISION = :revision" for {USER}; '
        f'hang on execute when "INSERT INTO DICTA_CALL_SUMMARY" for {USER}'
    )
    world.answer("1", revision=1, summary="s")
    record(world, range(6, CALLS + 1))
    wait_until(lambda: work_is_under_way(service))
    # When: the password is changed, before or after the parameter, and all sessions are killed
    if put_first:
        parameter.put(NEWER)
    alter_user(world)
    kill_sessions(world)
    world.server.faults.clear()
    if not put_first:
        wait_until(lambda: service.database.password.rereads["same"] == 1)
        parameter.put(NEWER)
        now[0] += PAUSE_SECONDS
    # Then: everything is sent and written
    wait_until(lambda: is_all_done(world))
    service.stop.set()
    thread.join(30)

    assert refused(world) <= 2
    assert {body["callId"] for body in world.received()} == set(map(str, range(1, CALLS + 1)))
    assert "has changed: SSM" in caplog.text
    assert (
        'oracle_cdc_secret_rereads_total{outcome="changed",secret="ORACLE_PASSWORD"} 1.0'
        in metrics_of(service).text().decode()
    )
    for password in (PASSWORD, NEWER):
        assert password not in caplog.text


def record(world: World, numbers: range) -> None:
    with world.connect() as connection:
        for number in numbers:
            world.record(str(number), *HELLO, connection=connection)
        connection.commit()


def is_all_done(world: World) -> bool:
    states = world.states()
    return states.pop("1", "") == "SUMMARIZED" and list(states.values()) == ["SENT"] * (CALLS - 1)


# Commands


def test_a_program_takes_up_a_password_that_was_changed_since_it_read_its_settings(
    world: World, parameter: InStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in parameter.environment.items():
        monkeypatch.setenv(name, value)
    program = OracleDatabase()
    parameter.put(NEWER)
    alter_user(world)

    with program as database:
        assert database.info()

    assert refused(world) == 1


def test_a_backfill_waits_for_the_newer_password(world: World, parameter: InStore) -> None:
    # Given: a job under way
    service = application(world, parameter)
    now = [0.0]
    service.database.password.clock = lambda: now[0]
    record_january(world)
    order(service)
    mode = make_backfill(service, is_foreground=True)
    steps = replace(
        make_steps(service, mode), backoff=Backoff(initial_seconds=1.0, max_seconds=2.0)
    )
    # When: the password is changed before its parameter
    alter_user(world)
    kill_sessions(world)
    while not refused(world):
        wait_seconds = steps.run_one()
    parameter.put(NEWER)
    now[0] += PAUSE_SECONDS
    while not mode.is_done:
        steps.run_one()

    assert (wait_seconds >= 1.0, refused(world)) == (True, 1)
    assert len(world.received()) == 20


def test_a_backfill_ends_at_once_with_a_password_that_was_never_accepted(
    world: World, parameter: InStore
) -> None:
    service = application(world, parameter)
    alter_user(world)

    with pytest.raises(OracleCredentialsError):
        service.startup.ensure_database()
    mode = make_backfill(service, is_foreground=True)
    with pytest.raises(OracleCredentialsError):
        make_steps(service, mode).run_one()
