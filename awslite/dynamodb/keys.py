"""Key conditions of Query: one partition, and a stretch of its sort keys."""

from __future__ import annotations

from awslite.dynamodb.conditions import (
    COMPARATORS,
    Condition,
    begins_with,
    read_sign,
    read_test,
)
from awslite.dynamodb.paths import look_up
from awslite.dynamodb.tables import Table
from awslite.dynamodb.tokens import Aliases, Tokens
from awslite.refusals import invalid

KIND = "KeyConditionExpression"
SIGNS = {"=", "BETWEEN", *COMPARATORS}


def read_key_condition(table: Table, text: str, aliases: Aliases) -> Condition:
    """Return what a key condition says. Raises Refused for what is none of this table."""
    tokens = Tokens(text, KIND, aliases)
    conditions: dict[str, Condition] = {}
    while True:
        name, sign, condition = read_part(tokens)
        if name not in table.key_types or (name == table.partition and sign != "="):
            raise invalid("Query key condition not supported")
        if name in conditions:
            raise tokens.refused("must only contain one condition per key")
        conditions[name] = condition
        if not tokens.skip("AND"):
            break
    tokens.expect_end()
    if table.partition not in conditions:
        raise invalid(f"Query condition missed key schema element: {table.partition}")
    return lambda item: all(condition(item) for condition in conditions.values())


def read_part(tokens: Tokens) -> tuple[str, str, Condition]:
    """Read a condition of one key, and return the key's name, the comparator and the condition."""
    is_function = tokens.is_call
    sign = tokens.next
    if is_function:
        if tokens.take() != "begins_with":
            raise tokens.refused(f"Invalid function name; function: {sign}")
        tokens.expect("(")
    path = tokens.take_path()
    if is_function:
        tokens.expect(",")
        return str(path[0]), sign, read_test(tokens, path, begins_with)
    sign = tokens.next.upper()
    if sign not in SIGNS:
        raise tokens.refused(f"Invalid operator used in KeyConditionExpression: {sign}")
    return str(path[0]), sign, read_sign(tokens, lambda item: look_up(item, path))
