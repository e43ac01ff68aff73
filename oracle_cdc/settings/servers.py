"""Addresses of servers as URLs with a user and a password, which are secrets for that."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote, urlsplit


class Server(NamedTuple):
    """Where a server is, and as whom it is asked."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""


def read_server(
    url: str, ports: Mapping[str, int], allowed: str, *, needs_user: bool = False
) -> Server:
    """Return what an address says.

    Parameters:
        ports: scheme -> the port where none is written.
        allowed: the text of the ValueError that is raised for another.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(allowed) from None
    is_whole = parts.scheme in ports and parts.hostname and (parts.username or not needs_user)
    if not is_whole or parts.path not in ("", "/") or parts.query or re.search(r"\s", url):
        raise ValueError(allowed)
    return Server(
        parts.scheme,
        parts.hostname or "",
        port or ports[parts.scheme],
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )
