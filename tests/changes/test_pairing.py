"""Rows of a change table to changes."""

from __future__ import annotations

from oracle_cdc.changes.rules.pairing import LogRow, Paired, Pairing
from oracle_cdc.changes.rules.values import Operation

USERS = Pairing("users", ("id",))


def row(sign: str, number: int, id: int = 1, name: str = "n", oddity: str = "") -> LogRow:
    image = {"id": id, "name": name}
    return LogRow(
        f"{sign}{number}", str(number), sign, "2026-01-02T03:04:05", "1.2.3", image, oddity
    )


def pair(*rows: LogRow) -> list[Paired]:
    return list(USERS.pair(rows))


def test_each_sign_is_an_operation_with_its_images() -> None:
    inserted, updated, deleted, there = pair(
        row("I", 1), row("B", 2, name="a"), row("U", 2, name="b"), row("D", 3), row("S", 4)
    )
    found = [each.changes[0] for each in (inserted, updated, deleted, there)]
    assert [change.operation.value for change in found] == ["INSERT", "UPDATE", "DELETE", "INSERT"]
    one = {"id": 1, "name": "n"}
    assert [(change.before, change.after) for change in found] == [
        (None, one),
        ({"id": 1, "name": "a"}, {"id": 1, "name": "b"}),
        (one, None),
        (None, one),
    ]
    assert [change.metadata.is_snapshot for change in found] == [False, False, False, True]
    assert [len(each.rows) for each in (inserted, updated, deleted, there)] == [1, 2, 1, 1]
    assert found[1].keys == {"id": 1}
    assert found[1].timestamp == "2026-01-02T03:04:05Z"


def test_ids_are_the_table_and_twenty_digits() -> None:
    (only,) = pair(row("I", 12))
    metadata = only.changes[0].metadata
    assert metadata.sequence_number == "00000000000000000012"
    assert metadata.event_id == "users-00000000000000000012"
    assert metadata.transaction_id == "1.2.3"


def test_a_change_of_keys_is_a_delete_and_an_insert_with_one_number() -> None:
    (moved,) = pair(row("B", 5, id=1), row("U", 5, id=2))
    deleted, inserted = moved.changes
    assert (deleted.operation, inserted.operation) == (Operation.DELETE, Operation.INSERT)
    assert (deleted.keys, inserted.keys) == ({"id": 1}, {"id": 2})
    assert deleted.metadata.event_id == "users-00000000000000000005-D"
    assert inserted.metadata.event_id == "users-00000000000000000005-I"
    assert deleted.metadata.sequence_number == inserted.metadata.sequence_number
    assert deleted.metadata.transaction_id == inserted.metadata.transaction_id
    assert len(moved.rows) == 2


def test_half_an_update_with_nothing_behind_it_is_refused() -> None:
    for rows in ([row("B", 2)], [row("U", 2)]):
        (half,) = pair(*rows)
        assert half.refusal is not None
        assert "users-00000000000000000002" in str(half.refusal)
        assert len(half.rows) == 1


def test_two_halves_of_different_updates_are_no_update() -> None:
    found = pair(row("B", 2), row("U", 3), row("I", 4))
    assert [each.refusal is None for each in found] == [False, False, True]


def test_what_is_odd_of_a_row_refuses_its_change() -> None:
    (odd,) = pair(row("B", 2), row("U", 2, oddity="a value of id is no integer"))
    assert "a value of id is no integer" in str(odd.refusal)
    assert odd.changes[0].after == {"id": 1, "name": "n"}
