"""What whoever is on call reads: the same cause, with its remedy, wherever they look."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from standins.listeners import certify, tls_listener
from standins.scriptedsqs import describe, refuse, serve_endpoint
from tests.acceptance.process import finished, log_text, running, wait_for
from tests.acceptance.test_run import HELLO
from tests.acceptance.watching import ask, free_port
from tests.world import SERVICE, USER, World


def test_a_foreign_certificate_is_reported_by_check_the_log_and_readyz(
    world: World, tmp_path: Path
) -> None:
    port = free_port()
    said = "DPY-6005 (SSLCertVerificationError 20) at log-in: the certificate's issuer is not known"
    with tls_listener(tmp_path, certify("authority").sign()) as database_port:
        dsn = f"tcps://localhost:{database_port}/{SERVICE}"
        environment = world.environment(str(tmp_path), ORACLE_DSN=dsn, HEALTH_PORT=str(port))
        code, out, _ = finished(["check"], environment)
        with running(environment):
            wait_for("the error", lambda: said in log_text(tmp_path, "cdc_errors.log"))
            wait_for("the page", lambda: "oracle" in str(ask(port, "/readyz")[1]))
            status, page = ask(port, "/readyz")

    assert (code, status) == (3, 503)
    assert f"❌ Oracle: {said}: put the certificate of its issuer into the wallet" in out
    assert page["dependencies"]["oracle"]["reason"].startswith(said)


class Queues:
    """Both queues behind one endpoint that refuses some actions."""

    def __init__(self) -> None:
        self.refused: dict[str, tuple[str, int]] = {}
        self.environment: dict[str, str] = {}

    def answer(self, action: str, request: dict[str, Any]) -> tuple[int, dict[str, Any] | bytes]:
        if action in self.refused:
            code, status = self.refused[action]
            return refuse(code, status=status)
        if action == "SendMessageBatch":
            taken = [
                {"Id": e["Id"], "MessageId": "m", "MD5OfMessageBody": "0"}
                for e in request["Entries"]
            ]
            return 200, {"Successful": taken}
        return describe() if action == "GetQueueAttributes" else (200, {})


@pytest.fixture
def queues() -> Iterator[Queues]:
    queues = Queues()
    with serve_endpoint(queues.answer) as endpoint:
        queues.environment = {
            "AWS_ENDPOINT_URL": endpoint.url,
            "SQS_OUTBOUND_QUEUE_URL": endpoint.queue_url,
            "SQS_RESULTS_QUEUE_URL": f"{endpoint.url}/000000000000/results",
        }
        yield queues


@contextmanager
def service(world: World, directory: Path, queues: Queues, **changes: str) -> Iterator[int]:
    """Run the service with quick retries and short deadlines, and return the port of its pages."""
    port = free_port()
    quick = {"CDC_READY_DEADLINE_SECONDS": "1", "CDC_NORMAL_POLL_INTERVAL_SECONDS": "0.2"}
    environment = world.environment(
        str(directory), HEALTH_PORT=str(port), **queues.environment, **(quick | changes)
    )
    with running(environment):
        yield port


def error_rows(world: World, text: str) -> int:
    sql = f"SELECT COUNT(*) FROM {USER}.ERROR_LOG WHERE ERROR_MESSAGE LIKE :1"
    return int(world.rows(sql, f"%{text}%")[0][0])


@pytest.mark.parametrize(
    ("code", "status"), [("AccessDeniedException", 403), ("InternalError", 500)]
)
def test_sends_that_fail_while_receives_pass_are_reported_everywhere(
    world: World, tmp_path: Path, queues: Queues, code: str, status: int
) -> None:
    world.record("1", *HELLO)
    queues.refused = {"SendMessageBatch": (code, status)}

    with service(world, tmp_path, queues, CDC_BREAKER_FAILURES="2") as port:
        wait_for("the page", lambda: code in str(ask(port, "/readyz")[1]))
        page = ask(port, "/readyz")[1]["dependencies"]
        wait_for("the row", lambda: error_rows(world, code) > 0)
        environment = world.environment(str(tmp_path / "status"), **queues.environment)

        def report() -> dict[str, Any]:
            return json.loads(finished(["status", "--json"], environment)[1])

        wait_for("the status", lambda: code in str(report()["reasons"]))
        assert report()["ready"] is False
        # When: the way is free again
        queues.refused = {}
        wait_for("the call", lambda: world.states() == {"1": "SENT"})
        wait_for("the page", lambda: ask(port, "/readyz")[0] == 200)
        wait_for("the status", lambda: report()["ready"])

    assert (
        f"SendMessage at {queues.environment['SQS_OUTBOUND_QUEUE_URL']}: {code}"
        in page["outbound"]["reason"]
    )
    assert (page["results"]["ok"], page["oracle"]["ok"]) == (True, True)
    errors = [line for line in log_text(tmp_path, "cdc_errors.log").splitlines() if code in line]
    assert len(errors) == 1
    assert error_rows(world, code) == 1


def test_receives_that_fail_while_sends_pass_are_reported_as_the_other_direction(
    world: World, tmp_path: Path, queues: Queues
) -> None:
    world.record("1", *HELLO)
    queues.refused = {"ReceiveMessage": ("AccessDeniedException", 403)}

    with service(world, tmp_path, queues) as port:
        wait_for("the page", lambda: "ReceiveMessage" in str(ask(port, "/readyz")[1]))
        page = ask(port, "/readyz")[1]["dependencies"]
        wait_for("the row", lambda: error_rows(world, "allow sqs:ReceiveMessage") > 0)
        wait_for("the call", lambda: world.states() == {"1": "SENT"})

    assert "allow sqs:ReceiveMessage" in page["results"]["reason"]
    assert page["outbound"] == {"ok": True, "reason": ""}
