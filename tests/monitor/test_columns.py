"""The columns of both catalogs, and the seven keys of the metrics."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from sync_monitor.model import Column, Kind, Severity
from sync_monitor.rules.columns import compare_columns
from sync_monitor.rules.metrics import metrics
from tests.monitor.building import EMPLOYEES, cell, figures_of, newest, with_changes

ORACLE = (
    Column("ID", Kind.INTEGER),
    Column("NAME", Kind.CHAR),
    Column("PAY", Kind.DECIMAL, 2, lake_name="salary"),
    Column("CHANGED", Kind.TIMESTAMP),
    Column("PHOTO", Kind.OTHER),
)
LAKE = (
    Column("id", Kind.DECIMAL),
    Column("Name", Kind.TEXT),
    Column("salary", Kind.DECIMAL, 4),
    Column("changed", Kind.TIMESTAMP),
    Column("photo", Kind.OTHER),
    Column("dt", Kind.TEXT),
)


def without(name: str, *others: Column) -> tuple[Column, ...]:
    return (*[each for each in LAKE if each.name != name], *others)


def test_columns_that_have_the_same_text_agree() -> None:
    found = compare_columns(ORACLE, LAKE, EMPLOYEES)
    assert found.columns == ORACLE
    assert (found.difference.agreeing, found.difference.is_compared) == (5, False)


def test_a_column_that_the_lake_lacks_is_missing() -> None:
    found = compare_columns(ORACLE, without("salary"), EMPLOYEES)
    assert found.difference.missing == ("PAY",)
    assert not found.difference.is_compared
    assert [each.name for each in found.columns] == ["ID", "NAME", "CHANGED", "PHOTO"]


def test_a_key_or_a_column_that_was_compared_weighs_more() -> None:
    assert compare_columns(ORACLE, without("id"), EMPLOYEES).difference.is_compared
    lost = compare_columns(ORACLE, without("salary"), EMPLOYEES, compared_before=["PAY"])
    assert lost.difference.is_compared


@pytest.mark.parametrize("other", [Column("salary", Kind.TEXT), Column("salary", Kind.DECIMAL, 1)])
def test_a_column_of_another_type_is_not_compared(other: Column) -> None:
    found = compare_columns(ORACLE, without("salary", other), EMPLOYEES)
    assert found.difference.retyped == ("PAY",)
    assert found.columns[2].kind is Kind.OTHER


def test_plain_times_of_two_zones_are_not_compared() -> None:
    sync = with_changes(lake_zone=ZoneInfo("Asia/Jerusalem"))
    found = compare_columns(ORACLE, LAKE, sync)
    assert found.columns[3].kind is Kind.OTHER
    assert found.difference.agreeing == 5


def test_the_metrics_have_seven_keys_in_their_order() -> None:
    cells = (cell("2026-11-20", 100, 91), cell("2026-11-22", 3, 0), cell("2026-11-21", 4, 0))
    times = newest("2026-11-25 09:00", "2026-11-24 19:30")
    assert list(metrics(figures_of(*cells, newest=times), Severity.CRITICAL).items()) == [
        ("oracle_count", 107),
        ("lake_count", 91),
        ("sync_gap", 16),
        ("gap_percentage", 14.95),
        ("freshness_lag_hours", 13.5),
        ("severity", "CRITICAL"),
        ("missing_partitions", ["2026-11-21", "2026-11-22"]),
    ]


def test_what_was_not_measured_is_null_in_the_metrics() -> None:
    found = metrics(None, Severity.OK)
    assert list(found) == list(metrics(figures_of(), Severity.OK))
    assert found.pop("severity") == "UNKNOWN"
    assert set(found.values()) == {None}
