"""Read two places of settings: a file of NAME=value lines, and the process's environment."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from dotenv.parser import Binding, parse_stream

from oracle_cdc.errors import SettingsError
from oracle_cdc.settings.names import Names
from oracle_cdc.settings.owners import describe_owner
from oracle_cdc.settings.sources import Given, Source, all_given

ENVIRONMENT, DOTENV = "the environment", ".env"

#: What Kubernetes puts into every container for each service of its namespace, whatever that is
#: called: CDC_SERVICE_HOST, ORACLE_PORT_1521_TCP_ADDR, and ORACLE_PORT with a value that begins
#: with a protocol.
SERVICE_LINK = re.compile(
    r".+_SERVICE_(HOST|PORT(_\w+)?)|.+_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?"
)
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
    """Read NAME=value lines as they stand, ${...} included.

    Raises SettingsError when this user may not read it.
    """
    try:
        with path.open(encoding="utf-8-sig") as stream:
            bindings = list(parse_stream(stream))
    except FileNotFoundError:
        # Nobody needs to have one.
        return Source(DOTENV, {})
    except (OSError, UnicodeDecodeError) as error:
        # All that is in it would be missing.
        raise SettingsError(
            f"{path}: not readable ({type(error).__name__}); "
            f"allowed: a UTF-8 file that this user may read{describe_owner(path, error)}"
        ) from None
    given: dict[str, Given] = {}
    mistakes: list[str] = []
    for binding in bindings:
        place = f"{DOTENV} line {line_of(binding)}"
        if is_broken(binding):
            mistakes.append(f"{place}: not understood; allowed: NAME=value")
        elif binding.key is not None:
            given[binding.key] = Given(binding.key, binding.value, DOTENV, place)
    return Source(DOTENV, given, mistakes=mistakes, warnings=readable_by_others(path))


def line_of(binding: Binding) -> int:
    """Return the line on which a binding begins, counted from 1."""
    text = binding.original.string
    blank = text[: len(text) - len(text.lstrip())]
    return binding.original.line + blank.count("\n")


def is_broken(binding: Binding) -> bool:
    """Return whether a line is none of NAME=value."""
    return binding.error or (binding.key is not None and binding.value is None)


def readable_by_others(path: Path) -> list[str]:
    """Return a warning of a file of passwords that everybody on this host may read."""
    # Windows has other rights.
    if os.name != "posix" or not path.exists() or not path.stat().st_mode & stat.S_IROTH:
        return []
    return [f"{path} can be read by every user of this host, and holds passwords: chmod 600 {path}"]
