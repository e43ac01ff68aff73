"""Update expressions change items as DynamoDB does, on moto as well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.awslite.clients import code_of
from tests.awslite.tables import create, get, number, put, text, update


@pytest.fixture
def dynamodb(client: Callable[[str], Any]) -> Any:
    return client("dynamodb")


@pytest.fixture
def table(dynamodb: Any, name: str) -> str:
    return create(dynamodb, name)


def test_an_update_makes_an_item_and_counts_in_it(dynamodb: Any, table: str) -> None:
    values = {":zero": number(0), ":one": number(1)}
    for _ in range(3):
        answer = update(
            dynamodb,
            table,
            "SET n = if_not_exists(n, :zero) + :one",
            ExpressionAttributeValues=values,
            ReturnValues="ALL_NEW",
        )

    assert answer["Attributes"] == {"pk": text("a"), "n": number(3)}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("NONE", None),
        ("ALL_OLD", {"pk": text("a"), "n": number(1), "kept": text("y")}),
        ("ALL_NEW", {"pk": text("a"), "n": number(2), "kept": text("y")}),
        ("UPDATED_OLD", {"n": number(1)}),
        ("UPDATED_NEW", {"n": number(2)}),
    ],
)
def test_an_update_returns_what_it_is_asked_for(
    dynamodb: Any, table: str, kind: str, expected: dict[str, Any] | None
) -> None:
    put(dynamodb, table, n=number(1), kept=text("y"))
    values = {":n": number(2)}

    answer = update(
        dynamodb, table, "SET n = :n", ExpressionAttributeValues=values, ReturnValues=kind
    )

    assert answer.get("Attributes") == expected


def test_an_update_of_an_item_that_was_not_there_returns_nothing_old(
    dynamodb: Any, table: str
) -> None:
    for kind, key in (("ALL_OLD", "b"), ("UPDATED_OLD", "c")):
        answer = update(
            dynamodb,
            table,
            "SET n = :n",
            key=key,
            ExpressionAttributeValues={":n": number(2)},
            ReturnValues=kind,
        )
        assert not answer.get("Attributes")


def test_one_update_sets_adds_and_removes(dynamodb: Any, table: str) -> None:
    put(dynamodb, table, n=number(5), former=text("x"), kept=text("y"), l={"L": [number(1)]})

    answer = update(
        dynamodb,
        table,
        "SET fresh = :t, l = list_append(l, :l), copied = kept REMOVE former ADD n :two",
        ExpressionAttributeValues={":t": text("t"), ":l": {"L": [number(2)]}, ":two": number(2)},
        ReturnValues="UPDATED_NEW",
    )

    assert get(dynamodb, table) == {
        "pk": text("a"),
        "n": number(7),
        "kept": text("y"),
        "copied": text("y"),
        "fresh": text("t"),
        "l": {"L": [number(1), number(2)]},
    }
    assert set(answer["Attributes"]) == {"fresh", "l", "copied", "n"}


def test_an_update_reads_the_item_as_it_was(dynamodb: Any, table: str) -> None:
    put(dynamodb, table, x=number(1), y=number(2))

    update(dynamodb, table, "SET x = y, y = x")

    assert get(dynamodb, table) == {"pk": text("a"), "x": number(2), "y": number(1)}


@pytest.mark.parametrize(
    ("expression", "options"),
    [
        ("SET status = :v", {":v": "x"}),
        ("SET n = :w", {":v": "x"}),
        ("SET pk = :v", {":v": "x"}),
        ("SET n = :v, n = :v", {":v": "x"}),
        ("SET n :v", {":v": "x"}),
        ("CHANGE n = :v", {":v": "x"}),
        ("SET n = nothing + :v", {":v": "1"}),
    ],
    ids=[
        "a reserved word",
        "an undefined value",
        "a key",
        "a path twice",
        "no sign",
        "no clause",
        "a missing attribute",
    ],
)
def test_an_update_that_dynamodb_refuses(
    dynamodb: Any, table: str, expression: str, options: dict[str, str]
) -> None:
    put(dynamodb, table)

    with pytest.raises(ClientError) as refused:
        update(
            dynamodb,
            table,
            expression,
            ExpressionAttributeValues={alias: text(value) for alias, value in options.items()},
        )

    assert code_of(refused) == "ValidationException"
    assert get(dynamodb, table) == {"pk": text("a")}
