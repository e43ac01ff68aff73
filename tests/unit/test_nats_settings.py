"""The settings of NATS: what is allowed, what contradicts, and what nobody sees of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from oracle_cdc.errors import SettingsError
from oracle_cdc.settings.declaration import Root
from oracle_cdc.settings.environment import read_environment
from oracle_cdc.settings.names import Names
from oracle_cdc.settings.reader import read_settings
from oracle_cdc.settings.sections import NatsSettings

SECRET = "Sec-ret-42"


class Settings(Root):
    """A program that has NATS alone."""

    nats: NatsSettings


def read(**variables: str) -> NatsSettings:
    given = {"NATS_SERVERS": "nats://one:4222", **variables}
    return read_settings(Settings, [read_environment(given, Names(Settings))]).nats


def refusal(**variables: str) -> str:
    with pytest.raises(SettingsError) as caught:
        read(**variables)
    return str(caught.value)


def test_only_the_servers_are_needed() -> None:
    settings = read()
    assert settings.servers == ("nats://one:4222",)
    assert (settings.stream, settings.subject) == ("TXLOG_STREAM", "txlog.events")
    assert (settings.connect_timeout_seconds, settings.ack_timeout_seconds) == (5.0, 5.0)
    assert not settings.create_stream
    with pytest.raises(SettingsError, match="NATS_SERVERS: missing"):
        read_settings(Settings, [])


@pytest.mark.parametrize(
    ("given", "servers"),
    [
        ("one", ("nats://one:4222",)),
        ("one:4333", ("nats://one:4333",)),
        ("tls://one", ("tls://one:4222",)),
        ("one, tls://two:4333 ,", ("nats://one:4222", "tls://two:4333")),
        ("nats://one:4222/", ("nats://one:4222",)),
        ("nats://[::1]:4222", ("nats://[::1]:4222",)),
        ("nats://[::1]", ("nats://[::1]:4222",)),
    ],
)
def test_servers_get_their_scheme_and_port(given: str, servers: tuple[str, ...]) -> None:
    assert read(NATS_SERVERS=given).servers == servers


@pytest.mark.parametrize(
    "given",
    [
        f"nats://user:{SECRET}@one:4222",
        f"{SECRET}@one",
        f"one,nats://user:{SECRET}@two",
        "http://one",
        "ws://one",
        "nats://",
        "nats://one:x",
        "nats://one:99999",
        "nats://one/path",
        "nats://o ne",
        ",",
    ],
)
def test_a_server_that_is_none_or_holds_a_password_is_refused_and_not_shown(given: str) -> None:
    said = refusal(NATS_SERVERS=given)
    assert "NATS_SERVERS" in said
    assert "without user and password" in said
    assert SECRET not in said


def test_secrets_are_in_no_repr() -> None:
    for name in ("NATS_PASSWORD", "NATS_TOKEN"):
        given = {name: SECRET}
        if name == "NATS_PASSWORD":
            given["NATS_USER"] = "writer"
        assert SECRET not in repr(read(**given))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"NATS_USER": "u"}, "NATS_PASSWORD: missing; NATS_USER needs it"),
        ({"NATS_PASSWORD": SECRET}, "NATS_USER: missing; NATS_PASSWORD needs it"),
        (
            {"NATS_USER": "u", "NATS_PASSWORD": "p", "NATS_TOKEN": SECRET},
            "NATS_USER: given beside NATS_TOKEN; set one of them",
        ),
        ({"NATS_CREDS_FILE": "/nowhere"}, "a file that exists"),
        ({"NATS_STREAM": "a.b"}, "a stream's name"),
        ({"NATS_STREAM": "a>"}, "a stream's name"),
        ({"NATS_ACK_TIMEOUT_SECONDS": "0"}, "at least 0.1"),
    ],
)
def test_only_settings_that_go_together_are_taken(given: dict[str, str], words: str) -> None:
    said = refusal(**given)
    assert words in said
    assert SECRET not in said


def test_a_certificate_needs_its_key(tmp_path: Path) -> None:
    file = tmp_path / "file.pem"
    file.touch()
    assert "NATS_TLS_KEY_FILE: missing" in refusal(NATS_TLS_CERT_FILE=str(file))
    assert "NATS_TLS_CERT_FILE: missing" in refusal(NATS_TLS_KEY_FILE=str(file))
    both = read(NATS_TLS_CERT_FILE=str(file), NATS_TLS_KEY_FILE=str(file))
    assert both.tls_key_file == str(file)


def test_two_files_to_log_in_with_are_one_too_many(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    said = refusal(NATS_CREDS_FILE=str(file), NATS_NKEY_FILE=str(file))
    assert "NATS_CREDS_FILE: given beside NATS_NKEY_FILE" in said
