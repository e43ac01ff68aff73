"""The same DDL as a script, which a DBA reads and runs in SQL*Plus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from oracle_cdc.changes.capture.ddl import (
    count_log,
    create_triggers,
    drop_log,
    drop_triggers,
)
from oracle_cdc.changes.capture.install_statements import Installation
from oracle_cdc.changes.capture.model import Capture, Place
from oracle_cdc.changes.capture.naming import ENDINGS, name_triggers
from oracle_cdc.changes.capture.registry import literal, unregister
from oracle_cdc.oracle.ddl import WAIT_FOR_WRITERS
from oracle_cdc.oracle.identifiers import quote

MAKER = "who needs CREATE TRIGGER, or as a DBA"
EXAMINER = "or as a DBA: what does not compile goes, it stops the application (ORA-04098)"


def print_install(installation: Installation) -> str:
    """Return the script that installs capturing of a table, behind init_oracle_tables.sql."""
    capture = installation.capture
    parts: list[tuple[str, Iterable[str]]] = [
        (f"1. As {capture.log.owner}, or as a DBA", installation.own_statements()),
        (f"2. As {capture.source.owner}, {MAKER}", installation.triggers()),
        (f"3. As {capture.source.owner}, {EXAMINER}", examine(capture.source)),
    ]
    if installation.unwanted:
        parts.append((f"4. As {capture.log.owner}, or as a DBA", installation.afterwards()))
    return as_script(*parts)


def print_triggers(capture: Capture) -> str:
    """Return the part of it that the source's owner runs."""
    return as_script(
        (f"As {capture.source.owner}, {MAKER}", create_triggers(capture)),
        (f"As {capture.source.owner}, {EXAMINER}", examine(capture.source)),
    )


def examine(source: Place) -> Iterator[str]:
    """Yield what shows the mistakes of triggers, drops those with one, and counts the others.

    SQL*Plus goes on behind a trigger that does not compile.
    """
    owner = literal(source.owner)
    names = ", ".join(map(literal, name_triggers(source)))
    dropped = literal(f'DROP TRIGGER {quote(source.owner)}."')
    yield (
        "SELECT NAME, LINE, TEXT FROM ALL_ERRORS\n"  # noqa: S608 - literals
        f"WHERE OWNER = {owner} AND TYPE = 'TRIGGER'\n  AND NAME IN ({names})"
    )
    yield (
        # One that is INVALID without an error compiles at its next use: it stays.
        "BEGIN\n  FOR broken IN (\n    SELECT DISTINCT NAME FROM ALL_ERRORS\n"  # noqa: S608
        f"    WHERE OWNER = {owner} AND TYPE = 'TRIGGER' AND ATTRIBUTE = 'ERROR'\n"
        f"      AND NAME IN ({names})\n"
        f"  ) LOOP\n    EXECUTE IMMEDIATE {dropped} || broken.NAME || '\"';\n"
        "  END LOOP;\nEND;"
    )
    yield (
        f"SELECT COUNT(*) AS SHOULD_BE_{len(ENDINGS)} FROM ALL_TRIGGERS\n"  # noqa: S608
        f"WHERE OWNER = {owner} AND STATUS = 'ENABLED'\n  AND TRIGGER_NAME IN ({names})"
    )


def print_uninstall(table: str, source: Place, log: Place) -> str:
    """Return the script that ends it. What was not shipped by then goes with the change table.

    Applications go on until the triggers are dropped, so what is left is counted after that.
    """
    return as_script(
        (f"1. As {source.owner}, or as a DBA", drop_triggers(source)),
        (
            f"2. As {log.owner}, or as a DBA: what part 3 loses. Let the service ship it first",
            [count_log(log)],
        ),
        (
            f"3. As {log.owner}, or as a DBA",
            [drop_log(log), *unregister(log.owner, table), "COMMIT"],
        ),
    )


def as_script(*parts: tuple[str, Iterable[str]]) -> str:
    """Return statements under their titles, each ended as SQL*Plus wants it."""
    lines = ["SET DEFINE OFF", end_statement(WAIT_FOR_WRITERS)]
    for title, statements in parts:
        lines += ["", f"-- {title}"]
        lines += map(end_statement, statements)
    return "\n".join(lines) + "\n"


def end_statement(statement: str) -> str:
    if statement.endswith(";"):
        return f"{statement}\n/"
    return f"{statement};"
