"""The codecs of the protocol: whatever is written is read back, however the packets cut it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oralite.protocol.wire import CHUNK_BYTES, ProtocolError, Reader, clr, dalc, sb, ub

#: About as long as a chunk: its length decides, not what stands in it.
ABOUT_A_CHUNK = st.integers(CHUNK_BYTES - 2, CHUNK_BYTES + 2).map(
    lambda size: (bytes(range(256)) * (size // 256 + 1))[:size]
)
CUTS = st.lists(st.integers(min_value=1, max_value=400), min_size=1, max_size=40)


def reader_of(stream: bytes, cuts: list[int] | None = None) -> Reader:
    pieces = iter(cut(stream, cuts or [len(stream) or 1]))
    return Reader(lambda: next(pieces))


def cut(stream: bytes, sizes: list[int]) -> Iterator[bytes]:
    """Yield pieces of these sizes, the last size again and again."""
    position = 0
    sizes = list(sizes)
    while position < len(stream):
        size = sizes.pop(0) if len(sizes) > 1 else sizes[0]
        yield stream[position : position + size]
        position += size


@given(st.integers(min_value=0, max_value=2**64 - 1))
def test_a_number_reads_back_in_at_most_nine_bytes(number: int) -> None:
    encoded = ub(number)
    assert len(encoded) <= 9
    assert reader_of(encoded).ub() == number


@given(st.integers(min_value=-(2**64) + 1, max_value=2**64 - 1))
def test_a_signed_number_reads_back(number: int) -> None:
    assert reader_of(sb(number)).sb() == number


@pytest.mark.parametrize(
    ("number", "encoded"), [(0, "00"), (1, "0101"), (300, "02012c"), (70000, "0400011170")]
)
def test_numbers_have_the_bytes_that_clients_expect(number: int, encoded: str) -> None:
    assert ub(number).hex() == encoded


def test_minus_one_has_its_sign_in_the_length() -> None:
    assert sb(-1).hex() == "8101"


@given(st.binary(max_size=600) | ABOUT_A_CHUNK, CUTS)
def test_bytes_read_back_however_packets_cut_them(content: bytes, cuts: list[int]) -> None:
    reader = reader_of(clr(content) + dalc(content), cuts)
    assert reader.clr() == (content or None)
    assert reader.dalc() == content
    assert reader.is_empty


@given(st.text(max_size=300), CUTS)
def test_text_reads_back_however_packets_cut_it(text: str, cuts: list[int]) -> None:
    assert reader_of(dalc(text), cuts).text() == text


@given(st.lists(st.integers(0, 2**64 - 1) | st.binary(min_size=1, max_size=500), max_size=30), CUTS)
def test_a_message_of_many_fields_reads_back_however_packets_cut_it(
    fields: list[int | bytes], cuts: list[int]
) -> None:
    stream = b""
    for field in fields:
        if isinstance(field, int):
            stream += ub(field)
        else:
            stream += clr(field)
    reader = reader_of(stream, cuts)
    for field in fields:
        if isinstance(field, int):
            assert reader.ub() == field
        else:
            assert reader.clr() == field


def test_every_split_in_two_of_a_chunked_value_reads_back() -> None:
    content = bytes(range(256)) + b"x"
    stream = clr(content)
    for position in range(1, len(stream)):
        assert reader_of(stream, [position, len(stream)]).clr() == content


@pytest.mark.parametrize("length", [0x00, 0xFF])
def test_both_null_lengths_read_as_none(length: int) -> None:
    assert reader_of(bytes((length,))).clr() is None


@pytest.mark.parametrize(
    "stream", [b"\xfd\x01", b"\x09" + bytes(9)], ids=["escape", "too long a number"]
)
def test_what_no_client_sends_is_refused(stream: bytes) -> None:
    reader = reader_of(stream)
    with pytest.raises(ProtocolError):
        reader.clr() if stream[0] == 0xFD else reader.ub()


def test_text_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(ProtocolError):
        reader_of(dalc(b"\xff\xfe")).text()


def test_a_request_longer_than_the_limit_is_refused() -> None:
    reader = reader_of(bytes(200), [50])
    reader.limit_bytes = 100
    reader.begin()
    with pytest.raises(ProtocolError):
        for _ in range(4):
            reader.raw(50)


def test_a_length_beyond_the_limit_is_refused_before_a_byte_of_it_arrives() -> None:
    reader = reader_of(b"\xfe\x04\x7f\xff\xff\xff")
    reader.limit_bytes = 1000
    with pytest.raises(ProtocolError):
        reader.clr()


@given(st.binary(max_size=200))
def test_random_bytes_end_in_a_value_or_a_refusal(stream: bytes) -> None:
    def starved() -> bytes:
        raise EOFError

    pieces = iter([stream] if stream else [])
    reader = Reader(lambda: next(pieces, None) or starved())
    try:
        while True:
            reader.clr()
            reader.dalc()
            reader.sb()
    except (ProtocolError, EOFError):
        pass
