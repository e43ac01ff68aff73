"""The tables: made where they are missing, never changed, and what is wrong with them is said."""

from __future__ import annotations

import pytest

from oracle_cdc.errors import StoreConfigurationError
from oracle_cdc.mariadb.tables import create_tables, find_problems, read_tables_text
from oracle_cdc.relay.values import SetAside
from tests.mariadb.schema import RIGHTS, Schema
from tests.relay.tracking_contract import EXACT, LONG_AGO, REACHED, tally

TABLES = ["ETL_PRMREC", "ETL_SLICES", "ETL_SET_ASIDE"]
#: As the system before this one printed it.
ORIGINAL = """
CREATE TABLE ETL_PRMREC (
    PROGRAM_NAME VARCHAR(100) PRIMARY KEY,
    LAST_SUCCESSFUL_TIME DATETIME,
    LAST_RUN_TIME DATETIME,
    STATUS VARCHAR(50),
    RECORDS_PROCESSED INT DEFAULT 0,
    ERROR_MESSAGE TEXT,
    CREATED_AT DATETIME DEFAULT CURRENT_TIMESTAMP,
    UPDATED_AT DATETIME DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP
);
"""


def test_the_row_is_the_originals_word_for_word() -> None:
    assert ORIGINAL.replace("TABLE", "TABLE IF NOT EXISTS", 1) in read_tables_text()


def test_a_second_run_changes_nothing_and_what_was_there_stays(schema: Schema) -> None:
    schema.tracking().begin(schema.program)
    schema.administer("DROP TABLE ETL_SET_ASIDE")
    database = schema.database()
    assert create_tables(database) == ["ETL_SET_ASIDE"]
    assert create_tables(database) == []
    assert find_problems(database) == []
    assert schema.row()["STATUS"] == "RUNNING"


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("DROP TABLE ETL_SLICES", "ETL_SLICES: missing, or no right on it"),
        (
            "ALTER TABLE ETL_PRMREC DROP COLUMN STATUS",
            "ETL_PRMREC: column STATUS is missing; init_mariadb_tables.sql has it",
        ),
        (
            "ALTER TABLE ETL_PRMREC MODIFY LAST_SUCCESSFUL_TIME DATE",
            "ETL_PRMREC: column LAST_SUCCESSFUL_TIME is date, not DATETIME",
        ),
        (
            "ALTER TABLE ETL_SLICES MODIFY LAST_TIME DATETIME",
            "ETL_SLICES: column LAST_TIME must be DATETIME(6)",
        ),
        (
            "ALTER TABLE ETL_SET_ASIDE MODIFY ROW_TIME DATETIME",
            "ETL_SET_ASIDE: column ROW_TIME must be DATETIME(6)",
        ),
        (
            "ALTER TABLE ETL_SET_ASIDE DROP PRIMARY KEY",
            "ETL_SET_ASIDE: its primary key must be PROGRAM_NAME, ROW_KEY",
        ),
        ("ALTER TABLE ETL_PRMREC ENGINE = MyISAM", "ETL_PRMREC: kept by MyISAM, which has no"),
    ],
)
def test_what_is_missing_or_different_is_said(schema: Schema, sql: str, said: str) -> None:
    schema.administer(sql)
    (problem,) = find_problems(schema.database())
    assert str(problem).startswith(said)


def test_a_right_or_a_table_that_is_missing_is_said(schema: Schema) -> None:
    tracking = schema.tracking()
    schema.administer(f"REVOKE {RIGHTS} ON {schema.name}.* FROM {schema.user}@'127.0.0.1'")
    schema.administer(f"GRANT SELECT ON {schema.name}.* TO {schema.user}@'127.0.0.1'")
    with pytest.raises(StoreConfigurationError, match="1142 at make_row: a right is missing"):
        tracking.begin(schema.program)
    schema.administer("DROP TABLE ETL_SLICES")
    with pytest.raises(StoreConfigurationError, match="ETL_SLICES missing, and can't be"):
        create_tables(schema.database())
    schema.administer(f"GRANT INSERT, UPDATE ON {schema.name}.* TO {schema.user}@'127.0.0.1'")
    with pytest.raises(StoreConfigurationError, match=r"1146 .* run init_mariadb_tables\.sql"):
        tracking.begin(schema.program)


def test_keys_that_differ_in_case_and_keys_of_any_length_are_different_rows(
    schema: Schema,
) -> None:
    tracking = schema.tracking()
    tracking.begin(schema.program)
    keys = ["a", "A", "é", "e", "שלום", "x" * 200, "x" * 201, "x" * 202]
    tracking.set_aside([SetAside(key, EXACT, "too large " * 100, 3) for key in keys])
    rows = schema.administer("SELECT ROW_KEY, REASON FROM ETL_SET_ASIDE")
    assert len(rows) == len(keys)
    assert {len(row["REASON"]) for row in rows} == {500}
    assert {len(row["ROW_KEY"]) for row in rows} == {1, 4, 200}


def test_tables_of_another_character_set_than_ours_do(schema: Schema) -> None:
    schema.administer("ALTER TABLE ETL_PRMREC CONVERT TO CHARACTER SET latin1")
    schema.administer("ALTER TABLE ETL_SLICES CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
    tracking = schema.tracking()
    tracking.begin(schema.program)
    assert tracking.save(REACHED, [tally(0, 1)], forget=LONG_AGO)
    assert schema.exact() == EXACT
