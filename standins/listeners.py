"""What can listen where a database should: TLS with a test's own certificates, and refusals."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)
#: What the key of a certificate that signs itself may do.
SIGNS_CERTIFICATES = x509.KeyUsage(
    digital_signature=True,
    key_cert_sign=True,
    crl_sign=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    encipher_only=False,
    decipher_only=False,
)


@dataclass(frozen=True)
class Certificate:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.write_key(serialization.NoEncryption())

    @property
    def locked_key_pem(self) -> bytes:
        """Return the key under a password."""
        return self.write_key(serialization.BestAvailableEncryption(b"wallet-1"))

    def write_key(self, encryption: serialization.KeySerializationEncryption) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
        )

    def sign(self, *, host: str = "localhost", days: int = 10, begins_in: int = -30) -> Certificate:
        """Return a server's certificate that this one issues."""
        return certify(host, issuer=self, days=days, begins_in=begins_in)


def certify(
    name: str, *, issuer: Certificate | None = None, days: int = 10, begins_in: int = -30
) -> Certificate:
    """Return a certificate for a host, which signs itself without an issuer.

    begins_in, days: the days from now at which it begins and ends.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer_name, signing_key = subject, key
    if issuer:
        issuer_name, signing_key = issuer.certificate.subject, issuer.key
    now = datetime.now(timezone.utc)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begins_in * DAY)
        .not_valid_after(now + days * DAY)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names_of(name)), critical=False)
    )
    # Python 3.13 and newer want what RFC 5280 wants.
    builder = builder.add_extension(
        x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
    )
    if issuer:
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()),
            critical=False,
        )
    else:
        builder = builder.add_extension(SIGNS_CERTIFICATES, critical=True)
    return Certificate(builder.sign(signing_key, hashes.SHA256()), key)


def names_of(host: str) -> list[x509.GeneralName]:
    with suppress(ValueError):
        return [x509.IPAddress(ipaddress.ip_address(host))]
    return [x509.DNSName(host)]


def make_wallet(directory: Path, content: bytes) -> str:
    """Create a directory with an ewallet.pem, and return its path."""
    directory.mkdir()
    (directory / "ewallet.pem").write_bytes(content)
    return str(directory)


@contextmanager
def listening(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """Answer each connection on a free port of the loopback, which is yielded, and close it."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                answer(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        # close() alone does not wake the thread that accepts.
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@contextmanager
def tls_listener(directory: Path, certificate: Certificate) -> Iterator[int]:
    """Listen, show this certificate, and then say nothing."""
    path = directory / "server.pem"
    path.write_bytes(certificate.pem + certificate.key_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)

    def answer(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as encrypted:
            encrypted.recv(1)

    with listening(answer) as port:
        yield port


def closing(connection: socket.socket) -> None:
    """Close as soon as something comes."""
    connection.recv(65536)


def refusing(code: int) -> Callable[[socket.socket], None]:
    """Refuse like a listener of Oracle: a REFUSE packet with this code."""
    text = f"(DESCRIPTION=(ERR={code})(ERROR_STACK=(ERROR=(CODE={code})(EMFI=4))))".encode()
    body = struct.pack(">BBH", 1, 0, len(text)) + text
    return answering(4, body)


def old_database(connection: socket.socket) -> None:
    """Accept in the protocol of Oracle 9."""
    answering(2, struct.pack(">HHHHHHHHBB", 300, 0, 8192, 65535, 256, 0, 24, 0, 0, 0))(connection)


def answering(kind: int, body: bytes) -> Callable[[socket.socket], None]:
    """Answer what comes with one TNS packet."""

    def answer(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(struct.pack(">HHBBH", 8 + len(body), 0, kind, 0, 0) + body)
        connection.recv(1)

    return answer


def talking_plainly(connection: socket.socket) -> None:
    """Answer like a web server, whatever was asked."""
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
