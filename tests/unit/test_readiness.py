"""Alive means that the loops get on, ready that what they depend on answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from oracle_cdc.conversations.counters import LAG
from oracle_cdc.errors import (
    CdcError,
    OracleConfigurationError,
    OracleRefused,
    OracleUnavailable,
    SqsCredentialsError,
    SqsUnavailable,
    ValueRefused,
)
from oracle_cdc.running.dependencies import Dependency
from oracle_cdc.running.durations import BUCKETS_SECONDS, Durations
from oracle_cdc.watching.joint_readiness import JointReadiness
from tests.unit.watched import PROGRESS_SECONDS, READY_SECONDS, Watched

#: A wait for it ends at once.
STOPPED = threading.Event()
STOPPED.set()


@pytest.fixture
def watched() -> Watched:
    return Watched()


def test_a_service_that_works_is_alive_and_ready(watched: Watched) -> None:
    assert (
        watched.readiness.is_alive(),
        watched.readiness.is_ready(),
        JointReadiness([watched.readiness]).summary(),
    ) == (
        True,
        True,
        "ready",
    )


def test_a_service_that_has_not_begun_is_neither() -> None:
    watched = Watched()
    watched.progress.loops.clear()
    assert (watched.readiness.is_alive(), watched.readiness.is_ready()) == (False, False)


def test_a_loop_that_hangs_ends_liveness_and_is_named(watched: Watched) -> None:
    watched.now += PROGRESS_SECONDS + 1
    assert not watched.readiness.is_alive()
    assert "capture: no progress for 121 s" in watched.missing()


def test_each_call_that_ends_is_progress_of_the_loop_that_made_it(watched: Watched) -> None:
    for _ in range(5):
        watched.now += PROGRESS_SECONDS
        watched.call(watched.oracle, OracleUnavailable("time-out"))
        assert watched.readiness.is_alive()


def test_calls_of_other_threads_are_no_progress_of_a_loop(watched: Watched) -> None:
    watched.now += PROGRESS_SECONDS + 1

    def send() -> None:
        with watched.outbound.calling():
            pass

    thread = threading.Thread(target=send)
    thread.start()
    thread.join()
    assert not watched.readiness.is_alive()


def test_a_wait_on_purpose_is_no_lack_of_progress(watched: Watched) -> None:
    watched.progress.rest(240, STOPPED)
    watched.now += 240 + PROGRESS_SECONDS
    assert watched.readiness.is_alive()
    watched.now += 1
    assert not watched.readiness.is_alive()


def test_a_call_that_is_not_answered_ends_readiness_after_the_deadline(watched: Watched) -> None:
    with watched.oracle.calling():
        watched.now += READY_SECONDS
        assert watched.readiness.is_ready()
        watched.now += 1
        assert watched.missing() == ["oracle: no answer for 61 s"]
    assert watched.readiness.is_ready()


def test_a_session_that_the_pool_had_is_no_answer_of_oracle(watched: Watched) -> None:
    with watched.oracle.calling():
        watched.now += READY_SECONDS + 1
        with watched.oracle.calling(is_round_trip=False):
            pass
        assert watched.missing() == ["oracle: no answer for 61 s"]


def test_failures_end_readiness_after_the_deadline_with_their_reason(watched: Watched) -> None:
    for _ in range(4):
        watched.now += 30
        assert watched.readiness.is_ready()
        watched.call(watched.outbound, SqsUnavailable("503 at SendMessage"))
    assert watched.missing() == ["outbound: failing for 90 s: 503 at SendMessage"]


def test_one_direction_that_fails_is_reported_while_the_other_works(watched: Watched) -> None:
    for _ in range(4):
        watched.now += 30
        watched.call(watched.results, SqsUnavailable("403 at ReceiveMessage"))
        with watched.outbound.calling("SendMessage"):
            pass
    assert watched.missing() == ["results: failing for 90 s: 403 at ReceiveMessage"]


def test_one_kind_of_call_that_is_answered_does_not_hide_another_that_fails(
    watched: Watched,
) -> None:
    for _ in range(4):
        watched.now += 30
        with pytest.raises(SqsUnavailable), watched.results.calling("DeleteMessage"):
            raise SqsUnavailable("403 at DeleteMessage")
        with watched.results.calling("ReceiveMessage"):
            pass
    assert watched.missing() == ["results: failing for 90 s: 403 at DeleteMessage"]


def test_a_single_failure_after_a_long_silence_is_no_fault_yet(watched: Watched) -> None:
    # As after an outage of Oracle, while which nobody asked SQS.
    watched.now += 10 * READY_SECONDS
    watched.call(watched.results, SqsUnavailable("503"))
    assert watched.readiness.is_ready()


def test_failures_of_a_call_that_is_not_made_any_more_are_forgotten(watched: Watched) -> None:
    for _ in range(2):
        watched.call(watched.results, SqsUnavailable("503"))
        watched.now += READY_SECONDS + 1
    assert watched.missing() == ["results: failing for 61 s: 503"]
    watched.now += 5 * READY_SECONDS
    assert watched.results.fault(READY_SECONDS) == ""


def test_a_reason_says_when_it_is_tried_again(watched: Watched) -> None:
    watched.now += READY_SECONDS + 1
    watched.progress.stepped("capture", succeeded=False, error=OracleUnavailable("ORA-12514"))
    watched.progress.rest(43, STOPPED)
    assert watched.missing() == ["oracle: ORA-12514; next try in 43 s"]
    watched.now += 43
    assert watched.missing() == ["oracle: ORA-12514"]


def test_a_dependency_that_nobody_asks_is_not_blamed(watched: Watched) -> None:
    watched.progress.rest(10 * READY_SECONDS, STOPPED)
    watched.now += 10 * READY_SECONDS
    assert watched.readiness.is_ready()


@pytest.mark.parametrize("error", [OracleRefused("DPY-2049"), OracleConfigurationError("x")])
def test_whatever_keeps_a_session_from_coming_is_no_answer(
    watched: Watched, error: CdcError
) -> None:
    for _ in range(2):
        with pytest.raises(CdcError), watched.oracle.calling(is_round_trip=False):
            raise error
        watched.now += READY_SECONDS + 1
    watched.progress.moved()
    assert watched.missing() == [f"oracle: failing for 61 s: {error}"]


@pytest.mark.parametrize(
    "error", [ValueRefused("ORA-12899"), OracleRefused("ORA-00600"), OracleConfigurationError("x")]
)
def test_an_error_that_oracle_answers_is_an_answer(watched: Watched, error: CdcError) -> None:
    watched.now += READY_SECONDS + 1
    watched.call(watched.oracle, error)
    assert watched.oracle.fault(READY_SECONDS) == ""


def test_a_bug_of_ours_is_no_answer_and_no_failure_of_oracle(watched: Watched) -> None:
    watched.call(watched.oracle, OracleUnavailable("time-out"))
    watched.now += READY_SECONDS + 1
    with pytest.raises(KeyError), watched.oracle.calling():
        raise KeyError("ours")
    watched.call(watched.oracle, OracleUnavailable("time-out"))
    watched.progress.moved()
    assert watched.missing() == ["oracle: failing for 61 s: time-out"]


def test_a_bug_in_the_first_call_leaves_oracle_without_an_answer() -> None:
    oracle = Dependency("oracle")
    with pytest.raises(KeyError), oracle.calling():
        raise KeyError("ours")
    assert oracle.fault(READY_SECONDS) == "has not answered yet"


def test_rows_of_which_the_reader_wants_no_more_are_an_answer() -> None:
    oracle = Dependency("oracle")

    def rows() -> Iterator[int]:
        with oracle.calling():
            yield 1

    reader = rows()
    next(reader)
    reader.close()
    assert oracle.fault(READY_SECONDS) == ""


def test_refused_credentials_are_no_answer(watched: Watched) -> None:
    for _ in range(2):
        watched.call(watched.results, SqsCredentialsError("expired"))
        watched.now += READY_SECONDS + 1
    assert watched.missing() == ["results: failing for 61 s: expired"]


def test_a_loop_that_only_fails_ends_readiness_by_what_it_fails_of(watched: Watched) -> None:
    watched.now += READY_SECONDS + 1
    watched.progress.stepped(
        "capture", succeeded=False, error=OracleConfigurationError("ORA-00942 at find_work")
    )
    assert watched.missing() == ["tables: ORA-00942 at find_work"]
    watched.progress.stepped("capture", succeeded=True)
    assert watched.readiness.is_ready()


def test_a_bug_in_each_step_ends_readiness_too(watched: Watched) -> None:
    watched.now += READY_SECONDS + 1
    watched.progress.stepped("capture", succeeded=False, error=CdcError("a bug: KeyError"))
    assert watched.missing() == ["work: a bug: KeyError"]


def test_work_that_is_tried_again_inside_a_step_ends_readiness_and_not_liveness(
    watched: Watched,
) -> None:
    for _ in range(4):
        watched.now += 40
        watched.progress.hindered(OracleRefused("ORA-01653 at settling"))
    assert (watched.readiness.is_alive(), watched.missing()) == (
        True,
        ["oracle: ORA-01653 at settling"],
    )


def test_a_finished_batch_is_a_success_inside_a_long_step(watched: Watched) -> None:
    watched.progress.hindered(OracleRefused("ORA-01653"))
    watched.now += 2 * READY_SECONDS
    watched.progress.batch_done("outbound", 1.0)
    assert watched.readiness.is_ready()


def test_an_open_breaker_ends_readiness(watched: Watched) -> None:
    watched.call(watched.outbound, SqsUnavailable("403 at SendMessage"))
    watched.breaker.failed()
    assert watched.readiness.is_ready()
    watched.breaker.failed()
    assert watched.missing() == [
        "outbound: nothing was sent in 2 batches in a row: 403 at SendMessage; next try in 30 s"
    ]


def test_a_pause_is_reported_and_is_no_fault(watched: Watched) -> None:
    watched.progress.paused.add("CDC_NORMAL_MODE")
    assert watched.readiness.is_ready()
    assert JointReadiness([watched.readiness]).summary() == "CDC_NORMAL_MODE is paused"


def test_the_lag_grows_until_the_watermark_is_moved(watched: Watched) -> None:
    assert watched.progress.age(LAG).seconds() is None
    watched.progress.age(LAG).see(2.0)
    watched.now += 10
    assert watched.progress.age(LAG).seconds() == 12.0


def test_durations_are_counted_up_to_the_end_of_each_bucket() -> None:
    durations = Durations()
    for seconds in (0.005, 0.006, 61.0):
        durations.add(seconds)
    counts, total_seconds = durations.read()
    assert (counts[0], counts[1], counts[-2], counts[-1], len(counts)) == (
        1,
        2,
        2,
        3,
        len(BUCKETS_SECONDS) + 1,
    )
    assert total_seconds == pytest.approx(61.011)
