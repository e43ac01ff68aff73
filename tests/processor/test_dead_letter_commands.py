"""`dlq status` and `dlq process`: what is counted, published and said."""

from __future__ import annotations

import pytest

from oracle_cdc.processor import fetching
from oracle_cdc.processor.fetching import MOST_READS
from tests.awsplaces import connect
from tests.processor.commands import Watcher


def test_status_counts_what_waits(watcher: Watcher) -> None:
    assert watcher.type("dlq", "status").out == f"0 dead letters in {watcher.world.queue_url}\n"
    watcher.set_aside(1, 2)
    report = watcher.type("dlq", "status", "--json").report
    assert report == {"url": watcher.world.queue_url, "waiting": 2, "encrypted": False}


def test_process_publishes_what_the_bus_takes_by_now(watcher: Watcher) -> None:
    watcher.set_aside(1, 2, 3)
    done = watcher.type("dlq", "process")
    assert (done.code, done.out) == (0, "3 events published, 0 failed again\n")
    assert sorted(watcher.world.published) == [1, 2, 3]
    assert watcher.type("dlq", "status", "--json").report["waiting"] == 0


def test_process_ends_after_as_many_as_are_asked_for(watcher: Watcher) -> None:
    watcher.set_aside(*range(15))
    done = watcher.type("dlq", "process", "--max", "1")
    assert done.code == 0
    assert 1 <= len(watcher.world.published) < 15


def test_process_of_an_empty_queue_does_nothing(watcher: Watcher) -> None:
    done = watcher.type("dlq", "process")
    assert (done.code, done.out) == (0, "0 events published, 0 failed again\n")


def test_what_fails_again_is_said_and_stays(watcher: Watcher) -> None:
    watcher.set_aside(1)
    watcher.world.publishing.order(marked_entries={"users": "MalformedDetail"})
    done = watcher.type("dlq", "process")
    assert (done.code, done.out) == (1, "0 events published, 1 failed again\n")
    [letter] = watcher.world.letters()
    assert letter["attempts"] == 4


def test_what_is_no_dead_letter_stays_in_the_queue(watcher: Watcher) -> None:
    sqs = connect("sqs", watcher.world.queues_url)
    sqs.send_message(QueueUrl=watcher.world.queue_url, MessageBody="hello")
    done = watcher.type("dlq", "process")
    assert done.code == 1
    assert "left in the queue: 1 message" in done.out
    assert watcher.type("dlq", "status", "--json").report["waiting"] == 1


def test_a_letter_whose_record_did_not_come_yet_is_left_for_later(watcher: Watcher) -> None:
    watcher.set_aside(1, DLQ_KEEP_EVENT="false")
    watcher.world.cloud.limits.empty_reads = MOST_READS
    done = watcher.type("dlq", "process")
    assert done.code == 1
    assert "left for later: 1 message" in done.out
    assert watcher.type("dlq", "status", "--json").report["waiting"] == 1


def test_an_outage_leaves_all_of_them_where_they_are(watcher: Watcher) -> None:
    watcher.set_aside(1)
    watcher.world.publishing.order(refusal=[500, "InternalFailure"])
    done = watcher.type("dlq", "process")
    assert done.code == 4
    assert "the others wait" in done.out
    assert watcher.type("dlq", "status", "--json").report["waiting"] == 1


def test_what_was_done_before_an_outage_is_said_and_the_next_run_goes_on(
    watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "PATIENCE_SECONDS", 0.0)
    watcher.set_aside(*range(12), DLQ_KEEP_EVENT="false")
    throttled = [400, "ProvisionedThroughputExceededException"]
    fault = watcher.world.publishing.order(action="GetRecords", refusal=throttled, skip=10)
    done = watcher.type("dlq", "process")
    assert done.code == 4
    assert "10 events published, 0 failed again\n" in done.out
    assert "the others wait: " in done.out
    assert "ProvisionedThroughputExceededException" in done.out
    fault.times = 0
    assert watcher.type("dlq", "process").out == "2 events published, 0 failed again\n"
    assert sorted(watcher.world.published) == list(range(1, 13))


def test_letters_are_not_sent_to_a_bus_that_is_not_there(watcher: Watcher) -> None:
    watcher.set_aside(1)
    done = watcher.type("dlq", "process", EVENT_BUS_NAME="nowhere")
    assert done.code == 4
    assert "see EVENT_BUS_NAME" in done.err
    assert watcher.type("dlq", "status", "--json").report["waiting"] == 1


@pytest.mark.parametrize("action", ["status", "process"])
def test_without_a_queue_there_is_nothing_to_ask(watcher: Watcher, action: str) -> None:
    done = watcher.type("dlq", action, DLQ_URL="")
    assert done.code == 2
    assert "DLQ_URL: missing" in done.err
