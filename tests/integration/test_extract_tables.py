"""Which tables are extracted, what their files are called, and what happens where one fails."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from oracle_cdc.errors import ConfigurationError, SettingsError
from tests.integration.extractions import Schema, Watched, serve_schema

ODD_NAMES = [
    "small", "SMALL", "a/b", "../up", "..", ".", "CON", "trailing.", "שולחן", "x" * 128,
    "X" * 128, "y" * 127 + "z", "=1+1", "two\nlines", "A_schema", "שולחנ", "%41", "~",
    "a\\b", "nul.",
]  # fmt: skip


@pytest.fixture
def schema(tmp_path: Path) -> Iterator[Schema]:
    with serve_schema(tmp_path / "samples") as schema:
        yield schema


def test_all_tables_of_the_user_are_extracted_and_no_view(schema: Schema) -> None:
    for name in ("ONE", "TWO"):
        schema.run(f"CREATE TABLE app.{name} (ID NUMBER)")
    schema.run("CREATE VIEW app.THREE AS SELECT ID FROM app.ONE")
    schema.run("CREATE TABLE hr.FOUR (ID NUMBER)")
    assert set(schema.extract()) == {"ONE", "TWO"}


def test_a_schema_without_tables_is_an_error_that_says_what_to_do(schema: Schema) -> None:
    with pytest.raises(ConfigurationError, match="--list-tables"):
        schema.extract()
    assert not schema.folder.exists()


def test_tables_of_another_schema_have_its_name_in_front(schema: Schema) -> None:
    schema.run("CREATE TABLE hr.JOBS (ID NUMBER)")
    schema.run("CREATE TABLE app.JOBS (ID NUMBER)")
    schema.run("GRANT SELECT ON hr.JOBS TO app")
    schema.extract(tables="jobs, hr.jobs")
    assert {"JOBS_schema.json", "HR-JOBS_schema.json"} <= schema.names()


def test_a_view_and_a_synonym_are_extracted_by_name(schema: Schema) -> None:
    schema.run("CREATE TABLE hr.JOBS (ID NUMBER)")
    schema.run("INSERT INTO hr.JOBS VALUES (7)")
    schema.run("GRANT SELECT ON hr.JOBS TO app")
    schema.run("CREATE SYNONYM app.WORK FOR hr.JOBS")
    schema.run("CREATE TABLE app.ONE (ID NUMBER)")
    schema.run("CREATE VIEW app.SEEN AS SELECT ID, 1 AS N FROM app.ONE")
    outcomes = schema.extract(tables="work, seen, hr.jobs")
    assert schema.column(outcomes["JOBS"], "ID") == ["7"]
    assert len(schema.written("manifest.json")["tables"]) == 2
    assert schema.rows(outcomes["SEEN"]) == [["ID", "N"]]


def test_no_name_of_a_table_leaves_the_folder_or_meets_another(schema: Schema) -> None:
    for number, name in enumerate(ODD_NAMES):
        schema.run(f'CREATE TABLE app."{name}" (ID NUMBER)')
        schema.run(f'INSERT INTO app."{name}" VALUES ({number})')
    outcomes = schema.extract()
    assert list(schema.folder.parent.iterdir()) == [schema.folder]
    assert all(path.is_file() for path in schema.folder.iterdir())
    assert len({name.lower() for name in schema.names()}) == 3 * len(ODD_NAMES) + 3
    for number, name in enumerate(ODD_NAMES):
        assert schema.column(outcomes[name], "ID") == [str(number)]
    longest = max(len(name.encode()) for name in schema.names())
    assert longest < 240


def test_columns_with_odd_names_are_read(schema: Schema) -> None:
    schema.run('CREATE TABLE app.ONE ("a b" NUMBER, "=x" NUMBER, "שם" NUMBER, "select" NUMBER)')
    schema.run("INSERT INTO app.ONE VALUES (1, 2, 3, 4)")
    outcome = schema.extract()["ONE"]
    assert schema.rows(outcome) == [["a b", "'=x", "שם", "select"], ["1", "2", "3", "4"]]
    assert schema.json(outcome) == [{"a b": "1", "=x": "2", "שם": "3", "select": "4"}]


def test_an_empty_table_has_a_header_and_an_empty_list(schema: Schema) -> None:
    schema.run("CREATE TABLE app.ONE (ID NUMBER, NAME VARCHAR2(10))")
    outcome = schema.extract()["ONE"]
    assert schema.rows(outcome) == [["ID", "NAME"]]
    assert schema.json(outcome) == []


def test_the_row_limit_holds_and_none_brings_all(schema: Schema) -> None:
    schema.run("CREATE TABLE app.ONE (ID NUMBER)")
    schema.run("INSERT INTO app.ONE SELECT LEVEL FROM DUAL CONNECT BY LEVEL <= 2500")
    assert len(schema.column(schema.extract()["ONE"], "ID")) == 1000
    assert len(schema.column(schema.extract(rows=7)["ONE"], "ID")) == 7
    everything = schema.column(schema.extract(rows=0)["ONE"], "ID")
    assert sorted(map(int, everything)) == list(range(1, 2501))


def test_the_json_file_has_the_first_hundred_rows(schema: Schema) -> None:
    schema.run("CREATE TABLE app.ONE (ID NUMBER)")
    schema.run("INSERT INTO app.ONE SELECT LEVEL FROM DUAL CONNECT BY LEVEL <= 150")
    outcome = schema.extract()["ONE"]
    assert [row["ID"] for row in schema.json(outcome)] == schema.column(outcome, "ID")[:100]
    alone = schema.extract(formats=("json",), rows=0)["ONE"]
    assert len(schema.json(alone)) == 100
    assert schema.written("manifest.json")["tables"][0]["rows"] == 100


def test_the_newest_rows_come_by_an_indexed_time_that_is_never_null(schema: Schema) -> None:
    schema.run("CREATE TABLE app.ONE (ID NUMBER PRIMARY KEY, MADE DATE NOT NULL)")
    schema.run("CREATE INDEX app.ONE_MADE ON app.ONE (MADE)")
    schema.run(
        "INSERT INTO app.ONE SELECT LEVEL, DATE '2024-01-01' - LEVEL "
        "FROM DUAL CONNECT BY LEVEL <= 50"
    )
    outcome = schema.extract(rows=2, is_newest=True)["ONE"]
    assert schema.column(outcome, "ID") == ["1", "2"]
    assert schema.written("manifest.json")["tables"][0]["order"] == "newest first by MADE"


def test_the_newest_rows_come_by_the_primary_key_where_no_time_is_indexed(schema: Schema) -> None:
    schema.run("CREATE TABLE app.ONE (ID NUMBER PRIMARY KEY, MADE DATE)")
    schema.run("CREATE TABLE app.TWO (ID NUMBER)")
    schema.run("INSERT INTO app.ONE (ID) SELECT LEVEL FROM DUAL CONNECT BY LEVEL <= 50")
    outcome = schema.extract(rows=2, is_newest=True)["ONE"]
    assert schema.column(outcome, "ID") == ["50", "49"]
    orders = [table["order"] for table in schema.written("manifest.json")["tables"]]
    assert orders[0] == "newest first by ID"
    assert orders[1].startswith("any: no index")


def test_a_time_that_can_be_null_orders_nothing(schema: Schema) -> None:
    schema.run("CREATE TABLE app.ONE (ID NUMBER PRIMARY KEY, MADE DATE)")
    schema.run("CREATE INDEX app.ONE_MADE ON app.ONE (MADE)")
    schema.extract(is_newest=True)
    assert schema.written("manifest.json")["tables"][0]["order"] == "newest first by ID"


def test_a_condition_chooses_rows(schema: Schema) -> None:
    schema.run("CREATE TABLE app.ONE (ID NUMBER PRIMARY KEY, NAME VARCHAR2(10))")
    schema.run("INSERT INTO app.ONE SELECT LEVEL, 'n' || LEVEL FROM DUAL CONNECT BY LEVEL <= 20")
    chosen = {"condition": "NAME = 'n3' OR ID IN (5, 6)", "rows": 2, "is_newest": True}
    assert schema.column(schema.extract(**chosen)["ONE"], "ID") == ["6", "5"]
    text = (schema.folder / "manifest.json").read_text(encoding="utf-8")
    assert '"filtered": true' in text
    assert "n3" not in text


def test_a_table_that_is_dropped_meanwhile_stops_no_other(schema: Schema) -> None:
    for name in ("A", "B", "C"):
        schema.run(f"CREATE TABLE app.{name} (ID NUMBER)")
        schema.run(f"INSERT INTO app.{name} VALUES (1)")

    class Dropping(Watched):
        def advance(self, count: int) -> None:
            if not self.advanced:
                schema.run("DROP TABLE app.B")
            super().advance(count)

    outcomes = schema.extract(Dropping())
    assert "ORA-00942" in str(outcomes["B"].error)
    assert schema.column(outcomes["C"], "ID") == ["1"]
    manifest = schema.written("manifest.json")
    assert [table["error"] is None for table in manifest["tables"]] == [True, False, True]
    assert manifest["complete"]


def test_a_table_without_a_right_is_named_with_what_to_do(schema: Schema) -> None:
    schema.run("CREATE TABLE hr.SECRET (ID NUMBER)")
    schema.run("CREATE TABLE app.A (ID NUMBER)")
    outcomes = schema.extract(tables="hr.secret, nothing, a")
    assert "--list-tables" in str(outcomes["SECRET"].error)
    assert "--list-tables" in str(outcomes["NOTHING"].error)
    assert outcomes["A"].error is None


def test_what_can_not_be_written_is_left_out_with_the_reason(schema: Schema) -> None:
    schema.run(
        "CREATE VIEW app.ONE AS SELECT COLUMN_ID AS ID, DATA_DEFAULT AS OLD "
        "FROM ALL_TAB_COLUMNS WHERE TABLE_NAME = 'ONE' AND COLUMN_ID = 1"
    )
    outcome = schema.extract(tables="one")["ONE"]
    assert schema.rows(outcome) == [["ID"], ["1"]]
    (left_out,) = schema.written("manifest.json")["tables"][0]["leftOutColumns"]
    assert left_out["column"] == "OLD"
    assert "LONG" in left_out["reason"]
    assert schema.written("ONE_schema.json")["columns"][1]["leftOut"] == left_out["reason"]


def test_a_time_that_no_driver_brings_costs_its_table_only(schema: Schema) -> None:
    schema.run("CREATE TABLE app.OLD (DAY DATE)")
    schema.run(
        "INSERT INTO app.OLD SELECT DBMS_STATS.CONVERT_RAW_TO_DATE(HEXTORAW('01010101010101')) "
        "FROM DUAL"
    )
    schema.run("CREATE TABLE app.YOUNG (DAY DATE)")
    outcomes = schema.extract()
    assert outcomes["OLD"].error is not None
    assert outcomes["YOUNG"].error is None
    assert not [name for name in schema.names() if name.startswith("OLD_sample")]


def test_an_interrupted_run_leaves_whole_files_only(schema: Schema) -> None:
    for name in ("A", "B", "C"):
        schema.run(f"CREATE TABLE app.{name} (ID NUMBER)")
        schema.run(f"INSERT INTO app.{name} SELECT LEVEL FROM DUAL CONNECT BY LEVEL <= 2500")

    class Interrupting(Watched):
        def advance(self, count: int) -> None:
            super().advance(count)
            if len(self.advanced) == 5:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        schema.extract(Interrupting(), rows=0)
    assert not [name for name in schema.names() if name.endswith(".part")]
    manifest = schema.written("manifest.json")
    assert not manifest["complete"]
    assert [table["name"] for table in manifest["tables"]] == ["A"]
    assert {file["name"] for file in manifest["files"]} < schema.names()
    assert not [name for name in schema.names() if name.startswith(("B_sample", "C_"))]


def test_the_manifest_has_the_sum_of_every_file(schema: Schema) -> None:
    schema.run("CREATE TABLE app.ONE (ID NUMBER)")
    schema.extract()
    files = schema.written("manifest.json")["files"]
    assert {file["name"] for file in files} == schema.names() - {"manifest.json"}
    for file in files:
        data = (schema.folder / file["name"]).read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (file["sha256"], file["bytes"])


def test_nobody_else_may_read_the_files(schema: Schema) -> None:
    schema.run("CREATE TABLE app.ONE (ID NUMBER)")
    schema.extract()
    assert {path.stat().st_mode & 0o077 for path in schema.folder.iterdir()} == {0}


def test_what_a_killed_run_left_and_links_are_never_written_through(
    schema: Schema, tmp_path: Path
) -> None:
    schema.run("CREATE TABLE app.ONE (ID NUMBER)")
    schema.folder.mkdir()
    other = tmp_path / "other"
    other.write_text("mine", encoding="utf-8")
    for name in ("ONE_schema.json.part", "manifest.json"):
        (schema.folder / name).symlink_to(other)
    assert schema.extract()["ONE"].error is None
    assert other.read_text(encoding="utf-8") == "mine"
    assert schema.written("manifest.json")["complete"]


def test_a_folder_that_can_not_be_made_is_an_error_of_usage(schema: Schema, tmp_path: Path) -> None:
    schema.run("CREATE TABLE app.ONE (ID NUMBER)")
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="--out"):
        schema.extract(directory=tmp_path / "file" / "below")


def test_only_queries_are_run(schema: Schema) -> None:
    schema.run("CREATE TABLE app.ONE (ID NUMBER, LARGE CLOB)")
    before = dict(schema.run("SELECT NAME, VALUE FROM V$ORALITE_STATS"))
    schema.extract(is_newest=True, condition="ID > 1", redacted="LARGE")
    after = dict(schema.run("SELECT NAME, VALUE FROM V$ORALITE_STATS"))
    assert after["executes_query"] > before["executes_query"] + 5
    for kind in ("executes_dml", "executes_block", "executes_other", "rows_changed"):
        assert after[kind] == before[kind], kind
