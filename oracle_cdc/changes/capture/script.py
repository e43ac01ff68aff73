"""The same DDL as a script, which a DBA reads and runs in SQL*Plus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from oracle_cdc.changes.capture.definitions import (
    create_log,
    create_sequence,
    create_triggers,
    drop_log,
    drop_triggers,
    switch_triggers,
)
from oracle_cdc.changes.capture.model import Capture


def print_install(capture: Capture, *, has_sequence: bool = False) -> str:
    """Return the script that installs capturing of a table.

    has_sequence: another table's installation made it already.
    """
    log = list(create_log(capture))
    if not has_sequence:
        log.insert(0, create_sequence(capture))
    return as_script(
        (f"1. As {capture.log.owner}, or as a DBA", log),
        (
            f"2. As {capture.source.owner}, who needs CREATE TRIGGER, or as a DBA",
            create_triggers(capture),
        ),
    )


def print_uninstall(capture: Capture) -> str:
    """Return the script that ends it. What was not shipped by then goes with the change table."""
    return as_script(
        (f"1. As {capture.source.owner}, or as a DBA", drop_triggers(capture.source)),
        (f"2. As {capture.log.owner}, or as a DBA", [drop_log(capture)]),
    )


def print_switch(capture: Capture, word: str) -> str:
    """Return the script that switches the triggers. word: ENABLE, DISABLE or COMPILE."""
    return as_script(
        (f"As {capture.source.owner}, or as a DBA", switch_triggers(capture.source, word))
    )


def as_script(*parts: tuple[str, Iterable[str]]) -> str:
    """Return statements under their titles, each ended as SQL*Plus wants it."""
    lines = ["SET DEFINE OFF"]
    for title, statements in parts:
        lines += ["", f"-- {title}"]
        lines += map(end_statement, statements)
    return "\n".join(lines) + "\n"


def end_statement(statement: str) -> str:
    if statement.endswith(";"):
        return f"{statement}\n/"
    return f"{statement};"


def statements_of(capture: Capture, *, has_sequence: bool = False) -> Iterator[str]:
    """Yield what installs capturing of a table, one statement at a time."""
    if not has_sequence:
        yield create_sequence(capture)
    yield from create_log(capture)
    yield from create_triggers(capture)
