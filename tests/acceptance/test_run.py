"""`run` as a process: it starts, works, is signalled, is killed, and goes on where it was."""

from __future__ import annotations

import json
import signal
import socket
from pathlib import Path

import pytest

from tests.acceptance.process import finished, log_text, running, wait_for
from tests.acceptance.watching import ask, free_port
from tests.world import PASSWORD, USER, World

HELLO = (("A", "שלום, איך אפשר לעזור?"), ("C", "My bill is wrong 😡"), ("A", "Let me look"))


def test_a_conversation_travels_out_and_its_answer_comes_back(world: World, tmp_path: Path) -> None:
    world.record("42", *HELLO)
    with running(world.environment(str(tmp_path))) as service:
        wait_for("the call to be sent", lambda: world.states() == {"42": "SENT"})
        world.answer("42", revision=1, summary="angry")
        wait_for("its summary", lambda: world.states() == {"42": "SUMMARIZED"})
        service.send_signal(signal.SIGTERM)
        assert service.wait(10) == 0

    assert world.rows(f"SELECT SUMMARY_TEXT FROM {USER}.DICTA_CALL_SUMMARY") == [("angry",)]


@pytest.mark.parametrize("command", [[], ["run"]])
def test_the_service_runs_with_and_without_the_name_of_its_command(
    world: World, tmp_path: Path, command: list[str]
) -> None:
    with running(world.environment(str(tmp_path)), *command) as service:
        wait_for("the start", lambda: "All tables validated" in log_text(tmp_path))
        service.send_signal(signal.SIGTERM)
        assert service.wait(10) == 0


def test_sigterm_ends_an_idle_service_within_ten_seconds_with_exit_code_0(
    world: World, tmp_path: Path
) -> None:
    with running(world.environment(str(tmp_path), CDC_RESULTS_WAIT_SECONDS="20")) as service:
        wait_for("the start", lambda: "All tables validated" in log_text(tmp_path))
        service.send_signal(signal.SIGTERM)
        assert service.wait(10) == 0
    assert "ended with exit code 0" in log_text(tmp_path)


def test_a_killed_service_goes_on_where_it_was(world: World, tmp_path: Path) -> None:
    environment = world.environment(
        str(tmp_path),
        CDC_LEASE_SECONDS="1",
        SQS_READ_TIMEOUT_SECONDS="0.3",
        SQS_CONNECT_TIMEOUT_SECONDS="0.3",
        CDC_MAX_BATCH_SIZE="5",
    )
    for call in range(60):
        world.record(str(call + 1), *HELLO)
    with running(environment) as service:
        wait_for("the first calls", lambda: "SENT" in world.states().values())
        service.kill()
    with running(environment):
        wait_for("all calls", lambda: list(world.states().values()) == ["SENT"] * 60)

    bodies = world.received_bodies()
    sent = {int(json.loads(body)["callId"]) for body in bodies}
    assert sent == set(range(1, 61))
    assert len(set(bodies)) == 60


def test_run_waits_for_oracle_and_starts_when_it_comes(world: World, tmp_path: Path) -> None:
    world.record("1", *HELLO)
    world.server.faults.set("refuse logins error 12514")
    with running(world.environment(str(tmp_path))):
        wait_for("the complaint", lambda: "ORA-12514" in log_text(tmp_path, "cdc_errors.log"))
        world.server.faults.clear()
        wait_for("the call", lambda: world.states() == {"1": "SENT"})
        wait_for("the recovery", lambda: "recovered" in log_text(tmp_path))


def test_missing_tables_are_created_at_the_start(world: World, tmp_path: Path) -> None:
    for table in ("CDC_PROCESSED_CALLS", "DICTA_CALL_SUMMARY"):
        world.change(f"DROP TABLE {USER}.{table}")
    world.record("1", *HELLO)

    code, _, _ = finished(["run", "--once"], world.environment(str(tmp_path)))

    assert (code, world.states()) == (0, {"1": "SENT"})


def test_run_once_does_one_cycle_of_each_direction(world: World, tmp_path: Path) -> None:
    world.record("1", *HELLO)
    world.answer("2", revision=1, summary="old")

    code, _, _ = finished(["run", "--once"], world.environment(str(tmp_path)))

    assert (code, world.states(), world.waiting(world.results_url)) == (0, {"1": "SENT"}, 0)


def test_a_second_copy_with_the_same_log_directory_is_refused(world: World, tmp_path: Path) -> None:
    environment = world.environment(str(tmp_path))
    with running(environment):
        wait_for("the start", lambda: "starting as" in log_text(tmp_path))
        code, _, err = finished(["run"], environment)

    assert code == 2
    assert "LOG_DIR" in err


def test_without_a_host_the_pages_are_on_loopback_alone(world: World, tmp_path: Path) -> None:
    port = free_port()
    with running(world.environment(str(tmp_path), HEALTH_PORT=str(port))):
        wait_for("the pages", lambda: ask(port, "/livez")[0] != 0)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port), timeout=10)


def test_the_pages_are_opened_at_the_host_that_is_set(world: World, tmp_path: Path) -> None:
    port = free_port()
    where = {"HEALTH_PORT": str(port), "HEALTH_HOST": "127.0.0.2"}
    with running(world.environment(str(tmp_path), **where)):
        wait_for("the pages", lambda: "/livez, /readyz, /metrics" in log_text(tmp_path))
        socket.create_connection(("127.0.0.2", port), timeout=10).close()
        assert ask(port, "/livez") == (0, "")


def test_all_mistakes_in_the_settings_are_listed_and_nothing_is_started(
    world: World, tmp_path: Path
) -> None:
    environment = world.environment(
        str(tmp_path), CDC_MAX_BATCH_SIZE="many", CDC_SETTEL_SECONDS="3"
    )

    code, _, err = finished(["run"], environment)

    assert code == 2
    assert "CDC_MAX_BATCH_SIZE" in err
    assert "CDC_SETTLE_SECONDS" in err
    assert "Traceback" not in err


def test_the_logs_contain_no_text_number_or_secret_of_anyone(world: World, tmp_path: Path) -> None:
    world.record("1", *HELLO, ban="BAN-4711")
    world.record("2", ("A", "secret words"), ban="BAN-4711")
    world.answer("1", revision=1, summary="confidential summary")
    world.answer_raw("{confidential garbage")

    code, out, err = finished(
        ["run", "--once"], world.environment(str(tmp_path), LOG_LEVEL="DEBUG")
    )

    assert code == 0
    written = (
        out + err + "".join(path.read_text(encoding="utf-8") for path in tmp_path.glob("*.log"))
    )
    for private in (
        "bill",
        "שלום",
        "secret words",
        "confidential",
        "7654321",
        "BAN-4711",
        PASSWORD,
    ):
        assert private not in written
    assert sorted(path.name for path in tmp_path.glob("*.log")) == [
        "cdc_errors.log",
        "cdc_oracle.log",
        "cdc_performance.log",
        "cdc_service.log",
        "cdc_sqs.log",
    ]
