"""What of a table is captured, and what has drifted since."""

from __future__ import annotations

import pytest

from oracle_cdc.changes.capture.dictionary import choose_key
from oracle_cdc.changes.capture.drift import Drift, find_drift
from oracle_cdc.changes.capture.model import Column, as_column
from oracle_cdc.errors import SettingsError
from tests.unit.changetables import USERS, captured, table

LOGGED = (
    Column("CDC_CHANGE_ID", "NUMBER"),
    Column("CDC_OP", "CHAR", 1),
    Column("CDC_CHANGED_AT", "TIMESTAMP(6)"),
    Column("CDC_TX", "VARCHAR2", 64),
    Column("ID", "NUMBER"),
    Column("NAME", "VARCHAR2", 4000),
    Column("UPDATED_AT", "TIMESTAMP(9)"),
)


def names(columns: object) -> list[str]:
    return [column.name for column in columns]  # type: ignore[attr-defined]


def test_all_that_a_trigger_can_write_is_captured_and_the_rest_named() -> None:
    capture = captured()
    assert names(capture.columns) == ["ID", "NAME", "UPDATED_AT"]
    assert set(capture.left_out) == {"NOTES", "OLD_NOTES"}
    assert "ORA-04093" in capture.left_out["OLD_NOTES"]


def test_a_column_that_is_not_included_is_never_written_down() -> None:
    assert names(captured(included=["UPDATED_AT"]).columns) == ["ID", "UPDATED_AT"]
    assert captured(included=["UPDATED_AT"]).left_out == {}
    assert names(captured(included=[]).columns) == ["ID"]


def test_large_objects_are_captured_when_they_are_asked_for() -> None:
    assert names(captured(lobs=True).columns) == ["ID", "NAME", "UPDATED_AT", "NOTES"]


@pytest.mark.parametrize(
    ("source", "options", "reason"),
    [
        (table(keys=()), {}, "it has no key"),
        (table(keys=("NOPE",)), {}, "it has no column NOPE"),
        (table(), {"included": ["NOPE"]}, "it has no column NOPE"),
        (table(Column("L", "LONG"), keys=("L",)), {}, "column L can't be a key"),
        (table(Column("L", "CLOB"), keys=("L",)), {"lobs": True}, "column L can't be a key"),
        (table(Column("CDC_OP", "NUMBER")), {}, "called as one of every change table"),
        (table(Column("A\nB", "NUMBER")), {}, "that SQL\\*Plus can't read"),
    ],
)
def test_a_table_that_can_t_be_captured_is_refused(
    source: object, options: dict[str, object], reason: str
) -> None:
    with pytest.raises(SettingsError, match=reason):
        captured(source, **options)  # type: ignore[arg-type]


def key_record(**differences: str) -> dict[str, str]:
    return {"constraint_name": "PK", "status": "ENABLED", "deferrable": "NOT DEFERRABLE",
            "uniqueness": "UNIQUE", "column_name": "ID", **differences}  # fmt: skip


@pytest.mark.parametrize(
    ("differences", "reason"),
    [
        ({"status": "DISABLED"}, "is disabled"),
        ({"deferrable": "DEFERRABLE"}, "is deferrable"),
        ({"uniqueness": "NONUNIQUE"}, "has an index that is not unique"),
    ],
)
def test_a_key_that_may_be_broken_for_a_while_is_refused(
    differences: dict[str, str], reason: str
) -> None:
    with pytest.raises(SettingsError, match=f"primary key PK {reason}"):
        choose_key(USERS.place, [key_record(**differences)])
    assert choose_key(USERS.place, [key_record()]) == ["ID"]
    assert choose_key(USERS.place, []) == []


def test_a_column_of_the_dictionary_has_the_length_that_its_type_counts() -> None:
    record = {"column_name": "C", "data_type": "NVARCHAR2", "data_length": 20, "char_length": 10,
              "data_type_owner": None}  # fmt: skip
    assert as_column(record) == Column("C", "NVARCHAR2", 10)
    assert as_column({**record, "data_type": "VARCHAR2"}) == Column("C", "VARCHAR2", 20)
    assert as_column({**record, "data_type": "DATE"}) == Column("C", "DATE", 0)


def test_a_table_that_is_as_it_was_has_no_drift() -> None:
    assert not find_drift(captured(), USERS, LOGGED)


def test_a_column_that_became_longer_is_no_drift() -> None:
    longer = table(Column("NAME", "VARCHAR2", 4000), Column("UPDATED_AT", "TIMESTAMP(9)"))
    assert not find_drift(captured(longer), longer, LOGGED)


def test_columns_that_came_and_went_and_changed_are_kept_apart() -> None:
    now = table(
        Column("NAME", "CLOB"), Column("STATUS", "NUMBER"), Column("UPDATED_AT", "VARCHAR2", 30)
    )
    drift = find_drift(captured(now), now, (*LOGGED, Column("GONE", "NUMBER")))
    assert drift == Drift(
        added=(Column("STATUS", "NUMBER"),),
        removed=("GONE",),
        unwanted=("NAME",),
        retyped={"UPDATED_AT": "VARCHAR2(4000)"},
    )
    assert drift


def test_a_text_that_outgrew_the_change_table_is_drift() -> None:
    now = table(Column("NAME", "VARCHAR2", 32767))
    drift = find_drift(captured(now), now, LOGGED[:6])
    assert drift.retyped == {"NAME": "VARCHAR2(32767)"}


def test_what_is_no_longer_asked_for_is_drift() -> None:
    drift = find_drift(captured(included=["NAME"]), USERS, LOGGED)
    assert (drift.unwanted, drift.removed) == (("UPDATED_AT",), ())
