"""What the settings of events become before anything is connected."""

from __future__ import annotations

from pathlib import Path

from oracle_cdc.conversations.settings import ask_store
from oracle_cdc.errors import DestinationCredentialsError
from oracle_cdc.events.edges import make_publisher, nats_secret, open_store, store_secret
from oracle_cdc.events.wiring import make_delivery
from oracle_cdc.relay.values import Event, Row
from oracle_cdc.running.log_in_refusals import PAUSE_SECONDS
from oracle_cdc.settings.layers import Origins
from oracle_cdc.settings.page import read_page
from tests.layers import load_events
from tests.unit.test_events_settings import NEEDED


def origins(folder: Path, **given: str) -> Origins:
    return Origins({**NEEDED, **given}, folder / ".env", read_page({}), ask_store)


def test_a_token_of_nats_that_is_refused_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("NATS_TOKEN=old")
    settings = load_events(origins(tmp_path))
    publisher = make_publisher(settings, nats_secret(settings.nats, settings.given))
    tried: list[str] = []

    def connect(token: str) -> None:
        tried.append(token)
        if token == "old":
            file.write_text("NATS_TOKEN=new")
            raise DestinationCredentialsError("refused")

    publisher.log_in(connect)
    publisher.close()
    assert tried == ["old", "new"]


def test_a_wrong_password_of_nats_or_mariadb_is_never_given_up(tmp_path: Path) -> None:
    settings = load_events(origins(tmp_path, NATS_TOKEN="wrong"))
    for secret in (nats_secret(settings.nats, settings.given), store_secret(settings)):
        assert secret is not None
        for second in range(0, 300, int(PAUSE_SECONDS)):
            secret.refusals.add(secret.value, DestinationCredentialsError("refused"), second)
        assert not secret.is_final


def test_without_a_password_nats_is_asked_with_none(tmp_path: Path) -> None:
    publisher = make_publisher(load_events(origins(tmp_path)))
    tried: list[str] = []
    publisher.log_in(tried.append)
    publisher.close()
    assert tried == [""]


def test_a_session_of_mariadb_outlives_the_pause_between_two_cycles(tmp_path: Path) -> None:
    settings = load_events(origins(tmp_path, POLL_INTERVAL="3600"))
    assert open_store(settings, store_secret(settings)).silence_seconds > 3600


def test_pauses_between_tries_grow(tmp_path: Path) -> None:
    settings = load_events(origins(tmp_path)).publisher
    waited: list[float] = []
    publisher = make_publisher(load_events(origins(tmp_path)))
    delivery = make_delivery(settings, publisher, no_event, waited.append)
    for failures in (0, 1, 9):
        delivery.rest(failures)
    publisher.close()
    assert waited == [1, 2, 60]


def no_event(row: Row) -> Event:
    raise AssertionError("nothing is sent")
