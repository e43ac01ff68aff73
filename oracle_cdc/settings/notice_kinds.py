"""Kinds of settings of notices: addresses that are secrets, because whoever has one can write."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr

from oracle_cdc.settings.servers import Server, read_server

#: Scheme of a mail server's address -> the port where none is written.
MAIL_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
MAIL_ALLOWED = (
    "smtp://host, smtp+starttls://user:password@host:587 or smtps://user:password@host, "
    "with user and password written as in a URL"
)
#: What each mail server takes, with no sign that a header reads as more than an address.
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
ADDRESSES_ALLOWED = "mail addresses, commas between them"


def mail_server(url: str) -> Server:
    """Return what the address of a mail server says. Raises ValueError."""
    return read_server(url, MAIL_PORTS, MAIL_ALLOWED)


def _hook(value: SecretStr) -> SecretStr:
    try:
        parts = urlsplit(value.get_secret_value())
        parts.port  # noqa: B018 - it is read from the text only now, and can be wrong
    except ValueError:
        parts = urlsplit("")
    is_whole = parts.scheme in ("http", "https") and parts.hostname
    if not is_whole or re.search(r"[\s\x00-\x1f]", value.get_secret_value()):
        raise ValueError("a URL that begins with https:// or http://")
    return value


def _mail_url(value: SecretStr) -> SecretStr:
    mail_server(value.get_secret_value())
    return value


def _addresses(value: object) -> object:
    if not isinstance(value, str):
        return value
    found = [part.strip() for part in value.split(",") if part.strip()]
    if not all(map(ADDRESS.fullmatch, found)):
        raise ValueError(ADDRESSES_ALLOWED)
    return tuple(found)


def _address(value: str) -> str:
    if not ADDRESS.fullmatch(value):
        raise ValueError("a mail address")
    return value


HookUrl = Annotated[SecretStr, AfterValidator(_hook)]
MailUrl = Annotated[SecretStr, AfterValidator(_mail_url)]
Addresses = Annotated[tuple[str, ...], BeforeValidator(_addresses)]
Address = Annotated[str, AfterValidator(_address)]
