"""DDL: each statement makes a new catalog and the same change in SQLite, together or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import apsw

from oralite.catalog import store
from oralite.catalog.catalog import Catalog
from oralite.ddl import (
    alter,
    comments,
    drops,
    indexes,
    profiles,
    statistics,
    synonyms,
    tables,
    triggers,
    users,
    views,
)
from oralite.ddl.change import Change
from oralite.errors import OraError
from oralite.parser.cursor import Cursor
from oralite.storage.failures import translated
from oralite.tokens import TokenKind

Statement: TypeAlias = Callable[[Change, Cursor], None]

_KNOWN_WORDS = frozenset(
    "CREATE ALTER DROP TRUNCATE COMMENT GRANT REVOKE RENAME EXPLAIN LOCK ANALYZE AUDIT PURGE CALL"
    " DECLARE".split()
)
#: By the words that a statement begins with; the longest that fits is taken.
_STATEMENTS: Mapping[tuple[str, ...], Statement] = {
    ("CREATE", "TABLE"): tables.create,
    ("CREATE", "INDEX"): indexes.create,
    ("CREATE", "UNIQUE", "INDEX"): indexes.create_unique,
    ("CREATE", "VIEW"): views.create,
    ("CREATE", "OR", "REPLACE", "VIEW"): views.replace_view,
    ("CREATE", "SEQUENCE"): views.create_sequence,
    ("CREATE", "TRIGGER"): triggers.create,
    ("CREATE", "OR", "REPLACE", "TRIGGER"): triggers.replace_trigger,
    ("ALTER", "TRIGGER"): triggers.alter,
    ("DROP", "TRIGGER"): triggers.drop,
    ("CREATE", "SYNONYM"): synonyms.create,
    ("CREATE", "PUBLIC", "SYNONYM"): synonyms.create_public,
    ("CREATE", "OR", "REPLACE", "SYNONYM"): synonyms.replace_private,
    ("CREATE", "OR", "REPLACE", "PUBLIC", "SYNONYM"): synonyms.replace_public,
    ("CREATE", "USER"): users.create,
    ("ALTER", "USER"): users.alter,
    ("CREATE", "PROFILE"): profiles.create,
    ("ALTER", "PROFILE"): profiles.alter,
    ("DROP", "PROFILE"): profiles.drop,
    ("ALTER", "TABLE"): alter.table,
    ("DROP", "TABLE"): drops.table,
    ("DROP", "INDEX"): drops.index,
    ("DROP", "VIEW"): drops.view,
    ("DROP", "SEQUENCE"): drops.sequence,
    ("DROP", "SYNONYM"): synonyms.drop,
    ("DROP", "PUBLIC", "SYNONYM"): synonyms.drop_public,
    ("DROP", "USER"): users.drop,
    ("TRUNCATE", "TABLE"): drops.truncate,
    ("COMMENT", "ON"): comments.comment,
    ("ANALYZE", "TABLE"): statistics.analyze,
    ("GRANT",): users.grant,
    ("REVOKE",): users.revoke,
}


def read_statement(cursor: Cursor) -> Statement:
    """Step over the words by which a DDL statement begins, and give what carries it out.

    Raises NotSupported for what is no statement here, ORA-00900 for what is none anywhere.
    """
    for words in sorted(_STATEMENTS, key=len, reverse=True):
        if cursor.accept(*words):
            return _STATEMENTS[words]
    if cursor.token.kind is not TokenKind.WORD or cursor.token.value not in _KNOWN_WORDS:
        raise OraError(900, "invalid SQL statement", cursor.token.start)
    raise cursor.unsupported("this statement")


def carry_out(statement: Statement, change: Change, cursor: Cursor) -> Catalog:
    """Read the rest of the statement and do what it says. The new catalog is on disk with it."""
    before = change.catalog
    try:
        triggers.put_away(change)
        statement(change, cursor)
        triggers.put_back(change, before)
    except apsw.Error as error:
        raise translated(error, change.catalog, "ddl", None) from error
    store.save(change.connection, before, change.catalog)
    return change.catalog
