"""Each captured table is held to its own change table, to its columns, and hides no other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from time import monotonic

import oracledb
import pytest

from oracle_cdc.changes.capture.dictionary import read_source
from oracle_cdc.changes.capture.findings import Finding, Limits, expect, find_all
from oracle_cdc.changes.capture.installing import Wanted, plan
from oracle_cdc.changes.capture.minute_check import Watch
from oracle_cdc.changes.capture.model import Place
from oracle_cdc.changes.capture.script import print_install
from oracle_cdc.changes.capture.survey import Survey, read_survey
from oracle_cdc.errors import OracleConfigurationError
from oracle_cdc.running.concerns import Concerns
from oracle_cdc.running.repeats import RepeatLimiter
from tests.integration.changeworlds import PASSWORD, World, serve_world


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(oracledb.defaults, "fetch_lobs", False)
    with serve_world(tmp_path) as world:
        world.run("GRANT DEBUG, SELECT ON USERS TO CDC")
        yield world


def survey(world: World) -> Survey:
    with world.session("CDC") as session:
        return read_survey(session)


def findings(world: World) -> Sequence[Finding]:
    return list(find_all(survey(world), Limits(rows=1000, age_seconds=900)))


def test_columns_that_are_not_asked_for_any_more_leave_the_change_table(world: World) -> None:
    world.install(included=["NAME", "CODE"])
    world.install(included=["NAME"])
    assert findings(world) == []
    world.run("INSERT INTO USERS (ID, NAME, CODE) VALUES (1, 'one', 'x')")
    assert world.changes() == [("I", 1, "one")]
    assert "CODE" not in [column.name for column in survey(world).looks[0].logged]


def test_tables_of_one_name_are_each_looked_at_with_their_change_table(world: World) -> None:
    world.install()
    world.administer(
        f'CREATE USER BILLING IDENTIFIED BY "{PASSWORD}"',
        "CREATE TABLE BILLING.USERS (ID NUMBER PRIMARY KEY)",
        "GRANT DEBUG, SELECT ON BILLING.USERS TO CDC",
    )
    with world.session("CDC") as session:
        source = read_source(session, Place("BILLING", "USERS"))
        installation = plan(session, Wanted("payers", source))
    world.script(print_install(installation))
    assert findings(world) == []
    assert {expect(look).log for look in survey(world).looks} == {
        Place("CDC", "CDC_C_USERS"),
        installation.capture.log,
    }


def test_numbers_that_begin_again_are_found_and_nothing_is_installed_on_them(
    world: World,
) -> None:
    world.install()
    world.run("UPDATE CDC_CHANGE_TABLES SET LAST_CHANGE_ID = 5000", user="CDC")
    (found,) = findings(world)
    assert found.words.startswith("it begins again below 5000, which was shipped")
    assert found.cure == "ALTER SEQUENCE CDC_CHANGE_SEQ RESTART START WITH 5001"
    with pytest.raises(OracleConfigurationError, match="begins again below 5000"):
        world.plan()
    world.run(
        "DROP SEQUENCE CDC_CHANGE_SEQ",
        "CREATE SEQUENCE CDC_CHANGE_SEQ START WITH 5001 ORDER",
        user="CDC",
    )
    world.install()
    assert findings(world) == []


def test_a_table_that_was_made_anew_is_found_by_who_saw_it_before(world: World) -> None:
    world.install()
    limits = Limits(rows=1000, age_seconds=900)
    with world.database() as database:
        watch = Watch(database, limits, 60.0, RepeatLimiter(), Concerns(monotonic))
        watch.run_once()
        assert watch.findings == []
        # Its triggers and the rights on it go with it.
        world.run("DROP TABLE USERS", "CREATE TABLE USERS (ID NUMBER PRIMARY KEY)")
        for _ in range(2):
            watch.run_once()
            (found,) = watch.findings
            assert (found.subject, found.words) == (
                "COREDB.USERS",
                "it is seen no more: it was dropped, or a right was revoked",
            )
        world.run("GRANT SELECT ON USERS TO CDC")
        watch.run_once()
    assert "it is seen no more" not in str(watch.findings)
    assert watch.findings != []


def test_a_table_that_became_too_wide_hides_no_other(world: World) -> None:
    world.install()
    columns = ", ".join(f"A_COLUMN_WITH_A_LONG_NAME_{number} NUMBER" for number in range(500))
    world.run(f"CREATE TABLE WIDE (ID NUMBER PRIMARY KEY, {columns})")
    world.run("GRANT DEBUG ON WIDE TO CDC", "ALTER TRIGGER CDC_USERS_U DISABLE")
    world.run(*world.plan("WIDE").own_statements(), user="CDC")
    first, second = findings(world)
    assert first.subject == "COREDB.CDC_USERS_U"
    assert second.words.startswith("it can't be captured as it is now: COREDB.WIDE: a trigger on")
