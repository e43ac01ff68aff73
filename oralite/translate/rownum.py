"""ROWNUM as a limit, and CONNECT BY LEVEL <= n as a source of rows."""

from __future__ import annotations

from dataclasses import replace

from oralite.model import SqlType
from oralite.parser.nodes import Expression, Name, Number, Select, TableSource
from oralite.parser.predicates import Compare, Condition, Junction
from oralite.translate.aggregates import parts
from oralite.translate.convert import convert
from oralite.translate.expressions import expression
from oralite.translate.scope import Scope, Visible
from oralite.translate.typed import typed

_LIMITS = {"<=": "ora_to_int", "<": "ora_below", "=": "ora_first_only"}
_MIRRORED = {">=": "<=", ">": "<", "=": "=", "<=": ">=", "<": ">"}


def split_limit(where: Condition | None, scope: Scope) -> tuple[str, Condition | None]:
    """Takes ROWNUM <= n out of the condition and gives it as LIMIT. Refuses any other use of ROWNUM there."""
    operands = where.operands if isinstance(where, Junction) and where.operator == "AND" else (where,) if where else ()
    limits = [found for operand in operands if (found := _limit(operand, scope))]
    others = tuple(operand for operand in operands if not _mentions_rownum(operand))
    if len(limits) + len(others) != len(operands) or len(limits) > 1:
        raise scope.draft.unsupported("this use of ROWNUM in a condition")
    rest = others[0] if len(others) == 1 else Junction("AND", others) if others else None
    return f" LIMIT max(0, coalesce({limits[0]}, 0))" if limits else "", rest


def _limit(node: Condition, scope: Scope) -> str:
    if not isinstance(node, Compare) or node.quantifier:
        return ""
    operator, other = node.operator, node.right
    if _is_rownum(node.right):
        operator, other = _MIRRORED.get(operator, ""), node.left
    elif not _is_rownum(node.left):
        return ""
    if operator not in _LIMITS or _mentions_rownum(other):
        return ""
    value = convert(expression(other, scope), SqlType.NUMBER)
    return f"{_LIMITS[operator]}({value.sql})"


def _is_rownum(node: Expression) -> bool:
    return isinstance(node, Name) and node.parts == ("ROWNUM",)


def _mentions_rownum(node: object) -> bool:
    if isinstance(node, Name):
        return _is_rownum(node)
    return any(_mentions_rownum(part) for part in parts(node))


def limited(source: str, tests: str, limit: str, scope: Scope) -> str:
    """The limited rows as one subquery, beneath what counts, orders or groups them; it takes the sources' place."""
    alias = scope.draft.alias()
    pieces: list[str] = []

    def moved(sql: str) -> str:
        pieces.append(f"{sql} AS w{len(pieces) + 1}")
        return f"{alias}.w{len(pieces)}"

    for visible in scope.sources:
        visible.columns = {name: replace(value, sql=moved(value.sql)) for name, value in visible.columns.items()}
        visible.rowid = moved(visible.rowid) if visible.rowid else ""
    scope.shared = {name: replace(value, sql=moved(value.sql)) for name, value in scope.shared.items()}
    # OFFSET keeps SQLite from merging the two: it would order all rows first and pick the limited ones then.
    return f"(SELECT {', '.join(pieces)} FROM {source}{tests}{limit} OFFSET 0) AS {alias}"


def level_source(body: Select, scope: Scope) -> str:
    """The numbers from 1 to the limit, visible as LEVEL and ROWNUM. Refuses anything but DUAL."""
    only = body.sources[0]
    if len(body.sources) != 1 or not isinstance(only, TableSource) or only.table.name != "DUAL":
        raise scope.draft.unsupported("CONNECT BY on other than DUAL")
    limit = convert(expression(body.level_limit or Number("1"), scope), SqlType.NUMBER)
    alias = scope.draft.alias()
    number = typed(f"ora_int({alias}.n)", SqlType.NUMBER)
    scope.level = scope.rownum = replace(number, nullable=False)
    scope.sources.append(Visible(("DUAL",), {"DUMMY": typed("'X'", SqlType.VARCHAR2, 1)}))
    return (
        f"(WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < ora_to_int({limit.sql}))"
        f" SELECT n FROM g) AS {alias}"
    )
