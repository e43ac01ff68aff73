"""Logging in: with what, and by which of the driver's two ways."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import oracledb

from oracle_cdc.oracle.translation import translated
from oracle_cdc.running.secret_rotation import Secret, make_secret
from oracle_cdc.running.shared_oracle import SharedOracle
from oracle_cdc.settings.sections import OracleSettings
from oracle_cdc.settings.sources import Given

#: The variable of the password.
PASSWORD = "ORACLE_PASSWORD"
#: In thick mode Oracle Client writes numbers as texts, by NLS_LANG of this host or the database's
#: territory 1,5: https://github.com/oracle/python-oracledb/issues/11. In thin mode the driver does.
DECIMAL_POINT = "ALTER SESSION SET NLS_NUMERIC_CHARACTERS = '.,'"


def password_of(settings: OracleSettings, given: Mapping[str, Given] | None = None) -> Secret:
    """Return the password, and how it is read again if what was given says so."""
    return make_secret(PASSWORD, settings.password, (given or {}).get(PASSWORD))


def share(
    settings: OracleSettings,
    given: Mapping[str, Given] | None = None,
    stop: threading.Event | None = None,
) -> SharedOracle:
    """Make what the pipelines on Oracle share, whose password is read as password_of does."""
    return SharedOracle(password_of(settings, given), stop)


def connect(settings: OracleSettings, password: str) -> oracledb.Connection:
    """Log in with a password. Numbers that come as text have a decimal point."""
    with translated("log-in"):
        connection = oracledb.connect(**connect_arguments(settings, password))
        if not connection.thin:
            with connection.cursor() as cursor:
                cursor.execute(DECIMAL_POINT)
        return connection


def connect_arguments(settings: OracleSettings, password: str) -> dict[str, Any]:
    """Return what the driver connects with, once thick mode is on where it is asked for."""
    start_thick_mode(settings)
    arguments: dict[str, Any] = {
        "user": settings.user,
        "password": password,
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
