"""The kinds of value that only row changes have. A ValueError says what is allowed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, SecretStr

from oracle_cdc.settings.json_keys import keys_once
from oracle_cdc.settings.kinds import matching

#: A token of a shorter one could be found by trying.
MIN_HMAC_KEY_BYTES = 16
TABLES_ALLOWED = "names of tables separated by commas, such as users,orders"
ERRORS_ALLOWED = "names of AWS's errors separated by commas, such as ThrottlingException"
TRANSFORMERS_ALLOWED = (
    'a dictionary of tables, each with a dictionary of its own, such as {"users": {"redactFields": '
    '["email"], "eventType": "user.changed", "includeFields": ["id", "status"]}}'
)

#: Table -> the keys of its transformer, as they are written. Values of a YAML file are text and
#: tuples of text.
TableDictionary = Mapping[str, Mapping[str, object]]


def _tables(value: object) -> TableDictionary:
    """Return the dictionary of tables, from text as JSON."""
    if isinstance(value, str):
        try:
            value = json.loads(value, object_pairs_hook=keys_once)
        except RecursionError:
            raise ValueError(TRANSFORMERS_ALLOWED) from None
        except json.JSONDecodeError as error:
            place = f"line {error.lineno} column {error.colno}"
            allowed = f"{TRANSFORMERS_ALLOWED}, as JSON, which ends at {place}"
            raise ValueError(allowed) from None
    if not isinstance(value, Mapping):
        raise ValueError(TRANSFORMERS_ALLOWED)
    for table, transformer in value.items():
        if not isinstance(table, str) or not isinstance(transformer, Mapping):
            raise ValueError(TRANSFORMERS_ALLOWED)
    return value


def _names(pattern: str, allowed: str) -> BeforeValidator:
    """Take text with commas, or a list, of what is the pattern as a whole, each once."""

    def read(value: object) -> tuple[str, ...]:
        if isinstance(value, str):
            value = value.split(",")
        if not isinstance(value, (list, tuple)):
            raise ValueError(allowed)
        names: list[str] = []
        for each in value:
            name = str(each).strip()
            if not re.fullmatch(pattern, name):
                raise ValueError(allowed)
            if name in names:
                raise ValueError(f"{allowed}, each once")
            names.append(name)
        return tuple(names)

    return BeforeValidator(read)


def _event_source(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_./-]{1,256}", value) or value.lower().startswith("aws."):
        raise ValueError("at most 256 letters, digits, _, ., / and -, not beginning with aws.")
    return value


def _hmac_key(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value().encode()) < MIN_HMAC_KEY_BYTES:
        raise ValueError(f"at least {MIN_HMAC_KEY_BYTES} bytes that nobody can guess")
    return value


def _namespace(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_./#:-]{1,255}", value) or value.startswith("AWS/"):
        raise ValueError("at most 255 letters, digits, _, ., /, #, : and -, not AWS/ first")
    return value


HmacKey = Annotated[SecretStr, AfterValidator(_hmac_key)]
AccountId = Annotated[str, matching(r"\d{12}", "the 12 digits of an AWS account")]
KinesisStreamName = Annotated[
    str,
    matching(r"[A-Za-z0-9_.-]{1,128}", "a Kinesis stream: at most 128 letters, digits, _, . and -"),
]
BusName = Annotated[
    str,
    matching(r"[A-Za-z0-9_./:-]{1,1600}", "the name or ARN of an event bus, without blanks"),
]
DynamoTableName = Annotated[
    str,
    matching(r"[A-Za-z0-9_.-]{3,255}", "a DynamoDB table: 3 to 255 letters, digits, _, . and -"),
]
ProcessorId = Annotated[
    str, matching(r"[A-Za-z0-9_.-]{1,100}", "at most 100 letters, digits, _, . and -")
]
EventSource = Annotated[str, AfterValidator(_event_source)]
Namespace = Annotated[str, AfterValidator(_namespace)]
ChangeTables = Annotated[tuple[str, ...], _names(r"[^\s,/]{1,128}", TABLES_ALLOWED)]
ErrorNames = Annotated[tuple[str, ...], _names(r"[A-Za-z0-9.]{1,100}", ERRORS_ALLOWED)]
Tables = Annotated[TableDictionary, BeforeValidator(_tables)]
