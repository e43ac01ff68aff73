"""Keys of a table that has rows: whether these keep them, and ALTER TABLE ... ENABLE and DISABLE.

A key that is disabled has no index. The columns of a primary key stay NOT NULL, unlike in Oracle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from oralite.catalog.definitions import Constraint, Index, Table
from oralite.catalog.names import quoted
from oralite.ddl.change import Change
from oralite.ddl.layout import create_index
from oralite.errors import OraError
from oralite.parser.cursor import Cursor


def switch(change: Change, cursor: Cursor, found: Table) -> None:
    """Carry it out. Raises ORA-02430, 02431 for no such key, what `require` does for enabling."""
    enables = cursor.advance().value == "ENABLE"
    key = _key(cursor, found, 2430 if enables else 2431)
    cursor.expect_end()
    if key.is_enabled == enables:
        return
    indexes = tuple(index for index in found.indexes if index.name != key.name)
    if enables:
        require(change, found, [key])
        plain = (False,) * len(key.columns)
        index = Index(found.owner, key.name, key.columns, plain, plain, unique=True)
        create_index(change.connection, found, index, change.catalog)
        indexes = (*indexes, index)
    else:
        for index in set(found.indexes) - set(indexes):
            change.connection.execute(f"DROP INDEX IF EXISTS {index.stored_name}")
            change.connection.execute(f"DROP INDEX IF EXISTS {index.stored_null_name}")
    others = tuple(one for one in found.constraints if one is not key)
    switched = replace(key, is_enabled=enables)
    change.put(replace(found, constraints=(*others, switched), indexes=indexes))


def _key(cursor: Cursor, found: Table, code: int) -> Constraint:
    """Return the key that is named. code: of the error where there is none."""
    if cursor.accept("PRIMARY", "KEY"):
        named = [one for one in found.constraints if one.kind == "P"]
    elif cursor.accept("CONSTRAINT"):
        name = cursor.identifier()
        named = [one for one in found.constraints if one.name == name and one.kind in "PU"]
    else:
        raise cursor.unsupported("this ALTER TABLE")
    if not named:
        raise OraError(code, "cannot enable or disable constraint - no such constraint")
    return named[0]


def require(change: Change, found: Table, constraints: Sequence[Constraint]) -> None:
    """Refuse a key that rows have twice. Raises ORA-02437 or ORA-02299."""
    for constraint in constraints:
        if constraint.kind in "PU" and all(found.column(name) for name in constraint.columns):
            names = ", ".join(map(quoted, constraint.columns))
            pieces = []
            for name in constraint.columns:
                pieces.append(f"{quoted(name)} IS NOT NULL")
            held = " OR ".join(pieces)
            sql = (
                f"SELECT 1 FROM {found.stored_name} WHERE {held}"
                f" GROUP BY {names} HAVING count(*) > 1 LIMIT 1"
            )
            if change.connection.execute(sql).fetchone():
                if constraint.kind == "P":
                    code = 2437
                else:
                    code = 2299
                raise OraError(
                    code,
                    f"cannot validate ({found.owner}.{constraint.name}) - duplicate keys found",
                )
