"""From the first packet to an open session: which service, which protocol, whose password."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from oralite.conversation.answers import as_answer
from oralite.conversation.cursors import MOST_OPEN
from oralite.conversation.faults_in_force import Faults, strike
from oralite.conversation.seam import SqlSession
from oralite.errors import OraError
from oralite.protocol import crypto
from oralite.protocol.capabilities import (
    FIELD_VERSION_23_1_EXT1,
    FIELD_VERSION_FAST_LOG_IN,
    Profile,
)
from oralite.protocol.messages import auth, connect, negotiate
from oralite.protocol.messages.connect import Destination
from oralite.protocol.messages.error import End, encode_end, encode_status
from oralite.protocol.transport import (
    LARGEST_SDU_BYTES,
    BreakRequested,
    Disconnected,
    PacketType,
    Transport,
)
from oralite.protocol.wire import ProtocolError, Reader

FUNCTION = 3
#: The time and the bytes that a client has for its log-in.
TIMEOUT_SECONDS = 30
_LIMIT_BYTES = 1 << 18
_SMALLEST_SDU_BYTES = 512
#: The first with 32-bit packet lengths.
_OLDEST_VERSION = 315
_UNSUPPORTED_PAIRS = ("AUTH_NEWPASSWORD", "PROXY_CLIENT_NAME", "AUTH_TOKEN", "AUTH_APPCTX_NSPACE")
_ADMINISTRATOR_MODES = 0x20 | 0x40
#: Parameters of USERENV, by the pairs of a log-in.
_CLIENT_PAIRS = {
    "HOST": "AUTH_MACHINE",
    "TERMINAL": "AUTH_TERMINAL",
    "OS_USER": "AUTH_SID",
    "CLIENT_PROGRAM_NAME": "AUTH_PROGRAM_NM",
}
#: All clients are on this machine.
_CLIENT_ADDRESS = "127.0.0.1"
_ALTER_SESSION = re.compile(r"(\w+)\s*=\s*'([^']*)'")
_HEXADECIMAL = re.compile(r"(?:[0-9a-fA-F]{2})*")


class Database(Protocol):
    """What the SQL side does for all sessions (sql/database.py)."""

    def password_of(self, user: str) -> str | None: ...

    def open_session(
        self, user: str, *, interrupted: Callable[[], bool], number: int = 0
    ) -> SqlSession: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Instance:
    """What all connections of one server share.

    refusal: the listener's error now, if it refuses connections.
    """

    profile: Profile
    service: str
    database: Database
    faults: Faults
    refusal: Callable[[], int | None]
    next_session_id: Callable[[], int]
    latency_seconds: Callable[[], float]


@dataclass(frozen=True)
class LoggedIn:
    user: str
    sql: SqlSession
    field_version: int


class Refused(Exception):
    """Raised when the client has been answered that it may not connect."""


def log_in(transport: Transport, instance: Instance, counts: Counter[str]) -> LoggedIn:
    """Log a client in.

    Raises Refused after the client has been answered, and ProtocolError for what is no log-in. The
    connection ends with both.
    """
    transport.set_timeout(TIMEOUT_SECONDS)
    transport.reader.limit_bytes = _LIMIT_BYTES
    _accept(transport, instance)
    transport.reader.begin()
    return _LogIn(transport, instance, counts).run()


def _accept(transport: Transport, instance: Instance) -> None:
    packet = transport.read_packet()
    if packet.type != PacketType.CONNECT:
        raise ProtocolError(f"a packet of type {packet.type} where CONNECT is expected")
    request = connect.read_connect(packet.body)
    if request.version < _OLDEST_VERSION:
        raise ProtocolError(f"protocol version {request.version}, which is too old")
    descriptor = request.descriptor
    while len(descriptor) < request.descriptor_bytes:
        descriptor += transport.read_payload()
    code = instance.refusal() or _refusal(connect.read_destination(descriptor), instance.service)
    if code is not None:
        transport.send_packet(PacketType.REFUSE, connect.encode_refuse(code))
        raise Refused(f"ORA-{code}")
    sdu_bytes = max(_SMALLEST_SDU_BYTES, min(request.sdu_bytes, LARGEST_SDU_BYTES))
    version = min(request.version, instance.profile.protocol_version)
    transport.send_packet(
        PacketType.ACCEPT, connect.encode_accept(instance.profile, version, sdu_bytes)
    )
    transport.use_large_lengths(sdu_bytes)


def _refusal(destination: Destination, service: str) -> int | None:
    if destination.wants_pooled_server:
        return connect.NO_POOLED_SERVERS
    if destination.service is not None:
        if destination.service == service.upper():
            return None
        return connect.UNKNOWN_SERVICE
    if destination.sid == service.upper():
        return None
    return connect.UNKNOWN_SID


class _LogIn:
    """One log-in under way: what was agreed on so far."""

    def __init__(self, transport: Transport, instance: Instance, counts: Counter[str]) -> None:
        self._transport = transport
        self._reader = transport.reader
        self._instance = instance
        self._counts = counts
        self._client_pairs: Mapping[str, str] = {}
        self._field_version = instance.profile.field_version

    def run(self) -> LoggedIn:
        challenge, user = self._phase_one()
        self._reader.begin()
        negotiate.expect(self._reader, FUNCTION)
        self._expect_function(auth.PHASE_TWO, self._field_version)
        request = auth.read_auth(self._reader)
        try:
            return self._phase_two(request, challenge, user)
        except (Disconnected, BreakRequested, ProtocolError):
            raise
        except Exception as failure:
            error = as_answer(failure)
            self._counts["logins_failed"] += 1
            end = encode_end(End(error=error), self._field_version, in_transaction=False)
            self._transport.send(end)
            raise Refused(f"{user}: {error}") from failure

    def _phase_one(self) -> tuple[crypto.Challenge, str]:
        message = self._reader.u8()
        while message in (negotiate.PROTOCOL, negotiate.DATA_TYPES):
            self._transport.send(self._negotiated(message))
            self._reader.begin()
            message = self._reader.u8()
        self._transport.ends_responses = self._instance.profile.has_fast_log_in
        if message == negotiate.FAST_LOG_IN:
            return self._fast_phase_one()
        if message != FUNCTION:
            raise ProtocolError(f"message {message} during log-in")
        self._expect_function(auth.PHASE_ONE, self._field_version)
        return self._challenge(b"")

    def _fast_phase_one(self) -> tuple[crypto.Challenge, str]:
        negotiate.skip_fast_log_in(self._reader)
        answer = self._negotiated(negotiate.PROTOCOL)
        negotiate.skip_to_data_types(self._reader)
        answer += self._negotiated(negotiate.DATA_TYPES)
        negotiate.expect(self._reader, FUNCTION)
        self._expect_function(auth.PHASE_ONE, FIELD_VERSION_FAST_LOG_IN)
        return self._challenge(answer)

    def _negotiated(self, message: int) -> bytes:
        if message == negotiate.PROTOCOL:
            negotiate.skip_protocol(self._reader)
            return negotiate.encode_protocol(self._instance.profile)
        client = negotiate.read_data_types(self._reader)
        self._field_version = self._instance.profile.agreed_field_version(
            client.compile_capabilities
        )
        return negotiate.encode_data_types(client)

    def _expect_function(self, function: int, field_version: int) -> None:
        found, _ = read_function(self._reader, field_version)
        if found != function:
            raise ProtocolError(f"function {found} during log-in where {function} is expected")

    def _challenge(self, before: bytes) -> tuple[crypto.Challenge, str]:
        request = auth.read_auth(self._reader)
        if request.user.startswith('"'):
            user = request.user[1:-1]
        else:
            user = request.user.upper()
        self._client_pairs = request.pairs
        challenge = crypto.challenge(user, self._instance.database.password_of(user))
        self._transport.send(before + auth.encode_challenge(challenge) + encode_status(False))
        return challenge, user

    def _phase_two(
        self, request: auth.AuthRequest, challenge: crypto.Challenge, user: str
    ) -> LoggedIn:
        struck = self._instance.faults.choose("login", "", user)
        strike(struck, self._transport, is_after=False)
        _refuse_unsupported(request)
        key = self._verify(request, challenge, user)
        number = self._instance.next_session_id()
        sql = self._instance.database.open_session(
            user, interrupted=self._transport.interrupted, number=number
        )
        try:
            sql.describe_client(_client_of(self._client_pairs))
            for name, value in _ALTER_SESSION.findall(request.pairs.get("AUTH_ALTER_SESSION", "")):
                sql.alter(name.upper(), value)
            welcome = auth.encode_welcome(
                self._instance.profile,
                self._instance.service,
                number,
                crypto.proof(key),
                MOST_OPEN,
            )
            strike(struck, self._transport, is_after=True)
            self._counts["logins"] += 1
            self._counts["sessions_open"] = 1
            self._transport.send(welcome + encode_status(False))
        except BaseException:
            sql.close()
            raise
        return LoggedIn(user, sql, self._field_version)

    def _verify(self, request: auth.AuthRequest, challenge: crypto.Challenge, user: str) -> bytes:
        """Return the key of the dialogue. Raises ORA-01017 for a wrong password."""
        password = self._instance.database.password_of(user)
        client_part, encrypted = (
            _unhex(request.pairs.get(name, "")) for name in ("AUTH_SESSKEY", "AUTH_PASSWORD")
        )
        try:
            key = crypto.shared_key(challenge, client_part)
            is_right = password is not None and crypto.opens(key, encrypted, password)
        except ValueError:
            is_right = False
        if not is_right:
            raise OraError(1017, "invalid username/password; logon denied")
        return key


def _refuse_unsupported(request: auth.AuthRequest) -> None:
    for name in _UNSUPPORTED_PAIRS:
        if name in request.pairs:
            raise OraError(3001, f"unimplemented feature: oralite does not log in with {name}")
    if request.mode & _ADMINISTRATOR_MODES:
        raise OraError(1031, "insufficient privileges")


def _client_of(pairs: Mapping[str, str]) -> dict[str, str]:
    """Return what a client says of itself at its log-in, by the names of USERENV."""
    found = {"IP_ADDRESS": _CLIENT_ADDRESS}
    for name, key in _CLIENT_PAIRS.items():
        if key in pairs:
            found[name] = pairs[key]
    return found


def _unhex(text: str) -> bytes:
    if _HEXADECIMAL.fullmatch(text):
        return bytes.fromhex(text)
    return b""


def read_function(reader: Reader, field_version: int) -> tuple[int, int]:
    """Return the number of a function or a piggyback, and its token (0: none)."""
    function = reader.u8()
    reader.u8()
    return function, reader.ub() if field_version >= FIELD_VERSION_23_1_EXT1 else 0
