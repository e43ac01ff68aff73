"""A table of Oracle does what every source does, whatever its time column and its key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from oracle_cdc.oracle.rows import TableSource
from oralite.server import Server
from tests.integration.rowtables import RowTable
from tests.relay.source_contract import SourceContract


class TableContract(SourceContract):
    """Inherited with the columns of a table."""

    columns: str
    index = "CREATED_AT, ID"

    @pytest.fixture
    def site(self, rows_server: Server) -> Iterator[ReadTable]:
        table = ReadTable(rows_server)
        table.create(self.columns, self.index)
        table.source_now = table.source
        yield table
        table.close()


class ReadTable(RowTable):
    """A table that is read by one source."""

    source_now: TableSource

    @property
    def source(self) -> TableSource:
        if not hasattr(self, "source_now"):
            return super().source
        return self.source_now


class TestTimestamp(TableContract):
    columns = "ID NUMBER(19) PRIMARY KEY, CREATED_AT TIMESTAMP, DATA CLOB"


class TestNineDigits(TableContract):
    columns = "ID NUMBER(19) PRIMARY KEY, CREATED_AT TIMESTAMP(9), DATA CLOB"


class TestDate(TableContract):
    columns = "ID NUMBER(19) PRIMARY KEY, CREATED_AT DATE, DATA CLOB"


class TestTextKeyWithoutAnIndex(TableContract):
    columns = "ID VARCHAR2(40) PRIMARY KEY, CREATED_AT TIMESTAMP(0), DATA CLOB"
    index = ""
