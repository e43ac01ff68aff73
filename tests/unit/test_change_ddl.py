"""What writes the changes of a table down, as text that a DBA reads."""

from __future__ import annotations

import pytest

from oracle_cdc.changes.capture.choosing import OWN_COLUMNS
from oracle_cdc.changes.capture.ddl import (
    LONGEST_TRIGGER,
    add_columns,
    create_log,
    create_triggers,
    grant,
)
from oracle_cdc.changes.capture.install_statements import Installation
from oracle_cdc.changes.capture.model import Column, Place, SourceTable
from oracle_cdc.changes.capture.naming import name_log, name_trigger
from oracle_cdc.changes.capture.script import print_install, print_uninstall
from oracle_cdc.changes.capture.widening import find_widest
from oracle_cdc.errors import SettingsError
from tests.unit.changetables import USERS, captured, table

INSTALLATION = """SET DEFINE OFF
ALTER SESSION SET DDL_LOCK_TIMEOUT = 5;

-- 1. As CDC, or as a DBA
CREATE TABLE "CDC"."CDC_C_USERS" (
  CDC_CHANGE_ID NUMBER NOT NULL, CDC_OP CHAR(1) NOT NULL, CDC_CHANGED_AT TIMESTAMP(6) NOT NULL,
    CDC_TX VARCHAR2(64), "ID" NUMBER, "NAME" VARCHAR2(4000), "UPDATED_AT" TIMESTAMP(9));
CREATE INDEX "CDC"."CDC_C_USERS_IX" ON "CDC"."CDC_C_USERS" (CDC_CHANGE_ID, CDC_OP);
GRANT INSERT ON "CDC"."CDC_C_USERS" TO "COREDB";
GRANT SELECT ON "CDC"."CDC_CHANGE_SEQ" TO "COREDB";
MERGE INTO "CDC".CDC_CHANGE_TABLES t
USING (SELECT 'users' AS TABLE_NAME FROM DUAL) n
ON (t.TABLE_NAME = n.TABLE_NAME)
WHEN MATCHED THEN UPDATE SET
  t.SOURCE_OWNER = 'COREDB',
  t.SOURCE_TABLE = 'USERS',
  t.CHANGE_TABLE = 'CDC_C_USERS',
  t.KEYS = '["ID"]',
  t.ALL_COLUMNS = 1,
  t.LOBS = 0,
  t.LAST_UPDATED = SYS_EXTRACT_UTC(SYSTIMESTAMP)
WHEN NOT MATCHED THEN INSERT (
    TABLE_NAME, INSTALLED_AT, SOURCE_OWNER, SOURCE_TABLE, CHANGE_TABLE, KEYS, ALL_COLUMNS, LOBS,
    LAST_UPDATED)
VALUES (
    n.TABLE_NAME, SYS_EXTRACT_UTC(SYSTIMESTAMP), 'COREDB', 'USERS', 'CDC_C_USERS', '["ID"]', 1, 0,
    SYS_EXTRACT_UTC(SYSTIMESTAMP));
COMMIT;

-- 2. As COREDB, who needs CREATE TRIGGER, or as a DBA
CREATE OR REPLACE TRIGGER "COREDB"."CDC_USERS_I"
AFTER INSERT ON "COREDB"."USERS" FOR EACH ROW
BEGIN
  INSERT INTO "CDC"."CDC_C_USERS" (
    CDC_CHANGE_ID, CDC_OP, CDC_CHANGED_AT, CDC_TX, "ID", "NAME", "UPDATED_AT")
  VALUES (
    "CDC"."CDC_CHANGE_SEQ".NEXTVAL, 'I', SYS_EXTRACT_UTC(SYSTIMESTAMP),
    DBMS_TRANSACTION.LOCAL_TRANSACTION_ID, :NEW."ID", :NEW."NAME", :NEW."UPDATED_AT");
END;
/
CREATE OR REPLACE TRIGGER "COREDB"."CDC_USERS_U"
AFTER UPDATE ON "COREDB"."USERS" FOR EACH ROW
BEGIN
  INSERT INTO "CDC"."CDC_C_USERS" (
    CDC_CHANGE_ID, CDC_OP, CDC_CHANGED_AT, CDC_TX, "ID", "NAME", "UPDATED_AT")
  VALUES (
    "CDC"."CDC_CHANGE_SEQ".NEXTVAL, 'B', SYS_EXTRACT_UTC(SYSTIMESTAMP),
    DBMS_TRANSACTION.LOCAL_TRANSACTION_ID, :OLD."ID", :OLD."NAME", :OLD."UPDATED_AT");
  INSERT INTO "CDC"."CDC_C_USERS" (
    CDC_CHANGE_ID, CDC_OP, CDC_CHANGED_AT, CDC_TX, "ID", "NAME", "UPDATED_AT")
  VALUES (
    "CDC"."CDC_CHANGE_SEQ".CURRVAL, 'U', SYS_EXTRACT_UTC(SYSTIMESTAMP),
    DBMS_TRANSACTION.LOCAL_TRANSACTION_ID, :NEW."ID", :NEW."NAME", :NEW."UPDATED_AT");
END;
/
CREATE OR REPLACE TRIGGER "COREDB"."CDC_USERS_D"
AFTER DELETE ON "COREDB"."USERS" FOR EACH ROW
BEGIN
  INSERT INTO "CDC"."CDC_C_USERS" (
    CDC_CHANGE_ID, CDC_OP, CDC_CHANGED_AT, CDC_TX, "ID", "NAME", "UPDATED_AT")
  VALUES (
    "CDC"."CDC_CHANGE_SEQ".NEXTVAL, 'D', SYS_EXTRACT_UTC(SYSTIMESTAMP),
    DBMS_TRANSACTION.LOCAL_TRANSACTION_ID, :OLD."ID", :OLD."NAME", :OLD."UPDATED_AT");
END;
/

-- 3. As COREDB, or as a DBA: what does not compile goes, it stops the application (ORA-04098)
SELECT NAME, LINE, TEXT FROM ALL_ERRORS
WHERE OWNER = 'COREDB' AND TYPE = 'TRIGGER'
  AND NAME IN ('CDC_USERS_I', 'CDC_USERS_U', 'CDC_USERS_D');
BEGIN
  FOR broken IN (
    SELECT DISTINCT NAME FROM ALL_ERRORS
    WHERE OWNER = 'COREDB' AND TYPE = 'TRIGGER' AND ATTRIBUTE = 'ERROR'
      AND NAME IN ('CDC_USERS_I', 'CDC_USERS_U', 'CDC_USERS_D')
  ) LOOP
    EXECUTE IMMEDIATE 'DROP TRIGGER "COREDB"."' || broken.NAME || '"';
  END LOOP;
END;
/
SELECT COUNT(*) AS SHOULD_BE_3 FROM ALL_TRIGGERS
WHERE OWNER = 'COREDB' AND STATUS = 'ENABLED'
  AND TRIGGER_NAME IN ('CDC_USERS_I', 'CDC_USERS_U', 'CDC_USERS_D');
"""


def test_the_installation_is_this_script() -> None:
    assert print_install(Installation("users", captured())) == INSTALLATION


def test_a_second_run_only_adds_what_is_missing() -> None:
    known = [Column(name, "NUMBER") for name in (*OWN_COLUMNS, "ID")]
    again = Installation("users", captured(), logged=known, has_index=True)
    script = print_install(again)
    assert 'ADD (\n  "NAME" VARCHAR2(4000), "UPDATED_AT" TIMESTAMP(9));' in script
    assert script.index(" ADD (") < script.index("FOR EACH ROW")
    assert "CREATE TABLE" not in script
    assert "CREATE INDEX" not in script
    assert script.count("FOR EACH ROW") == 3


def test_a_change_table_that_can_t_take_the_values_is_refused() -> None:
    known = [Column(name, "NUMBER") for name in (*OWN_COLUMNS, "ID", "NAME")]
    again = Installation("users", captured(), logged=known)
    with pytest.raises(SettingsError, match="column NAME needs VARCHAR2"):
        list(again.own_statements())
    foreign = Installation("users", captured(), logged=known[1:])
    with pytest.raises(SettingsError, match="that is no change table"):
        list(foreign.own_statements())


def test_a_table_of_the_service_itself_needs_no_rights() -> None:
    own = captured(SourceTable(Place("CDC", "USERS"), USERS.columns, USERS.keys))
    assert list(grant(own)) == []
    assert len(list(grant(captured()))) == 2


def test_the_triggers_go_before_the_table_that_they_write_into() -> None:
    script = print_uninstall("users", USERS.place, captured().log)
    statements = ("DROP TRIGGER", "SELECT COUNT(*)", 'DROP TABLE "CDC"."CDC_C_USERS" PURGE;')
    places = [script.rindex(statement) for statement in statements]
    assert places == sorted(places)
    assert script.count("DROP TRIGGER") == 3
    assert "what part 3 loses" in script


def test_large_objects_are_written_of_new_images_only() -> None:
    texts = list(create_triggers(captured(lobs=True)))
    assert [text.count('"NOTES"') for text in texts] == [2, 2, 0]
    assert not [text for text in texts if ':OLD."NOTES"' in text]
    assert '"NOTES" CLOB' in create_log(captured(lobs=True))


def test_no_line_is_longer_than_sqlplus_reads() -> None:
    many = table(*(Column(f"COLUMN_{number:03}_{'X' * 100}", "NUMBER") for number in range(60)))
    for line in print_install(Installation("t", captured(many))).splitlines():
        assert len(line) < 250


def test_a_trigger_that_is_too_long_for_oracle_is_refused() -> None:
    many = table(*(Column(f"COLUMN_{number:03}_{'X' * 100}", "NUMBER") for number in range(400)))
    with pytest.raises(SettingsError, match=f"allowed: {LONGEST_TRIGGER}"):
        list(create_triggers(captured(many)))


def test_a_change_table_gets_columns_without_losing_rows() -> None:
    added = add_columns(captured(), [Column("STATUS", "VARCHAR2", 10), Column("N", "FLOAT")])
    assert added == (
        'ALTER TABLE "CDC"."CDC_C_USERS" ADD (\n  "STATUS" VARCHAR2(4000), "N" NUMBER)'
    )


@pytest.mark.parametrize(
    ("column", "widest"),
    [
        (Column("C", "NUMBER"), "NUMBER"),
        (Column("C", "FLOAT"), "NUMBER"),
        (Column("C", "BINARY_DOUBLE"), "BINARY_DOUBLE"),
        (Column("C", "VARCHAR2", 10), "VARCHAR2(4000)"),
        (Column("C", "VARCHAR2", 4001), "VARCHAR2(32767)"),
        (Column("C", "CHAR", 10), "VARCHAR2(4000)"),
        (Column("C", "NCHAR", 10), "NVARCHAR2(2000)"),
        (Column("C", "NVARCHAR2", 2001), "NVARCHAR2(16383)"),
        (Column("C", "RAW", 16), "RAW(2000)"),
        (Column("C", "RAW", 2001), "RAW(32767)"),
        (Column("C", "DATE"), "DATE"),
        (Column("C", "TIMESTAMP(6)"), "TIMESTAMP(9)"),
        (Column("C", "TIMESTAMP(3) WITH TIME ZONE"), "TIMESTAMP(9) WITH TIME ZONE"),
        (Column("C", "TIMESTAMP(6) WITH LOCAL TIME ZONE"), "TIMESTAMP(9) WITH LOCAL TIME ZONE"),
        (Column("C", "INTERVAL DAY(2) TO SECOND(6)"), "INTERVAL DAY(9) TO SECOND(9)"),
        (Column("C", "INTERVAL YEAR(2) TO MONTH"), "INTERVAL YEAR(9) TO MONTH"),
        (Column("C", "ROWID"), "ROWID"),
        (Column("C", "NCLOB"), "NCLOB"),
        (Column("C", "LONG"), None),
        (Column("C", "BFILE"), None),
        (Column("C", "NUMBER", 0, "SOMEBODY"), None),
    ],
)
def test_a_change_table_has_the_widest_form_of_each_type(
    column: Column, widest: str | None
) -> None:
    assert find_widest(column) == widest


LONG = Place("COREDB", "A_TABLE_WITH_A_NAME_OF_39_CHARACTERS_XXX")


def test_names_fit_into_every_oracle_and_stay_apart() -> None:
    alike = Place("COREDB", LONG.name[:-1] + "Y")
    names = [
        name
        for place in (LONG, alike)
        for name in (f"{name_log(place)}_IX", name_trigger(place, "UPDATE").name)
    ]
    assert len(set(names)) == 4
    assert max(map(len, names)) <= 30


def test_tables_of_one_name_in_two_schemas_have_change_tables_of_their_own() -> None:
    first, second = Place("COREDB", "USERS"), Place("OTHER", "USERS")
    taken = [name_log(first)]
    assert name_log(second, taken) not in taken
    assert name_trigger(first, "INSERT").name == name_trigger(second, "INSERT").name
