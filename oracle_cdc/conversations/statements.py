"""The statements of this product, filled in for one source table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from oracle_cdc import oracle
from oracle_cdc.conversations import tables
from oracle_cdc.conversations.rules import fingerprint
from oracle_cdc.oracle.clock import source_now
from oracle_cdc.oracle.queries import Statements, make_statements
from oracle_cdc.sql import statements as sql_files
from oracle_cdc.sql.statements import fill

#: Where the statements stand: one file for each subject.
STATEMENT_FILES = (
    *sorted(Path(oracle.__file__).parent.glob("*.sql")),
    *sorted(Path(tables.__file__).parent.glob("*.sql")),
)

#: Before it lie times that Oracle holds and Python does not.
FIRST_TIME = "CAST(DATE '0001-01-01' AS TIMESTAMP)"

#: Whether a row of the ledger names a call of the source, where calls have numbers.
NAMES_A_CALL = (
    "REGEXP_LIKE(CALL_ID, '^-?([0-9]+[.]?[0-9]*|[.][0-9]+)"
    "(E[+-]([0-9][0-9]|1[01][0-9]|12[0-5]))?$')"
)

#: The newest TEXT_TIME that a row of the ledger accounts for. The original system wrote one time
#: only, or none.
ACCOUNTED = f"NVL(l.NEWEST_READ, NVL(l.TEXT_TIME, NVL(l.PROCESSED_AT, {FIRST_TIME})))"


def read_statements() -> Mapping[str, str]:
    """Read every statement by its name, with the placeholders that `render` fills."""
    return sql_files.read_statements(STATEMENT_FILES)


def render(source: str, time_zone: str | None) -> Statements:
    """Fill in the source table (`schema.table`, checked) and its time zone.

    `{ids}` stays, see `expand`.
    """
    statements = read_statements()
    # times: what a source row `s` adds to the number of a call's TEXT_TIMEs.
    # accounted: the newest TEXT_TIME that the ledger's row `l` accounts for.
    placeholders = {
        "{find_work}": statements["find_work"],
        "{source}": source,
        "{now}": source_now(time_zone),
        "{accounted}": ACCOUNTED,
        "{first_time}": FIRST_TIME,
        "{names_a_call}": NAMES_A_CALL,
        "{times}": fingerprint.SQL,
    }
    texts = {name: fill(sql, placeholders) for name, sql in statements.items()}
    return make_statements(texts)
