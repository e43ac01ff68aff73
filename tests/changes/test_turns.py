"""Turns: one of each key at a time, and a key that is held back holds nobody else back."""

from __future__ import annotations

from collections.abc import Sequence

from oracle_cdc.changes.rules.turns import Turns, Waiting


def make(*groups: str, most_records: int = 500, most_bytes: int = 1000) -> Turns[str]:
    """Make turns of groups such as "a" or "ab": their keys, each of 10 bytes."""
    turns: Turns[str] = Turns(most_records, most_bytes)
    for number, keys in enumerate(groups):
        turns.add([Waiting(f"{key}{number}", key, number, 10) for key in keys])
    return turns


def items(turn: Sequence[Waiting[str]]) -> list[str]:
    return sorted(each.item for each in turn)


def accept(turns: Turns[str], turn: Sequence[Waiting[str]]) -> list[bool]:
    return [turns.accept(each) for each in turn]


def test_a_turn_has_the_first_of_each_key() -> None:
    turns = make("a", "b", "a", "c", "a")
    first = turns.next_turn()
    assert items(first) == ["a0", "b1", "c3"]
    assert items(turns.next_turn()) == []
    assert (turns.ready, turns.waiting, turns.waiting_bytes) == (0, 5, 50)
    assert accept(turns, first) == [True, True, True]
    assert (turns.ready, turns.waiting, turns.waiting_bytes) == (1, 2, 20)
    for expected in (["a2"], ["a4"], []):
        turn = turns.next_turn()
        assert items(turn) == expected
        accept(turns, turn)
    assert turns.waiting == turns.waiting_bytes == turns.ready == 0


def test_a_turn_is_no_more_than_a_request_takes() -> None:
    assert len(make("a", "b", "c", most_records=2).next_turn()) == 2
    assert len(make("a", "b", "c", most_bytes=25).next_turn()) == 2
    assert len(make("a", "b", "c", most_bytes=5).next_turn()) == 1


def test_the_key_with_most_to_send_goes_first() -> None:
    turns = make("a", "b", "c", "c", "c", most_records=1)
    assert items(turns.next_turn()) == ["c2"]


def test_a_key_that_is_held_back_holds_nobody_else_back() -> None:
    turns = make("a", "b", "a", "b")
    a, b = turns.next_turn()
    turns.keep_back(a)
    turns.accept(b)
    turn = turns.next_turn()
    assert items(turn) == ["b3"]
    accept(turns, turn)
    turns.add([Waiting("a4", "a", 4, 10)])
    turns.add([Waiting("b5", "b", 5, 10)])
    assert items(turns.next_turn()) == ["b5"]


def test_the_next_of_a_key_waits_until_the_group_is_whole() -> None:
    turns = make("b", "ab", "a")
    first = turns.next_turn()
    assert items(first) == ["a1", "b0"]
    b0, a1 = sorted(first, key=lambda each: each.item, reverse=True)
    assert turns.accept(a1) is False
    assert items(turns.next_turn()) == []
    turns.accept(b0)
    (b1,) = turns.next_turn()
    assert b1.item == "b1"
    assert turns.accept(b1) is True
    assert items(turns.next_turn()) == ["a2"]


def test_a_group_that_is_not_whole_holds_all_its_keys_back() -> None:
    turns = make("b", "c", "ab", "bc", "c", "a")
    a2, b0, c1 = sorted(turns.next_turn(), key=lambda each: each.item)
    turns.keep_back(a2)
    turns.accept(b0)
    turns.accept(c1)
    # b2 and b3 go with a2, c3 with b3, c4 stands behind it, and a5 behind a2.
    assert items(turns.next_turn()) == []
    assert turns.waiting == turns.waiting_bytes == turns.ready == 0


def test_what_stands_before_a_group_that_is_held_still_goes() -> None:
    turns = make("a", "b", "b", "ab")
    a0, b1 = sorted(turns.next_turn(), key=lambda each: each.item)
    turns.keep_back(a0)
    turns.accept(b1)
    turn = turns.next_turn()
    assert items(turn) == ["b2"]
    accept(turns, turn)
    assert items(turns.next_turn()) == []


def test_what_is_accepted_after_its_group_was_held_makes_it_not_whole() -> None:
    turns = make("ab", "a")
    a0, b0 = sorted(turns.next_turn(), key=lambda each: each.item)
    turns.keep_back(b0)
    assert turns.accept(a0) is False
    assert items(turns.next_turn()) == []
