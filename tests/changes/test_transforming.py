"""What is published of a change: declared columns, and nothing that is to be redacted."""

from __future__ import annotations

import copy
import json
import traceback

import pytest

from oracle_cdc.changes.rules.codec import as_detail
from oracle_cdc.changes.rules.documents import MOST_LEVELS
from oracle_cdc.changes.rules.errors import InvalidChange, TransformationFailed
from oracle_cdc.changes.rules.redacting import Redactor
from oracle_cdc.changes.rules.transforming import transform
from oracle_cdc.changes.rules.values import Change, Image
from tests.changes.changefixtures import (
    MARKER,
    REDACTOR,
    USERS,
    make_change,
    make_model,
    make_transformation,
    make_transformer,
    publish,
)

CANARY = "canary 039337423"


def published(row: Image, **keys: object) -> Image:
    after = publish(row, **keys).change.after
    assert after is not None
    return after


def test_the_columns_that_are_included_are_published_in_both_images() -> None:
    transformation = make_transformation(includeFields=["id", "status"])
    before = {"id": 1, "name": "Ann", "status": "active", "ssn": CANARY}
    after = {**before, "status": "inactive", "undeclared": CANARY}
    change = transformation.transform(make_change(before, after)).change
    assert as_detail(change) == {
        "table": "users",
        "operation": "UPDATE",
        "timestamp": "2024-01-15T10:30:00Z",
        "before": {"id": 1, "status": "active"},
        "after": {"id": 1, "status": "inactive"},
        "keys": {"id": 1},
        "metadata": {
            "transactionId": "10.25.2211",
            "sequenceNumber": "00000000000000000001",
            "eventId": "users-00000000000000000001",
            "eventType": "users.changed",
            "version": "1.0",
        },
    }


def test_keys_are_those_of_the_model_also_where_they_are_not_included() -> None:
    transformation = make_transformation(includeFields=["status"])
    change = make_change(None, {"status": "x"}, keys={"id": 7, "email": CANARY})
    assert transformation.transform(change).change.keys == {"id": 7}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (make_change(None, {"id": 1}, table="orders"), "without a model or a transformer"),
        (make_change(None, {"id": 1, "shoe": CANARY}), "that its model does not declare"),
        (make_change(None, {"id": 1, "SSN": CANARY}), "that its model does not declare"),
        (make_change(None, {"id": 1}, keys={"name": CANARY}), "lacks its key id"),
        (make_change(None, {"id": 1}, keys={"id": None}), "lacks its key id"),
        (make_change(None, None), "lacks an image"),
    ],
)
def test_what_is_not_declared_is_not_published(change: Change, reason: str) -> None:
    with pytest.raises(InvalidChange, match=reason) as raised:
        make_transformation().transform(change)
    assert "canary" not in str(raised.value)


@pytest.mark.parametrize(
    ("before", "after"), [({}, {}), (None, {}), ({}, None)], ids=["UPDATE", "INSERT", "DELETE"]
)
def test_an_operation_has_its_images_and_no_other(
    before: Image | None, after: Image | None
) -> None:
    right = make_change(before, after)
    transformation = make_transformation()
    assert transformation.transform(right).change.operation is right.operation
    for wrong_before, wrong_after in [({}, {}), (None, {}), ({}, None), (None, None)]:
        if (wrong_before, wrong_after) == (before, after):
            continue
        wrong = right._replace(before=wrong_before, after=wrong_after)
        with pytest.raises(InvalidChange, match="lacks an image, or has one"):
            transformation.transform(wrong)


def test_fields_are_redacted_at_any_depth_in_any_case() -> None:
    row = {
        "ssn": CANARY,
        "credit_card": {"number": CANARY},
        "profile": json.dumps({"a": [{"S-S-N": CANARY, "creditCard": 5, "ok": [1.5]}]}),
        "status": None,
    }
    result = publish(
        row, redactFields=["SSN", "CreditCard", "status"], jsonFields=["profile"], scanFields=[]
    )
    assert result.change.after == {
        "ssn": "[REDACTED]",
        "credit_card": "[REDACTED]",
        "profile": '{"a":[{"S-S-N":"[REDACTED]","creditCard":"[REDACTED]","ok":[1.5]}]}',
        "status": None,
    }
    assert result.redactions == {"field": 3}


def test_the_row_that_is_handed_in_stays_as_it_is() -> None:
    row = {"id": 1, "ssn": CANARY, "profile": '{"ssn": 1}', "notes": ["054-1234567"]}
    change = make_change(row, row)
    before = copy.deepcopy(as_detail(change))
    transformer = make_transformer(
        redactFields=["ssn"], jsonFields=["profile"], scanFields=["notes"], hmacFields=["id"]
    )
    transform(change, USERS, transformer, REDACTOR)
    assert as_detail(change) == before


def test_a_document_is_written_again_even_where_nothing_was_found() -> None:
    twice = '{"ssn": "canary", "ssn": null, "n": 12345678901234567890.10, "e": 1E400, "x": []}'
    assert published({"profile": twice}, jsonFields=["profile"], redactFields=["ssn"]) == {
        "profile": '{"ssn":null,"n":12345678901234567890.10,"e":1E400,"x":[]}'
    }


@pytest.mark.parametrize("text", ["", "{", CANARY, "5", '"canary"', "[" * 100_000])
def test_a_text_that_should_be_a_document_and_is_none_is_replaced(text: str) -> None:
    result = publish({"profile": text}, jsonFields=["profile"])
    assert result.change.after == {"profile": "[REDACTED]"}
    assert result.redactions == {"document": 1}


def nest(levels: int) -> str:
    """Return a document with a member in the innermost of its levels."""
    return f'{"[" * (levels - 1)}{{"ssn": "{CANARY}"}}{"]" * (levels - 1)}'


def test_a_document_is_looked_through_down_to_its_last_level() -> None:
    rows = {"profile": nest(MOST_LEVELS)}
    result = publish(rows, jsonFields=["profile"], redactFields=["ssn"], scanFields=["profile"])
    assert "[REDACTED]" in str(result.change.after)
    assert CANARY not in str(result.change.after)
    assert result.redactions == {"field": 1}


@pytest.mark.parametrize("levels", [MOST_LEVELS + 1, 480, 900])
def test_a_document_that_is_too_deep_is_replaced_as_a_whole(levels: int) -> None:
    result = publish({"profile": nest(levels)}, jsonFields=["profile"], redactFields=["ssn"])
    assert result.change.after == {"profile": "[REDACTED]"}
    assert result.redactions == {"document": 1}


def test_free_text_is_marked_by_what_is_found_in_it() -> None:
    row = {
        "notes": "call 054-1234567, or a@b.co; card four five eight zero 1234 5678 9015",
        "phone_number": 972541234567,
        "profile": '{"0541234567": ["my id is 039337423", 972541234567, 7, true, null]}',
        "name": "054-1234567",
    }
    result = publish(
        row,
        scanFields=["notes", "phone_number", "profile"],
        jsonFields=["profile"],
    )
    after = result.change.after
    assert after is not None
    assert after["notes"] == "call [PHONE], or [EMAIL]; card [CARD]"
    assert after["phone_number"] == "[PHONE]"
    assert after["profile"] == '{"[PHONE]":["my id is [ID]","[PHONE]",7,true,null]}'
    assert after["name"] == "054-1234567"
    assert result.redactions == {"phone": 4, "email": 1, "card": 1, "id": 1}


def test_members_whose_names_have_one_mark_are_all_there() -> None:
    row = {"profile": '{"0541234567": 1, "0531234567": 2, "[PHONE] 3": 3, "0521234567": 4}'}
    after = published(row, scanFields=["profile"], jsonFields=["profile"])
    assert after == {"profile": '{"[PHONE]":1,"[PHONE] 2":2,"[PHONE] 3":3,"[PHONE] 4":4}'}
    assert published(after, scanFields=["profile"], jsonFields=["profile"]) == after


def test_numbers_without_anything_personal_stay_numbers() -> None:
    row = {"phone_number": 17, "profile": '{"n": 1.50}', "notes": True}
    assert published(
        row, scanFields=["phone_number", "profile", "notes"], jsonFields=["profile"]
    ) == {"phone_number": 17, "profile": '{"n":1.50}', "notes": True}


def test_a_key_that_is_personal_becomes_a_token_that_is_the_same_each_time() -> None:
    model = make_model(keys=("email",))
    transformation = make_transformation(model, hmacFields=["email"])
    tokens = set()
    for number, email in enumerate(["a@b.co", "a@b.co", "b@b.co"]):
        row = {"email": email, "name": "x"}
        change = make_change(row, row, number=number, keys={"email": email})
        result = transformation.transform(change)
        token = result.change.keys["email"]
        assert result.change.before == result.change.after == {"email": token, "name": "x"}
        assert result.redactions == {"token": 3}
        assert "@" not in repr(as_detail(result.change))
        assert transformation.transform(result.change).change == result.change
        tokens.add(token)
    assert len(tokens) == 2


def test_tokens_of_another_secret_are_others() -> None:
    assert REDACTOR.make_token("a") != Redactor(MARKER, b"other").make_token("a")
    assert REDACTOR.make_token("1") != REDACTOR.make_token(1)


def test_without_redaction_the_columns_are_chosen_alone() -> None:
    transformation = make_transformation(
        redactor=None, redactFields=["ssn"], includeFields=["ssn"], scanFields=["ssn"]
    )
    result = transformation.transform(make_change(None, {"ssn": "1", "name": "Ann"}))
    assert (result.change.after, result.redactions) == ({"ssn": "1"}, {})


def test_an_update_may_show_what_changed_alone() -> None:
    transformation = make_transformation(
        imageMode="changed", redactFields=["ssn"], includeFields=["id", "status", "ssn", "notes"]
    )
    before = {"id": 1, "status": "active", "ssn": "1"}
    after = {"id": 1, "status": "inactive", "ssn": "2", "notes": "a large object"}
    change = transformation.transform(make_change(before, after)).change
    assert (change.before, change.after) == (
        {"status": "active"},
        {"status": "inactive", "notes": "a large object"},
    )
    assert transformation.transform(change).change == change
    assert transformation.transform(make_change(None, after)).change.after == {
        **after,
        "ssn": "[REDACTED]",
    }


def test_an_update_of_nothing_that_is_published_is_skipped_if_the_table_wants_that() -> None:
    before, after = {"status": "a", "ssn": "1"}, {"status": "a", "ssn": "2"}
    update = make_change(before, after)
    wanted = make_transformation(redactFields=["ssn"])
    skipping = make_transformation(redactFields=["ssn"], skipUnchanged=True)
    assert not wanted.transform(update).is_skipped
    assert skipping.transform(update).is_skipped
    assert not skipping.transform(make_change(None, after)).is_skipped
    assert not skipping.transform(make_change(before, {"status": "b"})).is_skipped


class Broken(Redactor):
    """Raises what quotes the row."""

    def mark(self, text: str, counts: object) -> str:
        raise ValueError(text)


def test_what_fails_in_redacting_does_not_leave_and_quotes_nothing() -> None:
    transformer = make_transformer(scanFields=["notes"])
    with pytest.raises(TransformationFailed) as raised:
        transform(make_change(None, {"notes": CANARY}), USERS, transformer, Broken(MARKER))
    error = raised.value
    assert str(error) == (
        "Change(INSERT of users, users-00000000000000000001) can't be selected from or redacted: "
        "ValueError"
    )
    assert error.__cause__ is None
    assert error.__context__ is None
    assert "canary" not in "".join(traceback.format_exception(error))


def test_a_token_without_a_secret_is_a_failure() -> None:
    transformer = make_transformer(hmacFields=["id"])
    with pytest.raises(TransformationFailed):
        transform(make_change(None, {"id": 1}), USERS, transformer, Redactor(MARKER))
