"""What streams are asked in tests: an Oracle in which something stands, and what they refuse."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pydantic import SecretStr

from oracle_cdc.errors import CdcError
from oracle_cdc.oracle.database import Database
from oracle_cdc.settings.sections import OracleSettings
from oralite.server import Server
from sync_monitor.errors import code_of
from sync_monitor.metering import Meter
from sync_monitor.streams.seam import Stream
from sync_monitor.wiring.edges import all_statements


@contextmanager
def oracle_with(*sql: str, charset: str = "AL32UTF8") -> Iterator[Database]:
    """Lend an Oracle in which some statements have run."""
    with Server(None, "app", "Tiger-42", "XE", charset=charset) as server:
        settings = OracleSettings(user="app", password=SecretStr("Tiger-42"), dsn=server.dsn)
        database = Database(settings, all_statements(), sessions=1)
        try:
            with database.session() as session:
                for each in sql:
                    session.run(each)
                session.commit()
            yield database
        finally:
            database.close()


def failed(stream: Stream) -> CdcError:
    with pytest.raises(CdcError) as caught:
        stream.count(Meter(), Meter())
    return caught.value


def failure_of(stream: Stream) -> str:
    return code_of(failed(stream))
