"""What DynamoDB refuses and moto accepts.

Sources: docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html,
ReservedWords.html and Expressions.ExpressionAttributeNames.html beside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import moto.dynamodb.parsing
import pytest
from botocore.exceptions import ClientError

from awslite.cloud import Cloud
from awslite.dynamodb.reserved import RESERVED
from tests.awslite.clients import code_of
from tests.awslite.tables import create, get, number, put, text, update


@pytest.fixture
def table(dynamodb: Any, name: str) -> str:
    return create(dynamodb, name)


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("1" * 38, "1" * 38),
        ("1" + "0" * 60, "1" + "0" * 60),
        ("-0." + "1" * 38, "-0." + "1" * 38),
        ("0012.500", "12.5"),
        ("1E3", "1000"),
        ("-0", "0"),
        ("9.9999999999999999999999999999999999999E+125", "9" * 38 + "0" * 88),
    ],
)
def test_a_number_of_38_digits_is_stored_exactly(
    dynamodb: Any, table: str, given: str, stored: str
) -> None:
    put(dynamodb, table, n=number(given))

    assert get(dynamodb, table)["n"] == number(stored)


@pytest.mark.parametrize(
    "given",
    ["1" * 39, "4" * 56, "1." + "1" * 38, "1E126", "1E-131", "NaN", "Infinity", "x", ""],
)
def test_what_is_no_number_of_38_digits_is_refused(dynamodb: Any, table: str, given: str) -> None:
    calls = (
        lambda: put(dynamodb, table, n=number(given)),
        lambda: put(dynamodb, table, m={"M": {"n": {"L": [number(given)]}}}),
        lambda: update(
            dynamodb, table, "SET n = :n", ExpressionAttributeValues={":n": number(given)}
        ),
    )
    for call in calls:
        with pytest.raises(ClientError) as refused:
            call()
        assert code_of(refused) == "ValidationException"


def test_a_sum_is_exact_or_refused(dynamodb: Any, table: str) -> None:
    put(dynamodb, table, n=number("9" * 37 + "0"))
    one = {":v": number(1)}
    update(dynamodb, table, "SET n = n + :v", ExpressionAttributeValues=one)

    update(dynamodb, table, "ADD n :v", ExpressionAttributeValues={":v": number(8)})
    with pytest.raises(ClientError) as refused:
        update(dynamodb, table, "SET n = n + :v", ExpressionAttributeValues={":v": number("0.1")})

    assert get(dynamodb, table)["n"] == number("9" * 38)
    assert code_of(refused) == "ValidationException"


def test_a_difference_is_exact(dynamodb: Any, table: str) -> None:
    put(dynamodb, table, n=number("1" * 38))

    update(dynamodb, table, "SET n = n - :v", ExpressionAttributeValues={":v": number("1" * 37)})

    assert get(dynamodb, table)["n"] == number("1" + "0" * 37)


def test_the_reserved_words_are_those_that_moto_has_of_the_same_page() -> None:
    page = Path(moto.dynamodb.parsing.__path__[0]) / "reserved_keywords.txt"

    assert frozenset(page.read_text(encoding="utf-8").split()) == RESERVED


def test_a_reserved_word_needs_an_alias_in_every_expression(dynamodb: Any, table: str) -> None:
    put(dynamodb, table, status=text("x"))
    calls = (
        lambda: update(dynamodb, table, "REMOVE Status"),
        lambda: dynamodb.scan(TableName=table, FilterExpression="attribute_exists(STATUS)"),
        lambda: dynamodb.scan(TableName=table, ProjectionExpression="pk, status"),
    )
    for call in calls:
        with pytest.raises(ClientError) as refused:
            call()
        assert code_of(refused) == "ValidationException"
        assert "reserved keyword" in str(refused.value)
    update(dynamodb, table, "REMOVE #s", ExpressionAttributeNames={"#s": "status"})

    assert get(dynamodb, table) == {"pk": text("a")}


def test_values_of_two_types_are_never_in_order(dynamodb: Any, table: str) -> None:
    put(dynamodb, table, t=text("5"))

    for sign in ("<", ">", "<=", ">=", "="):
        with pytest.raises(ClientError) as refused:
            update(
                dynamodb,
                table,
                "REMOVE t",
                ConditionExpression=f"t {sign} :v",
                ExpressionAttributeValues={":v": number(5)},
            )
        assert code_of(refused) == "ConditionalCheckFailedException"


def test_an_alias_that_is_not_defined_is_refused(dynamodb: Any, table: str) -> None:
    with pytest.raises(ClientError) as refused:
        update(dynamodb, table, "REMOVE #n")

    assert code_of(refused) == "ValidationException"


def test_names_and_values_that_nothing_uses_are_refused(dynamodb: Any, table: str) -> None:
    for options in (
        {"ExpressionAttributeNames": {"#unused": "x"}},
        {"ExpressionAttributeValues": {":unused": text("x")}},
    ):
        with pytest.raises(ClientError) as refused:
            dynamodb.put_item(
                TableName=table,
                Item={"pk": text("a")},
                ConditionExpression="attribute_exists(pk)",
                **options,
            )
        assert code_of(refused) == "ValidationException"


def test_a_key_that_is_not_the_tables_is_refused(dynamodb: Any, table: str) -> None:
    keys: tuple[dict[str, Any], ...] = (
        {"id": text("a")},
        {"pk": number(1)},
        {"pk": text("a"), "sk": number(1)},
    )
    for key in keys:
        with pytest.raises(ClientError) as refused:
            dynamodb.get_item(TableName=table, Key=key)
        assert code_of(refused) == "ValidationException"


def test_an_item_of_more_than_400_kb_is_refused(dynamodb: Any, table: str) -> None:
    put(dynamodb, table, t=text("x" * (400 * 1024 - 4)))

    with pytest.raises(ClientError) as refused:
        put(dynamodb, table, t=text("x" * (400 * 1024 - 3)))

    assert code_of(refused) == "ValidationException"


def test_an_empty_key_and_a_set_without_elements_are_refused(dynamodb: Any, table: str) -> None:
    for call in (
        lambda: put(dynamodb, table, key=""),
        lambda: put(dynamodb, table, s={"SS": []}),
        lambda: put(dynamodb, table, s={"SS": ["a", "a"]}),
    ):
        with pytest.raises(ClientError) as refused:
            call()
        assert code_of(refused) == "ValidationException"


def test_what_is_not_known_is_refused_and_not_passed_over(dynamodb: Any, table: str) -> None:
    for call in (
        lambda: dynamodb.scan(TableName=table, IndexName="by-time"),
        lambda: dynamodb.put_item(TableName=table, Item={"pk": text("a")}, Expected={}),
        lambda: dynamodb.transact_write_items(TransactItems=[]),
    ):
        with pytest.raises(ClientError) as refused:
            call()
        assert code_of(refused) == "UnknownOperationException"


def test_a_key_condition_has_no_or(dynamodb: Any, table: str) -> None:
    with pytest.raises(ClientError) as refused:
        dynamodb.query(
            TableName=table,
            KeyConditionExpression="pk = :p OR pk = :p",
            ExpressionAttributeValues={":p": text("a")},
        )

    assert code_of(refused) == "ValidationException"


def test_a_read_that_is_not_consistent_may_miss_the_last_write(
    dynamodb: Any, cloud: Cloud, table: str
) -> None:
    cloud.limits.stale_reads = True
    key = {"pk": text("a")}
    put(dynamodb, table, n=number(1))
    created = get(dynamodb, table)
    put(dynamodb, table, n=number(2))

    stale = dynamodb.scan(TableName=table)["Items"]
    fresh = dynamodb.scan(TableName=table, ConsistentRead=True)["Items"]
    dynamodb.delete_item(TableName=table, Key=key)

    assert created == {}
    assert [stale, fresh] == [[{**key, "n": number(1)}], [{**key, "n": number(2)}]]
    assert get(dynamodb, table) == {**key, "n": number(2)}
    assert "Item" not in dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True)


def test_a_condition_judges_the_last_write(dynamodb: Any, cloud: Cloud, table: str) -> None:
    cloud.limits.stale_reads = True
    put(dynamodb, table, n=number(1))

    update(
        dynamodb,
        table,
        "SET n = n + :v",
        ConditionExpression="n = :v",
        ExpressionAttributeValues={":v": number(1)},
    )

    cloud.limits.stale_reads = False
    assert get(dynamodb, table)["n"] == number(2)


def test_a_table_that_is_being_created_is_described_and_not_used(
    dynamodb: Any, cloud: Cloud, name: str
) -> None:
    cloud.limits.change_seconds = 1000.0
    create(dynamodb, name)

    with pytest.raises(ClientError) as refused:
        put(dynamodb, name)

    assert dynamodb.describe_table(TableName=name)["Table"]["TableStatus"] == "CREATING"
    assert code_of(refused) == "ResourceNotFoundException"


def test_a_write_that_asks_for_what_it_cannot_return_writes_nothing(
    dynamodb: Any, table: str
) -> None:
    put(dynamodb, table)
    for call in (
        lambda: dynamodb.put_item(TableName=table, Item={"pk": text("b")}, ReturnValues="ALL_NEW"),
        lambda: dynamodb.delete_item(
            TableName=table, Key={"pk": text("a")}, ReturnValues="ALL_NEW"
        ),
        lambda: update(dynamodb, table, "REMOVE n", key="b", ReturnValues="SOME"),
    ):
        with pytest.raises(ClientError) as refused:
            call()
        assert code_of(refused) == "ValidationException"

    assert get(dynamodb, table) == {"pk": text("a")}
    assert get(dynamodb, table, "b") == {}
