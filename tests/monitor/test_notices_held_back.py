"""What is not said now: of syncs that are gone, in silences, and where nothing can be noted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync_monitor.history.store import Store
from sync_monitor.history.writing import declare_syncs
from sync_monitor.records import NoticeKind
from sync_monitor.web.app import make_app
from tests.monitor.noticing import Scene, issue, keep
from tests.monitor.stories import make_site, make_sync


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
