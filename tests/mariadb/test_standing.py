"""How a program stands, as anybody may look at it: what the next copy would go on from."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from oracle_cdc.errors import OracleUnavailable
from oracle_cdc.mariadb.program_standing import Standing, count_aside, read_standing
from oracle_cdc.mariadb.rights import missing_rights
from oracle_cdc.relay.position import Position
from oracle_cdc.relay.slices import Grid
from oracle_cdc.relay.values import SetAside, Slice
from tests.mariadb.schema import RIGHTS, Schema
from tests.relay.doubles import at
from tests.relay.tracking_contract import LONG_AGO, REACHED, tally

GRID = Grid(timedelta(seconds=10))
KEEP = timedelta(hours=24)
TABLES = ("ETL_PRMREC", "ETL_SLICES", "ETL_SET_ASIDE")


def stand(schema: Schema) -> Standing:
    standing = read_standing(schema.database(), schema.program, GRID, KEEP)
    assert standing is not None
    return standing


def contents(schema: Schema) -> list[object]:
    return [schema.administer(f"SELECT * FROM {table}") for table in TABLES]


def test_a_program_that_never_ran_has_none(schema: Schema) -> None:
    assert read_standing(schema.database(), schema.program, GRID, KEEP) is None
    assert contents(schema) == [[], [], []]


def test_it_is_read_beside_a_copy_that_works_and_nothing_is_written(schema: Schema) -> None:
    tracking = schema.tracking()
    tracking.begin(schema.program)
    tallies = [tally(0, 3), tally(10, 4)]
    assert tracking.save(REACHED, tallies, forget=LONG_AGO)
    tracking.set_aside([SetAside("1", at(1), "too large", 1)])
    before = contents(schema)

    standing = stand(schema)

    assert standing.progress == replace(REACHED, tallies={at(0): 3, at(10): 4})
    assert (standing.status, standing.error, standing.aside) == ("SUCCESS", None, 1)
    assert standing.ran_at == schema.row()["LAST_RUN_TIME"]
    assert standing.ran_seconds_ago is not None
    assert contents(schema) == before
    assert tracking.save(replace(REACHED, records=8), [], forget=LONG_AGO)


def test_what_a_run_failed_with_is_there(schema: Schema) -> None:
    tracking = schema.tracking()
    tracking.begin(schema.program)
    tracking.fail(OracleUnavailable("ORA-03113 at look"))
    standing = stand(schema)
    assert (standing.status, standing.error) == ("FAILED", "ORA-03113 at look")
    assert standing.progress.watermark is None


@pytest.mark.parametrize(
    "written", ["NULL", "'2026-11-26 12:00:05'", "'2026-11-27 12:00:00'", "LAST_SUCCESSFUL_TIME"]
)
def test_it_is_what_the_next_copy_goes_on_from_wherever_a_person_puts_it(
    schema: Schema, written: str
) -> None:
    tracking = schema.tracking()
    tracking.begin(schema.program)
    tracking.save(REACHED, [tally(-10, 2), tally(0, 3), tally(10, 4)], forget=LONG_AGO)
    tracking.close()
    schema.administer(f"UPDATE ETL_PRMREC SET LAST_SUCCESSFUL_TIME = {written}")

    standing = stand(schema)

    position = Position(schema.tracking(), schema.program, GRID, KEEP)
    position.begin()
    assert standing.progress == position.reached


def test_a_row_that_another_program_made_is_read_as_it_is(schema: Schema) -> None:
    schema.administer(
        "INSERT INTO ETL_PRMREC (PROGRAM_NAME, LAST_SUCCESSFUL_TIME, STATUS) "
        "VALUES (%s, '2026-11-26 12:00:00', 'PAUSED')",
        schema.program,
    )
    standing = stand(schema)
    assert (standing.progress.watermark, standing.progress.coverage) == (at(0), at(0))
    assert standing.progress.is_paused
    assert (standing.ran_at, standing.ran_seconds_ago) == (None, None)


def test_tallies_further_back_than_they_are_of_use_are_not_read(schema: Schema) -> None:
    tracking = schema.tracking()
    tracking.begin(schema.program)
    tracking.save(REACHED, [tally(-200_000, 2), tally(0, 3)], forget=LONG_AGO)
    assert stand(schema).progress.tallies == {at(0): 3}


def test_rows_that_are_set_aside_are_counted_by_their_slices(schema: Schema) -> None:
    tracking = schema.tracking()
    tracking.begin(schema.program)
    times = {"a": 0, "b": 9.999999, "c": 10, "d": 35, "e": 40, "f": -0.000001}
    tracking.set_aside([SetAside(key, at(time), "x", 1) for key, time in times.items()])

    counts = count_aside(schema.database(), schema.program, GRID, Slice(at(0), at(40)))

    assert counts == {at(0): 2, at(10): 1, at(30): 1}


def test_rights_of_the_database_and_of_single_tables_count_together(schema: Schema) -> None:
    user = f"{schema.user}@'127.0.0.1'"
    assert missing_rights(schema.database()) == []
    schema.administer(f"REVOKE {RIGHTS} ON {schema.name}.* FROM {user}")
    schema.administer(f"GRANT SELECT, INSERT ON {schema.name}.* TO {user}")
    schema.administer(f"GRANT UPDATE, DELETE ON {schema.name}.ETL_SLICES TO {user}")
    assert missing_rights(schema.database()) == [
        "UPDATE on ETL_PRMREC",
        "UPDATE on ETL_SET_ASIDE",
        "DELETE on ETL_SET_ASIDE",
    ]


def test_a_user_whose_rights_come_by_a_role_is_not_judged(schema: Schema) -> None:
    user = f"{schema.user}@'127.0.0.1'"
    role = f"role_of_{schema.name}"
    schema.administer(f"CREATE ROLE {role}")
    schema.administer(f"GRANT {RIGHTS} ON {schema.name}.* TO {role}")
    schema.administer(f"GRANT {role} TO {user}")
    schema.administer(f"SET DEFAULT ROLE {role} FOR {user}")
    schema.administer(f"REVOKE {RIGHTS} ON {schema.name}.* FROM {user}")
    assert missing_rights(schema.database()) == []
