"""The bytes that texts are kept in, as STANDARD_HASH and CONVERT see them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import md5
from typing import Any

import oracledb
import pytest

from oralite.server import Server

pytestmark = pytest.mark.oralite_only
HEBREW = "שלום O'Neil"


@contextmanager
def ask(charset: str) -> Iterator[Any]:
    with (
        Server(None, "app", "Tiger-42", "XE", charset=charset) as server,
        oracledb.connect(user="app", password="Tiger-42", dsn=server.dsn) as connection,
    ):
        cursor = connection.cursor()
        yield lambda sql, *binds: cursor.execute(sql, binds).fetchone()[0]


def digest(text: bytes) -> bytes:
    return md5(text, usedforsecurity=False).digest()


@pytest.mark.parametrize(("charset", "codec"), [("AL32UTF8", "utf-8"), ("IW8MSWIN1255", "cp1255")])
def test_a_hash_is_of_the_bytes_that_the_database_keeps(charset: str, codec: str) -> None:
    with ask(charset) as one:
        kept = one("SELECT VALUE FROM NLS_DATABASE_PARAMETERS WHERE PARAMETER='NLS_CHARACTERSET'")
        assert kept == charset
        assert one("SELECT STANDARD_HASH(:1, 'MD5') FROM DUAL", HEBREW) == digest(
            HEBREW.encode(codec)
        )


@pytest.mark.parametrize("charset", ["AL32UTF8", "IW8MSWIN1255"])
def test_converted_to_utf8_the_hash_is_the_same_everywhere(charset: str) -> None:
    sql = "SELECT STANDARD_HASH(CONVERT(:1, 'AL32UTF8'), 'MD5') FROM DUAL"
    with ask(charset) as one:
        assert one(sql, HEBREW) == digest(HEBREW.encode())


def test_a_set_that_is_not_known_is_refused() -> None:
    with ask("AL32UTF8") as one:
        assert one("SELECT CONVERT('abc', 'US7ASCII') FROM DUAL") == "abc"
        assert one("SELECT CONVERT(NULL, 'US7ASCII') FROM DUAL") is None
        with pytest.raises(oracledb.DatabaseError, match="ORA-01482"):
            one("SELECT CONVERT('abc', 'EL8DEC') FROM DUAL")
