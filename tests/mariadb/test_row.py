"""What the program's row in ETL_PRMREC says, and what a person may write there."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from oracle_cdc.errors import OracleUnavailable, StoreConfigurationError, StoreUnavailable
from oracle_cdc.mariadb.tracking import MariaDbTracking
from oracle_cdc.relay.values import Progress
from tests.mariadb.schema import Schema
from tests.relay.doubles import NOON, at
from tests.relay.tracking_contract import EXACT, LONG_AGO, REACHED, tally

FAILURE = OracleUnavailable("ORA-03113 at look")


@pytest.fixture
def tracking(schema: Schema) -> MariaDbTracking:
    """Return a copy that has begun."""
    tracking = schema.tracking()
    tracking.begin(schema.program)
    return tracking


def save(tracking: MariaDbTracking, progress: Progress = REACHED) -> bool:
    return tracking.save(progress, [], forget=LONG_AGO)


def test_the_time_is_cut_to_its_second_and_never_rounded_to_the_next_day(
    schema: Schema, tracking: MariaDbTracking
) -> None:
    assert save(tracking)
    assert schema.row()["LAST_SUCCESSFUL_TIME"] == datetime(2026, 11, 26, 23, 59, 59)
    assert schema.exact() == EXACT


def test_a_server_that_rounds_changes_nothing(schema: Schema) -> None:
    schema.administer("SET GLOBAL sql_mode = 'TIME_ROUND_FRACTIONAL'")
    try:
        tracking = schema.tracking()
        tracking.begin(schema.program)
        assert save(tracking)
    finally:
        schema.administer("SET GLOBAL sql_mode = DEFAULT")
    assert schema.row()["LAST_SUCCESSFUL_TIME"] == datetime(2026, 11, 26, 23, 59, 59)


def test_what_does_not_fit_is_refused_whatever_the_server_is_set_to(schema: Schema) -> None:
    schema.administer("ALTER TABLE ETL_SLICES MODIFY PUBLISHED TINYINT")
    schema.administer("SET GLOBAL sql_mode = ''")
    try:
        tracking = schema.tracking()
        tracking.begin(schema.program)
        with pytest.raises(StoreConfigurationError, match="1264 at keep_tallies"):
            tracking.save(REACHED, [tally(0, 1000)], forget=LONG_AGO)
    finally:
        schema.administer("SET GLOBAL sql_mode = DEFAULT")
    assert schema.row()["LAST_SUCCESSFUL_TIME"] is None


def test_the_status_says_how_it_goes(schema: Schema, tracking: MariaDbTracking) -> None:
    assert schema.row()["STATUS"] == "RUNNING"
    save(tracking)
    assert schema.row()["STATUS"] == "SUCCESS"
    tracking.fail(FAILURE)
    row = schema.row()
    assert (row["STATUS"], row["ERROR_MESSAGE"]) == ("FAILED", "ORA-03113 at look")


def test_a_failure_stays_until_something_got_on_after_it(
    schema: Schema, tracking: MariaDbTracking
) -> None:
    save(tracking)
    tracking.fail(FAILURE)
    save(tracking)
    assert schema.row()["STATUS"] == "FAILED"
    save(tracking, replace(REACHED, watermark=EXACT + timedelta(microseconds=1)))
    row = schema.row()
    assert (row["STATUS"], row["ERROR_MESSAGE"]) == ("SUCCESS", None)


def test_a_tally_alone_is_progress_too(schema: Schema, tracking: MariaDbTracking) -> None:
    save(tracking)
    tracking.fail(FAILURE)
    tracking.save(REACHED, [tally(0, 1)], forget=LONG_AGO)
    assert schema.row()["STATUS"] == "SUCCESS"


def test_an_error_takes_500_characters_of_any_character_set(
    schema: Schema, tracking: MariaDbTracking
) -> None:
    schema.administer(
        "ALTER TABLE ETL_PRMREC MODIFY ERROR_MESSAGE VARCHAR(500) CHARACTER SET latin1"
    )
    tracking.fail(OracleUnavailable("שלום " + "x" * 1000))
    message = schema.row()["ERROR_MESSAGE"]
    assert len(message) == 500
    assert message.startswith(r"\u05e9\u05dc\u05d5\u05dd xxx")


def test_each_cycle_moves_the_time_of_the_last_run(
    schema: Schema, tracking: MariaDbTracking
) -> None:
    for second in (1, 2):
        tracking.database.run_text(f"SET timestamp = {1_700_000_000 + second}")
        save(tracking)
        assert schema.row()["LAST_RUN_TIME"] == datetime(2023, 11, 14, 22, 13, 20 + second)


def test_a_repeat_within_one_second_is_found_although_it_changes_nothing(
    tracking: MariaDbTracking,
) -> None:
    tracking.database.run_text("SET timestamp = 1700000000")
    assert save(tracking)
    assert save(tracking)
    assert save(tracking)


@pytest.mark.parametrize("given", [None, 0, -5, 2**31 - 1])
def test_a_persons_count_of_records_is_no_crash(
    schema: Schema, tracking: MariaDbTracking, given: int | None
) -> None:
    schema.set("RECORDS_PROCESSED", given)
    found = tracking.begin(schema.program)
    assert found.records == max(0, given or 0)
    more = found.records + 10
    assert save(tracking, replace(REACHED, records=more))
    assert schema.row()["RECORDS_PROCESSED"] == min(more, 2**31 - 1)


@pytest.mark.parametrize("status", [None, "", "anything", "FAILED"])
def test_a_persons_status_is_no_crash(
    schema: Schema, tracking: MariaDbTracking, status: str | None
) -> None:
    schema.set("STATUS", status)
    assert save(tracking)
    assert schema.row()["STATUS"] == "SUCCESS"


@pytest.mark.parametrize("status", ["PAUSED", "paused", " Paused "])
def test_a_pause_is_never_overwritten(
    schema: Schema, tracking: MariaDbTracking, status: str
) -> None:
    schema.set("STATUS", status)
    assert not save(tracking)
    assert not tracking.save(REACHED, [tally(0, 1)], forget=LONG_AGO)
    tracking.fail(FAILURE)
    assert tracking.begin(schema.program).is_paused
    row = schema.row()
    assert (row["STATUS"], row["ERROR_MESSAGE"]) == (status, None)
    assert row["LAST_SUCCESSFUL_TIME"] is None


@pytest.mark.parametrize(
    "sql",
    ["DELETE FROM ETL_PRMREC", "UPDATE ETL_PRMREC SET STATUS = NULL, LAST_SUCCESSFUL_TIME = NULL"],
)
def test_a_row_without_a_time_or_none_at_all_begins_anew(
    schema: Schema, tracking: MariaDbTracking, sql: str
) -> None:
    tracking.save(REACHED, [tally(0, 3)], forget=LONG_AGO)
    schema.administer(sql)
    assert not save(tracking, replace(REACHED, watermark=EXACT + timedelta(seconds=1)))
    found = tracking.begin(schema.program)
    assert (found.watermark, found.coverage, found.tallies) == (None, None, {})
    assert save(tracking, Progress(at(0), coverage=at(0)))
    assert tracking.begin(schema.program) == Progress(at(0), coverage=at(0))


def test_slices_behind_a_time_that_was_set_back_are_kept_and_others_not(
    schema: Schema, tracking: MariaDbTracking
) -> None:
    tracking.save(REACHED, [tally(0, 3), tally(10, 4), tally(20, 5)], forget=LONG_AGO)
    schema.set("LAST_SUCCESSFUL_TIME", at(10))
    assert tracking.begin(schema.program).tallies == {at(0): 3, at(10): 4}


def test_a_move_that_was_seen_and_not_saved_is_seen_again_by_the_next_copy(
    schema: Schema, tracking: MariaDbTracking
) -> None:
    save(tracking)
    schema.set("LAST_SUCCESSFUL_TIME", NOON)
    assert tracking.begin(schema.program).moved_from == EXACT
    assert tracking.begin(schema.program).moved_from == EXACT


def test_a_time_of_the_first_years_is_the_begin_of_all_slices_and_can_be_saved(
    schema: Schema, tracking: MariaDbTracking
) -> None:
    tracking.begin(schema.program)
    schema.set("LAST_SUCCESSFUL_TIME", "0001-01-01 00:00:00")
    progress = tracking.begin(schema.program)
    assert progress.watermark == datetime(1900, 1, 1)
    assert tracking.save(progress, [], forget=datetime(1900, 1, 1))
    assert schema.row()["LAST_SUCCESSFUL_TIME"] == datetime(1900, 1, 1)


def test_a_row_of_another_program_is_gone_on_from_and_nothing_before_it(schema: Schema) -> None:
    schema.administer(
        "INSERT INTO ETL_PRMREC (PROGRAM_NAME, LAST_SUCCESSFUL_TIME) VALUES (%s, %s)",
        schema.program,
        NOON,
    )
    found = schema.tracking().begin(schema.program)
    assert (found.watermark, found.coverage, found.moved_from) == (NOON, NOON, None)


def test_a_time_that_is_none_is_said_and_not_guessed_at(
    schema: Schema, tracking: MariaDbTracking
) -> None:
    with schema.server.administer(schema.name) as connection, connection.cursor() as cursor:
        cursor.execute("SET sql_mode = ''")
        cursor.execute("UPDATE ETL_PRMREC SET LAST_SUCCESSFUL_TIME = '0000-00-00 00:00:00'")
    with pytest.raises(StoreConfigurationError, match="is no time; set it to one, or to NULL"):
        tracking.begin(schema.program)


def test_a_row_that_stands_there_twice_is_said(schema: Schema, tracking: MariaDbTracking) -> None:
    schema.administer("ALTER TABLE ETL_PRMREC DROP PRIMARY KEY")
    schema.administer("INSERT INTO ETL_PRMREC (PROGRAM_NAME) VALUES (%s)", schema.program)
    with pytest.raises(StoreUnavailable, match="2 rows of"):
        tracking.begin(schema.program)
