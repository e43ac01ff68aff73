"""Logging in: with what, how often, and how long."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import Any

import oracledb

from oracle_cdc.errors import OracleCredentialsError, OracleUnavailable
from oracle_cdc.oracle.translation import translated
from oracle_cdc.settings.sections import OracleSettings

#: A refused log-in is tried once more, this much later: repeated ones lock the account.
SECOND_LOGIN_SECONDS = 30.0
LOGIN_TRIES = 2


class LoginGuard:
    """Lets a refused log-in be repeated once, after a pause, and never again (docs/operate.md)."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.clock = clock
        self.refusals = 0
        self.refused_at = 0.0
        self.error: OracleCredentialsError | None = None

    def check(self) -> None:
        """Raise the refusal as long as no further log-in may be tried."""
        if self.error is None:
            return
        if self.is_final or self.clock() - self.refused_at < SECOND_LOGIN_SECONDS:
            raise OracleCredentialsError(str(self.error))

    def refuse(self, error: OracleCredentialsError) -> None:
        """Remember a refusal, and when it was."""
        self.error = error
        self.refused_at = self.clock()
        self.refusals += 1

    def accept(self) -> None:
        """Forget earlier refusals."""
        self.refusals = 0
        self.error = None

    @property
    def is_final(self) -> bool:
        """Return whether no further log-in may be tried."""
        return self.refusals >= LOGIN_TRIES


class Login:
    """Proves that a log-in succeeds, with a session of its own.

    The driver has no deadline for a log-in once the connection stands, so it runs in a thread of
    its own. While one is not answered no other is begun: a database that hangs for a day must not
    collect a day's threads.
    """

    def __init__(self, settings: OracleSettings) -> None:
        self.settings = settings
        self.seconds = settings.connect_timeout_seconds + settings.call_timeout_seconds
        self.attempt: Attempt | None = None

    def verify(self) -> None:
        """Raise what the log-in raised, or that it was not answered in time."""
        attempt = self.attempt or Attempt(connect_arguments(self.settings))
        self.attempt = attempt
        if not attempt.ended.wait(self.seconds):
            raise OracleUnavailable(
                f"log-in: connected, but no answer within {self.seconds:g} s; the database hangs"
            )
        self.attempt = None
        with translated("log-in"):
            attempt.raise_error()


class Attempt:
    """One log-in under way."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        self.arguments = arguments
        self.ended = threading.Event()
        self.error: Exception | None = None
        threading.Thread(target=self.run, name="log-in", daemon=True).start()

    def run(self) -> None:
        try:
            oracledb.connect(**self.arguments).close()
        except Exception as error:  # thread entry: whoever waits raises it
            self.error = error
        finally:
            self.ended.set()

    def raise_error(self) -> None:
        """Raise what the log-in raised, if it did."""
        if self.error is not None:
            raise self.error


def connect_arguments(settings: OracleSettings) -> dict[str, Any]:
    """Return what the driver connects with, once thick mode is on where it is asked for."""
    start_thick_mode(settings)
    arguments: dict[str, Any] = {
        "user": settings.user,
        "password": settings.password.get_secret_value(),
        "tcp_connect_timeout": settings.connect_timeout_seconds,
        "expire_time": settings.keepalive_minutes,
    }
    if settings.dsn:
        arguments["dsn"] = settings.dsn
    else:
        arguments |= {
            "host": settings.host,
            "port": settings.port,
            "service_name": settings.service_name,
        }
    if settings.config_dir:
        arguments["config_dir"] = settings.config_dir
    if settings.wallet_dir:
        arguments["wallet_location"] = settings.wallet_dir
        # Without one OpenSSL would ask the terminal for the password of a wallet that has one.
        arguments["wallet_password"] = ""
    if settings.wallet_password:
        arguments["wallet_password"] = settings.wallet_password.get_secret_value()
    return arguments


def start_thick_mode(settings: OracleSettings) -> None:
    """Load Oracle Client when ORACLE_CLIENT_LIB_DIR asks for it. Thin mode needs none."""
    if settings.client_lib_dir and oracledb.is_thin_mode():
        with translated("loading Oracle Client from ORACLE_CLIENT_LIB_DIR"):
            oracledb.init_oracle_client(
                lib_dir=settings.client_lib_dir, config_dir=settings.config_dir or None
            )
