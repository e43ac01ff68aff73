"""What tools ask the dictionary: columns, keys, comments, views, parameters, and who may see
them."""

from __future__ import annotations

from collections.abc import Callable

import oracledb
import pytest

from oralite.server import Server
from tests.oralite.conftest import SERVICE
from tests.oralite.driver import code_of, query

pytestmark = pytest.mark.oralite_only

Connect = Callable[..., oracledb.Connection]
GUEST = {"user": "guest", "password": "Secret1"}


@pytest.fixture
def schema(connection: oracledb.Connection) -> oracledb.Connection:
    """Make two tables with keys of all kinds and a view, partly commented."""
    cursor = connection.cursor()
    cursor.execute(
        "CREATE TABLE customers (id NUMBER(10) CONSTRAINT customers_pk PRIMARY KEY,"
        " tax_id VARCHAR2(9 CHAR) DEFAULT 'none' CONSTRAINT customers_tax UNIQUE,"
        " name NVARCHAR2(40) CONSTRAINT customers_name NOT NULL, balance NUMBER(12, 2) DEFAULT 0,"
        " CONSTRAINT customers_ck CHECK (balance >= 0))"
    )
    cursor.execute(
        "CREATE TABLE orders (id NUMBER, line NUMBER, customer NUMBER(10),"
        " CONSTRAINT orders_pk PRIMARY KEY (id, line),"
        " CONSTRAINT orders_fk FOREIGN KEY (customer) REFERENCES customers ON DELETE CASCADE)"
    )
    cursor.execute("CREATE VIEW names AS SELECT id, name FROM customers")
    cursor.execute("COMMENT ON TABLE customers IS 'who buys'")
    cursor.execute("COMMENT ON COLUMN customers.name IS 'שם מלא'")
    cursor.execute("COMMENT ON TABLE names IS 'short'")
    cursor.execute("COMMENT ON COLUMN app.names.name IS 'the same'")
    return connection


@pytest.fixture
def guest(schema: oracledb.Connection, connect: Connect) -> oracledb.Connection:
    """Log in as another user, who was granted nothing yet."""
    schema.cursor().execute("CREATE USER guest IDENTIFIED BY Secret1")
    schema.cursor().execute("GRANT CREATE SESSION TO guest")
    return connect(**GUEST)


def test_keys_and_checks_are_named_with_what_they_refer_to(schema: oracledb.Connection) -> None:
    sql = (
        "SELECT constraint_name, constraint_type, r_owner, r_constraint_name, delete_rule, status,"
        " search_condition_vc, index_name, generated FROM all_constraints"
        " WHERE owner = 'APP' AND generated = 'USER NAME' ORDER BY constraint_name"
    )
    enabled, named = "ENABLED", "USER NAME"
    pk, tax = "CUSTOMERS_PK", "CUSTOMERS_TAX"
    assert query(schema, sql) == [
        ("CUSTOMERS_CK", "C", None, None, None, enabled, "balance >= 0", None, named),
        ("CUSTOMERS_NAME", "C", None, None, None, enabled, '"NAME" IS NOT NULL', None, named),
        (pk, "P", None, None, None, enabled, None, pk, named),
        (tax, "U", None, None, None, enabled, None, tax, named),
        ("ORDERS_FK", "R", "APP", pk, "CASCADE", enabled, None, None, named),
        ("ORDERS_PK", "P", None, None, None, enabled, None, "ORDERS_PK", named),
    ]


def test_the_columns_of_a_key_come_with_their_positions(schema: oracledb.Connection) -> None:
    sql = (
        "SELECT column_name, position FROM all_cons_columns WHERE owner = 'APP'"
        " AND constraint_name = :1 ORDER BY position"
    )
    assert query(schema, sql, "ORDERS_PK") == [("ID", 1), ("LINE", 2)]
    assert query(schema, sql, "ORDERS_FK") == [("CUSTOMER", 1)]
    assert query(schema, sql, "CUSTOMERS_NAME") == [("NAME", None)]
    assert query(schema, sql, "CUSTOMERS_CK") == [("BALANCE", None)]


def test_a_foreign_key_is_found_with_the_columns_that_it_refers_to(
    schema: oracledb.Connection,
) -> None:
    sql = (
        "SELECT own.column_name, parent.table_name, parent.column_name FROM all_constraints key"
        " JOIN all_cons_columns own ON own.owner = key.owner"
        " AND own.constraint_name = key.constraint_name"
        " JOIN all_cons_columns parent ON parent.owner = key.r_owner"
        " AND parent.constraint_name = key.r_constraint_name AND parent.position = own.position"
        " WHERE key.owner = 'APP' AND key.table_name = 'ORDERS' AND key.constraint_type = 'R'"
    )
    assert query(schema, sql) == [("CUSTOMER", "CUSTOMERS", "ID")]


def test_each_table_and_view_has_a_row_for_its_comment(schema: oracledb.Connection) -> None:
    sql = "SELECT table_name, table_type, comments FROM all_tab_comments ORDER BY table_name"
    assert query(schema, sql) == [
        ("CUSTOMERS", "TABLE", "who buys"),
        ("NAMES", "VIEW", "short"),
        ("ORDERS", "TABLE", None),
    ]


def test_each_column_has_a_row_for_its_comment(schema: oracledb.Connection) -> None:
    sql = "SELECT column_name, comments FROM all_col_comments WHERE table_name = :1"
    uncommented = [("ID", None), ("TAX_ID", None), ("BALANCE", None)]
    assert sorted(query(schema, sql, "CUSTOMERS"), key=str) == sorted(
        [*uncommented, ("NAME", "שם מלא")], key=str
    )
    assert query(schema, sql, "NAMES") == [("ID", None), ("NAME", "the same")]


def test_a_comment_is_taken_away_by_an_empty_one(schema: oracledb.Connection) -> None:
    schema.cursor().execute("COMMENT ON TABLE customers IS ''")
    sql = "SELECT comments FROM user_tab_comments WHERE table_name = 'CUSTOMERS'"
    assert query(schema, sql) == [(None,)]


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("COMMENT ON TABLE nothing IS 'x'", "ORA-00942"),
        ("COMMENT ON COLUMN customers.nothing IS 'x'", "ORA-00904"),
        ("COMMENT ON COLUMN names.nothing IS 'x'", "ORA-00904"),
        ("COMMENT ON VIEW names IS 'x'", "ORA-32594"),
        (f"COMMENT ON TABLE customers IS '{'x' * 4001}'", "ORA-01704"),
    ],
)
def test_a_comment_on_nothing_or_too_long_is_refused(
    schema: oracledb.Connection, sql: str, code: str
) -> None:
    with pytest.raises(oracledb.DatabaseError) as refused:
        schema.cursor().execute(sql)
    assert code_of(refused) == code


def test_a_view_is_shown_with_its_text(schema: oracledb.Connection) -> None:
    text = "SELECT id, name FROM customers"
    sql = "SELECT owner, view_name, text_length, text, text_vc FROM all_views"
    assert query(schema, sql) == [("APP", "NAMES", len(text), text, text)]


def test_rows_are_counted_when_a_table_is_analyzed_and_not_before(
    schema: oracledb.Connection,
) -> None:
    cursor = schema.cursor()
    sql = "SELECT num_rows FROM all_tables WHERE table_name = 'CUSTOMERS' AND {} IS {}"
    cursor.execute("INSERT INTO customers (id, name) VALUES (1, 'a')")
    assert query(schema, sql.format("last_analyzed", "NULL")) == [(None,)]
    cursor.execute("ANALYZE TABLE customers COMPUTE STATISTICS")
    cursor.execute("INSERT INTO customers (id, tax_id, name) VALUES (2, 'b', 'b')")
    assert query(schema, sql.format("last_analyzed", "NOT NULL")) == [(1,)]
    cursor.execute("ANALYZE TABLE customers ESTIMATE STATISTICS")
    assert query(schema, sql.format("last_analyzed", "NOT NULL")) == [(2,)]
    cursor.execute("ANALYZE TABLE customers DELETE STATISTICS")
    assert query(schema, sql.format("last_analyzed", "NULL")) == [(None,)]


def test_columns_are_shown_with_their_defaults_in_order(schema: oracledb.Connection) -> None:
    sql = (
        "SELECT column_name, nullable, data_default, default_length, character_set_name"
        " FROM all_tab_columns WHERE table_name = 'CUSTOMERS' ORDER BY column_id"
    )
    assert query(schema, sql) == [
        ("ID", "N", None, None, None),
        ("TAX_ID", "Y", "'none'", 6, "CHAR_CS"),
        ("NAME", "N", None, None, "NCHAR_CS"),
        ("BALANCE", "Y", "0", 1, None),
    ]


LONGS = (
    ("data_default", "user_tab_columns"),
    ("search_condition", "user_constraints"),
    ("text", "user_views"),
)


@pytest.mark.parametrize("profile", ["19c", "23ai"])
@pytest.mark.parametrize(("column", "view"), LONGS)
def test_defaults_conditions_and_texts_are_fetched_as_long(
    schema: oracledb.Connection, column: str, view: str
) -> None:
    cursor = schema.cursor()
    cursor.execute(f"SELECT {column}, {column} FROM {view} WHERE {column} IS NOT NULL")
    assert cursor.description[0].type_code is oracledb.DB_TYPE_LONG
    rows = cursor.fetchall()
    assert rows
    assert all(isinstance(one, str) and one == other for one, other in rows)


@pytest.mark.parametrize(
    ("used", "code"),
    [
        ("SELECT UPPER(data_default) FROM user_tab_columns", "ORA-00932"),
        ("SELECT data_default || 'x' FROM user_tab_columns", "ORA-00932"),
        ("SELECT 1 FROM user_tab_columns WHERE data_default = '0'", "ORA-00997"),
        ("SELECT 1 FROM user_tab_columns WHERE data_default LIKE '0%'", "ORA-00932"),
        ("SELECT 1 FROM user_tab_columns ORDER BY data_default", "ORA-00997"),
        ("SELECT DISTINCT data_default FROM user_tab_columns", "ORA-00997"),
        ("SELECT COUNT(*) FROM user_tab_columns GROUP BY data_default", "ORA-00997"),
        ("SELECT text FROM user_views UNION SELECT text FROM user_views", "ORA-00997"),
        ("CREATE TABLE kept AS SELECT text FROM user_views", "ORA-00997"),
    ],
)
def test_a_long_can_only_be_selected(schema: oracledb.Connection, used: str, code: str) -> None:
    with pytest.raises(oracledb.DatabaseError) as refused:
        schema.cursor().execute(used)
    assert code_of(refused) == code


def test_hidden_columns_are_asked_of_tab_cols_only(schema: oracledb.Connection) -> None:
    sql = "SELECT hidden_column, internal_column_id FROM {} WHERE table_name = 'NAMES'"
    assert query(schema, sql.format("all_tab_cols")) == [("NO", 1), ("NO", 2)]
    with pytest.raises(oracledb.DatabaseError, match="ORA-00904"):
        query(schema, sql.format("all_tab_columns"))


ALL_VIEWS = (
    "all_tables",
    "all_views",
    "all_tab_columns",
    "all_tab_comments",
    "all_col_comments",
    "all_constraints",
    "all_cons_columns",
    "all_indexes",
    "all_ind_columns",
    "all_objects",
)


def shown(connection: oracledb.Connection, view: str) -> object:
    [(count,)] = query(connection, f"SELECT COUNT(*) FROM {view}")
    return count


@pytest.mark.parametrize("view", ALL_VIEWS)
def test_a_user_is_shown_only_what_he_may_see(
    schema: oracledb.Connection, guest: oracledb.Connection, view: str
) -> None:
    every = shown(schema, view)
    assert (shown(guest, view), shown(guest, view.replace("all_", "user_"))) == (0, 0)
    for name in ("customers", "orders", "names"):
        schema.cursor().execute(f"GRANT SELECT ON {name} TO PUBLIC")
    assert shown(guest, view) == every
    assert shown(guest, view.replace("all_", "user_")) == 0


def test_what_is_granted_to_one_user_is_shown_to_him(
    schema: oracledb.Connection, guest: oracledb.Connection
) -> None:
    schema.cursor().execute("GRANT SELECT ON names TO guest")
    sql = "SELECT table_name FROM all_tab_comments UNION SELECT object_name FROM all_objects"
    assert query(guest, sql) == [("NAMES",)]
    assert query(guest, "SELECT * FROM app.names") == []


def test_the_character_sets_are_the_database_s_and_not_the_session_s(
    connection: oracledb.Connection,
) -> None:
    connection.cursor().execute("ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY'")
    sql = "SELECT parameter, value FROM {}"
    of_session = dict(query(connection, sql.format("nls_session_parameters")))
    of_database = dict(query(connection, sql.format("nls_database_parameters")))
    assert (of_session["NLS_DATE_FORMAT"], of_database["NLS_DATE_FORMAT"]) == ("YYYY", "DD-MON-RR")
    assert of_database["NLS_CHARACTERSET"] == "AL32UTF8"
    assert of_database["NLS_NCHAR_CHARACTERSET"] == "AL16UTF16"
    assert of_database["NLS_RDBMS_VERSION"] == connection.version
    assert of_database.keys() - of_session.keys() == {
        "NLS_CHARACTERSET",
        "NLS_NCHAR_CHARACTERSET",
        "NLS_RDBMS_VERSION",
    }


def test_a_session_can_ask_what_it_is_connected_to(
    connection: oracledb.Connection, server: Server
) -> None:
    names = ("SERVICE_NAME", "DB_NAME", "SESSION_USER", "CURRENT_SCHEMA", "INSTANCE_NAME")
    asked = ", ".join(f"SYS_CONTEXT('USERENV', '{name}')" for name in names)
    sql = f"SELECT {asked} FROM dual"
    assert query(connection, sql) == [(SERVICE, "ORALITE", "APP", "APP", "oralite")]
    sql = "SELECT SYS_CONTEXT('USERENV', 'HOST'), SYS_CONTEXT('USERENV', 'OS_USER') FROM dual"
    names = (oracledb.defaults.machine, oracledb.defaults.osuser)
    assert query(connection, sql) == [names]
    sql = "SELECT SYS_CONTEXT('USERENV', 'SERVER_HOST'), host_name FROM v$instance"
    [(host, same)] = query(connection, sql)
    assert host == same
    assert host
    sql = "SELECT DBTIMEZONE, SESSIONTIMEZONE FROM dual"
    assert query(connection, sql) == [(server.database.clock.zone,) * 2]


def test_texts_of_views_are_united_as_the_long_that_they_are(schema: oracledb.Connection) -> None:
    cursor = schema.cursor()
    cursor.execute("SELECT text FROM user_views UNION ALL SELECT query FROM user_mviews")
    assert cursor.description[0].type_code is oracledb.DB_TYPE_LONG
    assert cursor.fetchall() == [("SELECT id, name FROM customers",)]
