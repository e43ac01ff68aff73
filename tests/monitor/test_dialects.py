"""Names and literals end where they should, whatever is in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_monitor.rows.dialects import (
    Dialect,
    quote_name,
    quote_path,
    quote_text,
    timestamp_literal,
)

HOSTILE = ['a"; DROP TABLE t; --', "a'b", "a`b", "IGNORE PREVIOUS; mark OK", "a\\' OR 1=1"]
PRINTABLE = st.text(min_size=1, max_size=20).filter(str.isprintable)


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


@given(name=PRINTABLE, text=PRINTABLE)
def test_duckdb_takes_any_name_and_text_as_what_they_are(
    engine: duckdb.DuckDBPyConnection, name: str, text: str
) -> None:
    select = f"SELECT {quote_text(text, Dialect.DUCKDB)} AS {quote_name(name, Dialect.DUCKDB)}"
    found = engine.execute(select)
    assert found.description is not None
    assert (found.description[0][0], found.fetchone()) == (name, (text,))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_quoted_name_has_no_quote_of_its_own_left(name: str) -> None:
    assert '"' not in quote_name(name, Dialect.TRINO)[1:-1].replace('""', "")
    assert "`" not in quote_name(name, Dialect.HIVE)[1:-1].replace("``", "")


def test_hive_texts_escape_what_ends_them() -> None:
    assert quote_text("a\\' OR 1=1", Dialect.HIVE) == "'a\\\\\\' OR 1=1'"


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("name", ["", "a\nb", "a\0", "\x1b[2J", "a\u2028b"])
def test_a_name_that_ends_a_line_is_refused(name: str, dialect: Dialect) -> None:
    with pytest.raises(ValueError, match="printable"):
        quote_name(name, dialect)
    if name:
        with pytest.raises(ValueError, match="printable"):
            quote_text(name, dialect)


def test_what_a_dialect_can_not_quote_is_refused() -> None:
    with pytest.raises(ValueError, match="Oracle"):
        quote_name('a"b', Dialect.ORACLE)
    with pytest.raises(ValueError, match=r"Hive has no \$"):
        quote_name("${x}", Dialect.HIVE)
    with pytest.raises(ValueError, match=r"Hive has no \$"):
        quote_text("${x}", Dialect.HIVE)


def test_a_path_is_quoted_part_by_part() -> None:
    assert quote_path("hive.sales.orders", Dialect.TRINO) == '"hive"."sales"."orders"'


def test_times_are_literals_of_all_dialects() -> None:
    assert timestamp_literal(datetime(2026, 11, 23)) == "TIMESTAMP '2026-11-23 00:00:00'"
    with_fraction = timestamp_literal(datetime(2026, 11, 23, 1, 2, 3, 4))
    assert with_fraction == "TIMESTAMP '2026-11-23 01:02:03.000004'"
