"""SQL scripts as SQL*Plus reads them: one statement a semicolon, one block a slash, DEFINE and
&names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from oralite.errors import OraError
from oralite.sql.database import Database

_DEFINE = re.compile(
    r"DEF(?:INE)?\s+(\w+)\s*=\s*(?:'([^']*)'|\"([^\"]*)\"|(\S+))\s*", re.IGNORECASE
)
_SET_DEFINE = re.compile(r"SET\s+DEF(?:INE)?\s+(ON|OFF)\s*;?", re.IGNORECASE)
#: Settings of SQL*Plus about what it shows, which nothing here shows.
_SHOWN = re.compile(
    r"(?:SET\s+(?:ECHO|FEEDBACK|HEADING|LINESIZE|PAGESIZE|SERVEROUTPUT|SQLBLANKLINES|TERMOUT"
    r"|TIMING|VERIFY)"
    r"|PROMPT|REM(?:ARK)?)\b.*",
    re.IGNORECASE,
)
_VARIABLE = re.compile(r"&&?(\w+)\.?")
_BLOCK = re.compile(r"(?:BEGIN|DECLARE|CREATE\s+(?:OR\s+REPLACE\s+)?TRIGGER)\b", re.IGNORECASE)


class ScriptError(Exception):
    """Raised when a script can't be read, or one of its statements fails, with file and line."""


@dataclass(frozen=True)
class Statement:
    """A statement of a script.

    line: where it begins, counted from 1.
    """

    line: int
    sql: str


def read_script(text: str) -> Iterator[Statement]:
    """Give the statements in order, each with its &names filled in.

    A lone slash gives the last one again.

    Raises ScriptError for an undefined name and for a statement without an end.
    """
    defined: dict[str, str] | None = {}
    kept: dict[str, str] = {}
    lines: list[str] = []
    first, last = 0, None
    for number, line in enumerate(text.splitlines(), 1):
        if not lines:
            if _is_nothing(line):
                _refuse_unknown(line, defined, number)
                continue
            if line.strip() == "/" and last is not None:
                yield last
                continue
            if switch := _SET_DEFINE.fullmatch(line.strip()):
                if switch[1].upper() == "ON":
                    defined = kept
                else:
                    defined = None
                continue
            if definition := _DEFINE.fullmatch(line.strip()):
                kept[definition[1].lower()] = next(filter(None, definition.groups()[1:]), "")
                defined = kept
                continue
            first = number
        lines.append(line if defined is None else _filled_in(line, defined, number))
        if (sql := _ended(lines)) is not None:
            lines.clear()
            last = Statement(first, sql)
            yield last
    if lines:
        raise ScriptError(f"line {first}: a statement that does not end")


def _is_nothing(line: str) -> bool:
    stripped = line.strip()
    return not stripped or stripped.startswith("--") or bool(_SHOWN.fullmatch(stripped))


def _refuse_unknown(line: str, defined: dict[str, str] | None, number: int) -> None:
    """Refuse a comment with an undefined &name, which SQL*Plus asks for but in a REMARK."""
    if defined is not None and line.lstrip().startswith("--"):
        _filled_in(line, defined, number)


def _filled_in(line: str, defined: dict[str, str], number: int) -> str:
    for name in _VARIABLE.findall(line):
        if name.lower() not in defined:
            raise ScriptError(f"line {number}: &{name} is not defined")
    return _VARIABLE.sub(lambda found: defined[found[1].lower()], line)


def _ended(lines: list[str]) -> str | None:
    """Return the statement's text without its end, or None while it goes on."""
    last = lines[-1].strip()
    if last == "/":
        return "\n".join(lines[:-1])
    if _BLOCK.match(lines[0].strip()) or not last.endswith(";"):
        return None
    return "\n".join(lines).rstrip().removesuffix(";")


def run_script(database: Database, user: str, path: Path) -> None:
    """Run all statements as that user and commit.

    Raises ScriptError at the first one that fails, OSError.
    """
    session = database.open_session(user, interrupted=lambda: False)
    line = 0
    try:
        for statement in read_script(path.read_text(encoding="utf-8")):
            line = statement.line
            session.execute(statement.sql, (), ())
        session.commit()
    except OraError as error:
        raise ScriptError(f"{path}, line {line}: {error}") from error
    except ScriptError as error:
        raise ScriptError(f"{path}, {error}") from error
    finally:
        session.close()
