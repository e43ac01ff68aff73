"""Who hears what, when: one alert an issue, reminders at stored times, always an end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sync_monitor.history import queries
from sync_monitor.history.notices import count_results, notices_of, write_silence
from sync_monitor.history.store import Store
from sync_monitor.model import Severity
from sync_monitor.notices import words
from sync_monitor.notices.message import ORACLE_DOWN, STORM
from sync_monitor.notices.policy import next_reminder, retry_at
from sync_monitor.records import Notice, NoticeKind, Silence
from sync_monitor.verdicts import Issue
from tests.monitor.building import NOW, at, with_changes
from tests.monitor.noticing import Scene, issue, keep, not_measured

NIGHTLY = [with_changes(name=name, loader="nightly") for name in ("A", "B", "C")]
REFUSED = "ORA-01031"
UNREACHED = "DPY-6005"


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with Store(tmp_path) as store:
        yield Scene(store, NIGHTLY)


def close(scene: Scene, number: int) -> None:
    """Let a look find that an issue is over."""
    found = scene.store.read(lambda connection: queries.issue(connection, number))
    assert found is not None
    keep(scene.store, replace(found, closed_at=scene.now, last_look=None), at=scene.now)


def kept(scene: Scene, number: int = 1) -> list[Notice]:
    return scene.store.read(lambda connection: notices_of(connection, number))


def silence(scene: Scene, sync: str, begins: datetime, ends: datetime) -> None:
    written = Silence(sync, "m.levi", "load is repaired", begins, ends)
    scene.store.write(lambda connection: write_silence(connection, written))


def test_an_issue_is_one_alert_however_often_it_is_seen(scene: Scene) -> None:
    keep(scene.store, issue("A"))
    assert scene.after() == []
    (message,) = scene.after(seconds=61)
    assert message.kind is NoticeKind.OPENED
    assert [item.issue.number for item in message.items] == [1]
    keep(scene.store, issue("A"), at=at(0.1))
    assert scene.after(seconds=61) == []
    # A restart forgets nothing.
    scene.sender = scene.new_sender()
    assert scene.after(hours=1) == []


def test_what_no_second_look_confirmed_is_not_said(scene: Scene) -> None:
    keep(scene.store, issue("A", confirmed_at=None))
    scene.after()
    assert scene.after(hours=1) == []


def test_an_issue_below_the_limit_of_a_warning_is_not_said(scene: Scene) -> None:
    keep(scene.store, issue("A", severity=Severity.OK))
    scene.after()
    assert scene.after(hours=1) == []


def test_issues_of_one_loader_within_a_minute_are_one_message(scene: Scene) -> None:
    keep(scene.store, issue("A"))
    scene.after()
    keep(scene.store, issue("B"), issue("other"))
    assert scene.after(seconds=30) == []
    messages = scene.after(seconds=31)
    assert [message.group for message in messages] == ["nightly", "other"]
    assert [message.syncs for message in messages] == [("A", "B"), ("other",)]


def test_reminders_come_after_4_and_12_hours_and_then_daily(scene: Scene) -> None:
    keep(scene.store, issue("A"))
    scene.after()
    scene.after(seconds=61)
    sent = scene.now
    found: list[float] = []
    for _ in range(4 * 60):
        for message in scene.after(minutes=15):
            assert message.kind is NoticeKind.REMINDER
            found.append((scene.now - sent) / timedelta(hours=1))
            # Another process goes on where this one ended.
            scene.sender = scene.new_sender()
    assert found == [4, 12, 24, 48]


def test_reminders_that_nobody_sent_in_their_time_come_once() -> None:
    assert next_reminder(NOW, at(1)) == at(4)
    assert next_reminder(NOW, at(4)) == at(12)
    assert next_reminder(NOW, at(12)) == at(24)
    assert next_reminder(NOW, at(100)) == at(120)


def test_the_end_of_an_issue_is_said_once(scene: Scene) -> None:
    keep(scene.store, issue("A"))
    scene.after()
    scene.after(seconds=61)
    close(scene, 1)
    assert scene.after() == []
    (message,) = scene.after(seconds=61)
    assert message.kind is NoticeKind.CLOSED
    for _ in range(30):
        assert scene.after(hours=4) == []
    assert [(each.kind.value, each.result) for each in kept(scene)] == [
        ("opened", "sent"),
        ("reminder", "over before"),
        ("closed", "sent"),
    ]


def test_an_issue_whose_day_left_the_window_is_not_said_to_be_over(scene: Scene) -> None:
    # It was closed as no look came by any more, and "Over:" sounded as if it were healed.
    keep(scene.store, issue("A", partition="2026-10-01"), issue("A"))
    scene.after()
    scene.after(seconds=61)
    close(scene, 1)
    close(scene, 2)
    scene.after()

    (message,) = scene.after(seconds=61)

    assert words.title(message) == "No longer looked at: nightly: 2 issues"
    left, over = sorted(words.lines(message))
    assert left.partition(" UTC, until ")[2].partition(", ")[2] == (
        "when its day left the window; nobody saw it healed [issue 1]"
    )
    assert "healed" not in over


def test_an_issue_that_is_over_before_it_was_said_is_never_said(scene: Scene) -> None:
    keep(scene.store, issue("A"))
    scene.after()
    close(scene, 1)
    assert scene.after(seconds=61) == []
    assert scene.after(hours=1) == []
    assert [each.result for each in kept(scene)] == ["over before"]


def test_a_silence_ends_and_what_still_stands_is_said_then(scene: Scene) -> None:
    silence(scene, "A", NOW, at(2))
    keep(scene.store, issue("A"), issue("B"))
    scene.after()
    (message,) = scene.after(seconds=61)
    assert message.syncs == ("B",)
    assert scene.after(hours=1) == []
    (message,) = scene.after(hours=1)
    assert message.syncs == ("A",)


def test_a_silence_of_all_holds_reminders_too(scene: Scene) -> None:
    keep(scene.store, issue("A"))
    scene.after()
    scene.after(seconds=61)
    silence(scene, "", scene.now, at(6))
    assert scene.after(hours=5) == []
    (message,) = scene.after(hours=1)
    assert message.kind is NoticeKind.REMINDER


def test_while_oracle_is_down_that_alone_is_said(scene: Scene) -> None:
    keep(scene.store, issue("A"))
    scene.after()
    scene.after(seconds=61)
    keep(scene.store, *map(not_measured, "ABC"), at=scene.now, code=UNREACHED)
    scene.after()
    (message,) = scene.after(seconds=61)
    assert (message.group, message.syncs) == (ORACLE_DOWN, ("A", "B", "C"))
    # The reminder of what is known of A is pointless now, that of Oracle is not.
    messages = scene.after(hours=4, minutes=5)
    assert [(each.kind, each.group) for each in messages] == [(NoticeKind.REMINDER, ORACLE_DOWN)]
    for number in (2, 3, 4):
        close(scene, number)
    (message,) = scene.after()
    assert (message.kind, message.items[0].issue.number) == (NoticeKind.REMINDER, 1)


def test_what_was_not_measured_is_asked_of_those_who_grant(tmp_path: Path) -> None:
    sync = with_changes(name="A", owner="sales", grants_to="dba@example.com")
    with Store(tmp_path) as store:
        scene = Scene(store, [sync])
        keep(store, issue("A"), code="")
        keep(store, not_measured("A"), code=REFUSED)
        scene.after()
        (message,) = scene.after(seconds=61)
    found = {item.issue.kind.value: (item.ask, item.error_code) for item in message.items}
    assert found == {
        "rows_missing": ("sales", ""),
        "not_measured": ("dba@example.com", REFUSED),
    }


def test_a_storm_is_one_message_and_not_one_a_minute(scene: Scene) -> None:
    sent: list[tuple[str, int]] = []
    for minute in range(15):
        names = [f"S{minute}-{number}" for number in range(10)]
        keep(scene.store, *map(issue, names), at=scene.now)
        for message in scene.after(minutes=1):
            sent.append((message.group, len(message.items)))
    for message in scene.after(minutes=5):
        sent.append((message.group, len(message.items)))
    assert [group for group, _ in sent] == [STORM, STORM]
    assert sum(count for _, count in sent) == 150


def test_a_channel_that_refuses_is_tried_again_and_counted(scene: Scene) -> None:
    scene.channel.fails = "HTTP 429"
    keep(scene.store, issue("A"))
    scene.after()
    scene.after(seconds=61)
    assert scene.after(seconds=29) == []
    (notice,) = kept(scene)
    assert (notice.tries, notice.result, notice.sent_at) == (1, "HTTP 429", None)
    scene.channel.fails = ""
    assert len(scene.after(seconds=1)) == 1
    assert scene.store.read(count_results) == {"sent": 1, "failed": 1}


def test_it_is_tried_again_ever_more_rarely() -> None:
    waits = [(retry_at(tries, NOW) - NOW).total_seconds() for tries in (1, 2, 3, 8, 1000)]
    assert waits == [30, 60, 120, 3600, 3600]


def test_each_channel_has_notices_of_its_own(scene: Scene) -> None:
    keep(scene.store, issue("A"))
    scene.channel.fails = "HTTP 500"
    scene.after()
    scene.after(seconds=61)
    other = Scene(scene.store, NIGHTLY)
    other.channel.name = "other"
    other.now = scene.now
    other.after()
    assert len(other.after(seconds=61)) == 1


def test_a_notice_that_nobody_could_deliver_for_days_ends(scene: Scene) -> None:
    keep(scene.store, issue("A"))
    scene.after()
    scene.after(seconds=61)
    close(scene, 1)
    scene.channel.fails = "HTTP 500"
    for _ in range(72):
        scene.after(hours=1)
    assert kept(scene)[-1].result == "too late"


def test_an_issue_that_comes_back_is_another_one(scene: Scene) -> None:
    first: Issue = issue("A")
    keep(scene.store, first)
    scene.after()
    scene.after(seconds=61)
    close(scene, 1)
    scene.after()
    scene.after(seconds=61)
    keep(scene.store, issue("A", opened_at=scene.now, confirmed_at=scene.now), at=scene.now)
    scene.after()
    (message,) = scene.after(seconds=61)
    assert [item.issue.number for item in message.items] == [2]
