"""JSON posted to one URL, once."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from sync_monitor.notices.message import Message, NoticeFailed


class Posted(ABC):
    """A channel that is a URL to which each message is posted as JSON."""

    def __init__(self, url: str, timeout_seconds: float, token: str | None = None) -> None:
        self.url = url
        self.timeout_seconds = timeout_seconds
        self.token = token

    def send(self, message: Message) -> None:
        """Send a message once. Raises NoticeFailed."""
        post(self.url, self.body(message), self.timeout_seconds, self.token)

    @abstractmethod
    def body(self, message: Message) -> dict[str, Any]:
        """Return a message as its receiver takes it."""


class NoRedirects(HTTPRedirectHandler):
    """Follows none: a message goes where the settings say."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Return no other request."""


OPENER = build_opener(NoRedirects)


def post(
    url: str, body: Mapping[str, Any], timeout_seconds: float, token: str | None = None
) -> None:
    """Post a body as JSON. Raises NoticeFailed with a status, or a word of ours."""
    headers = {"Content-Type": "application/json", "User-Agent": "sync-monitor"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    # The settings allow no other scheme than http and https.
    request = Request(url, json.dumps(body).encode(), headers)
    try:
        with OPENER.open(request, timeout=timeout_seconds):
            return
    except HTTPError as error:
        error.close()
        raise NoticeFailed(f"HTTP {error.code}") from None
    except (OSError, HTTPException, ValueError) as error:
        # Neither the text of the error nor its cause: the URL may be in it.
        raise NoticeFailed(word_of(error)) from None


def word_of(error: BaseException) -> str:
    """Return what failed, by the class of the error alone."""
    reason = getattr(error, "reason", None)
    if isinstance(reason, BaseException):
        error = reason
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return type(error).__name__
