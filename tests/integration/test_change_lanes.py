"""A lane: read from its front without a lower bound, locked by one, deleted row by row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from oracle_cdc.changes.lanes.change_log import ChangeLog, Named
from oracle_cdc.changes.lanes.look import Looker
from oracle_cdc.changes.rules.pairing import LogRow
from oracle_cdc.changes.rules.table_models import JsonType
from oracle_cdc.errors import OracleConfigurationError
from tests.integration.changelanes import (
    LOG,
    TYPES,
    make_model,
    open_log,
    read_shape,
    service_session,
)
from tests.integration.changeworlds import World, serve_captured, serve_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with serve_world(tmp_path) as world:
        yield world


@pytest.fixture
def captured(tmp_path: Path) -> Iterator[World]:
    with serve_captured(tmp_path) as world:
        yield world


def read(
    world: World, log: ChangeLog | None = None, count: int = 100, rows_per_fetch: int = 100
) -> list[LogRow]:
    rows: list[LogRow] = []
    with service_session(world) as session:
        for chunk in (log or open_log(world)).stream(session, count, rows_per_fetch):
            assert len(chunk) <= rows_per_fetch
            rows += chunk
    return rows


def name(row: LogRow) -> Named:
    return row.place, row.change_id


def test_values_come_exactly(captured: World) -> None:
    captured.run(
        "INSERT INTO USERS VALUES (7, 'שלום', 12345678901234567890123456789012345678,"
        " TIMESTAMP '2026-01-02 03:04:05.123456789',"
        " TIMESTAMP '2026-01-02 03:04:05.5 -11:45', 'ab', HEXTORAW('00FF'), 'long')"
    )
    (row,) = read(captured)
    assert row.image == {
        "id": 7,
        "name": "שלום",
        "odd: name": "12345678901234567890123456789012345678",
        "at": "2026-01-02T03:04:05.123456789",
        "zoned": "2026-01-02T03:04:05.5-11:45",
        "code": "ab   ",
        "bytes": "AP8=",
    }
    assert (row.sign, row.change_id, row.oddity) == ("I", "1", "")
    assert len(row.changed_at) > len("2026-01-02T03:04:05")


def test_a_value_that_is_not_of_its_model_is_said(captured: World) -> None:
    captured.run("INSERT INTO USERS (ID) VALUES (1.5)", "INSERT INTO USERS (ID) VALUES (2)")
    odd, well = read(captured)
    assert "id" in odd.oddity
    assert odd.image["id"] == "1.5"
    assert not well.oddity


def test_large_objects_stand_in_new_images_whole_or_not_at_all(world: World) -> None:
    world.install(lobs=True)
    world.run("INSERT INTO USERS (ID, NOTES) VALUES (1, 'text')")
    world.run("UPDATE USERS SET NOTES = EMPTY_CLOB()")
    world.run("UPDATE USERS SET NOTES = NULL")
    world.run(f"UPDATE USERS SET NOTES = '{'x' * 1001}'")
    rows = read(world, open_log(world, lobs=True))
    assert [row.image.get("notes", "none") for row in rows] == [
        "text",
        "none",
        "",
        "none",
        None,
        "none",
        None,
    ]
    assert [bool(row.oddity) for row in rows] == [False] * 6 + [True]


def test_a_read_ends_at_a_number_of_rows_and_comes_in_parts(captured: World) -> None:
    captured.run("INSERT INTO USERS (ID) SELECT LEVEL FROM dual CONNECT BY LEVEL <= 5")
    rows = read(captured, count=4, rows_per_fetch=3)
    assert [row.change_id for row in rows] == ["1", "2", "3", "4"]
    log = open_log(captured)
    log.most_rows = 2
    with service_session(captured) as session:
        assert [len(chunk) for chunk in log.stream(session, 5, 3)] == [2, 2, 1]


def test_wide_rows_come_in_smaller_parts(world: World) -> None:
    world.install(lobs=True)
    few = open_log(world, lobs=True, most_lob=1024 * 1024).most_rows
    assert few < 64
    assert open_log(world).most_rows > 1000


def test_what_was_committed_late_is_read_before_what_came_first(captured: World) -> None:
    with captured.connect("COREDB") as late:
        late.cursor().execute("INSERT INTO USERS (ID) VALUES (1)")
        captured.run("INSERT INTO USERS (ID) VALUES (2)")
        log = open_log(captured)
        assert [row.image["id"] for row in read(captured, log)] == [2]
        late.commit()
    assert [row.image["id"] for row in read(captured, log)] == [1, 2]


def test_only_the_named_rows_are_deleted(captured: World) -> None:
    captured.run("INSERT INTO USERS (ID) SELECT LEVEL FROM dual CONNECT BY LEVEL <= 3")
    log = open_log(captured)
    rows = read(captured, log)
    with service_session(captured) as session:
        assert log.delete(session, [name(rows[0]), name(rows[2])], commit=True) == 2
    assert [row.change_id for row in read(captured, log)] == ["2"]


def test_a_row_that_took_the_place_of_another_is_not_deleted(captured: World) -> None:
    captured.run("INSERT INTO USERS (ID) VALUES (1)")
    log = open_log(captured)
    (row,) = read(captured, log)
    with service_session(captured) as session:
        assert log.delete(session, [(row.place, "77")], commit=True) == 0
    assert len(read(captured, log)) == 1


def test_one_copy_at_a_time_has_a_lane(captured: World) -> None:
    with service_session(captured) as one, service_session(captured) as other:
        assert one.query("lock_lane", table_name="users")
        assert not other.query("lock_lane", table_name="users")
        one.commit()
        assert other.query("lock_lane", table_name="users")


@pytest.mark.parametrize("switch", ["0", "NULL", "1", "2"])
def test_a_lane_that_a_person_paused_is_nobodys_and_looks_so(captured: World, switch: str) -> None:
    captured.run(f"UPDATE CDC_CHANGE_TABLES SET IS_ENABLED = {switch}", user="CDC")
    with service_session(captured) as session:
        locked = session.query("lock_lane", table_name="users")
        (registered,) = Looker().look(session).registered
    assert bool(locked) == registered.is_enabled == (switch in ("1", "2"))


def test_a_look_shows_what_is_registered_and_how_old_what_waits_is(captured: World) -> None:
    captured.run("INSERT INTO USERS (ID) VALUES (1)")
    looker = Looker()
    with service_session(captured) as session:
        (registered,) = looker.look(session).registered
        assert (registered.table, registered.log, registered.is_enabled) == ("users", LOG, True)
        assert not looker.look(session).ages
        looker.watch({"users": LOG})
        captured.run("UPDATE CDC_C_USERS SET CDC_CHANGED_AT = CDC_CHANGED_AT - 1", user="CDC")
        (age,) = looker.look(session).ages.values()
        assert 86_400 <= age < 86_500
        captured.run("DELETE FROM CDC_C_USERS", user="CDC")
        assert not looker.look(session).ages


def test_a_column_that_no_model_declares_keeps_its_table_from_being_shipped(
    captured: World,
) -> None:
    fewer = {name: kind for name, kind in TYPES.items() if name != "NAME"}
    with pytest.raises(OracleConfigurationError, match="no column NAME in its model"):
        read_shape(captured, make_model(fewer))


def test_a_key_that_is_not_captured_and_a_type_that_does_not_fit_do_so_too(
    captured: World,
) -> None:
    more = {**TYPES, "CODE": JsonType.INTEGER, "REGION": JsonType.STRING}
    with pytest.raises(OracleConfigurationError) as caught:
        read_shape(captured, make_model(more, keys=("id", "region")))
    assert "the key region of its model is not captured" in str(caught.value)
    assert "column CODE is VARCHAR2, which can't be integer" in str(caught.value)


def test_a_change_table_that_is_not_there_can_not_be_shipped(world: World) -> None:
    with pytest.raises(OracleConfigurationError, match="no table of this name"):
        read_shape(world, make_model())


def test_what_is_not_included_is_not_read_but_keys_are(captured: World) -> None:
    shape = read_shape(captured, make_model(), included=("name",))
    assert [column.field for column in shape.columns] == ["id", "name"]
