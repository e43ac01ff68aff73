"""What a look asks: the same statements whatever the size, and nothing but SELECT."""

from __future__ import annotations

from pathlib import Path

import oracledb
import pytest

from sync_monitor.demo.injecting import inject
from sync_monitor.demo.samples import Sample
from sync_monitor.demo.seeding import write_samples
from sync_monitor.demo.standin import MONITOR_USER
from sync_monitor.verdicts import Cost, Trigger
from tests.monitor.edges import Stage, count_judged, settings_in, staged

WRITES = ("insert", "update", "delete", "merge", "create", "alter", "drop", "grant", "lock")


def cost_of(stage: Stage, trigger: Trigger = Trigger.ONCE) -> Cost:
    return stage.look(trigger).entry.look.cost


def statistics(stage: Stage) -> dict[str, int]:
    with stage.place.dba() as connection, connection.cursor() as cursor:
        rows = cursor.execute("SELECT NAME, VALUE FROM V$ORALITE_STATS").fetchall()
    return {name: int(value) for name, value in rows}


def test_a_table_of_thousands_costs_the_statements_of_one_of_hundreds(tmp_path: Path) -> None:
    with staged(settings_in(tmp_path)) as stage:
        costs = []
        for count in (8 * 14, 14 * 151):
            (sample,) = stage.samples
            stage.samples[0] = Sample(sample.sync, count, sample.last_day)
            write_samples(stage.place, stage.samples)
            stage.parts.looker.catalogs.forget(stage.sync)
            whole = cost_of(stage)
            steady = cost_of(stage, Trigger.TIMER)
            inject("partial_partition", stage.place, stage.samples)
            faulty = cost_of(stage, Trigger.TIMER)
            costs.append(
                [(each.oracle_statements, each.lake_statements) for each in (whole, steady)]
            )
            assert faulty.oracle_statements <= 1 + 1 + 2
            assert faulty.lake_statements <= 1 + 1 + 2
            assert faulty.lake_rows <= 4000
        assert costs[0] == costs[1]
        assert costs[0][1] == (1, 1)


def test_looks_write_nothing_into_oracle_and_need_no_right_but_to_read(tmp_path: Path) -> None:
    with staged(settings_in(tmp_path)) as stage:
        place = stage.place
        log_in = {"user": MONITOR_USER, "password": place.monitor_password, "dsn": place.dsn}
        with oracledb.connect(**log_in) as connection, connection.cursor() as cursor:
            tables = cursor.execute("SELECT PRIVILEGE FROM USER_TAB_PRIVS").fetchall()
            session = cursor.execute("SELECT PRIVILEGE FROM SESSION_PRIVS").fetchall()
        assert (tables, session) == ([("SELECT",)], [("CREATE SESSION",)])
        inject("doubles", stage.place, stage.samples)
        before = statistics(stage)
        stage.look()
        after = statistics(stage)
    assert after["statements_select"] > before["statements_select"] + 10
    for name in WRITES:
        assert after.get(f"statements_{name}", 0) == before.get(f"statements_{name}", 0), name


def test_a_look_leaves_the_files_of_the_lake_as_they_are(tmp_path: Path) -> None:
    with staged(settings_in(tmp_path)) as stage:
        inject("partial_partition", stage.place, stage.samples)
        before = {path: path.stat().st_mtime_ns for path in stage.target.rglob("*")}
        stage.look()
        assert {path: path.stat().st_mtime_ns for path in stage.target.rglob("*")} == before


@pytest.mark.parametrize("budget", [9, 20])
def test_rows_beyond_the_budget_wait_for_the_next_look(tmp_path: Path, budget: int) -> None:
    settings = settings_in(tmp_path, rows_per_hour=budget)
    with staged(settings) as stage:
        measured = []
        while not measured or measured[-1]:
            entry = stage.look(Trigger.TIMER).entry
            measured.append(len([cell for cell in entry.cells if cell.checked_at is not None]))
        assert max(measured) < 20
        assert sum(measured) == count_judged(settings)
