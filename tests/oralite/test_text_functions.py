"""Functions of text, CLOB and BLOB."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from oralite.model import SqlType
from tests.oralite.calling import Typed, call, clob, raises

EMOJI = "a😀b"


@pytest.mark.parametrize(
    ("arguments", "result"),
    [
        (("ABCDEFG", 3, 4), "CDEF"),
        (("ABCDEFG", -5, 4), "CDEF"),
        (("ABCDEFG", 0, 2), "AB"),
        (("ABCDEFG", 3), "CDEFG"),
        (("ABC", 4), None),
        (("ABC", -4), None),
        (("ABC", 1, 0), None),
        (("ABCDEFG", Decimal("3.9"), Decimal("4.9")), "CDEF"),
        ((EMOJI, 2, 1), "😀"),
        ((12345, 2, 3), "234"),
    ],
)
def test_substr(arguments: tuple[Any, ...], result: str | None) -> None:
    assert call("SUBSTR", *arguments) == result


@pytest.mark.parametrize(
    ("arguments", "result"),
    [
        (("CORPORATE FLOOR", "OR", 3, 2), 14),
        (("CORPORATE FLOOR", "OR", -3, 2), 2),
        (("CORPORATE FLOOR", "OR"), 2),
        (("ABC", "X"), 0),
        (("ABC", "C", -1), 3),
        (("ABC", "A", 0), 0),
        (("AAAA", "AA", 1, 3), 3),
    ],
)
def test_instr(arguments: tuple[Any, ...], result: int) -> None:
    assert call("INSTR", *arguments) == result


@pytest.mark.parametrize(
    ("name", "arguments", "result"),
    [
        ("UPPER", ("straße",), "STRAßE"),
        ("LOWER", ("ŠALOM",), "šalom"),
        ("INITCAP", ("the soap, 1st o'clock",), "The Soap, 1st O'Clock"),
        ("LENGTH", (EMOJI,), 3),
        ("LENGTHB", (EMOJI,), 6),
        ("LENGTH", (13,), 2),
        ("LTRIM", ("<=====>BROWNING<=====>", "<>="), "BROWNING<=====>"),
        ("RTRIM", ("BROWNING: ./=./=", "/=."), "BROWNING: "),
        ("TRIM", ("  x  ",), "x"),
        ("TRIM", ("   ",), None),
        ("LPAD", ("Page 1", 15, "*."), "*.*.*.*.*Page 1"),
        ("LPAD", ("abc", 2), "ab"),
        ("LPAD", ("abc", 0), None),
        ("RPAD", ("abc", 5), "abc  "),
        ("REPLACE", ("JACK and JUE", "J", "BL"), "BLACK and BLUE"),
        ("REPLACE", ("aba", "a"), "b"),
        ("REPLACE", ("aba", None, "x"), "aba"),
        ("TRANSLATE", ("SQL*Plus User's Guide", " */'", "___"), "SQL_Plus_Users_Guide"),
        ("TRANSLATE", ("abc", "abc", None), None),
        ("CONCAT", ("a", None), "a"),
        ("CONCAT", (1, "b"), "1b"),
        ("ASCII", ("A",), 65),
        ("ASCII", ("é",), 50089),
        ("CHR", (50089,), "é"),
        ("CHR", (10,), "\n"),
        ("UNISTR", (r"abc\00e5\D83D\DE00\\",), "abcå😀\\"),
        ("ASCIISTR", ("å😀",), r"\00E5\D83D\DE00"),
        ("REVERSE", ("abc",), "cba"),
        ("SUBSTRB", ("éa", 1, 2), "é"),
        ("SUBSTRB", ("éa", 2, 2), " a"),
    ],
)
def test_functions_of_text(name: str, arguments: tuple[Any, ...], result: Any) -> None:
    assert call(name, *arguments) == result


def test_a_text_of_null_is_null() -> None:
    assert [call(name, None) for name in ("UPPER", "LENGTH", "TRIM", "ASCII")] == [None] * 4


def test_varchar2_ends_at_4000_bytes() -> None:
    assert len(call("RPAD", "א", 5000, "א").encode()) == 4000
    with raises(1489):
        call("CONCAT", "x" * 4000, "y")


def test_a_clob_may_be_longer() -> None:
    assert call("CONCAT", clob("x" * 4000), "y") == "x" * 4000 + "y"


def test_a_clob_is_counted_in_utf_16_units() -> None:
    assert call("LENGTH", clob(EMOJI)) == 4
    assert call("DBMS_LOB.GETLENGTH", clob(EMOJI)) == 4
    assert call("DBMS_LOB.GETLENGTH", clob("")) == 0
    assert call("DBMS_LOB.SUBSTR", clob(EMOJI), 3, 2) == "😀b"
    assert call("DBMS_LOB.INSTR", clob(EMOJI), "b") == 4
    assert call("SUBSTR", clob(EMOJI), 2, 2) == "😀"


def test_dbms_lob_works_on_blobs_too() -> None:
    blob = Typed(SqlType.BLOB, b"\x01\x02\x03")
    assert call("DBMS_LOB.GETLENGTH", blob) == 3
    assert call("DBMS_LOB.SUBSTR", blob, 2, 2) == b"\x02\x03"
    assert call("DBMS_LOB.INSTR", blob, b"\x03") == 3


def test_more_of_a_lob_than_a_varchar2_holds_is_ora_06502() -> None:
    with raises(6502):
        call("DBMS_LOB.SUBSTR", clob("x" * 5000), 4001, 1)
