"""The tables as init_oracle_tables.sql wants them against the tables as they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import oracledb

from oracle_cdc.errors import CdcError, OracleConfigurationError
from oracle_cdc.oracle.ddl import CHANGES, CONVERSATIONS, read_schema, read_tables
from oracle_cdc.oracle.session import Session
from oracle_cdc.oracle.translation import translated
from oracle_cdc.sql.statements import fill

#: What the source must have (docs/install.md).
SOURCE_COLUMNS: Mapping[str, str] = {
    "CALL_ID": "NUMBER",
    "BAN": "VARCHAR2",
    "SUBSCRIBER_NO": "VARCHAR2",
    "OWNER": "CHAR",
    "TEXT": "CLOB",
    "TEXT_TIME": "TIMESTAMP",
    "CALL_TIME": "TIMESTAMP",
}

#: What a column may be where the DDL says something; VARCHAR2 and CHAR compare alike.
ACCEPTED: Mapping[str, frozenset[str]] = {
    "NUMBER": frozenset({"NUMBER", "BINARY_INTEGER"}),
    "VARCHAR2": frozenset({"VARCHAR", "CHAR", "NVARCHAR", "NCHAR"}),
    "CHAR": frozenset({"VARCHAR", "CHAR", "NVARCHAR", "NCHAR"}),
    "CLOB": frozenset({"CLOB", "NCLOB", "LONG", "VARCHAR", "NVARCHAR"}),
    "TIMESTAMP": frozenset({"TIMESTAMP"}),
    "RAW": frozenset({"RAW"}),
}


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a table, and what to do about it. is_missing: a column is not there."""

    table: str
    what: str
    is_missing_table: bool = False
    is_missing: bool = False

    def __str__(self) -> str:
        return f"{self.table}: {self.what}"


def find_problems(session: Session, source: str) -> list[Problem]:
    """Return everything missing or of a wrong type, of the conversations' tables and the source."""
    return find_owned_problems(session, CONVERSATIONS) + check_source(session, source)


def find_owned_problems(session: Session, part: str) -> list[Problem]:
    """Return everything missing or of a wrong type, of the owned tables of a part."""
    problems: list[Problem] = []
    for table, columns in read_tables(part).items():
        problems.extend(check_table(session, table, columns))
    if problems:
        problems = advise(session, problems, part)
    return problems


def advise(session: Session, problems: Sequence[Problem], part: str) -> list[Problem]:
    """Say of each problem of an owned table what helps: that depends on whose the tables are."""
    owners: dict[str, str] = {}
    for record in session.query("find_owners", list(read_tables(part))):
        owners[record["table_name"]] = record["owner"]
    may_create = bool(session.query("may_create_tables"))
    user = session.connection.username.upper()
    advised: list[Problem] = []
    for problem in problems:
        what_helps = remedy(problem, user, owners.get(problem.table), may_create)
        advised.append(replace(problem, what=f"{problem.what}; {what_helps}"))
    return advised


def remedy(problem: Problem, user: str, owner: str | None, may_create: bool) -> str:
    """Say what to do about a problem of an owned table.

    Parameters:
        owner: another user whose table of that name this one may use. None when there is none.
        may_create: whether this user may create tables.
    """
    if not problem.is_missing and not problem.is_missing_table:
        return "a DBA changes it, or moves the table away and runs init_oracle_tables.sql"
    if owner and problem.is_missing_table:
        synonym = f"CREATE SYNONYM {user}.{problem.table} FOR {owner}.{problem.table}"
        return (
            f"{owner} has it, its synonym is missing: {synonym}, "
            "see deploy/oracle_grants_other_owner.sql"
        )
    if owner:
        return f"as {owner}, who has the table: run init_oracle_tables.sql"
    if may_create or not problem.is_missing_table:
        return "run `python cdc_service.py init-tables`"
    return (
        "this user may not create tables: grant it (deploy/oracle_grants.sql) and run "
        "`python cdc_service.py init-tables`; "
        "if another user has them, deploy/oracle_grants_other_owner.sql"
    )


def check_source(session: Session, source: str) -> list[Problem]:
    """Return the source's problems, with the grant that is missing."""
    problems = check_table(session, source, SOURCE_COLUMNS)
    for problem in problems:
        if problem.is_missing_table:
            grant = f"GRANT SELECT ON {source} TO {session.connection.username}"
            what = f"missing, or no SELECT on it; as its owner or a DBA: {grant}"
            return [Problem(source, what, is_missing_table=True)]
    return problems


def check_table(session: Session, table: str, wanted: Mapping[str, str]) -> list[Problem]:
    """Return what is wrong with a table that is to have the wanted columns."""
    found = describe_table(session, table)
    if found is None:
        return [Problem(table, "missing", is_missing_table=True)]
    problems: list[Problem] = []
    for name, kind in wanted.items():
        if name not in found:
            what = f"column {name} {kind} is missing"
            problems.append(Problem(table, what, is_missing=True))
        elif found[name] not in ACCEPTED[kind]:
            what = f"column {name} is {found[name]}, it must be {kind}"
            problems.append(Problem(table, what))
    return problems


def describe_table(session: Session, table: str) -> Mapping[str, str] | None:
    """Return the columns of a table with the driver's type names.

    Returns None when the user sees no such table.
    """
    sql = session.statements.texts["describe_table"].replace("{table}", table)
    with translated(f"describe {table}"), session.connection.cursor() as cursor:
        try:
            cursor.parse(sql)
        except oracledb.DatabaseError as error:
            if getattr(error.args[0], "code", 0) == 942:
                return None
            raise
        columns: dict[str, str] = {}
        for column in cursor.description:
            columns[column.name] = column.type_code.name.removeprefix("DB_TYPE_")
        return columns


def create_tables(session: Session, part: str = CONVERSATIONS) -> None:
    """Run a part of init_oracle_tables.sql.

    Raises OracleConfigurationError, saying which statement the user may not run.
    """
    for statement in read_schema(part):
        session.run(statement)
    session.commit()


def ensure_tables(session: Session, source: str) -> Sequence[str]:
    """Create what is missing, if the user may, and return the names of the tables created.

    Raises OracleConfigurationError naming every problem that is left.
    """
    return ensure(session, CONVERSATIONS, lambda: find_problems(session, source))


def ensure_change_tables(session: Session) -> Sequence[str]:
    """Do the same for the tables of row changes."""
    return ensure(session, CHANGES, lambda: find_owned_problems(session, CHANGES))


def ensure(session: Session, part: str, find: Callable[[], list[Problem]]) -> Sequence[str]:
    """Create what a part lacks, if the user may, and return the names of the tables created.

    find: says what is wrong with its tables and with what else it needs.
    """
    problems = find()
    owned = [problem for problem in problems if problem.table in read_tables(part)]
    if owned:
        refusal = try_create(session, part)
        problems = find()
        if problems and refusal:
            raise OracleConfigurationError(
                f"{join_problems(problems)}; creating them failed: {refusal}"
            )
    if problems:
        raise OracleConfigurationError(join_problems(problems))
    return [problem.table for problem in owned if problem.is_missing_table]


def try_create(session: Session, part: str) -> CdcError | None:
    """Run a part of init_oracle_tables.sql and return the refusal, if there was one."""
    try:
        create_tables(session, part)
    except OracleConfigurationError as refusal:
        return refusal
    return None


def join_problems(problems: Sequence[Problem]) -> str:
    """Return all problems as one line."""
    return "; ".join(str(problem) for problem in problems)


def missing_rights(session: Session, part: str = CONVERSATIONS) -> list[str]:
    """Return the rights on owned tables that the user lacks, each as the GRANT that gives it."""
    user = session.connection.username
    lacking = []
    for table, columns in read_tables(part).items():
        # The first may be an identity that nobody but Oracle writes, in tables that others made.
        last = list(columns)[-1]
        for right in ("insert", "update", "delete"):
            if not has_right(session, right, table, last):
                lacking.append(f"GRANT {right.upper()} ON {table} TO {user}")
    session.rollback()
    return lacking


def has_right(session: Session, right: str, table: str, column: str) -> bool:
    """Return whether the user has a right on a table, by a statement that changes nothing."""
    sql = fill(session.statements.texts[f"probe_{right}"], {"{table}": table, "{column}": column})
    try:
        session.run(sql)
    except OracleConfigurationError:
        return False
    return True


def has_index(session: Session, source: str, columns: Sequence[str]) -> bool:
    """Return whether some index of the source begins with these columns."""
    owner, _, table = source.upper().rpartition(".")
    indexes: dict[str, list[str]] = {}
    for record in session.query("read_index_columns", owner=owner, table_name=table):
        indexes.setdefault(record["index_name"], []).append(record["column_name"])
    for found in indexes.values():
        if found[: len(columns)] == list(columns):
            return True
    return False
