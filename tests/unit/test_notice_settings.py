"""Addresses of channels: what is one, and that no message repeats a secret that is none."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from oracle_cdc.settings.notice_kinds import Addresses, HookUrl, MailUrl, mail_server
from oracle_cdc.settings.servers import Server


class Model(BaseModel):
    hook: HookUrl | None = None
    mail: MailUrl | None = None
    to: Addresses = ()


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mx.example", Server("smtp", "mx.example", 25)),
        ("smtps://u:p%40ss@mx.example", Server("smtps", "mx.example", 465, "u", "p@ss")),
        ("smtp+starttls://mx.example:2525", Server("smtp+starttls", "mx.example", 2525)),
    ],
)
def test_a_mail_server_is_a_url(url: str, server: Server) -> None:
    assert mail_server(url) == server


@pytest.mark.parametrize(
    "given",
    [
        {"mail": "mx.example"},
        {"mail": "http://mx.example"},
        {"mail": "smtp://mx.example/folder"},
        {"mail": "smtp://mx.example:port"},
        {"mail": "smtp://:25"},
        {"hook": "ftp://hooks.example/planted"},
        {"hook": "hooks.example"},
        {"hook": "https://hooks.example/a\nb"},
        {"hook": "https://hooks.example:port"},
        {"to": "ops"},
        {"to": "ops@example.com, Bcc: x"},
        {"to": "דנה@example.com"},
    ],
)
def test_what_is_no_address_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        Model(**given)
    if "to" not in given:
        for error in caught.value.errors(include_input=False):
            assert str(next(iter(given.values()))) not in error["msg"]


def test_addresses_have_commas_between_them() -> None:
    assert Model.model_validate({"to": "a@example.com, b@example.com,"}).to == (
        "a@example.com",
        "b@example.com",
    )
    assert Model.model_validate({"to": ""}).to == ()
