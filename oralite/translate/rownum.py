"""ROWNUM as a limit, and CONNECT BY LEVEL <= n as a source of rows."""

from __future__ import annotations

from dataclasses import replace

from oralite.errors import OraError
from oralite.model import SqlType
from oralite.parser.leaves import Name, Number, TableSource
from oralite.parser.nodes import Between, Compare, Condition, Expression, Select
from oralite.parser.trees import conjunction, conjuncts, parts
from oralite.translate.convert import convert
from oralite.translate.rules import expression
from oralite.translate.scope import Scope, Visible
from oralite.translate.typed import typed

#: How many rows each comparison of ROWNUM lets through: a row that fails leaves its number to the
#: next one.
_LIMITS = {
    "<=": "ora_to_int",
    "<": "ora_below",
    "=": "ora_first_only",
    "<>": "ora_all_before",
    ">=": "ora_all_from",
    ">": "ora_all_above",
}
_MIRRORED = {">=": "<=", ">": "<", "=": "=", "<>": "<>", "<=": ">=", "<": ">"}


def split_limit(where: Condition | None, scope: Scope) -> tuple[str, Condition | None]:
    """Take comparisons of ROWNUM out of the condition, and return them as LIMIT.

    Refuses any other use of it there.
    """
    limits: list[str] = []
    others: list[Condition] = []
    for operand in conjuncts(where):
        if is_mentioned(operand):
            limits += _limits(operand, scope)
        else:
            others.append(operand)
    rest = conjunction(others)
    if not limits:
        return "", rest
    if len(limits) == 1:
        least = limits[0]
    else:
        least = f"min({', '.join(limits)})"
    return f" LIMIT max(0, {least}) OFFSET 0", rest


def _limits(node: Condition, scope: Scope) -> list[str]:
    if isinstance(node, Between) and _is_rownum(node.operand):
        bounds = (Compare(">=", node.operand, node.low), Compare("<=", node.operand, node.high))
        found = []
        for bound in bounds:
            for limit in _limits(bound, scope):
                found.append(limit)
        return found
    if not isinstance(node, Compare) or node.quantifier:
        raise scope.draft.unsupported("this use of ROWNUM in a condition")
    operator, other = node.operator, node.right
    if not _is_rownum(node.left):
        operator, other = _MIRRORED[operator], node.left
    if is_mentioned(other) or not (_is_rownum(node.left) or _is_rownum(node.right)):
        raise scope.draft.unsupported("this use of ROWNUM in a condition")
    return [f"coalesce({_LIMITS[operator]}({whole(other, scope)}), 0)"]


def whole(node: Expression, scope: Scope) -> str:
    """Return a NUMBER that is the same for all rows.

    Refuses columns, which SQLite's LIMIT does not see.
    """
    try:
        value = expression(node, Scope(scope.draft, common=scope.common))
    except OraError as error:
        if error.code == 904:
            raise scope.draft.unsupported("a count of rows that depends on a column") from error
        raise
    return convert(value, SqlType.NUMBER).sql


def _is_rownum(node: Expression) -> bool:
    return isinstance(node, Name) and node.parts == ("ROWNUM",)


def is_mentioned(node: object) -> bool:
    if isinstance(node, Name):
        return _is_rownum(node)
    for part in parts(node):
        if is_mentioned(part):
            return True
    return False


def level_source(body: Select, scope: Scope) -> str:
    """Return the numbers from 1 to the limit, visible as LEVEL and ROWNUM.

    Refuses anything but DUAL.
    """
    only = body.sources[0]
    if len(body.sources) != 1 or not isinstance(only, TableSource) or only.table.name != "DUAL":
        raise scope.draft.unsupported("CONNECT BY on other than DUAL")
    limit = convert(expression(body.level_limit or Number("1"), scope), SqlType.NUMBER)
    alias = scope.draft.alias()
    number = typed(f"ora_int({alias}.n)", SqlType.NUMBER)
    scope.level = scope.rownum = replace(number, nullable=False)
    scope.sources.append(Visible(("DUAL",), {"DUMMY": typed("'X'", SqlType.VARCHAR2, 1)}))
    return (
        f"(WITH RECURSIVE g(n) AS"
        f" (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < ora_to_int({limit.sql}))"
        f" SELECT n FROM g) AS {alias}"
    )
