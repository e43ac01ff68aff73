"""Values of settings, wherever they come from: numbers, addresses, JSON, names of zones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from oracle_cdc.errors import SettingsError
from oracle_cdc.programs import ALL_NAMES, MODELS
from oracle_cdc.settings.monitor import MonitorOnOracleSettings
from oracle_cdc.settings.reader import read_settings
from oracle_cdc.settings.sources import Source, all_given
from tests.fuzz.decoders import Take

WORDS = (
    b"nats://u:p@h:4222",
    b"http://[::1",
    b'{"users":{"redact":["ssn"]}}',
    b'[{"source":"HR.EMP","target":"t","partition_column":"d"}]',
    b"1e400",
    b"true",
    b"Asia/Jerusalem",
    b"../../etc/passwd",
    b"mysql://u:p@h/d?x=1",
    b"2024-01-01T00:00:00",
)
NAMES = sorted(ALL_NAMES.known)
SETTINGS = (*MODELS.values(), MonitorOnOracleSettings)


def line(name: str, value: bytes) -> bytes:
    """Return a line that gives a variable a value."""
    number = NAMES.index(name)
    return bytes((number // 250 + 48, number % 250 + (number % 250 >= 10))) + value


def seeds() -> Sequence[bytes]:
    found = []
    for name in NAMES:
        value = WORDS[len(found) % len(WORDS)]
        found.append(b"\x00" + line(name, value))
    for number in range(len(SETTINGS)):
        found.append(bytes((number,)) + b"\n".join(line(name, b"x") for name in NAMES[:40]))
    return found


@contextmanager
def opened() -> Iterator[Take]:
    yield take


def take(data: bytes) -> None:
    """Read settings. The first byte says whose, and each line begins with a variable's number."""
    model = SETTINGS[(data[0] if data else 0) % len(SETTINGS)]
    values: dict[str, object] = {}
    for each in data[1:].split(b"\n"):
        if len(each) > 2:
            number = (each[0] - 48) * 250 + each[1] - (each[1] > 10)
            values[NAMES[number % len(NAMES)]] = each[2:].decode(errors="replace")
    with suppress(SettingsError):
        read_settings(model, [Source(".env", all_given(".env", values))], ALL_NAMES)
