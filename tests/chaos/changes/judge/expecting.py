"""What must be published of a change: the judge's own idea of an event."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tests.chaos.changes.journal import Image, Written
from tests.chaos.changes.plan import HMAC_KEY, MOST_BYTES, POISON
from tests.chaos.changes.tables import TABLES, Table

REDACTED = "[REDACTED]"
#: Free text as it is written, and as it may be published.
MARKED: Mapping[str, str] = {
    "my card is four five eight zero 1 2 6 0 0 0 0 0 0 0 0 3 thanks": "my card is [CARD] thanks",
    "call me at 054-1234567 please": "call me at [PHONE] please",
    "the number is 4580 1260 0000 0003": "the number is [CARD]",
    "write to canary.person@example.com": "write to [EMAIL]",
}


class Expected(NamedTuple):
    """An event that must come of a change.

    Parameters:
        keys: as text, by which rows are known.
        row: the row after it as it may be published, also where an update has only what differs.
        ending: of its id.
        fate: why it must become a dead letter, "" for what must be published.
        is_skipped: nothing that is published differs, which its table does not want.
    """

    written: Written
    table: str
    operation: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    keys: str
    row: Mapping[str, Any] | None
    ending: str = ""
    fate: str = ""
    is_skipped: bool = False


def expect(written: Written) -> Iterator[Expected]:
    """Yield the events of a change: two where keys were changed."""
    table = TABLES[written.table]
    old, new = written.old, written.new
    if old is not None and new is not None and keys_of(table, old) != keys_of(table, new):
        yield make(written, "DELETE", old, None, "-D")
        yield make(written, "INSERT", None, new, "-I")
    elif old is None:
        yield make(written, "INSERT", None, new)
    elif new is None:
        yield make(written, "DELETE", old, None)
    else:
        yield make(written, "UPDATE", old, new)


def make(
    written: Written, operation: str, old: Image | None, new: Image | None, ending: str = ""
) -> Expected:
    table = TABLES[written.table]
    keys = keys_of(table, new or old or {})
    before, after = publish(table, old, is_old=True), publish(table, new, is_old=False)
    fate = find_fate(written, old, new)
    row = after
    if table.shows_changes and before is not None and after is not None:
        before, after = without(before, after), without(after, before)
    is_skipped = table.skips_unchanged and operation == "UPDATE" and before == after
    return Expected(
        written, table.name, operation, before, after, keys, row, ending, fate, is_skipped
    )


def without(image: Mapping[str, Any], other: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the columns of an image that another has otherwise."""
    return {name: value for name, value in image.items() if other.get(name) != value}


def publish(table: Table, image: Image | None, *, is_old: bool) -> Mapping[str, Any] | None:
    """Return an image as it must be published. Large objects have no old image."""
    if image is None:
        return None
    published = {}
    for column in table.widened:
        if column == table.added and image.get(column.name) is None:
            continue
        is_lob = column.oracle_type == "CLOB"
        if column.name in table.hidden or (is_lob and is_old):
            continue
        published[column.field] = show(table, column.name, image[column.name])
    return published


def show(table: Table, column: str, value: object) -> object:
    """Return a value as it must be published."""
    if value is None:
        return None
    if table.name == "customers":
        return show_of_customer(column, value)
    if column == "ACCOUNT":
        return token(value)
    if column == "OWNER_NAME":
        return REDACTED
    return value


def redact(detail: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a change of a stream that has what is personal, as it must be published."""
    table = TABLES[detail["table"]]
    redacted = dict(detail)
    for name in ("before", "after", "keys"):
        if detail.get(name) is not None:
            redacted[name] = redact_image(table, detail[name])
    before, after = redacted.get("before"), redacted.get("after")
    if table.shows_changes and before is not None and after is not None:
        redacted |= {"before": without(before, after), "after": without(after, before)}
    return redacted


def redact_image(table: Table, image: Mapping[str, Any]) -> Mapping[str, Any]:
    redacted = {}
    for name, value in image.items():
        # A truth value is one by now.
        redacted[name] = value if name == "is_active" else show(table, name.upper(), value)
    return redacted


def show_of_customer(column: str, value: object) -> object:
    if column == "SSN":
        return REDACTED
    if column == "IS_ACTIVE":
        return {0: False, 1: True}.get(int(str(value)), str(value))
    if column == "TALK":
        return MARKED.get(str(value), value)
    if column == "PROFILE":
        return show_document(str(value))
    return value


def show_document(text: str) -> object:
    """Return a document with what is personal in it replaced, or what stands for none."""
    try:
        document = json.loads(text)
    except ValueError:
        return REDACTED
    return {"email": REDACTED, "plan": document["plan"], "in": [{"ssn": REDACTED}]}


def token(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return "hmac:" + hmac.new(HMAC_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def keys_of(table: Table, image: Image) -> str:
    """Return the keys of a row as they must be published, as text."""
    return name_keys({column: show(table, column, image[column]) for column in table.keys})


def name_keys(keys: Mapping[str, object]) -> str:
    """Return keys as text, by which they are compared."""
    return json.dumps({name.lower(): value for name, value in keys.items()}, sort_keys=True)


def find_fate(written: Written, old: Image | None, new: Image | None) -> str:
    """Return why a change must become a dead letter, "" where it must be published.

    Parameters:
        old, new: the images of this event: a change of keys has one in each of its two.
    """
    for image in (written.old, written.new):
        if image is not None and image.get("IS_ACTIVE") == 7:
            return "VALIDATION_ERROR"
    if written.new is not None and len(str(written.new.get("BODY"))) > MOST_BYTES:
        return "VALIDATION_ERROR"
    for image in (old, new):
        if image is not None and POISON in str(image.get("NAME")):
            return "EVENTBRIDGE_ERROR"
    return ""


def partition_key(table: str, keys: Mapping[str, object]) -> str:
    """Return the partition key that a record of these published keys must have."""
    text = f"{table}|{json.dumps(keys, separators=(',', ':'), ensure_ascii=False)}"
    if len(text) <= 256:
        return text
    return hashlib.sha256(text.encode()).hexdigest()
