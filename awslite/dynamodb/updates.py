"""Update expressions: SET, REMOVE and ADD."""

from __future__ import annotations

import copy
from collections.abc import Callable
from decimal import Decimal

from awslite.dynamodb.paths import look_up, remove, write
from awslite.dynamodb.tokens import Aliases, Path, Tokens
from awslite.dynamodb.values import EXACT, Item, Value, check_number, number_of, type_of
from awslite.refusals import invalid

#: Returns the value that is written, of the item as it was.
Source = Callable[[Item], Value]
#: Changes a new item, given the item as it was.
Action = Callable[[Item, Item], None]
KIND = "UpdateExpression"


class Update:
    """What an update expression does to an item: nothing where there is none.

    paths: where it writes or removes.
    """

    def __init__(self, text: str | None, aliases: Aliases) -> None:
        self.actions: list[Action] = []
        self.paths: list[Path] = []
        if text is not None:
            self._read(text, aliases)

    def _read(self, text: str, aliases: Aliases) -> None:
        tokens = Tokens(text, KIND, aliases)
        clauses = {"SET": self._read_set, "REMOVE": self._read_remove, "ADD": self._read_add}
        seen: set[str] = set()
        while tokens.next:
            clause = tokens.take().upper()
            if clause not in clauses:
                raise tokens.refused(f'Syntax error; token: "{clause}"')
            if clause in seen:
                raise tokens.refused(
                    f'The "{clause}" section can only be used once in an update expression;'
                )
            seen.add(clause)
            clauses[clause](tokens)
            while tokens.skip(","):
                clauses[clause](tokens)

    def apply(self, item: Item) -> Item:
        """Return a changed copy of an item."""
        changed = copy.deepcopy(item)
        for action in self.actions:
            action(item, changed)
        return changed

    def _read_set(self, tokens: Tokens) -> None:
        path = self._take_path(tokens)
        tokens.expect("=")
        source = read_source(tokens)
        self.actions.append(lambda before, after: write(after, path, source(before)))

    def _read_remove(self, tokens: Tokens) -> None:
        path = self._take_path(tokens)
        self.actions.append(lambda before, after: remove(after, path))

    def _read_add(self, tokens: Tokens) -> None:
        path = self._take_path(tokens)
        added = tokens.take_value()
        self.actions.append(lambda before, after: write(after, path, add(before, path, added)))

    def _take_path(self, tokens: Tokens) -> Path:
        """Take a path. Raises Refused for one that another of this expression overlaps."""
        path = tokens.take_path()
        for other in self.paths:
            common = min(len(path), len(other))
            if path[:common] == other[:common]:
                raise tokens.refused(
                    "Two document paths overlap with each other; must remove or rewrite one of"
                    f" these paths; path one: {list(other)}, path two: {list(path)}"
                )
        self.paths.append(path)
        return path


def read_source(tokens: Tokens) -> Source:
    """Read an operand, or a sum or difference of two."""
    left = read_operand(tokens)
    sign = tokens.next
    if sign not in ("+", "-"):
        return left
    tokens.take()
    right = read_operand(tokens)

    def calculate(item: Item) -> Value:
        first, second = to_number(left(item)), to_number(right(item))
        if sign == "-":
            second = second.copy_negate()
        return {"N": check_number(str(EXACT.add(first, second)))}

    return calculate


def read_operand(tokens: Tokens) -> Source:
    """Read a value, a path, if_not_exists(path, value) or list_append(list, list)."""
    if tokens.next.startswith(":"):
        value = tokens.take_value()
        return lambda item: value
    if tokens.is_call:
        return read_function(tokens)
    path = tokens.take_path()

    def find(item: Item) -> Value:
        found = look_up(item, path)
        if found is None:
            raise invalid(
                "The provided expression refers to an attribute that does not exist in the item"
            )
        return found

    return find


def read_function(tokens: Tokens) -> Source:
    name = tokens.take()
    tokens.expect("(")
    if name == "if_not_exists":
        path = tokens.take_path()
        tokens.expect(",")
        other = read_source(tokens)
        tokens.expect(")")
        return lambda item: look_up(item, path) or other(item)
    if name == "list_append":
        first = read_operand(tokens)
        tokens.expect(",")
        second = read_operand(tokens)
        tokens.expect(")")
        return lambda item: {"L": [*to_list(first(item)), *to_list(second(item))]}
    raise tokens.refused(f"Invalid function name; function: {name}")


def add(item: Item, path: Path, added: Value) -> Value:
    """Return a number with another added, or a set with further elements."""
    before = look_up(item, path)
    kind = type_of(added)
    if kind not in ("N", "SS", "NS", "BS"):
        raise invalid(
            f"Invalid {KIND}: Incorrect operand type for operator or function; operator: ADD,"
            f" operand type: {kind}"
        )
    if before is None:
        return added
    if type_of(before) != kind:
        raise invalid("An operand in the update expression has an incorrect data type")
    if kind == "N":
        return {"N": check_number(str(EXACT.add(number_of(before), number_of(added))))}
    new = [entry for entry in added[kind] if entry not in before[kind]]
    return {kind: [*before[kind], *new]}


def to_number(value: Value) -> Decimal:
    if type_of(value) != "N":
        raise invalid("An operand in the update expression has an incorrect data type")
    return number_of(value)


def to_list(value: Value) -> list[Value]:
    if type_of(value) != "L":
        raise invalid("An operand in the update expression has an incorrect data type")
    return list(value["L"])
