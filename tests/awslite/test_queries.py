"""Query and Scan return what they are asked for, in order and in pages, on moto as well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.awslite.clients import code_of
from tests.awslite.tables import create, number, text


@pytest.fixture
def dynamodb(client: Callable[[str], Any]) -> Any:
    return client("dynamodb")


@pytest.fixture
def table(dynamodb: Any, name: str) -> str:
    """Create a table with the sort keys 2, 10 and -1 in each of two partitions."""
    create(dynamodb, name, sort=True)
    for partition in ("a", "b"):
        for place in (2, 10, -1):
            item = {"pk": text(partition), "sk": number(place), "odd": {"BOOL": place % 2 == 1}}
            dynamodb.put_item(TableName=name, Item=item)
    return name


def query(dynamodb: Any, table: str, condition: str, **options: Any) -> Any:
    values = {":p": text("a"), ":low": number(0), ":high": number(10), ":yes": {"BOOL": True}}
    used = {}
    everything = condition + str(options)
    for alias, value in values.items():
        if alias in everything:
            used[alias] = value
    return dynamodb.query(
        TableName=table,
        KeyConditionExpression=condition,
        ExpressionAttributeValues=used,
        **options,
    )


def places(answer: Any) -> list[int]:
    return [int(item["sk"]["N"]) for item in answer["Items"]]


def test_a_partition_comes_in_the_order_of_its_numbers(dynamodb: Any, table: str) -> None:
    assert places(query(dynamodb, table, "pk = :p")) == [-1, 2, 10]
    assert places(query(dynamodb, table, "pk = :p", ScanIndexForward=False)) == [10, 2, -1]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("pk = :p AND sk > :low", [2, 10]),
        ("pk = :p AND sk <= :low", [-1]),
        ("pk = :p AND sk = :high", [10]),
        ("pk = :p AND sk BETWEEN :low AND :high", [2, 10]),
    ],
)
def test_a_stretch_of_a_partition(
    dynamodb: Any, table: str, condition: str, expected: list[int]
) -> None:
    assert places(query(dynamodb, table, condition)) == expected


def test_a_filter_is_applied_to_a_page_after_its_limit(dynamodb: Any, table: str) -> None:
    first = query(dynamodb, table, "pk = :p", FilterExpression="odd = :yes", Limit=2)
    second = query(dynamodb, table, "pk = :p", Limit=2, ExclusiveStartKey=first["LastEvaluatedKey"])

    assert (places(first), first["Count"], first["ScannedCount"]) == ([-1], 1, 2)
    assert first["LastEvaluatedKey"] == {"pk": text("a"), "sk": number(2)}
    assert places(second) == [10]
    assert "LastEvaluatedKey" not in second


def test_a_scan_pages_through_everything(dynamodb: Any, table: str) -> None:
    found, start = [], {}
    while True:
        answer = dynamodb.scan(TableName=table, Limit=4, **start)
        found.extend((item["pk"]["S"], int(item["sk"]["N"])) for item in answer["Items"])
        if "LastEvaluatedKey" not in answer:
            break
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    assert sorted(found) == [(pk, sk) for pk in ("a", "b") for sk in (-1, 2, 10)]


def test_a_count_has_no_items(dynamodb: Any, table: str) -> None:
    answer = query(dynamodb, table, "pk = :p", Select="COUNT")

    assert answer["Count"] == 3
    assert not answer.get("Items")


@pytest.mark.parametrize("condition", ["sk = :low", "pk > :p", "pk = :p AND odd = :yes"])
def test_a_query_that_names_no_partition_is_refused(
    dynamodb: Any, table: str, condition: str
) -> None:
    with pytest.raises(ClientError) as refused:
        query(dynamodb, table, condition)

    assert code_of(refused) == "ValidationException"
