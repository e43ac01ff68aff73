"""Say of each variable what it is and where it was written, without its secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import SecretStr

from oracle_cdc.settings.declaration import Root
from oracle_cdc.settings.names import Names
from oracle_cdc.settings.reader import flatten

DEFAULT = "default"
SECRET_VALUE = "(secret)"
#: Variables whose whole value is one, unless it says in which file it is. Connect strings and URLs
#: may hold one: see below.
SECRET_NAME = re.compile(r"(PASSWORD|SECRET|TOKEN|KEY|CREDENTIAL)(?!\w*_FILE\b)")
#: user:password@ and user/password@ before a host, and password=... in a connect string.
BEFORE_HOST = re.compile(r"^(\w+://)?.*@", re.DOTALL)
ASSIGNED = re.compile(r"((?:password|passwd|pwd|secret|token)\s*=\s*)[^\s)&;]+", re.IGNORECASE)

Plain = str | int | float | bool | None


@dataclass(frozen=True)
class Shown:
    """One variable as it may be shown.

    place: where it was written, DEFAULT where nobody did.
    written_as: the name that stands there, of a variable with several.
    """

    name: str
    value: Plain
    place: str
    written_as: str


def list_settings(settings: Root, names: Names) -> Iterator[Shown]:
    """Yield every variable of the settings, in their order, then what else was given to them."""
    listed: set[str] = set()
    for name, value in flatten(type(settings), settings).items():
        if name in names.fields:
            listed.add(name)
            yield show(settings, name, value)
    for name, item in sorted(settings.given.items()):
        is_ours = name in names.known or names.takes(name)
        if is_ours and name not in listed and name not in names.stand_ins:
            yield show(settings, name, item.value)


def show(settings: Root, name: str, value: object) -> Shown:
    """Return one variable with its place."""
    item = settings.given.get(name)
    if item is None:
        return Shown(name, hide(value, name), DEFAULT, name)
    return Shown(name, hide(value, name, item.name), item.place, item.name)


def hide(value: object, *names: str) -> Plain:
    """Return the value of a variable with these names, without secrets and as JSON has it."""
    if value is None or value == "":
        return None
    if isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, SecretStr) or SECRET_NAME.search(" ".join(names)):
        return SECRET_VALUE
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, tuple):
        value = ",".join(map(str, value))
    text = BEFORE_HOST.sub(rf"\1{SECRET_VALUE}@", str(value))
    return ASSIGNED.sub(rf"\1{SECRET_VALUE}", text)
