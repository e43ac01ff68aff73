"""What is set in a session before anybody uses it."""

from __future__ import annotations

from unittest.mock import MagicMock

import oracledb
import pytest

from oracle_cdc.oracle import login
from oracle_cdc.settings.sections import OracleSettings

SETTINGS = OracleSettings.model_validate(
    {"ORACLE_USER": "CDC", "ORACLE_PASSWORD": "x", "ORACLE_DSN": "db.example.com/XE"}
)


@pytest.mark.parametrize("is_thin", [True, False])
def test_numbers_as_text_have_a_point_whatever_country_oracle_client_is_set_to(
    monkeypatch: pytest.MonkeyPatch, is_thin: bool
) -> None:
    connection = MagicMock(thin=is_thin)
    monkeypatch.setattr(oracledb, "connect", lambda **_: connection)
    assert login.connect(SETTINGS, "x") is connection
    execute = connection.cursor.return_value.__enter__.return_value.execute
    statements = [call.args[0] for call in execute.call_args_list]
    expected = []
    if not is_thin:
        expected = ["ALTER SESSION SET NLS_NUMERIC_CHARACTERS = '.,'"]
    assert statements == expected
