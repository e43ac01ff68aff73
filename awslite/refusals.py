"""What AWS answers when it refuses a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: A request's or an answer's body, as JSON has it.
Document = dict[str, Any]


class Refused(Exception):
    """A request is answered with one of AWS's error codes.

    details: what the answer says beside code and message.
    """

    def __init__(
        self,
        code: str,
        message: str = "",
        *,
        status: int = 400,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.details = dict(details or {})

    @property
    def document(self) -> Document:
        """Return the body that AWS's JSON protocols answer."""
        return {"__type": self.code, "message": self.message, **self.details}


def invalid(message: str) -> Refused:
    """Return the refusal of a parameter that breaks a rule of its type."""
    return Refused("ValidationException", message)
