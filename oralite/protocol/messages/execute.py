"""The requests that run a statement, with its text, its options and what the client declared of its
binds.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from oralite.model import BindType
from oralite.protocol.capabilities import FIELD_VERSION_12_2, FIELD_VERSION_12_2_EXT1
from oralite.protocol.messages.types import BIND_TYPES, TypeNumber
from oralite.protocol.wire import ProtocolError, Reader, decode_text

EXECUTE = 94
REEXECUTE = 4
REEXECUTE_AND_FETCH = 78

_PARSE = 0x1
_EXECUTE = 0x20
_COMMIT = 0x100
_DESCRIBE_ONLY = 0x20000
_BATCH_ERRORS = 0x80000
_ROW_COUNTS = 0x4000
_SCROLLABLE = 0x2
_ARRAY = 0x40
_MOST_BINDS = 65535
_MOST_ITERATIONS = 10_000_000
_STATEMENT_NUMBERS = 13


@dataclass(frozen=True)
class Declared:
    """What the client said of one bind, or of a column that it wants in another form (a define)."""

    type: int
    size_bytes: int
    is_national: bool
    is_array: bool = False

    @property
    def is_supported(self) -> bool:
        return self.type in BIND_TYPES and not self.is_array

    @property
    def bind_type(self) -> BindType:
        """Return the type that a plan is made for. Only of a bind that is supported."""
        return BindType(BIND_TYPES[TypeNumber(self.type)], self.size_bytes)

    def __str__(self) -> str:
        known = []
        for number in TypeNumber:
            if number == self.type:
                known.append(number.name)
        return (known or [f"type {self.type}"])[0] + (" as an array" if self.is_array else "")


@dataclass(frozen=True)
class ExecuteRequest:
    """One execution as asked for.

    sql: None is that of the cursor. binds: None is as declared before. cursor_id: 0 is a new one.

    row_limit: how many rows of a query to send along. sends_values: bind rows follow, if the
    statement has binds.
    """

    cursor_id: int
    sql: str | None = field(repr=False)
    row_limit: int
    iterations: int
    has_parse: bool
    has_execute: bool
    commits: bool
    describes_only: bool
    wants_batch_errors: bool
    wants_row_counts: bool
    is_scrollable: bool
    sends_values: bool
    binds: tuple[Declared, ...] | None
    defines: tuple[Declared, ...]


def read_execute(reader: Reader, field_version: int) -> ExecuteRequest:
    """Read all but the bind rows, which follow."""
    options, cursor_id = reader.ub(), reader.ub()
    reader.u8()
    sql_bytes = reader.ub()
    reader.skip("1u11u")
    row_limit = reader.ub()
    reader.skip("u1")
    bind_count = _limited(reader.ub(), _MOST_BINDS)
    reader.skip("111111")
    define_count = _limited(reader.ub(), _MOST_BINDS)
    reader.skip("u111u1uu1u1")
    if field_version >= FIELD_VERSION_12_2:
        reader.skip("1u1u1")
    if field_version >= FIELD_VERSION_12_2_EXT1:
        reader.skip("1u")
    if sql_bytes:
        sql = decode_text(reader.clr() or b"")
    else:
        sql = None
    numbers = []
    for _ in range(_STATEMENT_NUMBERS):
        numbers.append(reader.ub())
    declared = tuple(
        _read_declared(reader, field_version) for _ in range(define_count or bind_count)
    )
    return ExecuteRequest(
        cursor_id=cursor_id,
        sql=sql,
        row_limit=row_limit,
        iterations=_limited(numbers[1], _MOST_ITERATIONS),
        has_parse=bool(options & _PARSE),
        has_execute=bool(options & _EXECUTE),
        commits=bool(options & _COMMIT),
        describes_only=bool(options & _DESCRIBE_ONLY),
        wants_batch_errors=bool(options & _BATCH_ERRORS),
        wants_row_counts=bool(numbers[9] & _ROW_COUNTS),
        is_scrollable=bool(numbers[9] & _SCROLLABLE),
        sends_values=bind_count > 0 and not define_count,
        binds=declared if bind_count and not define_count else None,
        defines=declared if define_count else (),
    )


def read_reexecute(reader: Reader, function: int) -> ExecuteRequest:
    """Read the short form for a statement that is known, its binds declared.

    Its bind rows follow.
    """
    cursor_id, number = reader.ub(), reader.ub()
    reader.ub()
    options = reader.ub()
    fetches = function == REEXECUTE_AND_FETCH
    return ExecuteRequest(
        cursor_id=cursor_id,
        sql=None,
        row_limit=number if fetches else 0,
        iterations=1 if fetches else _limited(number, _MOST_ITERATIONS),
        has_parse=False,
        has_execute=True,
        commits=bool(options & 1),
        describes_only=False,
        wants_batch_errors=False,
        wants_row_counts=False,
        is_scrollable=False,
        sends_values=True,
        binds=None,
        defines=(),
    )


def _limited(count: int, most: int) -> int:
    if count > most:
        raise ProtocolError(f"{count} where at most {most} may be")
    return count


def _read_declared(reader: Reader, field_version: int) -> Declared:
    number, flags, _, _ = reader.raw(4)
    size_bytes = reader.ub()
    reader.skip("uu")
    reader.dalc()
    reader.skip("uu")
    character_set_form = reader.u8()
    reader.skip("uu" if field_version >= FIELD_VERSION_12_2 else "u")
    return Declared(number, size_bytes, character_set_form == 2, bool(flags & _ARRAY))
