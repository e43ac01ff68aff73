"""Items are written, read and judged as DynamoDB does, on moto as well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.awslite.clients import code_of
from tests.awslite.tables import create, get, number, put, text, update

Client = Callable[[str], Any]
CHECK_FAILED = "ConditionalCheckFailedException"


@pytest.fixture
def dynamodb(client: Client) -> Any:
    return client("dynamodb")


@pytest.fixture
def table(dynamodb: Any, name: str) -> str:
    return create(dynamodb, name)


def holds(dynamodb: Any, table: str, condition: str, **options: Any) -> bool:
    """Say whether a condition of the item `a` holds, and change nothing."""
    try:
        dynamodb.delete_item(
            TableName=table,
            Key={"pk": text("a")},
            ConditionExpression=f"({condition}) AND attribute_not_exists(never)",
            **options,
        )
    except ClientError as error:
        assert error.response["Error"]["Code"] == CHECK_FAILED
        return False
    return True


def test_an_item_comes_back_as_it_was_put(dynamodb: Any, table: str) -> None:
    item = {
        "t": text("שלום"),
        "n": number("12.5"),
        "yes": {"BOOL": True},
        "none": {"NULL": True},
        "m": {"M": {"x": number(1)}},
        "l": {"L": [text("a"), number(2)]},
        "b": {"B": b"\x00\xff"},
        "s": {"SS": ["a", "b"]},
    }
    put(dynamodb, table, **item)

    assert get(dynamodb, table) == {"pk": text("a"), **item}


def test_an_item_that_is_not_there_is_no_item(dynamodb: Any, table: str) -> None:
    assert "Item" not in dynamodb.get_item(TableName=table, Key={"pk": text("none")})


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("n = :five", True),
        ("n <> :five", False),
        ("n < :ten", True),
        ("n >= :ten", False),
        ("nothing = :five", False),
        ("attribute_exists(n)", True),
        ("attribute_not_exists(n)", False),
        ("attribute_exists(m.x)", True),
        ("attribute_exists(m.y)", False),
        ("m.x = :five", True),
        ("l[1] = :ten", True),
        ("NOT n = :ten", True),
        ("n = :ten OR t = :text AND n = :five", True),
        ("(n = :ten OR t = :text) AND n = :ten", False),
        ("n BETWEEN :five AND :ten", True),
        ("n IN (:ten, :text)", False),
        ("n IN (:ten, :five)", True),
        ("begins_with(t, :start)", True),
        ("contains(t, :start)", True),
        ("size(t) = :five", False),
    ],
)
def test_conditions(dynamodb: Any, table: str, condition: str, expected: bool) -> None:
    put(
        dynamodb,
        table,
        n=number(5),
        t=text("text"),
        m={"M": {"x": number(5)}},
        l={"L": [text("a"), number(10)]},
    )
    values = {":five": number(5), ":ten": number(10), ":text": text("text"), ":start": text("te")}
    used = {alias: value for alias, value in values.items() if alias in condition}
    options: dict[str, Any] = {}
    if used:
        options["ExpressionAttributeValues"] = used

    assert holds(dynamodb, table, condition, **options) is expected


def test_numbers_are_compared_as_numbers_and_texts_as_texts(dynamodb: Any, table: str) -> None:
    put(dynamodb, table, n=number(9), t=text("9"))

    assert holds(dynamodb, table, "n < :v", ExpressionAttributeValues={":v": number(10)})
    put(dynamodb, table, n=number(9), t=text("9"))
    assert not holds(dynamodb, table, "t < :v", ExpressionAttributeValues={":v": text("10")})


def test_a_condition_that_fails_changes_nothing_and_may_show_the_item(
    dynamodb: Any, table: str
) -> None:
    put(dynamodb, table, owner=text("me"))

    with pytest.raises(ClientError) as refused:
        update(
            dynamodb,
            table,
            "SET #o = :you",
            ConditionExpression="#o = :you",
            ExpressionAttributeNames={"#o": "owner"},
            ExpressionAttributeValues={":you": text("you")},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )

    assert code_of(refused) == CHECK_FAILED
    assert refused.value.response["Item"] == get(dynamodb, table)
    assert get(dynamodb, table)["owner"] == text("me")


def test_put_and_delete_are_under_conditions_too(dynamodb: Any, table: str) -> None:
    absent = "attribute_not_exists(pk)"
    item = {"pk": text("a")}
    dynamodb.put_item(TableName=table, Item=item, ConditionExpression=absent)

    with pytest.raises(ClientError) as put_twice:
        dynamodb.put_item(TableName=table, Item=item, ConditionExpression=absent)
    with pytest.raises(ClientError) as deleted:
        dynamodb.delete_item(TableName=table, Key=item, ConditionExpression=absent)

    assert [code_of(put_twice), code_of(deleted)] == [CHECK_FAILED, CHECK_FAILED]
    assert get(dynamodb, table) == item


def test_a_table_that_is_not_there_is_not_found(dynamodb: Any, name: str) -> None:
    calls: list[Callable[[], Any]] = [
        lambda: get(dynamodb, name),
        lambda: put(dynamodb, name),
        lambda: dynamodb.describe_table(TableName=name),
    ]
    for call in calls:
        with pytest.raises(ClientError) as refused:
            call()
        assert code_of(refused) == "ResourceNotFoundException"


def test_a_table_is_described_and_created_once(dynamodb: Any, table: str) -> None:
    described = dynamodb.describe_table(TableName=table)["Table"]

    with pytest.raises(ClientError) as refused:
        create(dynamodb, table)

    assert described["TableStatus"] == "ACTIVE"
    assert described["KeySchema"] == [{"AttributeName": "pk", "KeyType": "HASH"}]
    assert code_of(refused) == "ResourceInUseException"


def test_a_projection_shows_what_it_names(dynamodb: Any, table: str) -> None:
    put(dynamodb, table, x=number(1), y=number(2), m={"M": {"a": number(3), "b": number(4)}})

    answer = dynamodb.get_item(
        TableName=table,
        Key={"pk": text("a")},
        ProjectionExpression="#x, m.b",
        ExpressionAttributeNames={"#x": "x"},
    )

    assert answer["Item"] == {"x": number(1), "m": {"M": {"b": number(4)}}}
