"""How the destination logs in, and what becomes of it when it may not."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from oracle_cdc.errors import (
    DestinationConfigurationError,
    DestinationCredentialsError,
    DestinationUnavailable,
)
from oracle_cdc.nats.publisher import NatsPublisher
from oracle_cdc.running.secret_rotation import CHANGED, Secret
from oracle_cdc.settings.sources import Given
from standins.natskeys import new_key, new_trust, write_key
from standins.natsserver import NatsServer, serving
from tests.nats.conftest import Publish
from tests.nats.settings import event, nats_settings
from tests.nats.streams import Streams

KEY = new_key()
USERS = f"""
authorization {{ users: [
  {{ user: admin, password: "Admin-1" }}
  {{ user: writer, password: "Writer-1" }}
  {{ nkey: {KEY.public} }}
  {{ user: narrow, password: "Narrow-1", permissions: {{
      publish: ["log_in.allowed.>", "$JS.API.>"], subscribe: "_INBOX.>" }} }}
  {{ user: deaf, password: "Deaf-1", permissions: {{ subscribe: "nothing" }} }}
  {{ user: blind, password: "Blind-1", permissions: {{
      publish: ["log_in.>"], subscribe: "_INBOX.>" }} }}
] }}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """Serve with users."""
    with serving(tmp_path_factory.mktemp("users"), USERS) as server:
        yield server


@pytest.fixture(scope="module")
def streams(server: NatsServer) -> Iterator[Streams]:
    """Connect as the administrator, and make the stream that all tests send to."""
    streams = Streams(server.url, user="admin", password="Admin-1")
    streams.create("log_in", subjects=["log_in.>"])
    yield streams
    streams.close()


@pytest.fixture
def as_user(publish: Publish, streams: Streams) -> Callable[..., NatsPublisher]:
    """Return what makes publishers that log in to the stream."""

    def make(user: str, password: str, **settings: object) -> NatsPublisher:
        return publish("log_in", user=user, password=password, **settings)

    return make


AsUser = Callable[..., NatsPublisher]


def test_a_user_with_a_password_is_let_in(as_user: AsUser) -> None:
    (outcome,) = as_user("writer", "Writer-1").send([event("user", "log_in.x")])
    assert outcome.receipt is not None


def test_a_wrong_password_is_reported_without_it(as_user: AsUser) -> None:
    password = "Wrong-Secret-9"
    publisher = as_user("writer", password)
    with pytest.raises(DestinationCredentialsError, match="the log-in was refused") as raised:
        publisher.send([event(1, "log_in.x")])
    assert password not in "".join(traceback.format_exception(raised.value))


def test_no_log_in_at_all_is_refused(publish: Publish) -> None:
    with pytest.raises(DestinationCredentialsError):
        publish("log_in").send([event(1, "log_in.x")])


def test_refused_credentials_are_not_tried_at_each_server(
    server: NatsServer, as_user: AsUser
) -> None:
    before = server.log.read_bytes().count(b"authentication error")
    publisher = as_user("writer", "wrong", servers=f"{server.url},{server.url},{server.url}")
    with pytest.raises(DestinationCredentialsError):
        publisher.send([event(1, "log_in.x")])
    assert server.log.read_bytes().count(b"authentication error") == before + 1


def test_an_nkey_is_let_in(publish: Publish, streams: Streams, tmp_path: Path) -> None:
    file = write_key(tmp_path / "user.nk", KEY)
    (outcome,) = publish("log_in", nkey_file=str(file)).send([event("nkey", "log_in.x")])
    assert outcome.receipt is not None


def test_another_nkey_is_refused(publish: Publish, tmp_path: Path) -> None:
    file = write_key(tmp_path / "user.nk", new_key())
    with pytest.raises(DestinationCredentialsError):
        publish("log_in", nkey_file=str(file)).send([event(1, "log_in.x")])


@pytest.mark.parametrize("content", [b"", b"SUAXXXX", b"\x00\x01"])
def test_a_file_that_is_no_nkey_is_a_mistake_of_the_settings(
    publish: Publish, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "user.nk"
    file.write_bytes(content)
    with pytest.raises(DestinationConfigurationError, match="NATS_NKEY_FILE"):
        publish("log_in", nkey_file=str(file)).send([event(1, "log_in.x")])


def test_a_file_of_credentials_is_let_in(publish: Publish, tmp_path: Path) -> None:
    trust = new_trust()
    file = tmp_path / "user.creds"
    file.write_bytes(trust.credentials)
    with serving(tmp_path / "operator", trust.settings) as server:
        streams = Streams(server.url, user_credentials=str(file))
        streams.create("creds")
        streams.close()
        publisher = publish("creds", servers=server.url, creds_file=str(file))
        (outcome,) = publisher.send([event(1, "creds.x")])
        assert outcome.receipt == "1"

        file.write_bytes(new_trust().credentials)
        other = publish("creds", servers=server.url, creds_file=str(file))
        with pytest.raises(DestinationCredentialsError):
            other.send([event(2, "creds.x")])


def test_a_token_is_let_in(publish: Publish, tmp_path: Path) -> None:
    with serving(tmp_path / "token", 'authorization { token: "T-1" }') as server:
        streams = Streams(server.url, token="T-1")
        streams.create("token")
        streams.close()
        (outcome,) = publish("token", servers=server.url, token="T-1").send([event(1, "token.x")])
        assert outcome.receipt == "1"
        with pytest.raises(DestinationCredentialsError):
            publish("token", servers=server.url, token="T-2").send([event(1, "token.x")])


def test_only_what_the_user_may_not_publish_is_refused_and_at_once(as_user: AsUser) -> None:
    allowed, denied, last = as_user("narrow", "Narrow-1").send(
        [
            event("a", "log_in.allowed.x"),
            event("b", "log_in.Private.x"),
            event("c", "log_in.allowed.y"),
        ]
    )
    assert isinstance(denied.error, DestinationConfigurationError)
    assert "this user may not publish" in str(denied.error)
    assert "rivate" not in str(denied.error)
    assert not denied.is_unknown
    assert allowed.receipt is not None
    assert last.receipt is not None


def test_a_user_who_may_not_listen_for_answers_is_a_mistake_of_the_settings(
    as_user: AsUser, streams: Streams
) -> None:
    before = streams.count("log_in")
    with pytest.raises(DestinationConfigurationError, match="subscribe to _INBOX"):
        as_user("deaf", "Deaf-1").send([event(1, "log_in.x")])
    assert streams.count("log_in") == before


def test_a_user_who_may_not_ask_for_the_stream_sends_all_the_same(as_user: AsUser) -> None:
    publisher = as_user("blind", "Blind-1", ack_timeout_seconds=0.5)
    with pytest.raises(DestinationConfigurationError, match=r"STREAM\.INFO\.log_in"):
        publisher.facts()
    patient = as_user("blind", "Blind-1")
    (outcome,) = patient.send([event("blind", "log_in.x")])
    assert outcome.receipt is not None


def test_a_changed_password_is_read_again_and_used_at_once(tmp_path: Path) -> None:
    new = Given("NATS_PASSWORD", "New-2", "a layer", "its second version")
    given = Given("NATS_PASSWORD", "Old-1", "a layer", "its first version", lambda: new)
    secret = Secret("NATS_PASSWORD", given)
    old = 'authorization { users: [ { user: w, password: "Old-1" } ] }'
    with serving(tmp_path / "rotated", old) as server:
        streams = Streams(server.url, user="w", password="Old-1")
        streams.create("rotated")
        streams.close()
        settings = nats_settings(servers=server.url, stream="rotated", user="w", password="unused")
        publisher = NatsPublisher(settings, log_in=secret.log_in)
        publisher.send([event(1, "rotated.x")])
        server.reload(old.replace("Old-1", "New-2"))
        # The connection that the server ends may be noticed by the first of them.
        first = publisher.send([event(2, "rotated.x")])
        (again,) = publisher.send([event(2, "rotated.x")])
        publisher.close()

    assert isinstance(first[0].error, DestinationUnavailable) or first[0].receipt
    assert again.receipt == "2"
    assert secret.rereads[CHANGED] == 1
    assert secret.current() == "New-2"
