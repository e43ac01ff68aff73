"""Messages alone: what no client sends is refused and never breaks anything, what clients send is
understood."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oralite.model import Kind, Scan
from oralite.protocol.messages import auth, connect, execute, lob, negotiate, piggyback
from oralite.protocol.messages.binds import read_rows, value_reader
from oralite.protocol.messages.connect import Destination
from oralite.protocol.messages.execute import Declared
from oralite.protocol.messages.types import TypeNumber
from oralite.protocol.wire import ProtocolError, Reader, UnsupportedRequest, clr, dalc, ub
from oralite.values import decode_double, encode_number


class Starved(Exception):
    """The stream ended."""


def reader_of(stream: bytes) -> Reader:
    pieces = [stream]

    def refill() -> bytes:
        if not pieces or not pieces[0]:
            raise Starved
        return pieces.pop()

    return Reader(refill)


READS: dict[str, Callable[[Reader], object]] = {
    "execute 19c": lambda reader: execute.read_execute(reader, 12),
    "execute 23ai": lambda reader: execute.read_execute(reader, 24),
    "reexecute": lambda reader: execute.read_reexecute(reader, execute.REEXECUTE),
    "auth": auth.read_auth,
    "lob": lob.read_lob,
    "data types": negotiate.read_data_types,
    "protocol": negotiate.skip_protocol,
    **{
        f"piggyback {number}": lambda reader, number=number: piggyback.read_piggyback(
            reader, number
        )  # type: ignore[misc]
        for number in (96, 105, 135, 152, 176, 199)
    },
}


@pytest.mark.parametrize("name", READS)
@given(stream=st.binary(max_size=400))
def test_noise_is_a_message_cut_short_or_refused(name: str, stream: bytes) -> None:
    with contextlib.suppress(Starved, ProtocolError):
        READS[name](reader_of(stream))


@given(st.binary(max_size=300))
def test_a_connect_packet_of_noise_is_refused_or_read(body: bytes) -> None:
    with contextlib.suppress(ProtocolError):
        connect.read_destination(connect.read_connect(body).descriptor)


@pytest.mark.parametrize(
    ("descriptor", "destination"),
    [
        (b"(DESCRIPTION=(CONNECT_DATA=(SERVICE_NAME=xe)))", Destination("XE", None, False)),
        (b"(description=(connect_data=( sid = Orcl )))", Destination(None, "ORCL", False)),
        (b"(CONNECT_DATA=(SERVICE_NAME=a.b.c)(SERVER=pooled))", Destination("A.B.C", None, True)),
        (b"(CONNECT_DATA=(CID=(PROGRAM=x)))", Destination(None, None, False)),
    ],
)
def test_a_descriptor_names_its_destination(descriptor: bytes, destination: Destination) -> None:
    assert connect.read_destination(descriptor) == destination


def read_value(kind: TypeNumber, stream: bytes, *, is_national: bool = False) -> object:
    return value_reader(Declared(kind, 22, is_national))(reader_of(stream))


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=6, min_value=-(10**20), max_value=10**20
    )
)
def test_a_number_with_zeros_at_its_ends_is_stored_like_any_other(number: Decimal) -> None:
    stored = encode_number(number)
    assert read_value(TypeNumber.NUMBER, clr(stored)) == stored
    assert read_value(TypeNumber.NUMBER, clr(padded(stored))) == stored


def padded(stored: bytes) -> bytes:
    """Write the same number with one zero digit more in front and two more behind."""
    if len(stored) < 2:
        return stored
    if stored[0] >= 0x80:
        return bytes((stored[0] + 1, 1)) + stored[1:] + b"\x01\x01"
    return bytes((stored[0] - 1, 0x65)) + stored[1:].removesuffix(b"\x66") + b"\x65\x65\x66"


def test_a_number_of_zeros_only_is_zero() -> None:
    assert read_value(TypeNumber.NUMBER, clr(b"\xc1\x01\x01")) == encode_number(0)


def test_a_timestamp_without_a_fraction_is_stored_like_a_date() -> None:
    date = bytes((120, 124, 2, 29, 24, 60, 59))
    assert read_value(TypeNumber.TIMESTAMP, clr(date + bytes(4))) == date
    assert (
        read_value(TypeNumber.TIMESTAMP, clr(date + b"\x00\x00\x00\x01"))
        == date + b"\x00\x00\x00\x01"
    )


@pytest.mark.parametrize(("stream", "number"), [("0101", 1), ("00", 0), ("fd01", None)])
def test_a_boolean_is_a_number(stream: str, number: int | None) -> None:
    value = read_value(TypeNumber.BOOLEAN, bytes.fromhex(stream))
    assert value == (None if number is None else encode_number(number))


def test_national_text_is_read_as_utf_16() -> None:
    assert read_value(TypeNumber.VARCHAR, clr("ש😀".encode("utf-16-be")), is_national=True) == "ש😀"


@pytest.mark.parametrize("number", [1.5, -1.5, 0.0])
def test_a_binary_float_becomes_a_double(number: float) -> None:
    bits = int.from_bytes(struct.pack(">f", number), "big")
    turned = bits ^ 0xFFFFFFFF if bits & 0x80000000 else bits | 0x80000000
    value = read_value(TypeNumber.BINARY_FLOAT, clr(turned.to_bytes(4, "big")))
    assert isinstance(value, bytes)
    assert decode_double(value) == number


def test_long_values_travel_last_but_stand_in_their_places() -> None:
    binds = [
        Declared(1, 40000, False),
        Declared(1, 10, False),
        Declared(1, 40000, False),
        Declared(1, 10, False),
    ]
    stream = b"\x07" + b"".join(clr(text) for text in (b"second", b"fourth", b"first", b"third"))
    [row] = read_rows(reader_of(stream), binds, 1, Scan(Kind.DML, ("a", "b", "c", "d")))
    assert row == ("first", "second", "third", "fourth")


def test_a_blocks_values_travel_in_their_order() -> None:
    binds = [Declared(1, 40000, False), Declared(1, 10, False)]
    stream = b"\x07" + clr(b"first") + clr(b"second")
    assert read_rows(reader_of(stream), binds, 1, Scan(Kind.BLOCK, ("a", "b"))) == [
        ("first", "second")
    ]


def test_binds_of_returning_send_no_value() -> None:
    binds = [Declared(1, 10, False), Declared(2, 22, False)]
    scan = Scan(Kind.DML, ("a", "b"), frozenset({1}))
    assert read_rows(reader_of(b"\x07" + clr(b"x") + b"\x07" + clr(b"y")), binds, 2, scan) == [
        ("x",),
        ("y",),
    ]


@pytest.mark.parametrize(
    ("kind", "flags", "content"),
    [
        (TypeNumber.CURSOR, 0, b"\x01\x00"),
        (TypeNumber.CURSOR, 0, b"\x01\x01\x01\x07"),
        (TypeNumber.OBJECT, 0, bytes(6)),
        (
            TypeNumber.OBJECT,
            0,
            dalc(b"t" * 36) + dalc(b"o") + bytes(2) + ub(3) + ub(1) + clr(b"abc"),
        ),
        (TypeNumber.JSON, 0, dalc(b"l" * 40) + clr(b"x" * 300)),
        (TypeNumber.VECTOR, 0, bytes(1)),
        (TypeNumber.NUMBER, 0x40, ub(2) + clr(b"\xc1\x02") + clr(b"")),
    ],
)
def test_a_bind_of_a_type_that_is_not_supported_is_passed_over(
    kind: TypeNumber, flags: int, content: bytes
) -> None:
    declared = execute._read_declared(reader_of(bytes((kind, flags, 0, 0)) + bytes(12)), 12)
    assert not declared.is_supported
    stream = reader_of(b"\x07" + content + clr(b"next"))
    assert read_rows(
        stream, [declared, Declared(1, 10, False)], 1, Scan(Kind.BLOCK, ("a", "b"))
    ) == [(None, "next")]


def test_a_bind_of_a_type_that_nobody_knows_is_not_read() -> None:
    with pytest.raises(UnsupportedRequest):
        read_rows(reader_of(b"\x07"), [Declared(99, 1, False)], 1, Scan(Kind.DML, ("a",)))
