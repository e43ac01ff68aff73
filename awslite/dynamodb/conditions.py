"""Condition, filter and key expressions: a text to a function that judges an item."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from awslite.dynamodb.paths import look_up
from awslite.dynamodb.tokens import Aliases, Path, Tokens
from awslite.dynamodb.values import Item, Value, number_of, type_of

#: Says whether an item is as an expression wants it.
Condition = Callable[[Item], bool]
#: Returns the value that a part of an expression has in an item, or None.
Operand = Callable[[Item], "Value | None"]

COMPARATORS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def read_condition(text: str, kind: str, aliases: Aliases) -> Condition:
    """Return what an expression says. Raises Refused for what DynamoDB refuses.

    kind: the parameter that it came in, as refusals name it.
    """
    tokens = Tokens(text, kind, aliases)
    condition = read_or(tokens)
    tokens.expect_end()
    return condition


def read_or(tokens: Tokens) -> Condition:
    condition = read_and(tokens)
    while tokens.skip("OR"):
        condition = either(condition, read_and(tokens))
    return condition


def either(left: Condition, right: Condition) -> Condition:
    return lambda item: left(item) or right(item)


def read_and(tokens: Tokens) -> Condition:
    condition = read_not(tokens)
    while tokens.skip("AND"):
        condition = both(condition, read_not(tokens))
    return condition


def both(left: Condition, right: Condition) -> Condition:
    return lambda item: left(item) and right(item)


def read_not(tokens: Tokens) -> Condition:
    if tokens.skip("NOT"):
        inner = read_not(tokens)
        return lambda item: not inner(item)
    if tokens.skip("("):
        inner = read_or(tokens)
        tokens.expect(")")
        return inner
    if tokens.is_call and tokens.next.lower() != "size":
        return read_function(tokens)
    return read_comparison(tokens)


def read_function(tokens: Tokens) -> Condition:
    name = tokens.take()
    tokens.expect("(")
    path = tokens.take_path()
    if name in ("attribute_exists", "attribute_not_exists"):
        tokens.expect(")")
        wanted = name == "attribute_exists"
        return lambda item: (look_up(item, path) is not None) == wanted
    if name not in TESTS:
        raise tokens.refused(f"Invalid function name; function: {name}")
    tokens.expect(",")
    return read_test(tokens, path, TESTS[name])


def read_test(tokens: Tokens, path: Path, test: Callable[[Value, Value], bool]) -> Condition:
    """Read the second argument of a function, and return what it says of a path's value."""
    argument = read_operand(tokens)
    tokens.expect(")")

    def holds(item: Item) -> bool:
        value, sought = look_up(item, path), argument(item)
        return value is not None and sought is not None and test(value, sought)

    return holds


def begins_with(value: Value, prefix: Value) -> bool:
    return value.keys() == prefix.keys() and value[type_of(value)].startswith(
        prefix[type_of(value)]
    )


def contains(value: Value, sought: Value) -> bool:
    """Say whether a text has a part, or a set or list an element."""
    kind = type_of(value)
    if kind == "L":
        return sought in value["L"]
    return type_of(sought) == kind[:1] and sought[type_of(sought)] in value[kind]


TESTS: dict[str, Callable[[Value, Value], bool]] = {
    "begins_with": begins_with,
    "contains": contains,
    "attribute_type": lambda value, kind: type_of(value) == kind["S"],
}


def read_comparison(tokens: Tokens) -> Condition:
    """Read `a = b`, `a BETWEEN b AND c` or `a IN (b, c)`."""
    return read_sign(tokens, read_operand(tokens))


def read_sign(tokens: Tokens, left: Operand) -> Condition:
    """Read what a left operand is compared with, and how."""
    if tokens.skip("BETWEEN"):
        low = read_operand(tokens)
        tokens.expect("AND")
        high = read_operand(tokens)
        return both(compare(left, ">=", low), compare(left, "<=", high))
    if tokens.skip("IN"):
        tokens.expect("(")
        choices = [read_operand(tokens)]
        while tokens.skip(","):
            choices.append(read_operand(tokens))
        tokens.expect(")")
        return lambda item: any(is_equal(left(item), choice(item)) for choice in choices)
    sign = tokens.take()
    if sign not in ("=", "<>", *COMPARATORS):
        raise tokens.refused(f'Syntax error; token: "{sign}"')
    return compare(left, sign, read_operand(tokens))


def read_operand(tokens: Tokens) -> Operand:
    """Read a value, a path, or the size of what a path leads to."""
    if tokens.next.startswith(":"):
        value = tokens.take_value()
        return lambda item: value
    if tokens.is_call and tokens.skip("SIZE"):
        tokens.expect("(")
        path = tokens.take_path()
        tokens.expect(")")
        return lambda item: size(look_up(item, path))
    path = tokens.take_path()
    return lambda item: look_up(item, path)


def size(value: Value | None) -> Value | None:
    """Return the length of a text in bytes, or how much a set, list or map has."""
    if value is None or type_of(value) in ("N", "BOOL", "NULL"):
        return None
    content = value[type_of(value)]
    if type_of(value) == "S":
        content = content.encode()
    return {"N": str(len(content))}


def compare(left: Operand, sign: str, right: Operand) -> Condition:
    """Return a comparison of two operands. One of two types is false, whatever the sign but <>."""
    if sign == "=":
        return lambda item: is_equal(left(item), right(item))
    if sign == "<>":
        return lambda item: not is_equal(left(item), right(item))
    comparator = COMPARATORS[sign]

    def holds(item: Item) -> bool:
        first, second = left(item), right(item)
        if first is None or second is None or first.keys() != second.keys():
            return False
        return comparator(order_of(first), order_of(second))

    return holds


def is_equal(left: Value | None, right: Value | None) -> bool:
    """Say whether two values are the same. What is not there equals nothing."""
    if left is None or right is None or left.keys() != right.keys():
        return False
    kind = type_of(left)
    if kind in ("SS", "NS", "BS"):
        return set(left[kind]) == set(right[kind])
    return bool(left[kind] == right[kind])


def order_of(value: Value) -> Any:
    """Return what orders values of one type: numbers by size, texts by their UTF-8."""
    kind = type_of(value)
    if kind == "N":
        return number_of(value)
    return value[kind].encode()
