"""Fields of a record that are replaced as a whole."""

from __future__ import annotations

from copy import deepcopy

import pytest

from oracle_cdc.redaction.fields import Fields, redact_sensitive_fields

HIDDEN = "[REDACTED]"


def test_a_field_is_replaced_as_a_whole_whatever_stands_in_it() -> None:
    record = {"id": 7, "ssn": "123-45-6789", "phone": ["1", "2"], "email": {"work": "a@b.c"}}
    assert redact_sensitive_fields(record, fields=["ssn", "phone", "email"]) == {
        "id": 7,
        "ssn": HIDDEN,
        "phone": HIDDEN,
        "email": HIDDEN,
    }


def test_the_replacement_can_be_chosen() -> None:
    assert redact_sensitive_fields({"a": 1}, fields=["a"], replacement="-") == {"a": "-"}


def test_the_record_that_is_given_stays_as_it_is() -> None:
    record = {"users": [{"card": "4111"}], "card": "4111", "deep": {"card": {"no": 1}}}
    before = deepcopy(record)
    redact_sensitive_fields(record, fields=["card", "deep.card.no"])
    assert record == before


@pytest.mark.parametrize("name", ["creditCard", "CREDIT_CARD", "credit-card", "Credit Card "])
def test_names_are_compared_without_case_and_joints(name: str) -> None:
    for field in ("credit_card", "CREDITCARD", "credit-Card"):
        assert redact_sensitive_fields({name: 1}, fields=[field]) == {name: HIDDEN}


def test_a_bare_name_is_found_at_any_depth_and_in_lists() -> None:
    record = {
        "a": [{"b": [{"phone": "1"}, "phone"]}],
        "c": {"d": {"Phone": "2"}},
        "e": ({"PHONE": 3},),
    }
    assert redact_sensitive_fields(record, fields=["phone"]) == {
        "a": [{"b": [{"phone": HIDDEN}, "phone"]}],
        "c": {"d": {"Phone": HIDDEN}},
        "e": [{"PHONE": HIDDEN}],
    }


def test_a_path_begins_at_the_root() -> None:
    record = {"address": {"street": "x", "city": "y"}, "other": {"address": {"street": "z"}}}
    assert redact_sensitive_fields(record, fields=["address.street"]) == {
        "address": {"street": HIDDEN, "city": "y"},
        "other": {"address": {"street": "z"}},
    }


def test_a_star_is_one_step_of_any_name() -> None:
    record = {"a": {"x": {"card": 1}, "card": 2}, "b": {"y": {"card": 3}}, "card": 4}
    assert redact_sensitive_fields(record, fields=["*.*.card"]) == {
        "a": {"x": {"card": HIDDEN}, "card": 2},
        "b": {"y": {"card": HIDDEN}},
        "card": 4,
    }


def test_a_path_goes_through_lists() -> None:
    record = {"cards": [{"no": 1, "kind": "a"}, {"no": 2, "kind": "b"}], "codes": [1, 2]}
    expected = {
        "cards": [{"no": HIDDEN, "kind": "a"}, {"no": HIDDEN, "kind": "b"}],
        "codes": [HIDDEN, HIDDEN],
    }
    for path in ("cards.no", "cards.*.no"):
        assert redact_sensitive_fields(record, fields=[path, "codes.*"]) == expected


def test_a_path_goes_through_names_with_dots() -> None:
    record = {"a": {"user.email": "x", "user": {"email": "y"}, "user.id": 1}, "user.email": "z"}
    assert redact_sensitive_fields(record, fields=["a.user.email"]) == {
        "a": {"user.email": HIDDEN, "user": {"email": HIDDEN}, "user.id": 1},
        "user.email": "z",
    }


def test_null_stays_null_so_that_its_absence_shows() -> None:
    record = {"phone": None, "a": {"phone": None, "b": [None]}}
    assert redact_sensitive_fields(record, fields=["phone", "a.b.*"]) == record


def test_falsy_values_are_values() -> None:
    assert redact_sensitive_fields({"a": 0, "b": "", "c": False}, fields=["a", "b", "c"]) == {
        "a": HIDDEN,
        "b": HIDDEN,
        "c": HIDDEN,
    }


def test_nothing_to_redact_is_a_copy() -> None:
    record = {"a": {"b": [1]}}
    copied = redact_sensitive_fields(record, fields=[])
    assert copied == record
    assert copied["a"] is not record["a"]


@pytest.mark.parametrize(
    "record", [{"S_S-N": "1"}, {"a": {"ssn": "1"}}, {"b": ["1"]}, {"home": "1"}, {"a": 1, "ssn": 2}]
)
def test_what_may_have_a_field_inside_is_not_spared(record: dict[str, object]) -> None:
    fields = Fields(["ssn", "*.street", "home", "b.0"])
    assert fields.spares({"a": "1", "b": 2})
    assert not fields.spares(record)


def test_what_has_no_field_is_spared_each_time() -> None:
    fields = Fields(["ssn", "address.street"])
    for _ in range(2):
        assert fields.spares({"id": 1, "address": "by name alone", "none": None})
    assert not fields.spares({"id": 1, "address": {"street": "1"}})
