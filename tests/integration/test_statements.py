"""Every statement of the files *.sql and of init_oracle_tables.sql runs, and reaches the source by
its indexes."""

from __future__ import annotations

import re
from datetime import datetime

import oracledb
import pytest

from oracle_cdc.conversations.statements import read_statements, render
from oracle_cdc.conversations.wiring_parts import open_database
from oracle_cdc.oracle.ddl import read_schema, read_tables
from oracle_cdc.oracle.queries import expand, make_statements
from oracle_cdc.oracle.schema import find_problems, missing_rights
from standins.oracle import serve_database
from tests.world import PASSWORD, SOURCE, USER, World

NAMES = sorted(read_statements())

#: A value for each bind that is no text.
NUMBERS = re.compile(
    r"limit|minutes|seconds|days|rate|is_|^version|takeovers|attempts|revision|"
    r"rows_read|times_read|own_failures|accepted|_ms$|count"
    r"|confidence"
)
TIMES = re.compile(
    r"window_(start|end)|watermark|newest|assembled_at|_time$|_until$|_from$|"
    r"range_start|job_(start|end)"
)


#: Where a row may lie.
PLACE = "AAAAAAAAAAAAAAAAAA"


def value_of(bind: str) -> object:
    if bind == "place":
        return PLACE
    if TIMES.search(bind):
        return datetime(2025, 1, 15, 14, 20)
    return 1 if NUMBERS.search(bind) else "1"


def type_of(bind: str) -> str:
    if TIMES.search(bind):
        return "DB_TYPE_TIMESTAMP"
    return "DB_TYPE_NUMBER" if NUMBERS.search(bind) else "text"


def test_every_bind_of_a_statement_has_the_type_that_its_name_says() -> None:
    statements = render(SOURCE, "Asia/Jerusalem")
    for name in NAMES:
        without_texts = re.sub(r"'[^']*'", "''", statements.texts[name])
        declared = statements.types[name]
        for bind in re.findall(r":(\w+)", without_texts):
            found = declared[bind].name if bind in declared else "text"
            assert found == type_of(bind), (name, bind)


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT :at /*day*/ FROM DUAL", "ask: the bind at has an unknown type, day"),
        ("SELECT :at /*timestamp*/, :at /*number*/ FROM DUAL", "ask: the bind at has two types"),
    ],
)
def test_a_bind_whose_type_can_not_be_read_is_refused(sql: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        make_statements({"ask": sql})


def test_every_statement_runs() -> None:
    texts = render(SOURCE, "Asia/Jerusalem").texts
    failed = []
    with (
        serve_database() as server,
        oracledb.connect(user=USER, password=PASSWORD, dsn=server.dsn) as connection,
    ):
        for name in NAMES:
            sql, binds = with_values(texts[name])
            try:
                connection.cursor().execute(sql, binds)
            except oracledb.Error as error:
                failed.append(f"{name}: {error}")
            connection.rollback()
    assert failed == []


def with_values(sql: str) -> tuple[str, dict[str, object]]:
    """Return a statement that names a table and lists ids, and a value for each of its binds."""
    sql = sql.replace("{table}", "ERROR_LOG").replace("{column}", "CALL_ID")
    listed: dict[str, str] = {}
    if "ROWID IN ({ids})" in sql:
        sql, listed = expand(sql, [PLACE])
    elif "{ids}" in sql:
        sql, listed = expand(sql, ["1", "2"])
    names = set(re.findall(r":(\w+)", sql)) - set(listed)
    return sql, {**dict(zip(names, map(value_of, names), strict=True)), **listed}


def test_no_time_of_the_session_or_the_host_stands_beside_a_source_column() -> None:
    for name, sql in render("rtbi.VERINT_TEXT_ANALYSIS", None).texts.items():
        bare = sql.replace("SYS_EXTRACT_UTC(SYSTIMESTAMP)", "").replace(
            "CAST(SYSTIMESTAMP AS TIMESTAMP)", ""
        )
        assert not re.search(r"SYSTIMESTAMP|CURRENT_TIMESTAMP|LOCALTIMESTAMP|SYSDATE", bare), name


def test_the_schema_file_is_rerunnable(world: World) -> None:
    connection = world.connect(USER, PASSWORD)
    before = world.rows("SELECT COUNT(*) FROM ALL_TAB_COLUMNS WHERE OWNER = :1", USER.upper())

    for statement in read_schema():
        connection.cursor().execute(statement)

    assert (
        world.rows("SELECT COUNT(*) FROM ALL_TAB_COLUMNS WHERE OWNER = :1", USER.upper()) == before
    )
    assert world.rows(f"SELECT COUNT(*) FROM {USER}.CDC_PROCESSING_STATUS") == [(2,)]


def test_tables_of_the_original_system_get_the_columns_that_they_lack(world: World) -> None:
    for table in read_tables():
        world.change(f"DROP TABLE {USER}.{table}")
    world.change(
        f"CREATE TABLE {USER}.CDC_PROCESSED_CALLS (CALL_ID VARCHAR2(50) PRIMARY KEY, "
        "PROCESSED_AT TIMESTAMP, "
        "TEXT_TIME TIMESTAMP, SQS_MESSAGE_ID VARCHAR2(200))"
    )
    world.change(
        f"INSERT INTO {USER}.CDC_PROCESSED_CALLS (CALL_ID, SQS_MESSAGE_ID) VALUES ('1', 'kept')"
    )
    service = world.application()

    service.startup.ensure_database()

    with service.database.session() as session:
        assert find_problems(session, SOURCE) == []
    assert world.rows(f"SELECT SQS_MESSAGE_ID, STATE FROM {USER}.CDC_PROCESSED_CALLS") == [
        ("kept", None)
    ]


def test_an_identity_that_only_oracle_writes_is_no_missing_right(world: World) -> None:
    connection = world.connect(USER, PASSWORD)
    world.change(f"DROP TABLE {USER}.CDC_PROCESSING_LOG")
    for statement in read_schema():
        connection.cursor().execute(statement.replace("BY DEFAULT AS", "ALWAYS AS"))
    service = world.application()

    with service.database.session() as session:
        assert missing_rights(session) == []


def test_a_user_without_create_table_is_shown_what_is_missing(world: World) -> None:
    world.change(f"DROP TABLE {USER}.ERROR_LOG")
    world.change(f"REVOKE CREATE TABLE FROM {USER}")
    service = world.application()

    with pytest.raises(Exception, match=r"ERROR_LOG: missing.*ORA-01031"):
        service.startup.ensure_database()


def test_a_session_keeps_the_fraction_of_a_second(world: World) -> None:
    settings = world.settings()
    database = open_database(settings, sessions=1)
    moment = datetime(2025, 1, 15, 14, 20, 3, 250_001)
    world.change(
        f"UPDATE {USER}.CDC_PROCESSING_STATUS "
        "SET LAST_PROCESSED_TIMESTAMP = TIMESTAMP '2025-01-01 00:00:00.000007'"
    )

    with database.session() as session:
        session.execute(
            "record_cycle",
            commit=True,
            mode_name="CDC_NORMAL_MODE",
            is_one_mode=0,
            accepted=0,
            seen_watermark=datetime(2025, 1, 1, microsecond=7),
            new_watermark=moment,
            job_id=None,
        )
        (mode,) = session.query("read_modes", mode_name="CDC_NORMAL_MODE")
    database.close()

    assert mode["watermark"] == moment
