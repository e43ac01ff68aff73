"""The first packets: CONNECT from the client, ACCEPT or REFUSE to it."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from oralite.protocol.capabilities import Profile
from oralite.protocol.wire import ProtocolError, decode_text

UNKNOWN_SERVICE = 12514
UNKNOWN_SID = 12505
TOO_MANY_SESSIONS = 12516
NO_POOLED_SERVERS = 12520

_HEADER_BYTES = 8
_FIXED_BYTES = 26
_LARGEST_DESCRIPTOR_BYTES = 16384
_TRANSPORT_UNIT = 65535
#: Together they ask a client not to negotiate encryption or checksums.
_NO_NETWORK_SERVICES = b"\x04\x0c"


@dataclass(frozen=True)
class ConnectRequest:
    """What the client asks for.

    descriptor_bytes: the length of the descriptor, which may follow in a packet of its own.
    """

    version: int
    sdu_bytes: int
    descriptor_bytes: int
    descriptor: bytes


@dataclass(frozen=True)
class Destination:
    """What the descriptor names: service or SID, and whether a pooled server (DRCP) is wanted."""

    service: str | None
    sid: str | None
    wants_pooled_server: bool


def read_connect(body: bytes) -> ConnectRequest:
    if len(body) < _FIXED_BYTES:
        raise ProtocolError("a CONNECT packet without its fixed fields")
    version, _, _, sdu = struct.unpack_from(">4H", body)
    length, offset = struct.unpack_from(">2H", body, 16)
    if length > _LARGEST_DESCRIPTOR_BYTES or offset < _HEADER_BYTES:
        raise ProtocolError(f"a connect descriptor of {length} bytes at {offset}")
    large_sdu = int.from_bytes(body[50:54], "big")
    start = offset - _HEADER_BYTES
    return ConnectRequest(version, max(sdu, large_sdu), length, body[start : start + length])


def read_destination(descriptor: bytes) -> Destination:
    text = decode_text(descriptor)
    pooled = re.search(r"\(\s*SERVER\s*=\s*POOLED\s*\)", text, re.IGNORECASE)
    return Destination(_value(text, "SERVICE_NAME"), _value(text, "SID"), pooled is not None)


def _value(descriptor: str, name: str) -> str | None:
    found = re.search(rf"\(\s*{name}\s*=\s*([^()]*?)\s*\)", descriptor, re.IGNORECASE)
    if found:
        return found.group(1).upper()
    return None


def encode_accept(profile: Profile, version: int, sdu_bytes: int) -> bytes:
    start = struct.pack(
        ">7H", version, 0, min(sdu_bytes, _TRANSPORT_UNIT), _TRANSPORT_UNIT, 1, 0, 45
    )
    end = struct.pack(">IIBI", sdu_bytes, _TRANSPORT_UNIT, 0, profile.accept_flags)
    return start + _NO_NETWORK_SERVICES + bytes(8) + end


def encode_refuse(code: int) -> bytes:
    """Encode a refusal. code: a listener's error, such as UNKNOWN_SERVICE."""
    text = (
        f"(DESCRIPTION=(TMP=)(VSNNUM=318767104)(ERR={code})"
        f"(ERROR_STACK=(ERROR=(CODE={code})(EMFI=4))))"
    )
    content = text.encode()
    return b"\x22\x00" + struct.pack(">H", len(content)) + content
