"""The minute check finds what loses changes or stops an application, and says what it can't see."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import monotonic

import oracledb
import pytest

from oracle_cdc.changes.capture.findings import Finding, Limits, find_all, find_unseen
from oracle_cdc.changes.capture.minute_check import Watch
from oracle_cdc.changes.capture.survey import Survey, read_survey
from oracle_cdc.running.concerns import Concerns
from oracle_cdc.running.repeats import RepeatLimiter
from tests.integration.changeworlds import World, serve_world

LIMITS = Limits(rows=1000, age_seconds=900)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(oracledb.defaults, "fetch_lobs", False)
    with serve_world(tmp_path) as world:
        yield world


def survey(world: World) -> Survey:
    with world.session("CDC") as session:
        return read_survey(session)


def findings(world: World, limits: Limits = LIMITS) -> Sequence[Finding]:
    return list(find_all(survey(world), limits))


def test_a_table_that_is_as_it_was_installed_has_no_finding(captured: World) -> None:
    captured.run("INSERT INTO USERS (ID) VALUES (1)")
    assert findings(captured) == []
    (look,) = survey(captured).looks
    assert find_unseen(look) == []
    assert look.backlog is not None
    assert look.backlog.rows == 1


@pytest.mark.parametrize(
    ("statement", "subjects", "words", "cure"),
    [
        (
            "ALTER TABLE USERS DROP COLUMN NAME",
            ["COREDB.USERS"],
            "columns are gone that are captured (NAME): the application gets ORA-04098",
            "changes install --table COREDB.USERS, or to free the application: ALTER TRIGGER",
        ),
        (
            "ALTER TABLE USERS ADD X NUMBER",
            ["COREDB.USERS"],
            "columns are not captured: X",
            "models --table COREDB.USERS, look at it, then python cdc_service.py changes install",
        ),
        (
            "ALTER TABLE USERS DISABLE ALL TRIGGERS",
            ["COREDB.CDC_USERS_I", "COREDB.CDC_USERS_U", "COREDB.CDC_USERS_D"],
            "it is disabled: changes go by unseen",
            'ALTER TRIGGER "COREDB"."CDC_USERS_I" ENABLE, then python cdc_service.py changes snap',
        ),
        (
            "DROP TRIGGER CDC_USERS_U",
            ["COREDB.CDC_USERS_U"],
            "it is missing: changes go by unseen",
            "python cdc_service.py changes install --table COREDB.USERS, then python",
        ),
    ],
)
def test_what_loses_changes_or_stops_the_application_is_found_with_its_cure(
    captured: World, statement: str, subjects: list[str], words: str, cure: str
) -> None:
    captured.run(statement)
    found = findings(captured)
    assert [finding.subject for finding in found] == subjects
    assert found[0].words.startswith(words)
    assert cure in found[0].cure


def test_columns_that_are_gone_are_over_once_no_trigger_names_them(captured: World) -> None:
    captured.run("ALTER TABLE USERS DROP COLUMN NAME")
    (found,) = findings(captured)
    assert "and later python cdc_service.py changes snapshot --table COREDB.USERS" in found.cure
    captured.run("ALTER TABLE USERS DISABLE ALL TRIGGERS")
    (found,) = findings(captured)
    assert found.words.endswith("and the triggers are disabled: changes go by unseen")
    assert "ENABLE" not in found.cure
    # As a DBA does it: the change table still has the column.
    captured.run(*captured.plan().triggers())
    assert findings(captured) == []
    captured.run("INSERT INTO USERS (ID) VALUES (1)")


def test_a_trigger_that_does_not_compile_is_found(captured: World) -> None:
    captured.run("REVOKE INSERT ON CDC_C_USERS FROM COREDB", user="CDC")
    found = findings(captured)
    assert [finding.subject for finding in found] == [
        "COREDB.CDC_USERS_I",
        "COREDB.CDC_USERS_U",
        "COREDB.CDC_USERS_D",
    ]
    assert {finding.words for finding in found} == {
        "it does not compile: the application gets ORA-04098 unless Oracle can compile it at the "
        "next change"
    }


def test_a_change_table_that_is_gone_is_found(captured: World) -> None:
    captured.run("DROP TABLE CDC_C_USERS", user="CDC")
    (found,) = findings(captured)
    assert (found.subject, found.words) == (
        "CDC.CDC_C_USERS",
        "it is gone, the change table of COREDB.USERS: the application gets ORA-04098",
    )
    assert 'ALTER TRIGGER "COREDB"."CDC_USERS_I" DISABLE' in found.cure


def test_a_key_that_is_gone_is_found(captured: World) -> None:
    captured.run("ALTER TABLE USERS DROP COLUMN ID")
    (found,) = findings(captured)
    assert "it can't be captured as it is now: COREDB.USERS: it has no column ID" in found.words


def test_numbers_without_order_are_found(captured: World) -> None:
    captured.run("DROP SEQUENCE CDC_CHANGE_SEQ", user="CDC")
    assert findings(captured)[0].words.startswith("there is no such sequence")
    captured.run(
        "CREATE SEQUENCE CDC_CHANGE_SEQ NOORDER",
        "GRANT SELECT ON CDC_CHANGE_SEQ TO COREDB",
        user="CDC",
    )
    (found,) = findings(captured)
    assert found.cure == "ALTER SEQUENCE CDC_CHANGE_SEQ ORDER"


def test_a_change_table_that_grows_is_found(captured: World) -> None:
    captured.run("INSERT INTO USERS (ID) SELECT LEVEL FROM dual CONNECT BY LEVEL <= 3")
    assert findings(captured) == []
    (found,) = findings(captured, Limits(rows=2, age_seconds=900))
    assert found.subject == "CDC.CDC_C_USERS"
    assert re.match(r"3 rows wait in it, the oldest for \d+ s \(at most 2 rows, 900 s", found.words)
    captured.run(
        "UPDATE CDC_C_USERS SET CDC_CHANGED_AT = CDC_CHANGED_AT - INTERVAL '20' MINUTE", user="CDC"
    )
    (found,) = findings(captured)
    # A second or more passes on a busy machine.
    assert re.match(r"3 rows wait in it, the oldest for 12\d\d s", found.words)


def test_columns_that_nobody_asked_for_are_no_finding(world: World) -> None:
    world.install(included=["NAME"])
    world.run("GRANT SELECT ON USERS TO CDC", "ALTER TABLE USERS ADD X NUMBER")
    assert findings(world) == []
    world.run("ALTER TABLE USERS DROP COLUMN NAME")
    (found,) = findings(world)
    assert "columns are gone that are captured (NAME)" in found.words


def test_a_trigger_that_is_anothers_is_found_and_those_of_the_application_are_not(
    captured: World,
) -> None:
    body = "AFTER INSERT ON USERS FOR EACH ROW BEGIN INSERT INTO THEIRS (ID) VALUES (:NEW.ID); END;"
    captured.run("CREATE TABLE THEIRS (ID NUMBER)", f"CREATE TRIGGER OTHER {body}")
    assert findings(captured) == []
    assert len(survey(captured).looks[0].triggers) == 3
    captured.run(f"CREATE OR REPLACE TRIGGER CDC_USERS_I {body}")
    (found,) = findings(captured)
    assert found.words == "it does not write into CDC.CDC_C_USERS: changes go by unseen"


def test_what_the_user_can_not_see_is_never_taken_for_well(world: World) -> None:
    world.install()
    world.run("DROP TRIGGER CDC_USERS_U")
    (look,) = survey(world).looks
    assert findings(world) == []
    assert find_unseen(look) == [
        "its columns",
        "whether its triggers are there and enabled",
        "whether they compile",
    ]
    world.run("GRANT SELECT ON USERS TO CDC")
    (look,) = survey(world).looks
    assert find_unseen(look) == ["whether they compile"]
    assert [finding.subject for finding in findings(world)] == ["COREDB.CDC_USERS_U"]
    world.run("GRANT DEBUG ON USERS TO CDC")
    (look,) = survey(world).looks
    assert find_unseen(look) == []


def test_triggers_are_looked_at_where_their_table_can_not_be_seen(world: World) -> None:
    world.install()
    world.administer("GRANT CREATE ANY TRIGGER TO CDC")
    (look,) = survey(world).looks
    assert find_unseen(look) == ["its columns"]
    world.run("DROP TRIGGER CDC_USERS_U", "ALTER TRIGGER CDC_USERS_D DISABLE")
    world.run("REVOKE INSERT ON CDC_C_USERS FROM COREDB", user="CDC")
    assert [(finding.subject, finding.words.split(":")[0]) for finding in findings(world)] == [
        ("COREDB.CDC_USERS_I", "it does not compile"),
        ("COREDB.CDC_USERS_U", "it is missing"),
        ("COREDB.CDC_USERS_D", "it is disabled"),
    ]


def test_a_finding_is_logged_once_as_critical_and_then_that_it_is_over(
    captured: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="oracle_cdc")
    with captured.database() as database:
        watch = Watch(database, LIMITS, 60.0, RepeatLimiter(), Concerns(monotonic))
        captured.run("ALTER TRIGGER CDC_USERS_U DISABLE")
        assert watch.run_once().next_seconds == 60.0
        watch.run_once()
        (reason,) = watch.concerns.standing()
        assert reason.startswith("COREDB.CDC_USERS_U: it is disabled")
        captured.run("ALTER TRIGGER CDC_USERS_U ENABLE")
        watch.run_once()
        assert watch.concerns.standing() == []
    records = [record for record in caplog.records if record.name.endswith(".minute_check")]
    # In a later second than the look before, that DDL was done is said beside it.
    findings_said = [record for record in records if record.levelname != "WARNING"]
    assert [(record.levelname, record.message.split(":")[0]) for record in findings_said] == [
        ("CRITICAL", "COREDB.CDC_USERS_U"),
        ("INFO", "COREDB.CDC_USERS_U"),
    ]
    assert "recovered after 2 failures" in caplog.text
    assert watch.findings == []


def test_what_can_not_be_seen_is_said_once_with_the_right_that_shows_it(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="oracle_cdc")
    world.install()
    with world.database() as database:
        watch = Watch(database, LIMITS, 60.0, RepeatLimiter(), Concerns(monotonic))
        watch.run_once()
        watch.run_once()
    (said,) = [record for record in caplog.records if record.levelname == "WARNING"]
    assert said.message.endswith('as its owner: GRANT DEBUG ON "COREDB"."USERS" TO CDC')


def test_a_look_costs_as_many_round_trips_for_one_table_as_for_many(captured: World) -> None:
    def cost() -> int:
        name = "SELECT VALUE FROM V$ORALITE_STATS WHERE NAME = 'executes'"
        (before,) = captured.rows(name, "CDC")[0]
        survey(captured)
        (after,) = captured.rows(name, "CDC")[0]
        return int(after - before)

    captured.administer("GRANT SELECT ANY DICTIONARY TO CDC")
    alone = cost()
    for name in ("A", "B", "C"):
        captured.run(f"CREATE TABLE {name} (ID NUMBER PRIMARY KEY)")
        captured.install(name)
    assert cost() == alone
