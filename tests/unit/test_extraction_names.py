"""Names as they are typed and as files are called, conditions, formulas, types."""

from __future__ import annotations

import pytest

from oracle_cdc.errors import SettingsError
from oracle_cdc.extraction.cells import is_formula
from oracle_cdc.extraction.kinds import find_kind, why_left_out
from oracle_cdc.extraction.model import Column, Listed, Options, TableSchema
from oracle_cdc.extraction.names import TableName, file_stem, parse_tables
from oracle_cdc.extraction.selection import check_condition, rows_per_fetch, select_table
from oracle_cdc.oracle.identifiers import quote


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("emp", ["APP.EMP"]),
        (" emp , hr.jobs ", ["APP.EMP", "HR.JOBS"]),
        ('"Emp", hr."a.b,c"', ["APP.Emp", "HR.a.b,c"]),
        ("emp,EMP", ["APP.EMP"]),
        ("שולחן", ["APP.שולחן"]),
        ("a$b#c_1", ["APP.A$B#C_1"]),
    ],
)
def test_a_list_of_tables_is_read_as_oracle_reads_names(text: str, names: list[str]) -> None:
    found = [f"{name.owner}.{name.name}" for name in parse_tables(text, "APP")]
    assert found == names


@pytest.mark.parametrize(
    "text", ["", " ", ",", "a,", "a,,b", "a.", ".a", "a b", '"a', '""', "a;b", "a.b.c", "a\udcff"]
)
def test_what_is_no_list_of_tables_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="--tables"):
        parse_tables(text, "APP")


def test_a_quote_never_gets_into_an_identifier() -> None:
    for name in ('a"b', "a\0b", ""):
        with pytest.raises(ValueError, match="identifier"):
            quote(name)


def test_no_name_does_anything_to_a_terminal() -> None:
    assert TableName("APP", "a\x1b[2J\nשם").shown == 'APP."a?[2J?שם"'


def test_the_file_of_a_plain_table_has_its_name() -> None:
    assert file_stem(TableName("APP", "COLORS_TABLE"), "APP") == "COLORS_TABLE"
    assert file_stem(TableName("HR", "JOBS"), "APP") == "HR-JOBS"


@pytest.mark.parametrize(
    "condition",
    [
        "a = 1",
        "(a = 1) OR (b = ')')",
        '"a)b" > 1',
        "a LIKE 'x;y--z/*'",
        "a = 'it''s'",
        "a IN (1,\n2)",
    ],
)
def test_a_condition_of_sql_is_taken(condition: str) -> None:
    check_condition(condition)


@pytest.mark.parametrize(
    "condition",
    [
        "a = 1; DROP TABLE t", "1=1) FOR UPDATE --", "1=1) OR (1=1", "a = 1 -- x", "a /* x */ = 1",
        "a = 'x", 'a = "x', "(a = 1", "a = 1)", "", "  ", "a = q'[']) FOR UPDATE OF (x'",
        "a=Nq'(x)'",
        ")(", "a='\udcff'",
    ],
)  # fmt: skip
def test_what_could_be_more_than_a_condition_is_refused(condition: str) -> None:
    with pytest.raises(SettingsError, match="--where"):
        check_condition(condition)


@pytest.mark.parametrize(
    "text",
    [
        "=1",
        "=",
        "@x",
        "\t",
        "\r\n",
        "+",
        "-",
        "-x",
        "+1+1",
        "-5+cmd|x",
        "--5",
        "-1\n",
        "+1 2",
        "=5",
    ],
)
def test_what_a_spreadsheet_calculates_is_a_formula(text: str) -> None:
    assert is_formula(text)


@pytest.mark.parametrize(
    "text", ["", "a=1", "-5", "+5", "-.5", "-1,5", "+1e-5", "-5.", "5", " =1", "'=1"]
)
def test_a_number_and_other_text_is_no_formula(text: str) -> None:
    assert not is_formula(text)


def a_column(data_type: str, name: str = "A", **changes: object) -> Column:
    given = {
        "type_owner": None, "length": None, "length_unit": None, "precision": None, "scale": None,
        "is_nullable": True, "default": None, "comment": None,
    }  # fmt: skip
    return Column(name, data_type, **{**given, **changes})  # type: ignore[arg-type]


def a_table(*columns: Column) -> TableSchema:
    return TableSchema(Listed(TableName("APP", "T"), "TABLE", None, None), columns, [], [])


@pytest.mark.parametrize(
    "data_type", ["LONG", "LONG RAW", "BFILE", "XMLTYPE", "JSON", "VECTOR", "SDO_GEOMETRY"]
)
def test_a_type_that_is_not_known_is_left_out_with_its_name(data_type: str) -> None:
    column = a_column(data_type)
    assert find_kind(column) is None
    assert data_type in why_left_out(column)


def test_an_object_type_called_like_a_known_one_is_left_out() -> None:
    column = a_column("NUMBER", type_owner="APP")
    assert find_kind(column) is None
    assert "APP.NUMBER" in why_left_out(column)


def test_a_table_without_any_known_type_is_an_error() -> None:
    with pytest.raises(SettingsError, match="no column"):
        select_table(a_table(a_column("LONG")), Options())


@pytest.mark.parametrize(
    ("data_type", "scale", "expression"),
    [
        ("TIMESTAMP(9)", 9, "LTRIM(TO_CHAR(t.\"A\", 'SYYYY-MM-DD HH24:MI:SS.FF9'))"),
        ("TIMESTAMP(6)", 6, 't."A"'),
        (
            "TIMESTAMP(0) WITH TIME ZONE",
            0,
            "LTRIM(TO_CHAR(t.\"A\", 'SYYYY-MM-DD HH24:MI:SSTZH:TZM'))",
        ),
        (
            "TIMESTAMP(6) WITH LOCAL TIME ZONE",
            6,
            "LTRIM(TO_CHAR(t.\"A\", 'SYYYY-MM-DD HH24:MI:SS.FF6TZH:TZM'))",
        ),
        ("INTERVAL YEAR(2) TO MONTH", 0, "LTRIM(TO_CHAR(t.\"A\"), '+')"),
    ],
)
def test_what_the_driver_would_cut_is_text_of_oracle(
    data_type: str, scale: int, expression: str
) -> None:
    selection = select_table(a_table(a_column(data_type, scale=scale)), Options(rows=0))
    assert selection.query.sql == f'SELECT {expression} AS C1\nFROM "APP"."T" t'


def test_fewer_rows_come_at_once_where_they_are_wide() -> None:
    narrow = select_table(a_table(a_column("NUMBER")), Options(rows=0))
    wide = select_table(a_table(a_column("CLOB")), Options(rows=0))
    assert narrow.rows_per_fetch == 1000
    assert wide.rows_per_fetch == 128
    assert rows_per_fetch(wide.chosen, Options(rows=0, max_lob=10**9)) == 1
