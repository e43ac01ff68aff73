"""Oracle's old outer joins, a.x = b.x(+), as the LEFT JOIN that they mean."""

from __future__ import annotations

from collections.abc import Sequence

from oralite.parser.leaves import Name, TableSource
from oralite.parser.nodes import Condition, DerivedSource, Join, Select, Source
from oralite.parser.trees import conjunction, conjuncts, parts
from oralite.translate.scope import Scope


def with_optional_marks(body: Select, scope: Scope) -> tuple[Sequence[Source], Condition | None]:
    """Return the sources and the condition, with the marks turned into joins."""
    if not _marked(body.where):
        return body.sources, body.where
    names = {}
    for source in body.sources:
        names[_name(source)] = source
    joined: dict[str, list[Condition]] = {}
    others: list[Condition] = []
    for operand in conjuncts(body.where):
        marks = _marked(operand)
        if not marks:
            others.append(operand)
        elif len(marks) == 1 and (mark := next(iter(marks))) in names:
            joined.setdefault(mark, []).append(operand)
        else:
            raise scope.draft.unsupported("this use of (+)")
    return _chained(names, joined, scope), conjunction(others)


def _chained(
    names: dict[str, Source], joined: dict[str, list[Condition]], scope: Scope
) -> Sequence[Source]:
    plain = [name for name in names if name not in joined]
    if not plain:
        raise scope.draft.unsupported("this use of (+)")
    chain = names[plain[0]]
    for name in plain[1:]:
        chain = Join(chain, names[name], "CROSS", None)
    placed, waiting = set(plain), dict(joined)
    while waiting:
        ready = next(
            (name for name, tests in waiting.items() if _qualifiers(tests) <= placed | {name}), None
        )
        if ready is None:
            raise scope.draft.unsupported(
                "(+) in a circle, or with columns that do not name their table"
            )
        chain = Join(chain, names[ready], "LEFT", conjunction(waiting.pop(ready)))
        placed.add(ready)
    return (chain,)


def _name(source: Source) -> str:
    if isinstance(source, TableSource):
        return source.alias or source.table.name
    if isinstance(source, DerivedSource):
        return source.alias or ""
    return ""


def _qualifiers(node: object) -> set[str]:
    if isinstance(node, Name):
        if len(node.parts) > 1:
            return {node.parts[-2]}
        return set()
    if isinstance(node, list):
        return set().union(*map(_qualifiers, node))
    return set().union(*map(_qualifiers, parts(node)))


def _marked(node: object) -> set[str]:
    """Return the qualifiers of the columns marked (+)."""
    if isinstance(node, Name):
        if node.outer:
            return {node.parts[-2] if len(node.parts) > 1 else ""}
        return set()
    return set().union(*map(_marked, parts(node)))
