"""The two servers that can be played, 19c and 23ai, and what each announces that it can do."""

from __future__ import annotations

from dataclasses import dataclass

from oralite.protocol.wire import ProtocolError

#: Field versions from which a message has another field; the smaller one of both sides counts.
FIELD_VERSION_12_2 = 8
FIELD_VERSION_12_2_EXT1 = 9
FIELD_VERSION_20_1 = 14
FIELD_VERSION_23_1 = 17
FIELD_VERSION_23_1_EXT1 = 18
FIELD_VERSION_23_1_EXT3 = 20
FIELD_VERSION_23_4 = 24
#: In a fast log-in phase one is encoded with this version, whatever is agreed on later.
FIELD_VERSION_FAST_LOG_IN = 13

#: Binds whose buffer is larger travel after all others.
LONGEST_ORDINARY_BIND_BYTES = 32767

_FIELD_VERSION_INDEX = 7
_STRINGS_OF_32_KB = 0x04
_COMPILE = {0: 6, 4: 0x6F, 8: 1, 15: 0x29, 16: 0x90, 17: 3, 18: 7, 19: 3, 21: 1, 23: 0x4F, 27: 1}
_FAST_LOG_IN_FLAG = 0x10000000
_END_OF_RESPONSE_FLAG = 0x02000000


@dataclass(frozen=True)
class Profile:
    """One server: protocol_version is that of the ACCEPT packet, field_version that of the
    messages.
    """

    name: str
    protocol_version: int
    field_version: int
    release: tuple[int, int, int, int, int]
    has_fast_log_in: bool

    @property
    def accept_flags(self) -> int:
        if self.has_fast_log_in:
            return _FAST_LOG_IN_FLAG | _END_OF_RESPONSE_FLAG
        return 0

    @property
    def sends_time_zone(self) -> bool:
        return self.has_fast_log_in

    @property
    def version_number(self) -> int:
        """Return the release as AUTH_VERSION_NO has it."""
        major, minor, component, patch, extra = self.release
        return major << 24 | minor << 16 | component << 12 | patch << 4 | extra

    def compile_capabilities(self) -> bytes:
        content = bytearray(53)
        for index, value in _COMPILE.items():
            content[index] = value
        content[_FIELD_VERSION_INDEX] = self.field_version
        if self.has_fast_log_in:
            content[40] = 0x20
        else:
            content[40] = 0
        return bytes(content)

    def runtime_capabilities(self) -> bytes:
        content = bytearray(11)
        content[0] = 2
        if self.sends_time_zone:
            content[1] = 1
        else:
            content[1] = 0
        content[6] = 1 | _STRINGS_OF_32_KB
        return bytes(content)

    def agreed_field_version(self, client_capabilities: bytes) -> int:
        if len(client_capabilities) <= _FIELD_VERSION_INDEX:
            raise ProtocolError("a client without a field version")
        return min(self.field_version, client_capabilities[_FIELD_VERSION_INDEX])


PROFILES = {
    "19c": Profile("19c", 318, 12, (19, 3, 0, 0, 0), has_fast_log_in=False),
    "23ai": Profile("23ai", 319, FIELD_VERSION_23_4, (23, 4, 0, 24, 5), has_fast_log_in=True),
}
