"""What whoever is on call reads: the same cause, with its remedy, wherever they look."""

from __future__ import annotations

from pathlib import Path

from tests.acceptance.process import finished, log_text, running, wait_for
from tests.acceptance.watching import ask, free_port
from tests.listeners import certify, tls_listener
from tests.world import SERVICE, World


def test_a_foreign_certificate_is_told_by_check_the_log_and_readyz(world: World, tmp_path: Path) -> None:
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
