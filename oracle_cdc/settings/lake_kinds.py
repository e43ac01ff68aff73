"""Kinds of settings of what the monitor asks: where it is, and as whom, which is a secret."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import AfterValidator, SecretStr

from oracle_cdc.settings.servers import Server, read_server

#: Scheme of a coordinator's address -> the port where none is written.
TRINO_PORTS = {"http": 8080, "https": 443}
HIVE_PORT = 10_000
MARIADB_PORT = 3306
#: Scheme of a HiveServer2's address -> how its users show who they are, and whether by TLS.
HIVE_SCHEMES = {
    "hive": ("PLAIN", False),
    "hives": ("PLAIN", True),
    "hive+ldap": ("LDAP", False),
    "hives+ldap": ("LDAP", True),
    "hive+nosasl": ("NOSASL", False),
    "hives+nosasl": ("NOSASL", True),
}
TRINO_ALLOWED = "http://user@host:8080 or https://user:password@host"
MARIADB_ALLOWED = "mariadb://user:password@host:3306/database"
HIVE_ALLOWED = "hive://user@host:10000, hives+ldap://user:password@host or hive+nosasl://user@host"
#: A table of Trino, and one of Hive.
TARGETS = {"trino": (3, "catalog.schema.table"), "hive": (2, "schema.table")}


def trino_server(url: str) -> Server:
    """Return what a coordinator's address says. Raises ValueError, also for a bare password."""
    found = read_server(url, TRINO_PORTS, TRINO_ALLOWED, needs_user=True)
    if found.password and found.scheme != "https":
        raise ValueError(f"{TRINO_ALLOWED}: a password by https alone")
    return found


def hive_server(url: str) -> Server:
    """Return what a HiveServer2's address says. Raises ValueError."""
    ports = dict.fromkeys(HIVE_SCHEMES, HIVE_PORT)
    return read_server(url, ports, HIVE_ALLOWED, needs_user=True)


def mariadb_server(url: str) -> tuple[Server, str]:
    """Return what an address of MariaDB says, and the database. Raises ValueError."""
    address, _, database = url.rpartition("/")
    if not re.fullmatch(r"[^\s/?#@:]{1,64}", database):
        raise ValueError(MARIADB_ALLOWED)
    ports = {"mariadb": MARIADB_PORT}
    return read_server(address, ports, MARIADB_ALLOWED, needs_user=True), database


def _mariadb_url(value: SecretStr) -> SecretStr:
    mariadb_server(value.get_secret_value())
    return value


def _trino_url(value: SecretStr) -> SecretStr:
    trino_server(value.get_secret_value())
    return value


def _hive_url(value: SecretStr) -> SecretStr:
    hive_server(value.get_secret_value())
    return value


def lakes_nowhere(
    syncs: Mapping[str, Mapping[str, object]],
    trino_url: SecretStr | None,
    hive_url: SecretStr | None,
) -> Iterator[str]:
    """Require an address of each engine that a sync has, and a table's name as it takes it."""
    urls = {"trino": trino_url, "hive": hive_url}
    for name, sync in syncs.items():
        engine = str(sync.get("engine", ""))
        if engine not in TARGETS:
            continue
        if urls[engine] is None:
            yield f"MONITOR_{engine.upper()}_URL: is needed by MONITOR_SYNCS {name[:60]!r}"
        parts, shown = TARGETS[engine]
        target = str(sync.get("target") or sync.get("source") or "")
        if len(target.split(".")) != parts:
            yield f"MONITOR_SYNCS {name[:60]!r}: target: allowed: {shown}, as {engine} has it"


TrinoUrl = Annotated[SecretStr, AfterValidator(_trino_url)]
HiveUrl = Annotated[SecretStr, AfterValidator(_hive_url)]
MariaDbUrl = Annotated[SecretStr, AfterValidator(_mariadb_url)]
