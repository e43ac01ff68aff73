"""TLS to NATS: whom the destination trusts, and what it never sends without."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from oracle_cdc.errors import DestinationConfigurationError, DestinationUnavailable
from standins.listeners import Certificate, certify, listening
from standins.natskeys import new_key, write_key
from standins.natsserver import NatsServer, serving
from tests.nats.conftest import Publish
from tests.nats.settings import event
from tests.nats.streams import Streams

AUTHORITY = certify("Authority")
KEY = new_key()


def write(directory: Path, name: str, certificate: Certificate) -> tuple[Path, Path]:
    """Write a certificate and its key, and return their files."""
    directory.mkdir(parents=True, exist_ok=True)
    files = directory / f"{name}.pem", directory / f"{name}.key"
    files[0].write_bytes(certificate.pem)
    files[1].write_bytes(certificate.key_pem)
    return files


def tls_settings(directory: Path, host: str = "127.0.0.1", verify: bool = False) -> str:
    authority, _ = write(directory, "authority", AUTHORITY)
    certificate, key = write(directory, "server", AUTHORITY.sign(host=host))
    text = f'cert_file: "{certificate}", key_file: "{key}", ca_file: "{authority}"'
    if verify:
        text += ", verify: true"
    return f"tls {{ {text} }}\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """Serve over TLS only, for one nkey."""
    directory = tmp_path_factory.mktemp("tls")
    users = f"authorization {{ users: [ {{ nkey: {KEY.public} }} ] }}\n"
    with serving(directory, tls_settings(directory) + users) as server:
        yield server


@pytest.fixture
def authority(tmp_path: Path) -> str:
    """Return the file of the authority that signed the server's certificate."""
    return str(write(tmp_path / "trusted", "authority", AUTHORITY)[0])


@pytest.fixture
def nkey(tmp_path: Path) -> str:
    """Return the file of the user's key."""
    return str(write_key(tmp_path / "user.nk", KEY))


def test_tls_with_an_nkey_is_let_in(publish: Publish, authority: str, nkey: str) -> None:
    publisher = publish("none", tls_ca_file=authority, nkey_file=nkey)
    with pytest.raises(DestinationConfigurationError, match="none: not there"):
        publisher.facts()


def test_an_unknown_authority_is_noticed_at_once(publish: Publish, nkey: str) -> None:
    publisher = publish("any", nkey_file=nkey)
    with pytest.raises(DestinationConfigurationError, match="NATS_TLS_CA_FILE"):
        publisher.send([event(1, "any.x")])


def test_another_hosts_certificate_is_not_trusted(
    publish: Publish, authority: str, tmp_path: Path
) -> None:
    settings = tls_settings(tmp_path / "other", host="nats.example")
    with serving(tmp_path / "other", settings) as other:
        publisher = publish("any", servers=other.url, tls_ca_file=authority)
        with pytest.raises(DestinationConfigurationError, match="not trusted"):
            publisher.send([event(1, "any.x")])


def test_a_certificate_of_ours_is_shown_where_the_server_wants_one(
    publish: Publish, authority: str, tmp_path: Path
) -> None:
    certificate, key = write(tmp_path / "ours", "client", AUTHORITY.sign(host="client"))
    ours = {"tls_cert_file": str(certificate), "tls_key_file": str(key)}
    settings = tls_settings(tmp_path / "both", verify=True)
    with serving(tmp_path / "both", settings) as both:
        publisher = publish("none", servers=both.url, tls_ca_file=authority, **ours)
        with pytest.raises(DestinationConfigurationError, match="none: not there"):
            publisher.facts()
        without = publish("none", servers=both.url, tls_ca_file=authority)
        with pytest.raises((DestinationConfigurationError, DestinationUnavailable)):
            without.facts()


@pytest.mark.parametrize("name", ["tls_ca_file", "tls_cert_file"])
def test_a_file_that_is_no_certificate_is_a_mistake_of_the_settings(
    publish: Publish, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "not.pem"
    file.write_text("not a certificate", encoding="utf-8")
    given = {name: str(file)}
    if name == "tls_cert_file":
        given["tls_key_file"] = str(file)
    with pytest.raises(DestinationConfigurationError, match=name.upper()):
        publish("any", **given).send([event(1, "any.x")])


@pytest.mark.parametrize("scheme", ["tls", "nats"])
def test_no_password_is_sent_to_a_server_without_tls_where_tls_is_asked_for(
    publish: Publish, authority: str, scheme: str
) -> None:
    heard: list[bytes] = []

    def answer(connection: socket.socket) -> None:
        info = {"server_id": "x", "version": "2.15.1", "headers": True, "max_payload": 1000}
        connection.sendall(b"INFO " + json.dumps(info).encode() + b"\r\n")
        heard.append(connection.recv(65536))

    with listening(answer) as port:
        given = {}
        if scheme == "nats":
            given["tls_ca_file"] = authority
        publisher = publish(
            "any", servers=f"{scheme}://127.0.0.1:{port}", user="u", password="P-1", **given
        )
        with pytest.raises(DestinationConfigurationError, match="does not require TLS"):
            publisher.send([event(1, "any.x")])
    assert heard == [b""]


def test_a_stream_is_written_over_tls(publish: Publish, authority: str, tmp_path: Path) -> None:
    with serving(tmp_path / "open", tls_settings(tmp_path / "open")) as server:
        streams = Streams(server.url, tls=ssl.create_default_context(cafile=authority))
        streams.create("over_tls")
        streams.close()
        publisher = publish("over_tls", servers=f"tls://{server.address}", tls_ca_file=authority)
        (outcome,) = publisher.send([event(1, "over_tls.x")])
        assert outcome.receipt == "1"
