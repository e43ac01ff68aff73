"""Names: columns first, then pseudo-columns, sequences and functions that take no parentheses."""

from __future__ import annotations

from oralite.catalog.definitions import Sequence
from oralite.errors import OraError
from oralite.functions.session import LOCAL_TRANSACTION_ID
from oralite.model import SqlType
from oralite.parser.leaves import Name, TableSource
from oralite.parser.nodes import Expression, Item, Query, Select
from oralite.translate.aggregation import contains_aggregate
from oralite.translate.draft import Draft
from oralite.translate.invoke import invoke
from oralite.translate.scope import Scope
from oralite.translate.typed import Typed, sql_text, typed

_WITHOUT_PARENTHESES = frozenset(
    "SYSDATE SYSTIMESTAMP CURRENT_TIMESTAMP LOCALTIMESTAMP CURRENT_DATE SESSIONTIMEZONE DBTIMEZONE"
    " USER UID".split()
)
SEQUENCE_WORDS = ("NEXTVAL", "CURRVAL")


def name(node: Name, scope: Scope) -> Typed:
    """Return what a name stands for. Raises ORA-00904 for one that means nothing here."""
    if (column := scope.column(node)) is not None:
        return column
    word = node.parts[-1]
    if len(node.parts) == 1 and word in scope.aliases:
        return scope.aliases[word]
    if len(node.parts) > 1 and word in SEQUENCE_WORDS:
        return _sequence(node, scope)
    if len(node.parts) == 1 and (found := _pseudo(word, scope)) is not None:
        return found
    if (called := ".".join(node.parts)) == LOCAL_TRANSACTION_ID:
        return invoke(called, [])
    pieces = []
    for part in node.parts:
        pieces.append(f'"{part}"')
    shown = ".".join(pieces)
    raise OraError(904, f"{shown}: invalid identifier", node.position)


def _pseudo(word: str, scope: Scope) -> Typed | None:
    if word == "ROWNUM":
        if scope.rownum is None:
            raise OraError(976, "Specified pseudocolumn or operator not allowed here.")
        return scope.rownum
    if word == "LEVEL" and scope.level:
        return scope.level
    if word in _WITHOUT_PARENTHESES:
        return invoke(word, [])
    return None


def _sequence(node: Name, scope: Scope) -> Typed:
    name = sequence_name(node, scope.draft)
    if name in scope.sequences:
        return scope.sequences[name]
    if scope.parent is not None:
        raise sequence_refused()
    if node.parts[-1] == "NEXTVAL":
        return typed(next_value(node, scope.draft), SqlType.NUMBER)
    return typed(f"ora_currval({sql_text(name)})", SqlType.NUMBER)


def sequence_refused() -> OraError:
    return OraError(2287, "sequence number not allowed here")


def sequence_name(node: Name, draft: Draft) -> str:
    """Return OWNER.NAME of the sequence that the name draws on.

    Raises ORA-02289, ORA-00942, ORA-01031.
    """
    if len(node.parts) > 2:
        written = node.parts[-3]
    else:
        written = None
    owner, plain = draft.catalog.follow(written, node.parts[-2], draft.schema)
    sequence: Sequence = draft.catalog.sequence(owner or draft.schema, plain)
    draft.catalog.require(draft.user, sequence.owner, sequence.name, "SELECT")
    return f"{sequence.owner}.{sequence.name}"


def next_value(node: Name, draft: Draft) -> str:
    return f"ora_nextval({sql_text(sequence_name(node, draft))})"


def single_row(query: Query) -> bool:
    """Return whether the query certainly gives at most one row."""
    body = query.body
    if not isinstance(body, Select):
        return False
    source = body.sources[0]
    dual = (
        isinstance(source, TableSource) and source.table.name == "DUAL" and len(body.sources) == 1
    )
    items: list[Expression] = []
    for item in body.items:
        if isinstance(item, Item):
            items.append(item.value)
    return (dual and body.level_limit is None) or (
        not body.group and any(map(contains_aggregate, items))
    )
