"""`status` and `health` of row changes: what waits, and what is to be put right."""

from __future__ import annotations

from oracle_cdc.commands.changes.health import look_at_oracle
from tests.integration.changedesks import Desk


def test_status_shows_what_waits_in_each_table(desk: Desk) -> None:
    desk.world.insert(1, 2)
    done = desk.type("status")
    report = desk.type("status", "--json").report
    assert done.code == 0
    assert "changes of users" in done.out
    assert "2 rows wait" in done.out
    (table,) = report["pipelines"]["changes"]["tables"]
    assert (table["table"], table["waiting"], table["shipped"]) == ("users", 2, 0)
    assert report["ready"] is True


def test_status_of_a_table_whose_changes_were_shipped(desk: Desk) -> None:
    desk.world.insert(1, 2)
    desk.world.leg().run_cycles()
    (table,) = desk.type("status", "--json").report["pipelines"]["changes"]["tables"]
    assert (table["waiting"], table["oldestSeconds"]) == (0, None)


def test_status_of_changes_that_nobody_ships_is_not_ready(desk: Desk) -> None:
    desk.world.insert(1)
    with desk.world.shipping.world.connect("CDC") as connection:
        connection.cursor().execute(
            "UPDATE CDC_C_USERS SET CDC_CHANGED_AT = CDC_CHANGED_AT - INTERVAL '2' MINUTE"
        )
        connection.commit()
    report = desk.type("status", "--json").report
    assert report["ready"] is False
    assert "changes wait for 12" in report["reasons"][0]


def test_status_names_what_is_to_be_put_right(desk: Desk) -> None:
    assert "GRANT DEBUG ON" in desk.type("status").out
    desk.run("GRANT DEBUG ON USERS TO CDC", 'ALTER TRIGGER "CDC_USERS_I" DISABLE')
    done = desk.type("status")
    assert done.code == 0
    assert "it is disabled" in done.out
    assert done.lines[0].split() == ["ready", "no"]


def test_status_without_oracle_says_why_and_has_its_exit_code(desk: Desk) -> None:
    done = desk.type("status", "--json", ORACLE_PASSWORD="wrong")
    assert done.code == 3
    assert done.report["pipelines"]["changes"]["tables"] is None


def test_a_paused_table_is_no_lag(desk: Desk) -> None:
    desk.world.insert(1)
    with desk.world.shipping.world.connect("CDC") as connection:
        connection.cursor().execute("UPDATE CDC_CHANGE_TABLES SET IS_ENABLED = 0")
        connection.commit()
    report = desk.type("status", "--json").report["pipelines"]["changes"]
    assert (report["lagSeconds"], report["tables"][0]["enabled"]) == (0.0, False)
    assert "users is paused" in desk.type("check").out


def test_health_looks_at_triggers_and_at_the_oldest_change(desk: Desk) -> None:
    triggers, log = look_at_oracle(desk.world.settings())
    assert (triggers.is_well, triggers.words) == (True, "1 table captured")
    assert (log.is_well, log.value) == (True, 0.0)
    desk.run("GRANT DEBUG ON USERS TO CDC", 'ALTER TRIGGER "CDC_USERS_I" DISABLE')
    triggers, _ = look_at_oracle(desk.world.settings())
    assert not triggers.is_well
    assert "it is disabled" in triggers.words


def test_health_says_that_changes_wait_for_too_long(desk: Desk) -> None:
    desk.world.insert(1)
    with desk.world.shipping.world.connect("CDC") as connection:
        connection.cursor().execute(
            "UPDATE CDC_C_USERS SET CDC_CHANGED_AT = CDC_CHANGED_AT - INTERVAL '2' MINUTE"
        )
        connection.commit()
    _, log = look_at_oracle(desk.world.settings())
    assert not log.is_well
    assert log.value is not None
    assert log.value > 119


def test_health_of_an_oracle_that_can_not_be_asked_is_no_traceback(desk: Desk) -> None:
    (finding,) = look_at_oracle(desk.world.settings(ORACLE_PASSWORD="wrong"))
    assert not finding.is_well
    assert "ORA-01017" in finding.words
