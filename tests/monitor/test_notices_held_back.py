"""What is not said now: of syncs that are gone, in silences, and where nothing can be noted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sync_monitor.errors import HistoryUnavailable
from sync_monitor.history.notices import count_results, write_silence
from sync_monitor.history.store import Store
from sync_monitor.history.writing import declare_syncs
from sync_monitor.records import NoticeKind, Silence
from sync_monitor.web.app import make_app
from tests.monitor.noticing import Scene, issue, keep
from tests.monitor.stories import make_site, make_sync
from tests.monitor.test_recorder import limit


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with Store(tmp_path) as store:
        yield Scene(store)


def declare(scene: Scene, *names: str) -> None:
    """Say which syncs the settings have now."""
    scene.store.write(lambda connection: declare_syncs(connection, names, scene.now))


def test_nobody_is_reminded_of_a_sync_that_the_settings_have_no_more(scene: Scene) -> None:
    # Nobody looked at it any more, so nothing ended its issues, and the reminders came for ever.
    keep(scene.store, issue("A"))
    scene.after()
    assert len(scene.after(seconds=61)) == 1
    declare(scene, "B")
    for _ in range(30):
        assert scene.after(hours=4) == []
    declare(scene, "A")

    (message,) = scene.after(hours=4)

    assert message.kind is NoticeKind.REMINDER


def test_the_page_shows_no_issue_of_a_sync_that_the_settings_have_no_more(scene: Scene) -> None:
    keep(scene.store, issue("A"))
    client = make_app(make_site(scene.store, [make_sync("B")])).test_client()
    assert "/silences?sync=A" in client.get("/").text
    declare(scene, "B")
    assert "/silences?sync=A" not in client.get("/").text


def test_what_waited_for_a_silence_is_said_once_that_is_ended_before_its_time(
    scene: Scene,
) -> None:
    # It stayed put off to where the silence would have ended, up to 30 days later.
    quiet = Silence("A", "m.levi", "load is repaired", scene.now, scene.now + timedelta(days=30))
    number = scene.store.write(lambda connection: write_silence(connection, quiet))
    keep(scene.store, issue("A"))
    scene.after()
    assert scene.after(hours=1) == []
    ended = replace(quiet, number=number, ends=scene.now)
    scene.store.write(lambda connection: write_silence(connection, ended))

    (message,) = scene.after(seconds=2)

    assert message.syncs == ("A",)


def test_nothing_is_sent_while_nobody_can_note_that_it_was(scene: Scene) -> None:
    # On a full disk the same message was sent in each round, every two seconds.
    keep(scene.store, *(issue("A", partition=str(number)) for number in range(200)))
    scene.after()
    limit(scene.store, pages=1)
    for _ in range(5):
        with pytest.raises(HistoryUnavailable, match="disk is full"):
            scene.after(seconds=61)
    assert scene.channel.messages == []
    limit(scene.store, pages=1_000_000)

    assert len(scene.after(seconds=2)) == 1


def test_a_message_under_way_is_counted_once_its_end_is_known(scene: Scene) -> None:
    keep(scene.store, issue("A"))
    scene.after()
    counted: list[dict[str, int]] = []
    scene.channel.meanwhile = lambda: counted.append(scene.store.read(count_results))
    scene.channel.fails = "HTTP 500"
    scene.after(seconds=61)
    scene.channel.fails = ""
    scene.after(seconds=30)
    counted.append(scene.store.read(count_results))
    assert [each["failed"] for each in counted] == [0, 1, 1]
    assert [each["sent"] for each in counted] == [0, 0, 1]
