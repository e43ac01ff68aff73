"""The kinds of value that a setting can have. A ValueError's text says what is allowed."""

from __future__ import annotations

import os
import re
import socket
import stat
from collections.abc import Callable
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator

#: The bytes that a lease owner's column takes.
MAX_INSTANCE_ID_BYTES = 100
NATS_PORT = 4222
NATS_SERVERS_ALLOWED = (
    "servers separated by commas, such as nats://host:4222 or tls://host:4222, "
    "without user and password"
)
HOST_ALLOWED = "an address such as 127.0.0.1, 0.0.0.0 or ::, or a host name; without a port"
LABEL = r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)"
#: A last part that is a number is that of a mistyped address.
HOST_NAME = re.compile(rf"(?=.{{1,253}}$)(?:{LABEL}\.)*(?!\d+$){LABEL}")
CHANNELS_ALLOWED = "capital letters separated by commas, such as A,C"


def parse_moment(text: str) -> datetime:
    """Read a time of the source, which has no zone. Raises ValueError saying what is allowed."""
    for form in ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"):
        try:
            return datetime.strptime(text.strip(), form)
        except ValueError:
            continue
    raise ValueError("a date YYYY-MM-DD or a time YYYY-MM-DDTHH:MM:SS")


def _moment(value: object) -> datetime | None:
    if value is None or value == "":
        return None
    if isinstance(value, datetime) and value.tzinfo is None:
        return value
    return parse_moment(str(value))


def _channels(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, (list, tuple)):
        raise ValueError(CHANNELS_ALLOWED)
    channels: list[str] = []
    for each in value:
        letter = str(each).strip()
        if letter and not re.fullmatch("[A-Z]", letter):
            raise ValueError(CHANNELS_ALLOWED)
        if letter and letter not in channels:
            channels.append(letter)
    return tuple(channels)


def _instance_id(value: str) -> str:
    if not value:
        return host_and_pid()
    if not value.isprintable() or len(value.encode()) > MAX_INSTANCE_ID_BYTES:
        raise ValueError(f"printable text of at most {MAX_INSTANCE_ID_BYTES} bytes")
    return value


def host_and_pid() -> str:
    """Name this process among all copies of the service."""
    return f"{socket.gethostname()[:80]}:{os.getpid()}"


def _listening_host(value: str) -> str:
    if not _is_address(value) and not HOST_NAME.fullmatch(value):
        raise ValueError(HOST_ALLOWED)
    return value


def _is_address(value: str) -> bool:
    try:
        ip_address(value)
    except ValueError:
        return False
    return True


def _url(value: str) -> str:
    if not _is_plain_url(value):
        raise ValueError("a URL that begins with https:// or http://, without user and password")
    return value


def _standard_queue(value: str) -> str:
    if value.endswith(".fifo"):
        raise ValueError("the URL of a standard queue, not of one of FIFO")
    return value


def _is_plain_url(value: str) -> bool:
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - it is read from the text only now, and can be wrong
    except ValueError:
        return False
    is_plain = "@" not in parts.netloc and not re.search(r"\s", value)
    return is_plain and parts.scheme in ("http", "https") and bool(parts.hostname)


def _nats_servers(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, (list, tuple)):
        raise ValueError(NATS_SERVERS_ALLOWED)
    servers = []
    for each in value:
        server = str(each).strip()
        if server:
            servers.append(_nats_server(server))
    if not servers:
        raise ValueError(NATS_SERVERS_ALLOWED)
    return tuple(servers)


def _nats_server(text: str) -> str:
    """Return a server with its scheme and port. What may hold a password is refused."""
    if "://" not in text:
        text = f"nats://{text}"
    try:
        parts = urlsplit(text)
        port = parts.port or NATS_PORT
    except ValueError:
        raise ValueError(NATS_SERVERS_ALLOWED) from None
    is_plain = not parts.path.strip("/") and not re.search(r"[\s@?#]", text)
    if not is_plain or parts.scheme not in ("nats", "tls") or not parts.hostname:
        raise ValueError(NATS_SERVERS_ALLOWED)
    host = parts.netloc.removesuffix(f":{parts.port}").rstrip(":")
    return f"{parts.scheme}://{host}:{port}"


def is_there(value: str, is_of_kind: Callable[[int], bool]) -> bool:
    """Return whether something of a kind has this path, which may be none at all.

    Parameters:
        is_of_kind: takes the mode of a file.
    """
    try:
        return is_of_kind(Path(value).stat().st_mode)
    except (OSError, ValueError):
        return False


def _file(value: str) -> str:
    if not is_there(value, stat.S_ISREG):
        raise ValueError("a file that exists")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError("an IANA time zone such as Asia/Jerusalem") from None
    return value


def _directory(value: str) -> str:
    if not is_there(value, stat.S_ISDIR):
        raise ValueError("a directory that exists")
    return value


def _log_directory(value: object) -> object:
    if isinstance(value, str) and value.strip().lower() == "none":
        return None
    return value


def _level(value: object) -> object:
    if isinstance(value, str):
        return value.upper()
    return value


def matching(pattern: str, allowed: str) -> AfterValidator:
    """Let only text through that is the pattern as a whole. `allowed` says so in words."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(allowed)
        return value

    return AfterValidator(check)


Moment = Annotated[datetime | None, BeforeValidator(_moment)]
Channels = Annotated[tuple[str, ...], BeforeValidator(_channels)]
Url = Annotated[str, AfterValidator(_url)]
StandardQueueUrl = Annotated[Url, AfterValidator(_standard_queue)]
ListeningHost = Annotated[str, AfterValidator(_listening_host)]
Directory = Annotated[str, AfterValidator(_directory)]
File = Annotated[str, AfterValidator(_file)]
#: The word `none` is None: no files. A directory of that name is ./none.
LogDirectory = Annotated[Path | None, BeforeValidator(_log_directory)]
Zone = Annotated[str, AfterValidator(_zone)]
Level = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(_level)]
Identifier = Annotated[
    str,
    matching(
        r"[A-Za-z][A-Za-z0-9_$#]{0,127}",
        "an Oracle identifier: a letter, then at most 127 letters, digits, _, $ or #",
    ),
]
Name = Annotated[
    str, matching(r"[^\s/@()]+", "a name or address without blanks, /, @ and brackets")
]
#: The habit of SQL*Plus, user/password, would have it shown as a user.
OracleUser = Annotated[
    str,
    matching(
        r'([^/"]|"[^"]*")+',
        "a user of Oracle, with / in it only between quotes; ORACLE_PASSWORD takes the password",
    ),
]
ConnectString = Annotated[
    str,
    matching(r"[^@]+", "a connect string or an alias of tnsnames.ora, without user and password"),
]
InstanceId = Annotated[str, AfterValidator(_instance_id)]
Region = Annotated[str, matching(r"[A-Za-z0-9-]+", "an AWS region such as eu-west-1")]
RegionCode = Annotated[str, matching(r"[A-Z]{2}", "a country in two letters, such as IL")]
Bucket = Annotated[str, matching(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "the name of an S3 bucket")]
Prefix = Annotated[str, matching(r"[^\s]{0,500}", "the beginning of an S3 key, without blanks")]
SsmPath = Annotated[
    str,
    matching(
        r"(?=.{2,900}$)(/[A-Za-z0-9_.-]+){1,14}/?",
        "a path of the Parameter Store such as /app/prod/oracle, not / alone",
    ),
]
NatsServers = Annotated[tuple[str, ...], BeforeValidator(_nats_servers)]
StreamName = Annotated[
    str,
    matching(r"[^\s.*>/\\]{1,255}", "a stream's name, without blanks, dots, *, > and slashes"),
]
SubjectTemplate = Annotated[
    str,
    matching(
        r"(?:[A-Za-z0-9_-]|\{[^{}]+\})+(?:\.(?:[A-Za-z0-9_-]|\{[^{}]+\})+)*",
        "words of letters, digits, _ and - with dots between them, and names of columns in braces, "
        "such as txlog.events.{EVENT_TYPE}",
    ),
]
