"""Settings that are read from an environment, an .env file and a page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from oracle_cdc.conversations.settings import Settings
from oracle_cdc.errors import SettingsError

NEEDED = {
    "ORACLE_USER": "cdc",
    "ORACLE_PASSWORD": "pa$s#w0rd",
    "ORACLE_HOST": "db.example",
    "ORACLE_SERVICE_NAME": "XE",
    "SQS_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/1/q",
}


Read = Callable[..., Settings]


def refusal(read: Read, *args: object, **kwargs: object) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read(*args, **kwargs)
    return [line.strip() for line in str(caught.value).splitlines()[1:]]
