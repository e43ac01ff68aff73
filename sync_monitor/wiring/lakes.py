"""The lakes that syncs are in, each made once. A client is imported where its engine is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack

from pydantic import SecretStr

from oracle_cdc.settings.lake_kinds import HIVE_SCHEMES, hive_server, trino_server
from oracle_cdc.settings.monitor import MonitorSection
from sync_monitor.lake.duck import DuckLake
from sync_monitor.lake.seam import Lake
from sync_monitor.model import Engine


def open_lakes(
    monitor: MonitorSection, engines: Iterable[Engine], stack: ExitStack
) -> dict[Engine, Lake]:
    """Return the lakes of some engines, and of the embedded one. The stack closes them.

    Raises ModuleNotFoundError for an engine whose client is not installed.
    """
    found: dict[Engine, Lake] = {}
    for engine in {Engine.DUCKDB, *engines}:
        lake = MAKERS[engine](monitor)
        stack.callback(lake.close)
        found[engine] = lake
    return found


def duck_lake(monitor: MonitorSection) -> Lake:
    """Return the embedded lake."""
    return DuckLake(monitor.statement_seconds)


def trino_lake(monitor: MonitorSection) -> Lake:
    """Return the lake of a coordinator."""
    from sync_monitor.lake.trino import TrinoLake, TrinoPlace

    server = trino_server(secret(monitor.trino_url))
    is_tls = server.scheme == "https"
    place = TrinoPlace(server.host, server.port, server.user, is_tls, server.password)
    return TrinoLake(place, monitor.statement_seconds)


def hive_lake(monitor: MonitorSection) -> Lake:
    """Return the lake of a HiveServer2."""
    from sync_monitor.lake.hive import HiveLake, HivePlace

    server = hive_server(secret(monitor.hive_url))
    mechanism, is_tls = HIVE_SCHEMES[server.scheme]
    place = HivePlace(server.host, server.port, server.user, server.password, mechanism, is_tls)
    return HiveLake(place, monitor.statement_seconds)


def secret(value: SecretStr | None) -> str:
    """Return an address, which the settings require where its engine is used."""
    assert value is not None
    return value.get_secret_value()


MAKERS: dict[Engine, Callable[[MonitorSection], Lake]] = {
    Engine.DUCKDB: duck_lake,
    Engine.TRINO: trino_lake,
    Engine.HIVE: hive_lake,
}
