"""The page shows what Claude says while the sync is in the state that it was asked about."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sync_monitor.explaining import case_of_history
from sync_monitor.history import queries
from sync_monitor.history.consultations import CLAUDE, UNANSWERED, write_consultation
from sync_monitor.history.store import Store
from sync_monitor.history.writing import write_issue
from sync_monitor.records import Consultation
from sync_monitor.triage.diagnosis import diagnose
from sync_monitor.triage.payload import build_payload
from tests.monitor.building import NOW
from tests.monitor.pageworld import FAULTY, page_of, short_stories
from tests.monitor.stories import make_sync

SUMMARY = "It was probably a load that ran twice & broke off."


def consult(store: Store, source: str = CLAUDE) -> None:
    """Keep an answer of the model about the sync as it is."""
    case = store.read(lambda connection: case_of_history(connection, make_sync(FAULTY)))
    rules = diagnose(case)
    assert rules is not None
    payload = build_payload(case, rules)
    answer = rules.model_copy(update={"source": "claude", "model": "m", "summary": SUMMARY})
    kept = Consultation(
        FAULTY,
        1,
        source,
        "claude-haiku-5-5",
        payload.key,
        # Figures were others then: a count that grows is the same state.
        payload.text.replace('"lag_hours":', '"lag_hours_then":'),
        answer.model_dump_json() if source == CLAUDE else "",
        NOW,
    )
    store.write(lambda connection: write_consultation(connection, kept))


def test_claude_stands_beside_the_rules_with_what_was_sent(tmp_path: Path) -> None:
    with page_of(tmp_path, short_stories()) as page:
        consult(page.store)
        text = page.text()
    assert "rules, offline" in text
    assert "Claude, claude-haiku-5-5" in text
    assert "ran twice &amp; broke off" in text
    assert "lag_hours_then" in text


def test_a_question_without_an_answer_is_not_shown(tmp_path: Path) -> None:
    with page_of(tmp_path, short_stories()) as page:
        consult(page.store, UNANSWERED)
        assert "Claude, " not in page.text()


def test_an_answer_about_another_state_is_not_shown(tmp_path: Path) -> None:
    with page_of(tmp_path, short_stories()) as page:
        consult(page.store)
        store = page.store
        (first, *_) = store.read(lambda connection: queries.open_issues(connection, FAULTY))
        closed = replace(first, closed_at=NOW)
        store.write(lambda connection: write_issue(connection, closed, 1))
        assert "Claude, " not in page.text()
