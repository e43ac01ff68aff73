"""Select lists: the columns that a query gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from oralite.errors import OraError
from oralite.model import Column
from oralite.parser.leaves import Name, Star
from oralite.parser.nodes import Item, Select
from oralite.translate.rules import expression
from oralite.translate.scope import Scope, Visible
from oralite.translate.typed import Typed

_MAX_NAME_LENGTH = 128


@dataclass(frozen=True)
class Output:
    """One column of a select list."""

    name: str
    value: Typed
    aliased: bool


def columns_of(outputs: Sequence[Output]) -> tuple[Column, ...]:
    found = []
    for output in outputs:
        found.append(output.value.column(output.name))
    return tuple(found)


def numbered(pieces: Sequence[str]) -> str:
    """Return these as a select list whose columns are c1, c2 ..."""
    return ", ".join(f"{piece} AS c{number}" for number, piece in enumerate(pieces, 1))


def outputs_of(body: Select, scope: Scope) -> list[Output]:
    found: list[Output] = []
    for item in body.items:
        if isinstance(item, Star):
            found += _starred(item, scope)
        else:
            found.append(_output(item, scope))
    return found


def refuse_doubled(outputs: Sequence[Output]) -> None:
    """Refuse two columns of one name beside FETCH or OFFSET. Raises ORA-00918."""
    names = [output.name for output in outputs if output.aliased]
    if len(names) > len(set(names)):
        raise OraError(918, "column ambiguously defined")


def _output(item: Item, scope: Scope) -> Output:
    value = expression(item.value, scope)
    if item.alias:
        return Output(item.alias, value, aliased=True)
    if isinstance(item.value, Name):
        return Output(item.value.parts[-1], value, aliased=True)
    return Output("".join(item.text.split()).upper()[:_MAX_NAME_LENGTH], value, aliased=False)


def _starred(item: Star, scope: Scope) -> list[Output]:
    sources = _meant(item, scope)
    if scope.grouped is not None:
        return _grouped(sources, scope)
    shared = scope.shared
    if item.qualifier:
        shared = {}
    found = [Output(name, value, aliased=True) for name, value in shared.items()]
    for source in sources:
        if source.ambiguous:
            raise OraError(918, "column ambiguously defined")
        for name, value in source.columns.items():
            if name not in shared:
                found.append(Output(name, value, aliased=True))
    return found


def _meant(item: Star, scope: Scope) -> list[Visible]:
    """Return the sources whose columns a star stands for. Raises ORA-00904 where there is none."""
    if not item.qualifier:
        return scope.sources
    found = []
    for source in scope.sources:
        if source.names[-len(item.qualifier) :] == item.qualifier:
            found.append(source)
    if not found:
        raise OraError(904, f'"{".".join(item.qualifier)}": invalid identifier')
    return found


def _grouped(sources: Sequence[Visible], scope: Scope) -> list[Output]:
    """Return all columns of a grouped query, each of which must be grouped by."""
    found = []
    for source in sources:
        for name in source.columns:
            value = expression(Name((name,), 0), scope)
            found.append(Output(name, value, aliased=True))
    return found
