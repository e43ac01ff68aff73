"""Which leases are made, whose turn comes, which stand still, and how copies share them."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timezone

import pytest

from oracle_cdc.aws.dynamodb.lease import Lease
from oracle_cdc.aws.dynamodb.lease_choosing import (
    choose_leases,
    find_forgettable,
    find_readable,
    is_gone,
    make_missing,
)
from oracle_cdc.aws.dynamodb.lease_expiry import LeaseWatch
from oracle_cdc.aws.kinesis.positions import OLDEST, after, since
from oracle_cdc.aws.kinesis.shards import Shard

NOON = since(datetime(2026, 1, 2, 12, tzinfo=timezone.utc))
SPLIT = [
    Shard("shard-0", (), is_closed=True),
    Shard("shard-1", ("shard-0",)),
    Shard("shard-2", ("shard-0",)),
]


def ids(leases: list[Lease]) -> list[str]:
    return [lease.shard_id for lease in leases]


def owned(counts: dict[str, int]) -> list[Lease]:
    """Return leases of owners, by how many each has. "" is nobody."""
    leases: list[Lease] = []
    for owner, count in counts.items():
        for _ in range(count):
            leases.append(Lease(f"shard-{len(leases)}", owner=owner or None))
    return leases


def test_at_the_first_start_every_shard_begins_where_a_person_wants() -> None:
    missing = make_missing(SPLIT, [], NOON)
    assert [(lease.shard_id, lease.parents, lease.starts_at) for lease in missing] == [
        ("shard-0", (), NOON),
        ("shard-1", ("shard-0",), NOON),
        ("shard-2", ("shard-0",), NOON),
    ]


def test_a_shard_that_came_later_begins_with_its_oldest_record() -> None:
    missing = make_missing(SPLIT, [Lease("shard-0")], NOON)
    assert [lease.starts_at for lease in missing] == [OLDEST, OLDEST]
    assert make_missing(SPLIT, [Lease(shard.id) for shard in SPLIT], NOON) == []


def test_children_are_readable_once_their_parent_is_read_to_its_end() -> None:
    leases = make_missing(SPLIT, [], OLDEST)
    assert ids(find_readable(leases)) == ["shard-0"]
    leases[0] = replace(leases[0], is_ended=True)
    assert ids(find_readable(leases)) == ["shard-1", "shard-2"]


def test_a_merged_shard_waits_for_both_parents_also_for_one_that_never_had_a_record() -> None:
    parents = [Lease("a", is_ended=True), Lease("b")]
    child = Lease("c", ("a", "b"))
    assert ids(find_readable([*parents, child])) == ["b"]
    parents[1] = replace(parents[1], is_ended=True)
    assert ids(find_readable([*parents, child])) == ["c"]


def test_an_ended_lease_is_forgotten_once_its_shard_is_gone_and_its_children_have_leases() -> None:
    leases = [
        Lease("a", is_ended=True),
        Lease("b", ("a",), is_ended=True),
        Lease("c", ("b",)),
        Lease("d", is_ended=True),
    ]
    assert ids(find_forgettable(leases, [Shard("b"), Shard("c")])) == ["a"]
    assert ids(find_forgettable(leases, [Shard("c")])) == ["a", "b"]
    assert ids(find_readable(leases[2:])) == ["c"]


def test_a_lease_whose_shard_is_no_longer_listed_is_gone() -> None:
    assert is_gone(Lease("a"), [Shard("b")])
    assert not is_gone(Lease("b"), [Shard("b")])


def test_a_lease_goes_on_behind_its_checkpoint_else_where_it_starts() -> None:
    assert Lease("a", starts_at=NOON).position == NOON
    assert Lease("a", starts_at=NOON, sequence_number="7").position == after("7")


def test_a_lease_is_dead_once_it_stood_still_for_as_long_as_one_lasts_on_our_clock() -> None:
    watch = LeaseWatch(lease_seconds=30.0)
    lease = Lease("a", owner="other", counter=7, updated_at="2020-01-01")
    assert watch.find_expired([lease], now=1000.0) == set()
    assert watch.find_expired([lease], now=1029.9) == set()
    assert watch.find_expired([lease], now=1030.0) == {"a"}


def test_a_lease_that_is_renewed_or_changes_hands_begins_anew() -> None:
    watch = LeaseWatch(lease_seconds=30.0)
    lease = Lease("a", owner="other", counter=7)
    watch.find_expired([lease], now=0.0)
    assert watch.find_expired([replace(lease, counter=8)], now=29.0) == set()
    assert watch.find_expired([replace(lease, counter=8)], now=58.0) == set()
    assert watch.find_expired([replace(lease, counter=8, owner="third")], now=60.0) == set()
    assert watch.find_expired([replace(lease, counter=8, owner="third")], now=90.0) == {"a"}


def test_a_lease_that_nobody_has_is_free_at_once() -> None:
    assert LeaseWatch(30.0).find_expired([Lease("a")], now=0.0) == {"a"}


def test_the_only_copy_takes_all() -> None:
    leases = owned({"": 5})
    assert ids(choose_leases(leases, owner="me", expired=set(ids(leases)))) == ids(leases)


def test_a_copy_takes_its_share_and_leaves_the_rest() -> None:
    leases = owned({"other": 2, "": 4})
    assert len(choose_leases(leases, owner="me", expired=set())) == 3


def test_leases_of_a_copy_that_died_are_taken() -> None:
    leases = owned({"dead": 3, "me": 1})
    expired = {"shard-0", "shard-1", "shard-2"}
    assert set(ids(choose_leases(leases, owner="me", expired=expired))) == expired


def test_our_own_lease_that_stands_still_is_ours_still() -> None:
    leases = owned({"me": 1})
    assert choose_leases(leases, owner="me", expired={"shard-0"}) == []


def test_a_new_copy_takes_one_from_the_one_that_has_most() -> None:
    leases = owned({"poor": 1, "rich": 4})
    (taken,) = choose_leases(leases, owner="me", expired=set())
    assert taken.owner == "rich"


@pytest.mark.parametrize("counts", [{"rich": 1}, {"rich": 2, "me": 1}, {"rich": 3, "me": 2}])
def test_nothing_is_taken_from_a_copy_that_has_but_one_more(counts: dict[str, int]) -> None:
    assert choose_leases(owned(counts), owner="me", expired=set()) == []


@pytest.mark.parametrize("seed", range(20))
def test_copies_come_to_rest_with_leases_that_differ_by_one_at_most(seed: int) -> None:
    chance = random.Random(seed)
    names = [f"copy-{number}" for number in range(chance.randint(1, 5))]
    leases = owned({"": chance.randint(0, 12), names[0]: chance.randint(0, 5)})
    for _ in range(60):
        chance.shuffle(names)
        moves = 0
        for name in names:
            for lease in choose_leases(leases, owner=name, expired=set()):
                leases[leases.index(lease)] = replace(lease, owner=name)
                moves += 1
    assert moves == 0
    owners = [lease.owner for lease in leases]
    counts = [owners.count(name) for name in names]
    assert sum(counts) == len(leases)
    assert max(counts) - min(counts) <= 1
