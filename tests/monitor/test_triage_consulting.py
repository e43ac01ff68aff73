"""When the model is asked, what is kept of it, and when the rules' answer stands."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from sync_monitor.history.consultations import count_asked, newest_asked
from sync_monitor.history.store import Store
from sync_monitor.history.writing import write_entries
from sync_monitor.measurements import Differences
from sync_monitor.records import Consultation
from sync_monitor.triage.answer import Answer
from sync_monitor.triage.case import Case
from sync_monitor.triage.consulting import Consultant
from sync_monitor.triage.diagnosis import diagnose
from sync_monitor.triage.payload import Question
from tests.monitor.building import NOW
from tests.monitor.cases import SYNC, absent, case_of, differing
from tests.monitor.claudes import KEY, claude_at, message
from tests.monitor.entries import faulty
from tests.monitor.loopback import HANGS, Loopback
from tests.monitor.test_triage_payload import HOSTILE


@contextmanager
def consultant(directory: Path, api: Loopback, **settings: Any) -> Iterator[Consultant]:
    """Lend a consultant with a history of its own."""
    settings = {"calls_per_day": 50, "clock": lambda: NOW, **settings}
    with Store(directory) as store:
        found = Consultant(store, claude_at(api.url), **settings)
        try:
            yield found
        finally:
            found.close()


def question(case: Case) -> Question:
    rules = diagnose(case)
    assert rules is not None
    return Question(case, rules)


def kept(found: Consultant) -> Consultation:
    newest = found.store.read(lambda connection: newest_asked(connection, SYNC.name))
    assert newest is not None
    return newest


def test_an_answer_is_kept_with_what_was_sent_and_what_it_cost(
    tmp_path: Path, api: Loopback
) -> None:
    asked = question(case_of(absent("2026-11-20")))
    with consultant(tmp_path, api) as found:
        (run_id,) = found.store.write(lambda connection: write_entries(connection, [faulty()]))
        answer = found.consult(asked)
        assert answer is not None
        written = kept(found)
    assert written.source == "claude"
    assert (written.run_id, written.input_tokens, written.output_tokens) == (run_id, 700, 90)
    assert written.payload == json.loads(api.received[0].body)["messages"][0]["content"]
    assert Answer.model_validate_json(written.answer) == answer


def test_a_standing_fault_is_asked_once(tmp_path: Path, api: Loopback) -> None:
    case = case_of(absent("2026-11-20"))
    assert case.figures is not None
    later = replace(case, figures=replace(case.figures, age=timedelta(hours=1, minutes=50)))
    grown = replace(later, figures=replace(case.figures, oracle_count=10**6))
    with consultant(tmp_path, api) as found:
        first = found.consult(question(case))
        assert found.consult(question(later)) == first
        assert found.consult(question(grown)) is None
    assert len(api.received) == 1


def test_a_change_of_state_or_a_person_asks_again(tmp_path: Path, api: Loopback) -> None:
    changed = differing("2026-11-23", 60, Differences(40, 0, changed=0, doubled=0, compared=60))
    case = case_of(absent("2026-11-20"))
    assert case.figures is not None
    grown = replace(case, figures=replace(case.figures, oracle_count=10**6))
    with consultant(tmp_path, api) as found:
        found.consult(question(case))
        found.consult(question(case_of(changed)))
        assert len(api.received) == 2
        found.consult(question(case))
        # The first state again: answered before, and the newest answer once more.
        assert len(api.received) == 2
        assert kept(found).payload == json.loads(api.received[0].body)["messages"][0]["content"]
        found.consult(question(grown), by_person=True)
        assert len(api.received) == 3
        assert found.store.read(lambda connection: count_asked(connection, NOW)) == 3


def test_over_budget_the_rules_answer(
    tmp_path: Path, api: Loopback, caplog: pytest.LogCaptureFixture
) -> None:
    api.status = 529
    now = [NOW]
    days = ("2026-11-19", "2026-11-20", "2026-11-21", "2026-11-22")
    with (
        caplog.at_level(logging.WARNING),
        consultant(tmp_path, api, calls_per_day=2, clock=lambda: now[0]) as found,
    ):
        for day in days:
            assert found.consult(question(case_of(absent(day))), by_person=True) is None
        assert len(api.received) == 2
        assert caplog.text.count("TRIAGE_MAX_CALLS_PER_DAY") == 1
        assert caplog.text.count("HTTP 529; the rules' answer stands") == 2
        now[0] = NOW + timedelta(days=1, seconds=1)
        found.consult(question(case_of(absent(days[3]))), by_person=True)
    assert len(api.received) == 3


def test_a_failure_is_one_line_without_a_word_of_the_server(
    tmp_path: Path, api: Loopback, caplog: pytest.LogCaptureFixture
) -> None:
    api.body = message(f"{HOSTILE} {KEY}")
    with caplog.at_level(logging.INFO, "sync_monitor"), consultant(tmp_path, api) as found:
        assert found.consult(question(case_of(absent("2026-11-20")))) is None
        assert kept(found).source == "claude-unanswered"
        assert kept(found).input_tokens == 700
        # The same state: not asked until something changes.
        assert found.consult(question(case_of(absent("2026-11-20")))) is None
    ours = [each for each in caplog.records if each.name.startswith("sync_monitor")]
    assert [each.getMessage() for each in ours] == [
        "Claude: a reply is no JSON; the rules' answer stands"
    ]
    assert len(api.received) == 1


def test_nobody_waits_for_an_answer(tmp_path: Path, api: Loopback) -> None:
    api.status = HANGS
    case = case_of(absent("2026-11-20"))
    unconfirmed = replace(case, issues=tuple(replace(i, confirmed_at=None) for i in case.issues))
    with Store(tmp_path) as store:
        found = Consultant(store, claude_at(api.url, 0.5), calls_per_day=50, clock=lambda: NOW)
        found.offer(question(unconfirmed))
        assert found.turns.waiting == {}
        began = monotonic()
        found.offer(question(case))
        assert monotonic() - began < 0.3
        until(lambda: kept_source(store) == "claude-unanswered")
        found.close()
        assert not found.thread.is_alive()


def test_what_a_person_asks_is_not_replaced_by_an_offer(tmp_path: Path, api: Loopback) -> None:
    with consultant(tmp_path, api) as found, found.one_at_a_time:
        # The thread waits for the first, so what comes behind it waits for its turn.
        found.ask(question(case_of(absent("2026-11-19"))))
        until(lambda: not found.turns.waiting)
        shown, newer = (question(case_of(absent(day))) for day in ("2026-11-20", "2026-11-21"))
        found.ask(shown)
        found.offer(newer)
        assert found.turns.waiting[SYNC.name].question is shown
        assert found.is_asking(SYNC.name)


def until(holds: Callable[[], bool]) -> None:
    deadline = monotonic() + 10
    while not holds():
        assert monotonic() < deadline
        sleep(0.02)


def kept_source(store: Store) -> str:
    newest = store.read(lambda connection: newest_asked(connection, SYNC.name))
    if newest is None:
        return ""
    return newest.source
