"""The settings of MariaDB: what is needed, what is allowed, and what nobody sees of them."""

from __future__ import annotations

import pytest

from oracle_cdc.errors import SettingsError
from oracle_cdc.settings.declaration import Root
from oracle_cdc.settings.environment import read_environment
from oracle_cdc.settings.names import Names
from oracle_cdc.settings.reader import read_settings
from oracle_cdc.settings.sections import MariaDbSettings

SECRET = "Sec-ret-42"
NEEDED = {"MARIADB_HOST": "one", "MARIADB_USER": "writer", "MARIADB_PASSWORD": SECRET}


class Settings(Root):
    """A program that has MariaDB alone."""

    mariadb: MariaDbSettings


def read(**variables: str) -> MariaDbSettings:
    given = {**NEEDED, **variables}
    return read_settings(Settings, [read_environment(given, Names(Settings))]).mariadb


def test_host_user_and_password_are_needed_and_the_rest_has_its_default() -> None:
    settings = read()
    assert (settings.port, settings.database) == (3306, "etl_tracking")
    assert (settings.connect_timeout_seconds, settings.read_timeout_seconds) == (5.0, 30.0)
    assert settings.tls_ca_file is None
    with pytest.raises(SettingsError) as caught:
        read_settings(Settings, [])
    for name in NEEDED:
        assert f"{name}: missing" in str(caught.value)


def test_the_password_is_in_no_repr() -> None:
    assert SECRET not in repr(read())


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"MARIADB_HOST": f"user:{SECRET}@one"}, "without blanks, /, @"),
        ({"MARIADB_PORT": "0"}, "at least 1"),
        ({"MARIADB_TLS_CA_FILE": "/nowhere"}, "a file that exists"),
        ({"MARIADB_READ_TIMEOUT_SECONDS": "0"}, "at least 0.1"),
    ],
)
def test_what_is_not_allowed_is_said_and_not_shown(given: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(**given)
    assert words in str(caught.value)
    assert SECRET not in str(caught.value)
