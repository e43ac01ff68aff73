"""What a row becomes: an event whose body is JSON, the same bytes whenever it is made.

A consumer that knows the former publisher finds what it knows: trace_id, data_type, and the columns
under the names that Oracle has for them.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from json.encoder import encode_basestring
from types import NoneType
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from oracle_cdc.errors import EventRefused, SettingsError
from oracle_cdc.events.rules.subjects import Subjects
from oracle_cdc.relay.values import Event, Row

TRACE_ID = "trace_id"
DATA_TYPE = "data_type"
CONTENT_TYPE = "application/json"
#: A number as JSON has it.
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")

#: The digit of a UUID that has two bits of its own.
VARIANTS = "89ab"

Render = Callable[[Any], str]


class Encoder:
    """Makes an event of each row.

    Parameters:
        program: under whose name they are published. Ids of other programs are other ids.
        columns: the names of a row's values, in their order.
        numbers: the columns whose texts are digits.
        has_trace_id: whether bodies have one.

    Raises SettingsError for names that would stand twice in a body.
    """

    def __init__(
        self,
        program: str,
        data_type: str,
        *,
        columns: Sequence[str],
        numbers: Collection[str],
        subjects: Subjects,
        has_trace_id: bool = True,
    ) -> None:
        self.program = program
        self.subjects = subjects
        self.columns = columns
        self.has_trace_id = has_trace_id
        self.namespace = uuid5(NAMESPACE_URL, program).bytes
        self.headers: Mapping[str, str] = {"Content-Type": CONTENT_TYPE, "Data-Type": data_type}
        self.template = make_template(data_type, columns, has_trace_id=has_trace_id)
        self.renders: list[Mapping[type, Render]] = []
        for name in columns:
            if name in numbers:
                self.renders.append(defaultdict(lambda: render_number, {NoneType: render_null}))
            else:
                self.renders.append(RENDERS)
        refuse_doubled([TRACE_ID, DATA_TYPE, *columns])

    def __call__(self, row: Row) -> Event:
        """Return the event of a row. Raises EventRefused where none can be made."""
        id = f"{self.program}:{row.key}"
        try:
            body = self.body(row).encode()
        except UnicodeEncodeError:
            # Without its cause, which has the whole text.
            raise EventRefused(f"{self.find_odd(row)} holds text that is no UTF-8") from None
        return Event(id, row, self.subjects.make(row.values), body, self.headers)

    def body(self, row: Row) -> str:
        """Return the JSON of a row."""
        written = []
        if self.has_trace_id:
            written.append(trace_id(self.namespace, row.key))
        for renders, value in zip(self.renders, row.values, strict=True):
            written.append(renders[type(value)](value))
        return self.template % tuple(written)

    def find_odd(self, row: Row) -> str:
        """Return which column holds a text that is none."""
        for name, value in zip(self.columns, row.values, strict=True):
            if isinstance(value, str) and not is_sound(value):
                return f"the column {name}"
        return "the key"


def make_template(data_type: str, columns: Sequence[str], *, has_trace_id: bool) -> str:
    """Return a body with %s in the place of each value."""
    fields = []
    if has_trace_id:
        fields.append(f'"{TRACE_ID}":"%s"')
    fields.append(f'"{DATA_TYPE}":{encode_basestring(data_type).replace("%", "%%")}')
    for name in columns:
        fields.append(f"{encode_basestring(name).replace('%', '%%')}:%s")
    return f"{{{','.join(fields)}}}"


def trace_id(namespace: bytes, key: str) -> str:
    """Return what uuid5 makes of a key, in a quarter of its time."""
    digest = hashlib.sha1(namespace + key.encode(), usedforsecurity=False).hexdigest()
    variant = VARIANTS[int(digest[16], 16) & 3]
    return f"{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"


def refuse_doubled(names: Sequence[str]) -> None:
    """Raise SettingsError for a name that stands twice."""
    for name in names:
        if names.count(name) > 1:
            raise SettingsError(f"an event's body would have {name!r} twice: name other columns")


def is_sound(text: str) -> bool:
    """Return whether a text can be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def render_number(value: object) -> str:
    """Return a number of JSON with the digits that Oracle has."""
    text = str(value)
    if not NUMBER.fullmatch(text):
        raise EventRefused("a number of it can't be written in JSON")
    return text


def render_null(value: object) -> str:
    """Return what stands for no value."""
    return "null"


def render_time(value: datetime) -> str:
    """Return a time as ISO has it, with all its digits."""
    return f'"{value.isoformat("T", "microseconds")}"'


def render_bytes(value: bytes) -> str:
    """Return bytes as Oracle writes them."""
    return f'"{value.hex().upper()}"'


def render_float(value: float) -> str:
    """Return the shortest digits that give the same number back.

    JSON has no number for what is none, and none without end: they are texts.
    """
    if math.isnan(value):
        return '"NaN"'
    if math.isinf(value):
        return f'"{repr(value).replace("inf", "Infinity")}"'
    return repr(value)


def refuse(value: object) -> str:
    """Raise EventRefused for a value that JSON has no form for. True is one, although a number."""
    raise EventRefused(f"a value of the type {type(value).__name__} can't be written in JSON")


#: How a value of each type is written. A table finds it in a tenth of the time of questions.
RENDERS: Mapping[type, Render] = defaultdict(
    lambda: refuse,
    {
        NoneType: render_null,
        str: encode_basestring,
        datetime: render_time,
        bytes: render_bytes,
        float: render_float,
        int: str,
    },
)
