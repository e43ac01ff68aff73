"""Leases and checkpoints, at moto's DynamoDB and at one that loses answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest

from awslite.cloud import Cloud
from oracle_cdc.aws.dynamodb.checkpoints import reset
from oracle_cdc.aws.dynamodb.client import CHECKPOINTS, open_table
from oracle_cdc.aws.dynamodb.lease import Lease
from oracle_cdc.aws.dynamodb.lease_rows import LeaseRows
from oracle_cdc.aws.kinesis.positions import NEWEST, OLDEST, after, at, since
from oracle_cdc.errors import StoreMissing, StoreUnavailable
from tests.awsplaces import make_session
from tests.integration.leases import LeaseWorld, lease_world

LONG = "49640000000000000000000000000000000000000000000000000018"
SHARD = "shard-0"


@pytest.fixture(params=["moto", "awslite"])
def world(request: pytest.FixtureRequest, sqs_server: str) -> Iterator[LeaseWorld]:
    endpoint = sqs_server
    if request.param == "awslite":
        endpoint = request.getfixturevalue("cloud").url
    with lease_world(endpoint) as made:
        yield made


@pytest.fixture
def losing(cloud: Cloud) -> Iterator[LeaseWorld]:
    with lease_world(cloud.url, cloud) as made:
        yield made


def taken(world: LeaseWorld, owner: str) -> Lease:
    """Return the lease of a shard that a copy took."""
    world.rows.create(Lease(SHARD))
    lease = world.copy(owner)[0].take(world.kept())
    assert lease
    return lease


def test_a_lease_is_kept_as_it_was_made(world: LeaseWorld) -> None:
    moment = since(datetime(2026, 1, 2, 12, 30, 0, 250_000, tzinfo=timezone.utc))
    assert world.rows.create(Lease(SHARD, ("a", "b"), starts_at=moment))
    kept = world.kept()
    assert (kept.shard_id, kept.parents, kept.starts_at) == (SHARD, ("a", "b"), moment)
    assert (kept.sequence_number, kept.owner, kept.is_ended) == (None, None, False)
    assert datetime.fromisoformat(kept.updated_at).tzinfo is not None


def test_a_lease_that_is_there_is_not_made_anew(world: LeaseWorld) -> None:
    taken(world, "one")
    assert not world.rows.create(Lease(SHARD))
    assert world.kept().owner == "one"


def test_a_lease_that_begins_with_the_newest_record_begins_now_and_stays_there(
    world: LeaseWorld,
) -> None:
    world.rows.create(Lease(SHARD, starts_at=NEWEST))
    moment = world.kept().starts_at.moment
    assert moment
    assert abs(datetime.now(timezone.utc) - moment) < timedelta(minutes=1)


def test_all_leases_of_one_processor_and_stream_are_read_page_by_page(world: LeaseWorld) -> None:
    other = LeaseRows(world.rows.client, processor="cdc-processor", stream="cdc-2")
    stranger = LeaseRows(world.rows.client, processor="another", stream="cdc")
    for rows in (other, stranger):
        rows.create(Lease("shard-9"))
    # Parents make an item large, and a page holds one mebibyte.
    parents = ("p" * 300_000,)
    for number in range(5):
        world.rows.create(Lease(f"shard-{number}", parents))
    shards = [lease.shard_id for lease in world.rows.read_all()]
    assert shards == [f"shard-{number}" for number in range(5)]


def test_one_of_two_copies_takes_a_lease(world: LeaseWorld) -> None:
    world.rows.create(Lease(SHARD))
    seen = world.kept()
    one = world.copy("one")[0].take(seen)
    assert one and one.owner == "one"
    assert world.copy("two")[0].take(seen) is None
    assert world.kept() == one


def test_a_lease_taken_away_is_lost_to_its_holder(world: LeaseWorld) -> None:
    first = taken(world, "one")
    leases, checkpoints = world.copy("one")
    second = world.copy("two")[0].take(first)
    assert second

    assert leases.renew(first) is None
    assert checkpoints.write(first, "7") is None
    assert checkpoints.end(first) is None
    leases.release(first)

    assert world.kept() == second


def test_a_lease_that_was_renewed_is_not_taken_away(world: LeaseWorld) -> None:
    seen = taken(world, "one")
    renewed = world.copy("one")[0].renew(seen)
    assert renewed and renewed.counter > seen.counter
    assert world.copy("two")[0].take(seen) is None


def test_a_released_lease_is_free_and_others_need_not_wait(world: LeaseWorld) -> None:
    lease = taken(world, "one")
    world.copy("one")[0].release(lease)
    assert world.kept().owner is None
    assert world.copy("two")[0].take(world.kept())


def test_a_checkpoint_keeps_all_digits_and_renews_the_lease(world: LeaseWorld) -> None:
    lease = taken(world, "one")
    written = world.copy("one")[1].write(lease, LONG)
    assert written == world.kept()
    assert written.sequence_number == LONG
    assert written.position == after(LONG)
    assert written.counter > lease.counter


def test_a_checkpoint_goes_from_nine_to_ten_and_never_back(world: LeaseWorld) -> None:
    lease = taken(world, "one")
    checkpoints = world.copy("one")[1]
    for number in ("9", "10", "10", "100"):
        moved = checkpoints.write(lease, number)
        assert moved
        lease = moved
    with pytest.raises(ValueError, match="a checkpoint at 99 behind 100"):
        checkpoints.write(lease, "99")
    assert world.kept().sequence_number == "100"


def test_only_the_owner_writes_a_checkpoint(world: LeaseWorld) -> None:
    lease = taken(world, "one")
    assert world.copy("two")[1].write(lease, "7") is None
    assert world.kept().sequence_number is None


def test_a_checkpoint_behind_the_one_that_is_kept_is_refused_also_by_the_table(
    world: LeaseWorld,
) -> None:
    lease = taken(world, "one")
    checkpoints = world.copy("one")[1]
    ahead = checkpoints.write(lease, "10")
    assert ahead
    forgetful = Lease(SHARD, owner="one", counter=ahead.counter)
    assert checkpoints.write(forgetful, "9") is None
    assert world.kept() == ahead


def test_the_end_of_a_shard_is_kept_and_nobody_takes_it_again(world: LeaseWorld) -> None:
    lease = taken(world, "one")
    ended = world.copy("one")[1].end(lease)
    assert ended and ended.is_ended and ended.owner is None
    assert world.copy("two")[0].take(ended) is None


def test_a_reset_ends_the_holders_lease_and_moves_back(world: LeaseWorld) -> None:
    lease = taken(world, "one")
    held = world.copy("one")[1].write(lease, "100")
    assert held
    assert reset(world.rows, SHARD, OLDEST)

    assert world.copy("one")[1].write(held, "101") is None
    assert world.copy("one")[0].renew(held) is None
    kept = world.kept()
    assert (kept.position, kept.owner, kept.is_ended) == (OLDEST, None, False)


def test_a_reset_goes_on_behind_a_record_or_at_a_moment(world: LeaseWorld) -> None:
    ended = world.copy("one")[1].end(taken(world, "one"))
    assert ended
    assert reset(world.rows, SHARD, after(LONG))
    assert world.kept().position == after(LONG)
    assert not world.kept().is_ended
    moment = since(datetime(2026, 1, 2, tzinfo=timezone.utc))
    assert reset(world.rows, SHARD, moment)
    assert world.kept().position == moment
    with pytest.raises(ValueError, match="behind a record"):
        reset(world.rows, SHARD, at("7"))


def test_a_reset_of_a_shard_that_nobody_knows_makes_none(world: LeaseWorld) -> None:
    assert not reset(world.rows, "shard-9", OLDEST)
    assert world.rows.find("shard-9") is None


def test_a_lease_is_forgotten_once_and_for_all(world: LeaseWorld) -> None:
    taken(world, "one")
    world.rows.delete(SHARD)
    world.rows.delete(SHARD)
    assert world.rows.read_all() == []


@pytest.mark.parametrize("step", ["take", "renew", "write", "end"])
def test_a_write_whose_answer_was_lost_is_known_when_it_is_made_again(
    losing: LeaseWorld, step: str
) -> None:
    losing.rows.create(Lease(SHARD))
    leases, checkpoints = losing.copy("one")
    lease = losing.kept()
    if step != "take":
        held = leases.take(lease)
        assert held
        lease = held
    steps = {
        "take": lambda: leases.take(lease),
        "renew": lambda: leases.renew(lease),
        "write": lambda: checkpoints.write(lease, LONG),
        "end": lambda: checkpoints.end(lease),
    }
    losing.lose_answer()
    with pytest.raises(StoreUnavailable):
        steps[step]()
    standing = losing.kept()
    assert standing.counter == lease.counter + 1

    assert steps[step]() == standing


def test_another_copys_lease_is_not_taken_for_ones_own_lost_answer(losing: LeaseWorld) -> None:
    losing.rows.create(Lease(SHARD))
    seen = losing.kept()
    assert losing.copy("two")[0].take(seen)
    assert losing.copy("one")[0].take(seen) is None


def test_a_checkpoint_whose_lease_was_taken_while_its_answer_was_lost_is_lost(
    losing: LeaseWorld,
) -> None:
    lease = taken(losing, "one")
    losing.lose_answer()
    with pytest.raises(StoreUnavailable):
        losing.copy("one")[1].write(lease, "7")
    other = losing.copy("two")[0].take(losing.kept())
    assert other and other.sequence_number == "7"
    assert losing.copy("one")[1].write(lease, "7") is None


def test_a_table_that_is_not_there_is_named_with_its_setting(cloud: Cloud) -> None:
    session = make_session(cloud.url)
    client = open_table(session, CHECKPOINTS, "nowhere")
    with pytest.raises(StoreMissing, match="see CHECKPOINT_TABLE_NAME and AWS_REGION"):
        LeaseRows(client, processor="p", stream="s").read_all()
    session.close()
