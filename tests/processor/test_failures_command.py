"""`failures` of row changes: dead letters listed, shown, published again and deleted."""

from __future__ import annotations

import json

from oracle_cdc.commands.failures_items import Choice
from oracle_cdc.commands.processor.failures import FailedChanges
from oracle_cdc.processor.fetching import MOST_READS
from tests.awsplaces import connect
from tests.processor.commands import Watcher
from tests.processor.pipelines import show_again


def ids_of(watcher: Watcher) -> list[str]:
    return [item["id"] for item in watcher.type("failures", "list", "--json").report]


def test_letters_are_listed_oldest_first_and_stay_where_they_are(watcher: Watcher) -> None:
    watcher.set_aside(1, 2, 3)
    first, second = watcher.type("failures", "list", "--json"), watcher.type("failures", "list")
    times = [item["failedAt"] for item in first.report]
    assert (len(times), times) == (3, sorted(times))
    item = first.report[0]
    assert (item["pipeline"], item["direction"], item["table"]) == ("processor", "CHANGE", "users")
    assert (item["reason"], item["attempts"]) == ("EVENTBRIDGE_ERROR", 3)
    assert "3 set aside" in second.out


def test_one_letter_is_shown_with_its_body_when_that_is_asked_for(watcher: Watcher) -> None:
    watcher.set_aside(1)
    (failure_id,) = ids_of(watcher)
    assert "originalEvent" not in watcher.type("failures", "show", failure_id).out
    report = watcher.type("failures", "show", failure_id, "--body", "--json").report
    assert json.loads(report["body"])["error"]["code"] == "EVENTBRIDGE_ERROR"


def test_a_letter_that_is_replayed_is_published_and_gone(watcher: Watcher) -> None:
    # Of one row, so that the first change is the first letter.
    watcher.set_aside(1, 1)
    first, second = ids_of(watcher)
    done = watcher.type("failures", "replay", first, "--yes")
    assert (done.code, watcher.world.published) == (0, [1])
    assert "1 replayed, 0 kept" in done.out
    assert ids_of(watcher) == [second]


def test_a_letter_that_fails_again_is_one_with_another_id(watcher: Watcher) -> None:
    watcher.set_aside(1)
    (failure_id,) = ids_of(watcher)
    watcher.world.publishing.order(marked_entries={"users": "MalformedDetail"})
    done = watcher.type("failures", "replay", failure_id, "--yes")
    assert done.code == 1
    assert "failed again" in done.out
    (other,) = watcher.type("failures", "list", "--json").report
    assert other["id"] != failure_id
    assert other["attempts"] == 4


def test_a_letter_whose_record_did_not_come_yet_is_said_to_wait(watcher: Watcher) -> None:
    watcher.set_aside(1, DLQ_KEEP_EVENT="false")
    watcher.world.cloud.limits.empty_reads = MOST_READS
    done = watcher.type("failures", "replay", "--all", "--yes")
    assert done.code == 1
    assert "its record did not come yet" in done.out
    assert len(ids_of(watcher)) == 1


def test_letters_that_reappear_meanwhile_are_taken_once(watcher: Watcher) -> None:
    watcher.set_aside(1, 2)
    failed = FailedChanges(watcher.world.settings())
    show_again(failed.queue, most=5)
    assert len(failed.find(Choice())) == 2
    failed.close()


def test_nothing_is_replayed_to_a_bus_that_is_not_there(watcher: Watcher) -> None:
    watcher.set_aside(1)
    done = watcher.type("failures", "replay", "--all", "--yes", EVENT_BUS_NAME="nowhere")
    assert done.code == 4
    assert len(ids_of(watcher)) == 1


def test_a_letter_that_is_discarded_is_gone_and_never_published(watcher: Watcher) -> None:
    watcher.set_aside(1, 2)
    first, second = ids_of(watcher)
    done = watcher.type("failures", "discard", first, "--yes")
    assert (done.code, done.lines[-1]) == (0, "1 discarded")
    assert ids_of(watcher) == [second]
    assert watcher.world.published == []


def test_a_message_that_is_no_letter_is_listed_as_what_it_is(watcher: Watcher) -> None:
    sqs = connect("sqs", watcher.world.queues_url)
    sqs.send_message(QueueUrl=watcher.world.queue_url, MessageBody="hello")
    (item,) = watcher.type("failures", "list", "--json").report
    assert (item["reason"], item["attempts"]) == ("no dead letter", 0)
    done = watcher.type("failures", "replay", "--all", "--yes")
    assert done.code == 1
    assert "it can't be tried" in done.out


def test_only_letters_that_are_old_enough_are_meant(watcher: Watcher) -> None:
    watcher.set_aside(1)
    done = watcher.type("failures", "discard", "--older-than", "1", "--yes")
    assert (done.code, done.lines) == (0, ["nothing of that kind is set aside"])


def test_without_a_queue_there_is_nothing_to_list(watcher: Watcher) -> None:
    done = watcher.type("failures", "list", DLQ_URL="")
    assert done.code == 2
    assert "DLQ_URL: missing" in done.err
