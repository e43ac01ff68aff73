"""Each value of a sample is what an independent read brings, in CSV and in JSON."""

from __future__ import annotations

import base64
import math
import random
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from oracle_cdc.extraction.cells import Redaction, make_cells
from oracle_cdc.extraction.dictionary import dictionary_statements, read_table
from oracle_cdc.extraction.model import Options
from oracle_cdc.extraction.names import TableName
from oracle_cdc.extraction.report import Outcome
from oracle_cdc.extraction.sample import Target, write_sample
from oracle_cdc.extraction.selection import select_table
from oracle_cdc.oracle.database import Database
from tests.integration.extractions import OWNER, Schema, Watched, serve_schema

DDL = """CREATE TABLE app.KINDS (
  ID NUMBER(9) PRIMARY KEY, WHOLE NUMBER(38), PART NUMBER(38, 10), ANY_NUMBER NUMBER,
  FLOATING FLOAT, DOUBLE BINARY_DOUBLE, NAME VARCHAR2(200 CHAR), NATIONAL NVARCHAR2(100),
  LETTERS CHAR(6), DAY DATE, MOMENT TIMESTAMP, MILLIS TIMESTAMP(3), SECONDS TIMESTAMP(0),
  NANOS TIMESTAMP(9), ZONED TIMESTAMP(6) WITH TIME ZONE, SPAN INTERVAL DAY(3) TO SECOND(6),
  LARGE CLOB, NATIONAL_LARGE NCLOB, BYTES BLOB, SHORT_BYTES RAW(30))"""
TEXTS = [
    None, "שלום עולם", "😀 emoji 👩‍👩‍👧", 'a "quoted" text', "comma, semicolon; pipe|",
    "line\r\nbreak\nand\ttab", " blanks around ", "'", "\u2028\u00a0\u200f", "0012", "1e5",
    "TRUE", "2024-01-01", "\ufeffbom", "x" * 199,
]  # fmt: skip
NUMBERS = [
    "12345678901234567890123456789012345678", "-99999999999999999999999999999999999999", "0", "-1",
]  # fmt: skip
PARTS = ["0.1", "-0.0000000001", "1234567890123456789012345678.0123456789", "0.5", "100"]
ANY = ["1E+125", "-1E-130", "3.14159265358979323846264338327950288419", "0.00001", "1E-38"]
DOUBLES = [0.1, -1e308, 5e-324, math.inf, -math.inf, math.nan, 1.0, 123456789.123456789, 0.0]
ROWS = 120


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Schema]:
    with serve_schema(tmp_path_factory.mktemp("samples")) as schema:
        schema.run(DDL)
        fill(schema)
        yield schema


INSERT = """INSERT INTO app.KINDS VALUES (
  :1, TO_NUMBER(:2), TO_NUMBER(:3), TO_NUMBER(:4), 0.1, :double, :6, :7, 'ab',
  DATE '2024-02-29' + :8 / 86400,
  TIMESTAMP '0099-12-31 23:59:59.000001' + NUMTODSINTERVAL(:9, 'SECOND'),
  TIMESTAMP '2024-01-01 00:00:00.120', TIMESTAMP '2024-01-01 00:00:59',
  TIMESTAMP '2024-01-01 00:00:00.{nanos:09}',
  TIMESTAMP '2024-06-30 12:00:00.25 {offset}',
  NUMTODSINTERVAL(:10, 'SECOND'), :large, :12, HEXTORAW(:13), HEXTORAW(:14))"""
OFFSETS = ["+03:00", "-09:30", "+00:00", "+14:00"]


def fill(schema: Schema) -> None:
    chance = random.Random(7)
    for number in range(ROWS):
        insert = INSERT.format(nanos=chance.randrange(10**9), offset=chance.choice(OFFSETS))
        schema.run(insert, **row_of(number, chance))
    schema.run("INSERT INTO app.KINDS (ID) VALUES (:1)", **{"1": ROWS})


def row_of(number: int, chance: random.Random) -> dict[str, Any]:
    return {
        "1": number,
        "2": chance.choice(NUMBERS),
        "3": chance.choice(PARTS),
        "4": chance.choice(ANY),
        "double": DOUBLES[number % len(DOUBLES)],
        "6": TEXTS[number % len(TEXTS)],
        "7": chance.choice(TEXTS[:4]),
        "8": chance.randrange(10**7),
        "9": chance.randrange(10**9),
        "10": chance.choice([0, 1.5, -86399.999999, 86400 * 900 + 0.000001]),
        "large": chance.choice([None, "טקסט ארוך " * 500, "x" * 33_000, 'a,"b"\r\n']),
        "12": chance.choice(TEXTS),
        "13": chance.choice([None, "00FF10", "DEADBEEF" * 50]),
        "14": chance.choice([None, "00", "FFFE"]),
    }


@pytest.fixture(scope="module")
def outcome(schema: Schema) -> Outcome:
    return schema.extract(rows=0, max_lob=0, keeps_formulas=True, keeps_padding=True)["KINDS"]


@pytest.fixture(scope="module")
def read(schema: Schema) -> dict[str, list[Any]]:
    """Read the same rows by a plain statement, column by column."""
    rows = schema.run("SELECT * FROM app.KINDS ORDER BY ID")
    names = schema.run(
        "SELECT COLUMN_NAME FROM ALL_TAB_COLUMNS WHERE TABLE_NAME = 'KINDS' ORDER BY COLUMN_ID"
    )
    columns = dict(zip([name for (name,) in names], zip(*rows, strict=True), strict=True))
    return {name: list(values) for name, values in columns.items()}


def same(cells: list[str], values: list[Any], parse: Any) -> None:
    assert len(cells) == len(values)
    for cell, value in zip(cells, values, strict=True):
        assert (cell == "") if value is None else parse(cell) == value, (cell, value)


@pytest.mark.parametrize("name", ["ID", "WHOLE", "PART", "ANY_NUMBER", "FLOATING"])
def test_a_number_has_every_digit(schema: Schema, outcome: Outcome, read: Any, name: str) -> None:
    same(schema.column(outcome, name), read[name], Decimal)
    for row, value in zip(schema.json(outcome), read[name], strict=False):
        assert row[name] == value if value is None else Decimal(row[name]) == value


@pytest.mark.parametrize("name", ["NAME", "NATIONAL", "LETTERS", "LARGE", "NATIONAL_LARGE"])
def test_a_text_has_every_character(schema: Schema, outcome: Outcome, read: Any, name: str) -> None:
    same(schema.column(outcome, name), read[name], str)
    assert [row[name] for row in schema.json(outcome)] == read[name][:100]


@pytest.mark.parametrize("name", ["DAY", "MOMENT", "MILLIS", "SECONDS"])
def test_a_time_has_every_digit(schema: Schema, outcome: Outcome, read: Any, name: str) -> None:
    same(schema.column(outcome, name), read[name], datetime.fromisoformat)
    cells = schema.column(outcome, name)
    assert [row[name] or "" for row in schema.json(outcome)] == cells[:100]


def test_a_time_shows_the_digits_that_its_column_has(schema: Schema, outcome: Outcome) -> None:
    digits = {"DAY": None, "SECONDS": None, "MILLIS": 3, "MOMENT": 6, "NANOS": 9}
    for name, count in digits.items():
        fraction = re.search(r"\.(\d+)$", schema.column(outcome, name)[0])
        assert (len(fraction[1]) if fraction else None) == count


def test_nanoseconds_are_not_cut(schema: Schema, outcome: Outcome) -> None:
    texts = schema.run("SELECT TO_CHAR(NANOS, 'FF9') FROM app.KINDS ORDER BY ID")
    same(
        schema.column(outcome, "NANOS"),
        [text for (text,) in texts],
        lambda cell: cell.split(".")[1],
    )


def test_a_time_with_a_zone_keeps_its_offset(schema: Schema, outcome: Outcome) -> None:
    moments = schema.run(
        "SELECT SYS_EXTRACT_UTC(ZONED), TO_CHAR(ZONED, 'TZH:TZM') FROM app.KINDS ORDER BY ID"
    )
    for cell, (moment, offset) in zip(schema.column(outcome, "ZONED"), moments, strict=True):
        if moment is None:
            assert cell == ""
            continue
        time = datetime.fromisoformat(cell)
        assert time.astimezone(timezone.utc).replace(tzinfo=None) == moment
        assert cell.endswith(offset)


def test_an_interval_is_written_whole(schema: Schema, outcome: Outcome, read: Any) -> None:
    same(schema.column(outcome, "SPAN"), read["SPAN"], interval)


def interval(cell: str) -> timedelta:
    sign, days, hours, minutes, seconds = re.fullmatch(
        r"(-?)(\d+) (\d+):(\d+):([\d.]+)", cell
    ).groups()  # type: ignore[union-attr]
    whole = timedelta(days=int(days), hours=int(hours), minutes=int(minutes))
    whole += timedelta(microseconds=int(Decimal(seconds) * 10**6))
    return -whole if sign == "-" else whole


def test_a_double_has_the_shortest_digits_that_give_it_back(
    schema: Schema, outcome: Outcome, read: Any
) -> None:
    for cell, value in zip(schema.column(outcome, "DOUBLE"), read["DOUBLE"], strict=True):
        if value is None:
            assert cell == ""
        elif math.isfinite(value):
            assert cell == repr(value)
        else:
            assert cell in ("Nan", "Inf", "-Inf")
            assert repr(float(cell)) == repr(value)


@pytest.mark.parametrize("name", ["BYTES", "SHORT_BYTES"])
def test_bytes_are_hexadecimal_in_csv_and_base64_in_json(
    schema: Schema, outcome: Outcome, read: Any, name: str
) -> None:
    same(schema.column(outcome, name), read[name], bytes.fromhex)
    for row, value in zip(schema.json(outcome), read[name], strict=False):
        assert value == (None if row[name] is None else base64.b64decode(row[name]))


def test_the_file_is_what_excel_opens(schema: Schema, outcome: Outcome) -> None:
    data = schema.file(outcome, "csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfID,WHOLE,")
    assert data.endswith(b"\r\n")
    assert "שלום עולם" in data.decode("utf-8-sig")


def test_nothing_is_counted_that_was_written_as_it_is(schema: Schema, outcome: Outcome) -> None:
    (table,) = schema.written("manifest.json")["tables"]
    assert table["rows"] == ROWS + 1
    assert table["cutCells"] == table["guardedCells"] == table["undecodableCells"] == {}


def test_times_as_text_of_oracle_are_the_same(
    schema: Schema, outcome: Outcome, tmp_path: Path
) -> None:
    options = Options(rows=0, max_lob=0, keeps_formulas=True, keeps_padding=True, formats=["csv"])
    database = Database(schema.settings(), dictionary_statements(), sessions=1)
    with database.session() as session:
        table = read_table(session, TableName(OWNER, "KINDS"))
        selection = select_table(table, options, is_careful=True)
        cells = make_cells(selection.chosen, options, (), Redaction(b"key"))
        target = Target(tmp_path / "careful", options, Watched().advance)
        sample = write_sample(session, selection, cells, target)
    database.close()
    careful = (tmp_path / sample.files["csv"].name).read_bytes()
    assert careful == schema.file(outcome, "csv").read_bytes()
