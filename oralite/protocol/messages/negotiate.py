"""Messages by which both sides agree on protocol and data types, alone or in a fast log-in."""

from __future__ import annotations

from dataclasses import dataclass

from oralite.protocol.capabilities import Profile
from oralite.protocol.wire import ProtocolError, Reader, clr

PROTOCOL = 1
DATA_TYPES = 2
FAST_LOG_IN = 34
AL32UTF8 = 873
AL16UTF16 = 2000

_BANNER = b"x86_64/Linux 2.4.xx\x00"
_AL16UTF16_DESCRIPTION = bytes(9) + AL16UTF16.to_bytes(2, "big")
_TIME_ZONE_BYTES = 11
_UTC = b"\x80\x00\x00\x00\x3c\x3c\x3c\x80\x00\x00\x00"
_LONGEST_NAME_BYTES = 1024
_MOST_DATA_TYPES = 4096
_NONE = b"\0\0"


@dataclass(frozen=True)
class ClientTypes:
    """What the client said about itself: its capabilities and whether time zones are exchanged."""

    compile_capabilities: bytes
    sends_time_zone: bool


def skip_protocol(reader: Reader) -> None:
    """Skip the client's protocol versions and its name, each ended by a zero byte."""
    for _ in range(2):
        for _ in range(_LONGEST_NAME_BYTES):
            if not reader.u8():
                break
        else:
            raise ProtocolError("a protocol message that does not end")


def encode_protocol(profile: Profile) -> bytes:
    return b"".join(
        (
            b"\x01\x06\x00",
            _BANNER,
            AL32UTF8.to_bytes(2, "little"),
            b"\x01\x00\x00",
            len(_AL16UTF16_DESCRIPTION).to_bytes(2, "big"),
            _AL16UTF16_DESCRIPTION,
            clr(profile.compile_capabilities()),
            clr(profile.runtime_capabilities()),
        )
    )


def read_data_types(reader: Reader) -> ClientTypes:
    reader.raw(5)
    compile_capabilities = reader.clr() or b""
    runtime_capabilities = reader.clr() or b""
    sends_time_zone = bool(runtime_capabilities[1:2]) and bool(runtime_capabilities[1] & 1)
    if sends_time_zone:
        reader.raw(_TIME_ZONE_BYTES)
    for _ in range(_MOST_DATA_TYPES):
        if reader.raw(2) == _NONE:
            return ClientTypes(compile_capabilities, sends_time_zone)
        if reader.raw(2) != _NONE:
            reader.raw(4)
    raise ProtocolError("a list of data types that does not end")


def encode_data_types(client: ClientTypes) -> bytes:
    """Encode that no type is listed: each is taken as the client proposed it."""
    return b"\x02" + (_UTC if client.sends_time_zone else b"") + b"\x00\x00"


def skip_fast_log_in(reader: Reader) -> None:
    """Skip what stands between FAST_LOG_IN and the protocol message in it."""
    reader.raw(3)
    expect(reader, PROTOCOL)


def skip_to_data_types(reader: Reader) -> None:
    """Skip what stands between the two other messages inside a fast log-in: character sets and a
    field version.
    """
    reader.raw(6)
    expect(reader, DATA_TYPES)


def expect(reader: Reader, message: int) -> None:
    if (found := reader.u8()) != message:
        raise ProtocolError(f"message {found} where {message} is expected")
