"""The log-in messages: who the client is, the challenge to it, and what it learns about the
session.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from oralite.model import serial_number
from oralite.protocol import crypto
from oralite.protocol.capabilities import Profile
from oralite.protocol.wire import ProtocolError, Reader, dalc, decode_text, ub

PHASE_ONE = 118
PHASE_TWO = 115

_PARAMETERS = 8
_MOST_PAIRS = 200


@dataclass(frozen=True)
class AuthRequest:
    """One phase of the log-in as the client sent it. mode: bits such as SYSDBA."""

    user: str
    mode: int
    pairs: Mapping[str, str] = field(repr=False)


def read_auth(reader: Reader) -> AuthRequest:
    has_user = reader.u8()
    reader.ub()
    mode = reader.ub()
    reader.u8()
    count = reader.ub()
    if count > _MOST_PAIRS:
        raise ProtocolError(f"a log-in with {count} parameters")
    reader.skip("11")
    if has_user:
        user = decode_text(reader.clr() or b"")
    else:
        user = ""
    return AuthRequest(user, mode, dict(_read_pair(reader) for _ in range(count)))


def _read_pair(reader: Reader) -> tuple[str, str]:
    key, value = reader.text().rstrip("\0"), reader.text()
    reader.ub()
    return key, value


def encode_challenge(challenge: crypto.Challenge) -> bytes:
    return _encode_parameters(
        {
            "AUTH_SESSKEY": (_hex(challenge.encrypted_part), 0),
            "AUTH_VFR_DATA": (_hex(challenge.salt), crypto.VERIFIER_TYPE),
            "AUTH_PBKDF2_CSK_SALT": (_hex(challenge.session_salt), 0),
            "AUTH_PBKDF2_VGEN_COUNT": (str(crypto.VERIFIER_ITERATIONS), 0),
            "AUTH_PBKDF2_SDER_COUNT": (str(crypto.SESSION_KEY_ITERATIONS), 0),
        }
    )


def encode_welcome(
    profile: Profile, service: str, session_id: int, proof: bytes, most_cursors: int
) -> bytes:
    """Return the log-in's success.

    Without AUTH_MAX_OPEN_CURSORS clients would keep no statement cache.
    """
    values = {
        "AUTH_VERSION_STRING": "- Production",
        "AUTH_VERSION_SQL": "27",
        "AUTH_XACTION_TRAITS": "3",
        "AUTH_VERSION_NO": str(profile.version_number),
        "AUTH_VERSION_STATUS": "0",
        "AUTH_CAPABILITY_TABLE": "",
        "AUTH_SESSION_ID": str(session_id),
        "AUTH_SERIAL_NUM": str(serial_number(session_id)),
        "AUTH_INSTANCE_NO": "1",
        "AUTH_FAILOVER_ID": "",
        "AUTH_SERVER_PID": "1",
        "AUTH_SC_SERVER_HOST": "localhost",
        "AUTH_SC_DBUNIQUE_NAME": "ORALITE",
        "AUTH_SC_REAL_DBUNIQUE_NAME": "ORALITE",
        "AUTH_SC_INSTANCE_NAME": "ORALITE",
        "AUTH_SC_SERVICE_NAME": service.lower(),
        "AUTH_SC_DB_DOMAIN": "",
        "AUTH_INSTANCENAME": "ORALITE",
        "AUTH_DBNAME": "ORALITE",
        "AUTH_MAX_OPEN_CURSORS": str(most_cursors),
        "AUTH_MAX_IDEN_LENGTH": "128",
        "AUTH_SVR_RESPONSE": _hex(proof),
    }
    return _encode_parameters({key: (value, 0) for key, value in values.items()})


def _encode_parameters(pairs: Mapping[str, tuple[str, int]]) -> bytes:
    parts = [bytes((_PARAMETERS,)), ub(len(pairs))]
    for key, (value, flags) in pairs.items():
        parts += (dalc(key), dalc(value), ub(flags))
    return b"".join(parts)


def _hex(content: bytes) -> str:
    return content.hex().upper()
