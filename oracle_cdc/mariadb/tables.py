"""The tables as init_mariadb_tables.sql makes them against the tables as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from oracle_cdc.errors import StoreConfigurationError
from oracle_cdc.mariadb.database import Database, Record
from oracle_cdc.sql.ddl import parse_tables, read_packaged
from oracle_cdc.sql.statements import without_comments

TABLES_FILE = "init_mariadb_tables.sql"

#: What a column may be where the DDL says something.
TEXTS = frozenset({"varchar", "char", "tinytext", "text", "mediumtext", "longtext"})
NUMBERS = frozenset({"int", "bigint"})
ACCEPTED: Mapping[str, frozenset[str]] = {
    "VARCHAR": TEXTS,
    "TEXT": TEXTS,
    "INT": NUMBERS,
    "BIGINT": frozenset({"bigint"}),
    "DATETIME": frozenset({"datetime"}),
}
#: Where a fraction that is cut off would be taken for a person's move, or a row not be found again.
EXACT = frozenset({("ETL_SLICES", "LAST_TIME"), ("ETL_SET_ASIDE", "ROW_TIME")})
#: By what a repeat of a row is known.
KEYS: Mapping[str, frozenset[str]] = {
    "ETL_PRMREC": frozenset({"PROGRAM_NAME"}),
    "ETL_SLICES": frozenset({"PROGRAM_NAME", "SLICE_START"}),
    "ETL_SET_ASIDE": frozenset({"PROGRAM_NAME", "ROW_KEY"}),
}


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a table."""

    table: str
    what: str
    is_missing_table: bool = False

    def __str__(self) -> str:
        return f"{self.table}: {self.what}"


def read_tables_text() -> str:
    """Return the file as it is: it runs in the mariadb client."""
    return read_packaged(TABLES_FILE)


def read_statements() -> Sequence[str]:
    """Return the file's statements in order."""
    statements = []
    for statement in without_comments(read_tables_text()).split(";"):
        if statement.strip():
            statements.append(statement.strip())
    return statements


def read_wanted() -> Mapping[str, Mapping[str, str]]:
    """Return the tables of the file with their columns' types."""
    tables: dict[str, Mapping[str, str]] = {}
    for statement in read_statements():
        tables |= parse_tables(statement)
    return tables


def create_tables(database: Database) -> Sequence[str]:
    """Create what is missing, and return the names of the tables created.

    Raises StoreConfigurationError where the user may not create tables.
    """
    missing = []
    for problem in find_problems(database):
        if problem.is_missing_table:
            missing.append(problem.table)
    if missing:
        try:
            for statement in read_statements():
                database.run_text(statement)
        except StoreConfigurationError as error:
            raise StoreConfigurationError(
                f"MariaDB: {', '.join(missing)} missing, and can't be created by this user: {error}"
            ) from error
    return missing


def find_problems(database: Database) -> list[Problem]:
    """Return everything that is missing or of a wrong kind."""
    columns: dict[str, dict[str, Record]] = {}
    for row in database.query("read_columns"):
        columns.setdefault(row["TABLE_NAME"], {})[row["COLUMN_NAME"].upper()] = row
    problems: list[Problem] = []
    for table, wanted in read_wanted().items():
        if table in columns:
            problems.extend(compare(table, wanted, columns[table]))
        else:
            what = f"missing, or no right on it; run init-tables, or {TABLES_FILE} as its owner"
            problems.append(Problem(table, what, is_missing_table=True))
    for row in database.query("read_engines"):
        if row["TABLE_NAME"] in KEYS and row["ENGINE"] != "InnoDB":
            what = f"kept by {row['ENGINE']}, which has no transactions; it must be InnoDB"
            problems.append(Problem(row["TABLE_NAME"], what))
    return problems


def compare(
    table: str, wanted: Mapping[str, str], found: Mapping[str, Record]
) -> Iterator[Problem]:
    """Yield what is wrong with a table that is there."""
    for name, kind in wanted.items():
        if name not in found:
            yield Problem(table, f"column {name} is missing; init_mariadb_tables.sql has it")
        elif found[name]["DATA_TYPE"] not in ACCEPTED[kind]:
            yield Problem(table, f"column {name} is {found[name]['DATA_TYPE']}, not {kind}")
        elif (table, name) in EXACT and found[name]["DIGITS"] != 6:
            yield Problem(table, f"column {name} must be {kind}(6)")
    keys = {name for name, row in found.items() if row["IS_PRIMARY"]}
    if keys != KEYS[table]:
        yield Problem(table, f"its primary key must be {', '.join(sorted(KEYS[table]))}")
