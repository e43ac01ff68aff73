"""A connection that fails says what to look at."""

from __future__ import annotations

from typing import Any

import pytest

from oracle_cdc.errors import OracleCredentialsError, OracleUnavailable
from oracle_cdc.oracle.database import Database
from oracle_cdc.settings import OracleSettings, SourceSettings
from tests.world import PASSWORD, SERVICE, USER, World


def connect(world: World, **changes: Any) -> None:
    settings = {"user": USER, "password": PASSWORD, "host": world.server.host, "port": world.server.port}
    database = Database(
        OracleSettings.model_validate({**settings, "service_name": SERVICE, **changes}), SourceSettings()
    )
    with database.session() as session:
        session.ping()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"port": 1}, "DPY-6005 at log-in: no answer; see ORACLE_HOST, ORACLE_PORT and the firewall"),
        ({"service_name": "other"}, "DPY-6001 at log-in: the listener does not know the service"),
    ],
)
def test_an_address_that_is_wrong_is_named(changes: dict[str, Any], said: str, world: World) -> None:
    with pytest.raises(OracleUnavailable, match=said):
        connect(world, **changes)


def test_a_wrong_password_is_named_and_not_shown(world: World) -> None:
    with pytest.raises(OracleCredentialsError, match="ORA-01017") as refusal:
        connect(world, password="Wrong-1")
    assert "Wrong-1" not in str(refusal.value)
