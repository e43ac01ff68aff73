"""The account that everything here belongs to."""

from __future__ import annotations

#: The one that moto has as well.
ACCOUNT = "123456789012"
