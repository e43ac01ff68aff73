"""What fails while rows are read: what is raised, and that it can be tried again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from oracle_cdc.errors import OracleConfigurationError, OracleUnavailable
from oracle_cdc.oracle.row_keys import key_text
from oracle_cdc.oracle.rows import TableSource
from oracle_cdc.relay.values import Slice
from oracle_cdc.running.dependencies import Dependency
from tests.integration.rowtables import ALWAYS, READER, RowTable, keys, others
from tests.relay.doubles import at
from tests.relay.source_contract import keys_of, numbered

PLAIN = "ID NUMBER(19) PRIMARY KEY, CREATED_AT TIMESTAMP, DATA CLOB"


def fault(table: RowTable, text: str) -> None:
    table.server.faults.set(f"{text} for {READER}")


def read_broken(table: RowTable, source: TableSource) -> list[str]:
    found: list[str] = []
    with source.read(ALWAYS) as batches, pytest.raises(OracleUnavailable):
        for rows in batches:
            found += keys_of(rows)
    return found


@pytest.mark.parametrize("what", ["error 1555", "error 31011", "drop"])
def test_a_read_that_breaks_in_the_middle_raises_and_can_be_repeated(
    table: RowTable, what: str
) -> None:
    table.create(PLAIN)
    table.commit(numbered(100))
    source = table.source
    source.look(())
    fault(table, f"{what} on fetch 2")
    found = read_broken(table, source)
    assert found == list(map(str, range(1, len(found) + 1)))
    assert 20 <= len(found) < 100
    assert len(keys(table, ALWAYS, source)) == 100


@pytest.mark.parametrize("ask", ["look", "read", "others"])
def test_what_is_refused_for_any_reason_is_tried_again(table: RowTable, ask: str) -> None:
    table.create(PLAIN)
    table.commit([("1", 1)])
    source = table.source
    asked: dict[str, Callable[[], object]] = {
        "look": lambda: source.look([ALWAYS]),
        "read": lambda: table.rows(source),
        "others": lambda: others(source, ALWAYS, ()),
    }
    for code in (1722, 31011, 54):
        fault(table, f'error {code} on execute when "{table.schema}"')
        with pytest.raises(OracleUnavailable, match=f"ORA-0*{code} at"):
            asked[ask]()
    asked[ask]()


def test_a_right_that_is_taken_away_is_for_a_person(table: RowTable) -> None:
    table.create(PLAIN)
    source = table.source
    table.run(f"REVOKE SELECT ON {table.name} FROM {READER}")
    with pytest.raises(OracleConfigurationError):
        source.look([ALWAYS])
    with pytest.raises(OracleConfigurationError):
        table.rows(source)


def test_an_error_of_who_reads_passes_as_it_is(table: RowTable) -> None:
    table.create(PLAIN)
    table.commit([("1", 1)])
    with pytest.raises(ZeroDivisionError), table.source.read(ALWAYS) as batches:
        next(batches)
        raise ZeroDivisionError


def test_what_is_done_between_two_batches_is_no_call_to_oracle(table: RowTable) -> None:
    table.create(PLAIN)
    table.commit(numbered(100))
    oracle = Dependency("Oracle")
    table.database.calling = oracle.calling
    with table.source.read(ALWAYS) as batches:
        for _ in batches:
            assert not oracle.asks
    assert oracle.calls > 4


def test_a_time_before_year_1_has_times_read_as_texts_from_then_on(
    table: RowTable,
) -> None:
    table.create("ID NUMBER PRIMARY KEY, CREATED_AT TIMESTAMP, D DATE, T TIMESTAMP(9)")
    times = "DATE '2026-11-26', TIMESTAMP '0999-01-01 00:00:00.123456789'"
    table.insert(f"1, TIMESTAMP '2026-11-26 12:00:01', {times}")
    old = "DBMS_STATS.CONVERT_RAW_TO_DATE(HEXTORAW('2F860101010101'))"
    table.run(f"INSERT INTO {table.name} SELECT 2, SYSTIMESTAMP, {old}, NULL FROM DUAL")
    source = table.source
    (plain,) = table.rows(source, Slice(at(0), at(10)))
    with pytest.raises(OracleUnavailable, match="such times are read as texts from now on"):
        table.rows(source)
    (careful,) = table.rows(source, Slice(at(0), at(10)))
    assert (careful.time, careful.key) == (plain.time, plain.key)
    assert careful.values == (
        "1",
        datetime(2026, 11, 26, 12, 0, 1),
        "2026-11-26T00:00:00.000000",
        "0999-01-01T00:00:00.123456",
    )
    assert list(map(key_text, plain.values[2:])) == list(careful.values[2:])
