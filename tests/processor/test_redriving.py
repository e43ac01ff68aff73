"""Dead letters once more: published and gone, or there again with one attempt more."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from oracle_cdc.aws.kinesis import pace
from oracle_cdc.changes.rules.dead_letters import Failed, Reason, write_dead_letter
from oracle_cdc.errors import DestinationUnavailable, SettingsError
from oracle_cdc.processor import fetching
from oracle_cdc.processor.redriving import Redriven
from oracle_cdc.processor.wiring import make_redriving
from tests.awsplaces import connect
from tests.changes.changefixtures import make_change
from tests.processor.pipelines import PipelineWorld, show_again

#: Longer than the stream keeps records.
ONE_DAY_AND_AN_HOUR = 25 * 3600


def later() -> datetime:
    return datetime.now(timezone.utc) + timedelta(seconds=5)


def fill(pipelines: PipelineWorld, *rows: int, **given: str) -> None:
    """Make the records of rows dead letters, since the bus refuses them."""
    fault = pipelines.publishing.order(marked_entries={"users": "MalformedDetail"})
    pipelines.put(*rows)
    pipelines.pipeline(**given).run_once()
    fault.times = 0


def redrive(pipelines: PipelineWorld, most: int | None = None, **given: str) -> Redriven:
    return make_redriving(pipelines.processor(**given)).run(later(), most)


def count_letters(pipelines: PipelineWorld) -> int:
    answer = connect("sqs", pipelines.queues_url).get_queue_attributes(
        QueueUrl=pipelines.queue_url, AttributeNames=["All"]
    )
    attributes: dict[str, Any] = answer["Attributes"]
    waiting = int(attributes["ApproximateNumberOfMessages"])
    return waiting + int(attributes["ApproximateNumberOfMessagesNotVisible"])


def test_what_the_bus_takes_now_is_published_and_leaves_the_queue(
    pipelines: PipelineWorld,
) -> None:
    fill(pipelines, *range(12))
    assert count_letters(pipelines) == 12
    done = redrive(pipelines)
    assert (done.published, done.failed, done.error) == (12, 0, None)
    assert sorted(pipelines.published) == list(range(1, 13))
    assert count_letters(pipelines) == 0


def test_what_fails_again_is_a_letter_with_one_attempt_more(pipelines: PipelineWorld) -> None:
    fill(pipelines, 1)
    pipelines.publishing.order(marked_entries={"users": "MalformedDetail"})
    before = datetime.now(timezone.utc) + timedelta(milliseconds=2)
    done = make_redriving(pipelines.processor()).run(before)
    assert (done.published, done.failed) == (0, 1)
    assert count_letters(pipelines) == 1
    [letter] = pipelines.letters()
    assert letter["attempts"] == 4
    assert letter["error"]["message"] == "Processing failed after 4 attempts"


def test_what_fails_again_is_tried_once_in_a_run_whatever_the_clock_of_the_queue_says(
    pipelines: PipelineWorld,
) -> None:
    fill(pipelines, *range(3))
    pipelines.publishing.order(marked_entries={"users": "MalformedDetail"})
    done = redrive(pipelines)
    assert (done.published, done.failed) == (0, 3)
    assert [letter["attempts"] for letter in pipelines.letters()] == [4, 4, 4]


def test_a_letter_stays_while_the_bus_takes_nothing(pipelines: PipelineWorld) -> None:
    fill(pipelines, 1, 2)
    pipelines.publishing.order(refusal=[503, "ServiceUnavailable"])
    done = redrive(pipelines)
    assert (done.published, done.failed) == (0, 0)
    assert "ServiceUnavailable" in str(done.error)
    letters = pipelines.letters()
    assert [letter["attempts"] for letter in letters] == [3, 3]


def test_a_bus_that_throttles_for_a_moment_ends_no_run(pipelines: PipelineWorld) -> None:
    fill(pipelines, *range(12))
    pipelines.publishing.order(refusal=[400, "ThrottlingException"], times=3)
    done = redrive(pipelines, RETRY_BASE_DELAY_MS="1")
    assert (done.published, done.failed, done.error) == (12, 0, None)
    assert count_letters(pipelines) == 0


def test_no_more_are_tried_than_are_asked_for(pipelines: PipelineWorld) -> None:
    fill(pipelines, *range(25))
    done = redrive(pipelines, most=10)
    assert 10 <= done.published < 25
    assert count_letters(pipelines) == 25 - done.published


def test_a_record_that_can_not_be_read_is_tried_too(pipelines: PipelineWorld) -> None:
    pipelines.put_bytes(b"{")
    pipelines.pipeline().run_once()
    before = datetime.now(timezone.utc) + timedelta(milliseconds=2)
    assert make_redriving(pipelines.processor()).run(before).failed == 1
    [letter] = pipelines.letters()
    assert (letter["attempts"], letter["originalEvent"]) == (2, {"raw": "ew=="})


def test_a_letter_without_its_event_is_read_again_from_the_stream(
    pipelines: PipelineWorld,
) -> None:
    fill(pipelines, 1, DLQ_KEEP_EVENT="false")
    assert redrive(pipelines).published == 1
    assert pipelines.published == [1]


def test_a_record_that_comes_only_behind_empty_reads_is_found(pipelines: PipelineWorld) -> None:
    fill(pipelines, 1, DLQ_KEEP_EVENT="false")
    pipelines.cloud.limits.empty_reads = 1
    assert redrive(pipelines).published == 1
    assert pipelines.published == [1]


def test_a_letter_whose_record_did_not_come_yet_waits_and_stops_no_other(
    pipelines: PipelineWorld, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "READ_SECONDS", 0.0)
    fill(pipelines, 1, DLQ_KEEP_EVENT="false")
    fill(pipelines, 2)
    pipelines.cloud.limits.empty_reads = fetching.MOST_READS
    done = redrive(pipelines)
    assert (done.published, done.waiting, done.foreign, done.error) == (1, 1, 0, None)
    assert "the stream no longer has record" not in caplog.text
    assert "gave no record yet" in caplog.text
    pipelines.cloud.limits.empty_reads = 0
    assert redrive(pipelines).published == 1


def test_a_shard_is_read_for_its_letters_no_more_often_than_it_answers(
    pipelines: PipelineWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "PATIENCE_SECONDS", 0.0)
    fill(pipelines, *range(7), DLQ_KEEP_EVENT="false")
    pipelines.cloud.limits.throttles_reads = True
    assert redrive(pipelines).published == 7


def test_a_shard_that_others_read_too_often_is_asked_again(
    pipelines: PipelineWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "REFUSED_SECONDS", 0.01)
    fill(pipelines, 1, 2, DLQ_KEEP_EVENT="false")
    throttled = [400, "ProvisionedThroughputExceededException"]
    pipelines.publishing.order(action="GetRecords", refusal=throttled, times=3)
    assert redrive(pipelines).published == 2


def test_a_stream_that_gives_nothing_at_all_is_an_error(
    pipelines: PipelineWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "PATIENCE_SECONDS", 0.0)
    fill(pipelines, 1, DLQ_KEEP_EVENT="false")
    throttled = [400, "ProvisionedThroughputExceededException"]
    pipelines.publishing.order(action="GetRecords", refusal=throttled)
    with pytest.raises(DestinationUnavailable, match="ProvisionedThroughputExceeded"):
        redrive(pipelines)
    assert len(pipelines.letters()) == 1


def test_no_wait_for_a_record_outlasts_the_stop(pipelines: PipelineWorld) -> None:
    fill(pipelines, 1, DLQ_KEEP_EVENT="false")
    pipelines.cloud.limits.empty_reads = 1
    processor = pipelines.processor()
    processor.stop.set()
    done = make_redriving(processor).run(later())
    assert (done.published, done.waiting) == (0, 1)


def test_a_letter_whose_record_is_gone_from_the_stream_stays(
    pipelines: PipelineWorld, caplog: pytest.LogCaptureFixture
) -> None:
    fill(pipelines, 1, DLQ_KEEP_EVENT="false")
    pipelines.cloud.streams.clock = lambda: time.time() + ONE_DAY_AND_AN_HOUR
    pipelines.put(2)
    done = redrive(pipelines)
    assert (done.published, done.foreign) == (0, 1)
    assert "the stream no longer has record" in caplog.text
    assert len(pipelines.letters()) == 1


def test_a_letter_of_a_change_that_came_to_no_stream_stays_as_it_is(
    pipelines: PipelineWorld, caplog: pytest.LogCaptureFixture
) -> None:
    # As of a change that is too large for the stream, and for the queue.
    reason = Reason("VALIDATION_ERROR", "", 1, datetime.now(timezone.utc))
    change = make_change(None, {"id": 1})
    nowhere = Failed(None, b"", change, is_redacted=True)
    document = write_dead_letter(nowhere, reason, keeps_event=False)
    sqs = connect("sqs", pipelines.queues_url)
    sqs.send_message(QueueUrl=pipelines.queue_url, MessageBody=document)
    done = redrive(pipelines)
    assert (done.published, done.failed, done.foreign) == (0, 0, 1)
    assert "its change came to no stream" in caplog.text
    assert pipelines.letters() == [json.loads(document)]


def test_what_is_no_dead_letter_stays_in_the_queue(pipelines: PipelineWorld) -> None:
    sqs = connect("sqs", pipelines.queues_url)
    sqs.send_message(QueueUrl=pipelines.queue_url, MessageBody='{"something": "else"}')
    done = redrive(pipelines)
    assert (done.published, done.failed, done.foreign) == (0, 0, 1)
    assert pipelines.letters() == [{"something": "else"}]


def test_what_stays_is_tried_once_in_a_run_however_long_that_takes(
    pipelines: PipelineWorld,
) -> None:
    fill(pipelines, 1)
    sqs = connect("sqs", pipelines.queues_url)
    sqs.send_message(QueueUrl=pipelines.queue_url, MessageBody='{"something": "else"}')
    redriving = make_redriving(pipelines.processor())
    show_again(redriving.queue, most=5)
    done = redriving.run(later())
    assert (done.published, done.foreign) == (1, 1)


def test_letters_of_one_key_are_published_in_their_order(pipelines: PipelineWorld) -> None:
    fill(pipelines, 7, 7, 7)
    assert redrive(pipelines).published == 3
    assert pipelines.published == [1, 2, 3]


def test_without_a_queue_there_is_nothing_to_try(pipelines: PipelineWorld) -> None:
    with pytest.raises(SettingsError, match="DLQ_URL"):
        redrive(pipelines, DLQ_URL="")
