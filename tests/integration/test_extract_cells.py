"""What is not written as it is: formulas, padding, cut texts, odd bytes, redacted values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from oracle_cdc.errors import SettingsError
from oracle_cdc.extraction.dictionary import dictionary_statements, list_tables, read_table
from oracle_cdc.oracle.database import Database
from tests.integration.extractions import Schema, serve_schema

CANARY = "canary-4711"


@pytest.fixture
def schema(tmp_path: Path) -> Iterator[Schema]:
    with serve_schema(tmp_path / "samples") as schema:
        yield schema


def counts(schema: Schema, what: str) -> dict[str, int]:
    found: dict[str, int] = schema.written("manifest.json")["tables"][0][what]
    return found


def test_formulas_are_guarded_in_csv_and_counted(schema: Schema) -> None:
    schema.run("CREATE TABLE app.ONE (ID NUMBER, NAME VARCHAR2(50), NOTE CLOB)")
    texts = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "a=1", "-5", "+1.5"]
    for number, text in enumerate(texts):
        schema.run("INSERT INTO app.ONE VALUES (:1, :2, :2)", **{"1": -number, "2": text})
    outcome = schema.extract()["ONE"]
    guarded = ["'" + text for text in texts[:6]] + texts[6:]
    assert schema.column(outcome, "NAME") == schema.column(outcome, "NOTE") == guarded
    assert schema.column(outcome, "ID")[1] == "-1"
    assert [row["NAME"] for row in schema.json(outcome)] == texts
    assert counts(schema, "guardedCells") == {"NAME": 6, "NOTE": 6}
    kept = schema.extract(keeps_formulas=True)["ONE"]
    assert schema.column(kept, "NAME") == texts
    assert counts(schema, "guardedCells") == {}


def test_a_negative_interval_is_guarded_and_a_positive_one_has_no_sign(schema: Schema) -> None:
    schema.run("CREATE TABLE app.ONE (SPAN INTERVAL DAY TO SECOND)")
    for seconds in (1.5, -1.5):
        schema.run("INSERT INTO app.ONE VALUES (NUMTODSINTERVAL(:1, 'SECOND'))", **{"1": seconds})
    outcome = schema.extract()["ONE"]
    cells = ["00 00:00:01.500000", "-00 00:00:01.500000"]
    assert schema.column(outcome, "SPAN") == [cells[0], "'" + cells[1]]
    assert [row["SPAN"] for row in schema.json(outcome)] == cells
    assert counts(schema, "guardedCells") == {"SPAN": 1}


def test_blanks_that_fill_up_are_left_out_unless_asked_for(schema: Schema) -> None:
    schema.run("CREATE TABLE app.ONE (A CHAR(5), B CHAR(3))")
    schema.run("INSERT INTO app.ONE VALUES (' x', ' ')")
    assert schema.rows(schema.extract()["ONE"])[1] == [" x", " "]
    words = schema.written("ONE_schema.json")["columns"][0]["writtenAs"]
    assert "without the blanks" in words
    assert schema.rows(schema.extract(keeps_padding=True)["ONE"])[1] == [" x   ", "   "]


def test_a_large_text_is_cut_where_the_limit_says_and_counted(schema: Schema) -> None:
    schema.run("CREATE TABLE app.ONE (ID NUMBER, LARGE CLOB, BYTES BLOB)")
    texts = ["x" * 10, "x" * 11, "😀" * 5, "a" + "😀" * 5]
    for number, text in enumerate(texts):
        schema.run(
            "INSERT INTO app.ONE VALUES (:1, :large, HEXTORAW(:3))",
            **{"1": number, "large": text, "3": "AB" * (5 + number % 2)},
        )
    outcome = schema.extract(max_lob=10)["ONE"]
    assert schema.column(outcome, "LARGE") == ["x" * 10, "x" * 10, "😀" * 5, "a" + "😀" * 4]
    assert schema.column(outcome, "BYTES") == ["AB" * 5] * 4
    assert counts(schema, "cutCells") == {"LARGE": 2, "BYTES": 2}
    assert "cut after 10" in schema.written("ONE_schema.json")["columns"][1]["writtenAs"]


def test_a_cell_holds_as_much_as_excel_takes_by_default(schema: Schema) -> None:
    schema.run("CREATE TABLE app.ONE (LARGE CLOB)")
    for length in (32_767, 32_768, 100_000):
        schema.run("INSERT INTO app.ONE VALUES (:large)", large="ש" * length)
    cells = schema.column(schema.extract()["ONE"], "LARGE")
    assert cells == ["ש" * 32_767] * 3
    assert counts(schema, "cutCells") == {"LARGE": 2}


def test_an_empty_text_is_no_null_in_json(schema: Schema) -> None:
    schema.run("CREATE TABLE app.ONE (ID NUMBER, LARGE CLOB, BYTES BLOB)")
    schema.run("INSERT INTO app.ONE VALUES (1, EMPTY_CLOB(), EMPTY_BLOB())")
    schema.run("INSERT INTO app.ONE VALUES (2, NULL, NULL)")
    outcome = schema.extract()["ONE"]
    found = [(row["LARGE"], row["BYTES"]) for row in schema.json(outcome)]
    assert found == [("", ""), (None, None)]
    assert counts(schema, "cutCells") == {}


def test_bytes_that_are_no_text_are_replaced_and_counted(schema: Schema) -> None:
    schema.run("CREATE TABLE app.ONE (NAME VARCHAR2(20))")
    schema.run("INSERT INTO app.ONE VALUES (UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW('41FF42')))")
    schema.run("INSERT INTO app.ONE VALUES ('good')")
    outcome = schema.extract()["ONE"]
    assert schema.column(outcome, "NAME") == ["A\ufffdB", "good"]
    assert [row["NAME"] for row in schema.json(outcome)] == ["A\ufffdB", "good"]
    assert counts(schema, "undecodableCells") == {"NAME": 1}


def test_a_comment_that_is_no_text_hides_no_table(schema: Schema) -> None:
    # The stand-in takes comments as text only, so that the statement makes a bad one.
    statements = dictionary_statements()
    texts = dict(statements.texts)
    for name in ("list_tables", "find_table", "read_column_comments"):
        bad = "UTL_RAW.CAST_TO_VARCHAR2(HEXTORAW('41FF42')) AS COMMENTS"
        texts[name] = texts[name].replace("c.COMMENTS\n", f"{bad}\n", 1)
    schema.run("CREATE TABLE app.ONE (ID NUMBER DEFAULT 7)")
    schema.run("COMMENT ON COLUMN app.ONE.ID IS 'good'")
    database = Database(schema.settings(), replace(statements, texts=texts), sessions=1)
    with database.session() as session:
        (listed,) = list_tables(session)
        table = read_table(session, listed.name)
    database.close()
    assert (listed.comment, table.columns[0].comment) == ("A\ufffdB", "A\ufffdB")
    assert table.columns[0].default == "7"


@pytest.mark.parametrize("delimiter", [";", "|", "\t"])
def test_another_delimiter_separates_cells(schema: Schema, delimiter: str) -> None:
    schema.run("CREATE TABLE app.ONE (A VARCHAR2(20), B VARCHAR2(20))")
    schema.run("INSERT INTO app.ONE VALUES (:1, 'x,y')", **{"1": f"a{delimiter}b"})
    outcome = schema.extract(delimiter=delimiter, has_bom=False)["ONE"]
    data = schema.file(outcome, "csv").read_bytes().decode()
    assert data == f'A{delimiter}B\r\n"a{delimiter}b"{delimiter}x,y\r\n'


def fill_people(schema: Schema) -> None:
    schema.run(
        "CREATE TABLE app.PEOPLE (ID NUMBER PRIMARY KEY, "
        f"NAME VARCHAR2(50) DEFAULT '{CANARY}', CODE CHAR(30), NOTE CLOB)"
    )
    schema.run("CREATE TABLE app.ORDERS (NAME VARCHAR2(50), PERSON NUMBER)")
    for number in (4711, 4712):
        schema.run(
            "INSERT INTO app.PEOPLE VALUES (:1, :2, :2, :3)",
            **{"1": number, "2": f"canary-{number}", "3": CANARY * 10},
        )
    schema.run("INSERT INTO app.ORDERS VALUES (:1, 4711)", **{"1": CANARY})
    schema.run("INSERT INTO app.ORDERS VALUES (NULL, NULL)")


def test_a_redacted_value_is_in_no_file(schema: Schema) -> None:
    fill_people(schema)
    outcomes = schema.extract(redacted="name, code, people.id, person, app.people.note")
    for path in schema.folder.iterdir():
        data = path.read_bytes()
        assert b"canary" not in data, path.name
        assert b"4711" not in data or path.name.endswith("manifest.json"), path.name
    assert outcomes["PEOPLE"].redacted == ["CODE", "ID", "NAME", "NOTE"]
    assert outcomes["ORDERS"].redacted == ["NAME", "PERSON"]


def test_tokens_keep_joins_within_a_run_and_change_with_the_next(schema: Schema) -> None:
    fill_people(schema)
    options = {"redacted": "name, code, id, person"}
    outcomes = schema.extract(**options)
    ids, names = (schema.column(outcomes["PEOPLE"], name) for name in ("ID", "NAME"))
    assert schema.rows(outcomes["ORDERS"])[1:] == [[names[0], ids[0]], ["", ""]]
    assert len({*ids, *names}) == 4
    assert schema.column(outcomes["PEOPLE"], "CODE") == names
    assert schema.json(outcomes["ORDERS"])[1] == {"NAME": None, "PERSON": None}
    again = schema.extract(**options)
    assert not set(schema.column(again["PEOPLE"], "ID")) & set(ids)


def test_a_name_without_quotes_redacts_a_column_with_small_letters_too(schema: Schema) -> None:
    schema.run('CREATE TABLE app."People" ("Name" VARCHAR2(50))')
    schema.run("CREATE TABLE app.OTHERS (NAME VARCHAR2(50))")
    schema.run('INSERT INTO app."People" VALUES (:1)', **{"1": CANARY})
    assert schema.extract(redacted="name")["People"].redacted == ["Name"]
    assert schema.extract(redacted="people.name")["People"].redacted == ["Name"]
    for path in schema.folder.iterdir():
        assert CANARY.encode() not in path.read_bytes(), path.name


@pytest.mark.parametrize("wanted", ["NMAE", "ORDERS.ID", "hr.people.id", '"name"'])
def test_an_unknown_redacted_column_ends_it_before_anything_is_written(
    schema: Schema, wanted: str
) -> None:
    fill_people(schema)
    with pytest.raises(SettingsError, match="--redact"):
        schema.extract(redacted=wanted)
    assert not schema.folder.exists()


def test_a_misspelt_table_is_named_beside_the_column_that_is_missing_then(schema: Schema) -> None:
    fill_people(schema)
    with pytest.raises(SettingsError, match=r"has a column NAME; .*PEOPEL: no table or view"):
        schema.extract(tables="PEOPEL", redacted="NAME")
