"""SQLite's errors as Oracle's."""

from __future__ import annotations

import apsw

from oralite.catalog.catalog import Catalog
from oralite.catalog.definitions import Constraint, Table
from oralite.catalog.names import read_stored, stored_name
from oralite.catalog.rights import no_table
from oralite.errors import OraError


def translated(error: apsw.Error, catalog: Catalog, verb: str, target: Table | None) -> Exception:
    """Return the OraError that it means.

    An error that no statement should cause is given back as it is.
    """
    text = str(error)
    if isinstance(error, apsw.ConstraintError):
        return _constraint(text.partition(": ")[2], text, catalog, verb, target)
    if isinstance(error, apsw.InterruptError):
        return OraError(1013, "user requested cancel of current operation")
    if isinstance(error, apsw.FullError):
        return OraError(1653, "unable to extend table: the disk is full")
    if isinstance(error, apsw.SQLError) and text.startswith(("no such table", "no such column")):
        return no_table()
    if isinstance(error, apsw.SQLError) and text.startswith("misuse of"):
        return _misuse(text)
    if isinstance(error, apsw.SQLError) and (
        "too many" in text or "Expression tree is too large" in text
    ):
        return OraError(1795, "maximum number of expressions in a list is exceeded")
    return error


def _misuse(text: str) -> OraError:
    if "window" in text:
        return OraError(30483, "window functions are not allowed here")
    return OraError(934, "group function is not allowed here")


def _constraint(
    detail: str, text: str, catalog: Catalog, verb: str, target: Table | None
) -> OraError:
    if text.startswith("UNIQUE"):
        return OraError(1, f"unique constraint ({'.'.join(unique_name(detail, catalog))}) violated")
    if text.startswith("NOT NULL"):
        return _not_null(detail, verb, target)
    if text.startswith("CHECK"):
        if target:
            owner = target.owner
        else:
            owner = ""
        name = read_stored(detail)[0]
        return OraError(2290, f"check constraint ({owner}.{name}) violated")
    return _foreign(catalog, verb, target)


def unique_name(detail: str, catalog: Catalog) -> tuple[str, str]:
    """Return owner and name of the unique index that SQLite names by its columns, or by itself when
    it is on expressions.
    """
    if detail.startswith("index '"):
        owner, name = read_stored(detail[len("index 'I:") : -1])
        return owner, name
    columns = []
    for part in detail.split(", "):
        owner, name, column = read_stored(part)
        columns.append(column)
    table = catalog.by_stored_name.get(stored_name(owner, name))
    for index in table.indexes if table else ():
        if index.unique and index.columns == tuple(columns):
            return index.owner, index.name
    return owner, columns[0]


def _not_null(detail: str, verb: str, target: Table | None) -> OraError:
    """Return ORA-01407 for the table that an UPDATE names, else ORA-01400: a trigger inserts."""
    owner, table, column = read_stored(detail)
    name = f'("{owner}"."{table}"."{column}")'
    if verb == "update" and target and (target.owner, target.name) == (owner, table):
        return OraError(1407, f"cannot update {name} to NULL")
    return OraError(1400, f"cannot insert NULL into {name}")


def _foreign(catalog: Catalog, verb: str, target: Table | None) -> OraError:
    """Return ORA-02291 or ORA-02292.

    SQLite does not say which key it was: it is named where only one can be meant.
    """
    if target:
        own = _references(target)
    else:
        own = []
    if own and verb in ("insert", "update", "merge"):
        assert target is not None
        return OraError(
            2291,
            f"integrity constraint ({target.owner}.{own[0].name}) violated - parent key not found",
        )
    for table in catalog.tables():
        for constraint in _references(table):
            if target and constraint.reference == (target.owner, target.name):
                name = f"{table.owner}.{constraint.name}"
                return OraError(
                    2292, f"integrity constraint ({name}) violated - child record found"
                )
    return OraError(2291, "integrity constraint violated - parent key not found")


def _references(table: Table) -> list[Constraint]:
    found = []
    for constraint in table.constraints:
        if constraint.kind == "R":
            found.append(constraint)
    return found
