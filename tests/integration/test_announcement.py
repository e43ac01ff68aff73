"""What a copy that is not ready lets the others know, through Oracle."""

from __future__ import annotations

import pytest

from oracle_cdc.conversations.not_ready_announcement import Announcement
from oracle_cdc.conversations.tables.modes import NORMAL_MODE, begin_mode
from oracle_cdc.conversations.tables.row_lock import RowLock
from oracle_cdc.conversations.tables.signs_of_life import read_signs
from oracle_cdc.conversations.wiring import Application
from tests.world import USER, World


class Copy:
    """A copy of the service of which only is known what it misses."""

    def __init__(self, service: Application, name: str) -> None:
        self.reasons: list[str] = []
        self.announcement = Announcement(service.database, RowLock(), name, lambda: self.reasons)

    def say(self, *reasons: str) -> None:
        """Report the reasons as two cycles would."""
        self.reasons = list(reasons)
        self.announcement.update()
        self.announcement.update()


@pytest.fixture
def service(world: World) -> Application:
    service = world.application()
    service.startup.ensure_database()
    with service.database.session() as session:
        begin_mode(session, NORMAL_MODE, 10)
    return service


def seen(service: Application) -> str:
    with service.database.session() as session:
        return read_signs(session).not_ready


def test_what_a_copy_misses_is_read_by_others_until_it_is_ready_again(service: Application) -> None:
    copy = Copy(service, "a:1")
    copy.say("outbound: 403")
    assert seen(service) == "a:1: outbound: 403"
    copy.say()
    assert seen(service) == ""


def test_a_copy_that_is_ready_does_not_take_back_the_words_of_another(service: Application) -> None:
    first, second = Copy(service, "a:1"), Copy(service, "b:2")
    second.say("oracle: x")
    first.say("outbound: 403")
    second.say()
    assert seen(service) == "a:1: outbound: 403"


def test_the_words_of_a_copy_that_was_killed_are_forgotten(
    service: Application, world: World
) -> None:
    Copy(service, "a:1").say("outbound: 403")
    world.move_clock(119)
    assert seen(service) == "a:1: outbound: 403"
    world.move_clock(121)
    assert seen(service) == ""


def test_what_a_copy_misses_for_one_cycle_is_not_reported(
    service: Application, world: World
) -> None:
    copy = Copy(service, "a:1")
    before = world.server.statistics()["round_trips"]
    copy.reasons = ["results: has not answered yet"]
    copy.announcement.update()
    copy.say()
    assert world.server.statistics()["round_trips"] == before


def test_reasons_longer_than_their_column_are_cut_at_a_character(service: Application) -> None:
    Copy(service, "a:1").say("é" * 999)
    assert seen(service) == "a:1: " + "é" * 500


def test_a_row_that_somebody_has_locked_holds_nothing_up(
    service: Application, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oracle_cdc.conversations.tables.row_lock.LOCK_WAIT_SECONDS", 0.1)
    with world.visit() as holder:
        holder.cursor().execute(f"UPDATE {USER}.CDC_PROCESSING_STATUS SET IS_ENABLED = 1")
        copy = Copy(service, "a:1")
        copy.say("outbound: 403")
        assert not copy.announcement.is_written
