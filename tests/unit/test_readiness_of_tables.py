"""Tables that were not validated keep the service from being ready, and it says why."""

from __future__ import annotations

from oracle_cdc.errors import OracleConfigurationError
from tests.unit.watched import READY_SECONDS, Watched


def test_tables_that_were_not_validated_end_readiness() -> None:
    watched = Watched()
    watched.has_tables = False
    assert watched.missing() == ["tables: not validated yet"]


def test_what_keeps_tables_from_being_validated_is_said() -> None:
    watched = Watched()
    watched.has_tables = False
    for _ in range(2):
        watched.progress.hindered(OracleConfigurationError("S.T: missing, or no SELECT on it"))
        watched.now += READY_SECONDS + 1
    assert watched.missing() == ["tables: S.T: missing, or no SELECT on it"]
