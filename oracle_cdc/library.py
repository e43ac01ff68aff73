"""What other programs import: `from oracle_cdc import OracleDatabase`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from oracle_cdc.conversations.settings import ask_store
from oracle_cdc.errors import SettingsError
from oracle_cdc.extraction.dictionary import (
    dictionary_statements,
    list_tables,
    read_database,
    read_table,
)
from oracle_cdc.extraction.model import Options
from oracle_cdc.extraction.names import TableName, parse_tables
from oracle_cdc.extraction.report import describe_listed, describe_schema
from oracle_cdc.extraction.settings import ExtractionSettings
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.exact_rows import ExactQuery, fetch_records
from oracle_cdc.oracle.login import password_of
from oracle_cdc.oracle.session import Session
from oracle_cdc.programs import load_extraction
from oracle_cdc.settings.layers import Origins
from oracle_cdc.settings.page import read_page
from oracle_cdc.settings.sources import Source, all_given

#: How a mistake names what was handed in.
ARGUMENTS = "the arguments of OracleDatabase"
PREFIX = "ORACLE_"

Record = dict[str, Any]


def find_settings(given: Mapping[str, object]) -> ExtractionSettings:
    """Return the settings of a program that has none but these and those of its surroundings."""
    named = {}
    for name, value in given.items():
        named[PREFIX + name.upper()] = value
    arguments = Source(ARGUMENTS, all_given(ARGUMENTS, named))
    env_file = Path.cwd() / ".env"
    return load_extraction(
        Origins(os.environ, env_file, read_page({}), ask_store, arguments=(arguments,))
    )


class OracleDatabase:
    """An Oracle database to look into, as long as the `with` block lasts.

    Without arguments the settings come from the layers that the service has too, with `.env` and
    config/config.yaml in the working directory. What is given wins: user, password, host, port,
    service_name, dsn and the other ORACLE_ variables, in small letters.

    Nothing is changed in the database: what is not a query is refused, and each session is rolled
    back at its end. Raises SettingsError, OracleUnavailable, OracleCredentialsError,
    OracleConfigurationError and the other errors of `oracle_cdc.errors`.
    """

    def __init__(self, **given: object) -> None:
        settings = find_settings(given)
        password = password_of(settings.oracle, settings.given)
        self._database = Database(
            settings.oracle, dictionary_statements(), password=password, sessions=1
        )
        self._open = ExitStack()
        self._session: Session | None = None

    def __enter__(self) -> OracleDatabase:
        self._session = self._open.enter_context(self._database.session())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._session = None
        try:
            self._open.__exit__(kind, error, trace)
        finally:
            self._database.close()

    @property
    def session(self) -> Session:
        """Return the session of the block. Raises SettingsError outside it."""
        if self._session is None:
            raise SettingsError("OracleDatabase: use it as `with OracleDatabase() as database:`")
        return self._session

    def info(self) -> Record:
        """Return version, character sets, service, user and clock of the database."""
        return read_database(self.session)

    def list_tables(self) -> list[Record]:
        """Return every table and view that the user may read, with an estimate of its rows."""
        return describe_listed(list_tables(self.session))

    def get_table_schema(self, name: str) -> Record:
        """Return the columns, keys and indexes of a table or view.

        name: TABLE or OWNER.TABLE, in capitals unless "quoted". Raises OracleConfigurationError for
        one that is not there.
        """
        return describe_schema(read_table(self.session, self._find(name)), Options(), ())

    def execute_query(
        self, sql: str, binds: Mapping[str, Any] | Sequence[Any] = ()
    ) -> Iterator[Record]:
        """Yield the rows of a query as they come, by the names of their columns.

        Numbers are int or Decimal, exact to their last digit, large texts are whole. Raises
        SettingsError for what is no query.
        """
        return fetch_records(self.session, ExactQuery("the query", sql), binds)

    def _find(self, name: str) -> TableName:
        schema = self.info()["schema"]
        tables = parse_tables(name, schema)
        if len(tables) != 1:
            raise SettingsError(f"get_table_schema: {len(tables)} tables; allowed: one name")
        return tables[0]
