"""python-oracledb's own test suite against the stand-in: python -m tests.oralite.driver_suite COPY
[TEST...]

COPY is a checkout of https://github.com/oracle/python-oracledb outside this repository. The
packages that it needs
(numpy, pandas, pyarrow, anyio) are to be installed beside requirements-dev.txt. Its tables are made
as far as the
stand-in has their types.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import oracledb

from oralite.server import Server

ADMIN, MAIN, PROXY, PASSWORD = "SUITE_ADMIN", "PYTHONTEST", "PYTHONTESTPROXY", "Suite-42"
RIGHTS = (
    "CREATE SESSION, CREATE TABLE, CREATE VIEW, CREATE SEQUENCE, "
    "SELECT ANY DICTIONARY, UNLIMITED TABLESPACE"
)
VARIABLES = {
    "main_user": MAIN,
    "main_password": PASSWORD,
    "proxy_user": PROXY,
    "proxy_password": PASSWORD,
    "edition_name": "SUITE",
}
#: A column of one of these types is left out of its table.
MISSING_TYPES = re.compile(
    r"\b(udt_\w+|bfile|xmltype|long( raw)?|local time zone|year to "
    r"month|urowid|binary_float|invisible|json)\b",
    re.I,
)
LOOP = re.compile(
    r".*begin\s+for i in 1\.\.(\d+) loop\s+(?:\w+ := .*?;\s+)?(insert .*?);\s+end loop;\s+end;",
    re.I | re.S,
)
#: What the suite works out with a function of its own.
RAW_VALUE = re.compile(r"\bt_RawValue\b")


def main() -> int:
    copy, *arguments = sys.argv[1:]
    with Server(None, ADMIN, PASSWORD, "XE") as server:
        prepare(server, Path(copy) / "tests" / "sql" / "create_schema.sql")
        tests = arguments or sorted(map(str, (Path(copy) / "tests").glob("test_[1-4]*.py")))
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-c",
            os.devnull,
            *tests,
        ]
        return subprocess.run(command, env=environment(server), cwd=copy, check=False).returncode


def environment(server: Server) -> dict[str, str]:
    values = {
        "MAIN_USER": MAIN,
        "MAIN_PASSWORD": PASSWORD,
        "PROXY_USER": PROXY,
        "PROXY_PASSWORD": PASSWORD,
        "CONNECT_STRING": server.dsn,
        "ADMIN_USER": ADMIN,
        "ADMIN_PASSWORD": PASSWORD,
    }
    return {**os.environ, **{f"PYO_TEST_{name}": value for name, value in values.items()}}


def prepare(server: Server, script: Path) -> None:
    """Make the suite's users, tables and rows, without what the stand-in does not have."""
    with (
        oracledb.connect(user=ADMIN, password=PASSWORD, dsn=server.dsn) as connection,
        connection.cursor() as cursor,
    ):
        for user in (MAIN, PROXY):
            cursor.execute(f'CREATE USER {user} IDENTIFIED BY "{PASSWORD}"')
            cursor.execute(f"GRANT {RIGHTS} TO {user}")
        cursor.execute("ALTER SESSION SET TIME_ZONE = '+00:00'")
        refused = [
            text
            for text in statements(script.read_text(encoding="utf-8"))
            if not is_taken(cursor, text)
        ]
        connection.commit()
    sys.stderr.write(f"{len(refused)} statements of {script.name} are not for the stand-in\n")


def statements(text: str) -> Iterator[str]:
    """Return the script's statements about the main user's tables.

    An INSERT in a loop becomes one for each turn.
    """
    text = re.sub(
        r"&(\w+)\.?", lambda found: VARIABLES[found[1]], re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    )
    for statement in re.split(r"^/$", text, flags=re.M):
        statement = re.sub(r"^--.*$", "", statement, flags=re.M).strip()
        if loop := LOOP.fullmatch(statement):
            insert = RAW_VALUE.sub("UTL_RAW.CAST_TO_RAW('Raw ' || to_char(i))", loop[2])
            yield from (re.sub(r"\bi\b", str(turn), insert) for turn in range(1, int(loop[1]) + 1))
        elif statement.lower().startswith("alter session"):
            yield statement
        elif statement.lower().startswith("create table"):
            yield "\n".join(
                line for line in statement.splitlines() if not MISSING_TYPES.search(line)
            )


def is_taken(cursor: oracledb.Cursor, statement: str) -> bool:
    statement = re.sub(r",(\s*\))", r"\1", re.sub(r"\)\s+\w+$", ")", statement))
    try:
        cursor.execute(statement)
    except oracledb.DatabaseError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
