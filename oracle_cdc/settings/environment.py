"""Read two places of settings: a file of NAME=value lines, and the process's environment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from io import StringIO
from pathlib import Path

from dotenv.parser import Binding, parse_stream

from oracle_cdc.settings.names import SHOWABLE, Names
from oracle_cdc.settings.sources import Given, Source, all_given, unread
from oracle_cdc.settings.text_file import Unreadable, read_text_file, readable_by_others

ENVIRONMENT, DOTENV = "the environment", ".env"

#: What Kubernetes puts into every container for each service of its namespace, whatever that is
#: called: CDC_SERVICE_HOST, ORACLE_PORT_1521_TCP_ADDR, and ORACLE_PORT with a value that begins
#: with a protocol.
SERVICE_LINK = re.compile(
    r".+_SERVICE_(HOST|PORT(_\w+)?)|.+_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?"
)
#: What a line may be, as mistakes say it.
LINES = r"NAME=value, or NAME='value' with \' for a ' in it"
LINK_VALUE = re.compile("(tcp|udp|sctp)://")


def read_environment(environment: Mapping[str, str], names: Names) -> Source:
    """Return what an environment gives, without what Kubernetes puts there."""
    values = {}
    for name, value in environment.items():
        if not is_service_link(name, value, names):
            values[name] = value
    return Source(ENVIRONMENT, all_given(ENVIRONMENT, values), is_shared=True)


def is_service_link(name: str, value: str, names: Names) -> bool:
    """Return whether Kubernetes, and nobody else, put it into the environment."""
    if name.endswith("_PORT") and LINK_VALUE.match(value):
        return True
    return SERVICE_LINK.fullmatch(name) is not None and name not in names.known


def read_env_file(path: Path) -> Source:
    """Read NAME=value lines as they stand, ${...} included."""
    try:
        text = read_text_file(path)
    except FileNotFoundError:
        # Nobody needs to have one.
        return Source(DOTENV, {})
    except Unreadable as error:
        return unread(DOTENV, error.describe(str(path)))
    given: dict[str, Given] = {}
    mistakes: list[str] = []
    warnings = readable_by_others(path)
    for binding in parse_stream(StringIO(text)):
        place = f"{DOTENV} line {line_of(binding)}"
        name = binding.key
        if is_broken(binding):
            mistakes.append(f"{place}: not understood; allowed: {LINES}")
        elif name is not None:
            again = partial(read_env_again, path, name)
            item = Given(name, binding.value, DOTENV, place, read_again=again)
            warnings += said_before(given.get(name), item)
            given[name] = item
    return Source(DOTENV, given, mistakes=mistakes, warnings=warnings)


def said_before(former: Given | None, item: Given) -> Iterator[str]:
    """Yield a warning where another line of the file gives the variable another value."""
    if former is not None and former.value != item.value and SHOWABLE.fullmatch(item.name):
        yield f"{item.name} stands twice, in {former.place} and in {item.place}: the last counts"


def read_env_again(path: Path, name: str) -> Given | None:
    """Return what the file gives a variable now, if anything.

    Raises SettingsError when it can't be read.
    """
    return read_env_file(path).find(name)


def line_of(binding: Binding) -> int:
    """Return the line on which a binding begins, counted from 1."""
    text = binding.original.string
    blank = text[: len(text) - len(text.lstrip())]
    return binding.original.line + blank.count("\n")


def is_broken(binding: Binding) -> bool:
    """Return whether a line is none of NAME=value."""
    return binding.error or (binding.key is not None and binding.value is None)
