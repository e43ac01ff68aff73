"""The versions of the history's schema: each file is brought up to this program's, or refused."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from oracle_cdc.errors import SettingsError
from sync_monitor.history.file import make_private

HERE = Path(__file__).parent
NUMBERED = re.compile(r"(\d{3})_\w+\.sql")


class Script(NamedTuple):
    """What brings a file from the version before to this one."""

    version: int
    text: str


def read_scripts(directory: Path = HERE) -> tuple[Script, ...]:
    """Return the scripts: schema.sql, which makes version 1, then those of migrations/."""
    scripts = [Script(1, (directory / "schema.sql").read_text(encoding="utf-8"))]
    for path in sorted((directory / "migrations").glob("*.sql")):
        numbered = NUMBERED.fullmatch(path.name)
        version = scripts[-1].version + 1
        if numbered is None or int(numbered[1]) != version:
            raise SettingsError(f"{path.name}: allowed: a script that begins with {version:03}_")
        scripts.append(Script(version, path.read_text(encoding="utf-8")))
    return tuple(scripts)


def version_of(connection: sqlite3.Connection) -> int:
    """Return the version of a file, 0 of an empty one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, path: Path, scripts: Sequence[Script]) -> int:
    """Bring a file up to the newest version, each in one transaction, and return the one it had.

    Before an older file is changed it is copied beside itself. Raises SettingsError for a file
    that a newer program made.
    """
    found = version_of(connection)
    newest = scripts[-1].version
    refuse_newer(found, newest, path)
    if 0 < found < newest:
        back_up(connection, path.with_name(f"{path.name}.version-{found}"))
    for script in scripts[found:]:
        apply(connection, script)
    return found


def refuse_newer(found: int, newest: int, path: Path) -> None:
    """Raise SettingsError for the version of a file that a newer program made."""
    if found > newest:
        raise SettingsError(
            f"MONITOR_DIRECTORY: {path} has version {found} of the history; "
            f"allowed: up to {newest}; run the newer program that made it"
        )


def apply(connection: sqlite3.Connection, script: Script) -> None:
    """Run a script and note its version, all of it or nothing."""
    try:
        connection.executescript(
            f"BEGIN IMMEDIATE;\n{script.text}\nPRAGMA user_version = {script.version};\nCOMMIT;"
        )
    except sqlite3.Error:
        if connection.in_transaction:
            connection.rollback()
        raise


def back_up(connection: sqlite3.Connection, copy: Path) -> None:
    """Copy a file as it is. A copy that is there already is of the same version, and stays."""
    if copy.exists():
        return
    unfinished = copy.with_name(f"{copy.name}.part")
    unfinished.unlink(missing_ok=True)
    make_private(unfinished)
    target = sqlite3.connect(unfinished)
    try:
        connection.backup(target)
    finally:
        target.close()
    unfinished.rename(copy)
