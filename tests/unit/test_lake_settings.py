"""Where lakes are: addresses as they are taken, and syncs whose engine has none."""

from __future__ import annotations

import pytest
from pydantic import SecretStr, TypeAdapter, ValidationError

from oracle_cdc.settings.lake_kinds import (
    HiveUrl,
    TrinoUrl,
    hive_server,
    lakes_nowhere,
    trino_server,
)
from oracle_cdc.settings.servers import Server


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("http://me@trino.example", Server("http", "trino.example", 8080, "me")),
        (
            "https://me:p%40ss@trino.example",
            Server("https", "trino.example", 443, "me", "p@ss"),
        ),
        ("https://me@trino.example:8443/", Server("https", "trino.example", 8443, "me")),
    ],
)
def test_a_coordinator_is_read_from_its_address(url: str, server: Server) -> None:
    assert trino_server(url) == server


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("hive://me@hive.example", Server("hive", "hive.example", 10000, "me")),
        (
            "hives+ldap://me:secret@hive.example:10001",
            Server("hives+ldap", "hive.example", 10001, "me", "secret"),
        ),
    ],
)
def test_a_hive_server_is_read_from_its_address(url: str, server: Server) -> None:
    assert hive_server(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "trino.example:8080",
        "http://trino.example",
        "http://me:secret@trino.example",
        "https://me@trino.example/catalog",
        "https://me@trino.example?x=1",
        "https://me@trino.example:port",
        "ftp://me@trino.example",
    ],
)
def test_an_address_that_is_no_coordinators_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(ValidationError, match="https://user:password@host") as refused:
        TypeAdapter(TrinoUrl).validate_python(url)
    assert "secret" not in str(refused.value.errors(include_input=False, include_context=False))


@pytest.mark.parametrize("url", ["http://me@hive.example", "hive://hive.example", "hive+krb://a@b"])
def test_an_address_that_is_no_hive_servers_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="hive://user@host:10000"):
        TypeAdapter(HiveUrl).validate_python(url)


def test_an_engine_without_an_address_is_a_mistake_of_each_sync() -> None:
    syncs = {
        "orders": {"engine": "trino", "target": "hive.sales.orders"},
        "items": {"engine": "hive", "source": "SALES.ITEMS"},
        "local": {"source": "SALES.LOCAL"},
    }
    assert list(lakes_nowhere(syncs, None, None)) == [
        "MONITOR_TRINO_URL: is needed by MONITOR_SYNCS 'orders'",
        "MONITOR_HIVE_URL: is needed by MONITOR_SYNCS 'items'",
    ]
    url = SecretStr("given")
    assert list(lakes_nowhere(syncs, url, url)) == []


def test_a_target_has_the_parts_that_its_engine_takes() -> None:
    syncs = {"orders": {"engine": "trino", "source": "SALES.ORDERS"}}
    assert list(lakes_nowhere(syncs, SecretStr("given"), None)) == [
        "MONITOR_SYNCS 'orders': target: allowed: catalog.schema.table, as trino has it"
    ]
