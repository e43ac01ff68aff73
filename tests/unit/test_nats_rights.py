"""Which subjects a user may publish to, by what the server says of the user."""

from __future__ import annotations

import json

import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from oracle_cdc.nats.rights import Rights, overlaps, parse_rights


@pytest.mark.parametrize(
    ("allowed", "denied", "subject", "lacks"),
    [
        ((), (), "a.b", False),
        (("a.b",), (), "a.b", False),
        (("a.>",), (), "a.*", False),
        (("a.*",), (), "a.*", False),
        (("x", "a.*.c"), (), "a.b.c", False),
        (("a.b",), (), "a.*", True),
        (("a.b",), (), "a.c", True),
        (("a",), (), "a.b", True),
        ((), ("a.b",), "a.c", False),
        ((), ("a.b",), "a.*", True),
        ((), ("*.b",), "a.*", True),
        ((), ("a.>",), "a.b.c", True),
        ((), ("a.b.c",), "a.b", False),
        ((), ("a",), "a.b", False),
        (("a.>",), ("a.secret",), "a.open", False),
        (("a.>",), ("a.secret",), "a.*", True),
    ],
)
def test_all_subjects_of_the_events_must_be_allowed_and_none_denied(
    allowed: tuple[str, ...], denied: tuple[str, ...], subject: str, lacks: bool
) -> None:
    assert bool(Rights(allowed, denied).lacking(subject)) is lacks


def test_what_is_denied_behind_a_longer_subject_is_none_of_a_shorter_one() -> None:
    assert not overlaps(["a", "b", ">"], ["a", "b"])
    assert overlaps(["a", ">"], ["a", "b"])


@pytest.mark.parametrize(
    ("answer", "rights"),
    [
        ({"data": {"user": "a"}}, Rights()),
        ({"data": {"permissions": {"subscribe": {"allow": ["x"]}}}}, Rights()),
        (
            {"data": {"permissions": {"publish": {"allow": ["a.>"], "deny": ["a.b"]}}}},
            Rights(("a.>",), ("a.b",)),
        ),
        ({"error": {"code": 403}}, None),
        ([], None),
    ],
)
def test_an_answer_is_read(answer: object, rights: Rights | None) -> None:
    assert parse_rights(Msg(Client(), data=json.dumps(answer).encode())) == rights


def test_an_empty_answer_says_nothing() -> None:
    assert parse_rights(Msg(Client(), data=b"")) is None
