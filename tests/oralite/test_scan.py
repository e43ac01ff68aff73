"""The lexical look at statements."""

from __future__ import annotations

import pytest

from oralite.model import Kind, Scan
from oralite.scan import scan


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT :a, :A FROM dual", Scan(Kind.QUERY, ("A", "A"))),
        (
            "  -- :no\n (SELECT ':no', q'[:no]' /* :no */, :\"Yes\" FROM dual)",
            Scan(Kind.QUERY, ("Yes",)),
        ),
        ("WITH q AS (SELECT 1 FROM dual) SELECT :1 FROM q", Scan(Kind.QUERY, ("1",))),
        ("BEGIN f(:a, :b, :a); x := 1; END;", Scan(Kind.BLOCK, ("A", "B"))),
        ("CREATE TABLE t (a DATE DEFAULT :a)", Scan(Kind.OTHER)),
        (
            "INSERT INTO t VALUES (:a) RETURNING x INTO :b",
            Scan(Kind.DML, ("A", "B"), frozenset({1})),
        ),
        (
            "DELETE t WHERE a = :a RETURN b, c INTO :x, :y",
            Scan(Kind.DML, ("A", "X", "Y"), frozenset({1, 2})),
        ),
        ("UPDATE t SET a = 'x':b", Scan(Kind.DML, ())),
        ("SELECT 'never ended :a", Scan(Kind.QUERY, ())),
        ("", Scan(Kind.OTHER)),
    ],
)
def test_binds_are_found_by_the_words_alone(sql: str, expected: Scan) -> None:
    assert scan(sql) == expected
