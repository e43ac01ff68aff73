"""`init-tables` where events are enabled: MariaDB's tables, made once and never changed."""

from __future__ import annotations

import pytest

from oracle_cdc.mariadb.tables import read_tables_text
from oracle_cdc.oracle.ddl import read_tables
from tests.acceptance.eventcommands.running import EVENTS_ALONE, TABLES, run, said
from tests.acceptance.process import finished
from tests.integration.eventworlds import EventsWorld
from tests.mariadb.schema import RIGHTS
from tests.world import USER, World


def test_what_is_missing_is_created_once(events: EventsWorld) -> None:
    events.schema.administer("DROP TABLE ETL_SLICES")

    assert said(events, "init-tables") == (
        0,
        "present ETL_PRMREC\ncreated ETL_SLICES\npresent ETL_SET_ASIDE\n",
    )
    assert said(events, "init-tables") == (0, "".join(f"present {table}\n" for table in TABLES))
    assert said(events, "check")[0] == 0


def test_where_the_user_may_not_create_tables_a_dba_can(events: EventsWorld) -> None:
    events.schema.administer("DROP TABLE ETL_SLICES")
    user = f"{events.schema.user}@'127.0.0.1'"
    events.schema.administer(f"REVOKE {RIGHTS} ON {events.schema.name}.* FROM {user}")
    events.schema.administer(
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {events.schema.name}.* TO {user}"
    )

    code, _, err = run(events, "init-tables")

    assert code == 5
    assert "❌ MariaDB: ETL_SLICES missing, and can't be created by this user" in err
    assert "a DBA runs init_mariadb_tables.sql, which init-tables --print mariadb shows" in err


def test_a_column_of_another_type_is_left_as_it_is_and_fails(events: EventsWorld) -> None:
    events.schema.administer("ALTER TABLE ETL_SLICES MODIFY LAST_TIME DATETIME")

    code, out = said(events, "init-tables")

    assert code == 1
    assert "❌ ETL_SLICES: column LAST_TIME must be DATETIME(6)" in out


def test_a_server_that_is_not_there_is_another_exit_code_than_a_table(events: EventsWorld) -> None:
    code, out, err = run(events, "init-tables", MARIADB_PORT="1")

    assert (code, out) == (5, "")
    assert "❌ MariaDB at connecting to 127.0.0.1:1: ConnectionRefusedError" in err


@pytest.mark.parametrize(
    ("arguments", "begin"),
    [
        (["--print"], "-- The tables that the service owns"),
        (["--print", "oracle"], "-- The tables that the service owns"),
        (["--print", "mariadb"], read_tables_text()),
    ],
)
def test_each_file_is_printed_without_any_settings(arguments: list[str], begin: str) -> None:
    code, out, _ = finished(["init-tables", *arguments], {"PYTHONUTF8": "1"})

    assert code == 0
    assert out.startswith(begin)


def test_with_both_pipelines_both_databases_get_their_tables_although_one_fails(
    events: EventsWorld, world: World
) -> None:
    world.change(f"DROP TABLE {USER}.ERROR_LOG")
    events.schema.administer("DROP TABLE ETL_SLICES")
    both = {
        **events.environment(),
        **EVENTS_ALONE,
        **world.environment("none"),
        "PIPELINES": "conversations,events",
    }
    del both["ORACLE_DSN"]

    code, out, err = finished(["init-tables"], {**both, "MARIADB_PORT": "1"})

    assert code == 5
    assert "created ERROR_LOG" in out
    assert "❌ MariaDB at connecting to 127.0.0.1:1" in err
    code, out, err = finished(["init-tables"], both)
    assert (code, err) == (0, "")
    for table in (*read_tables(), "ETL_PRMREC", "ETL_SET_ASIDE"):
        assert f"present {table}" in out
    assert "created ETL_SLICES" in out
