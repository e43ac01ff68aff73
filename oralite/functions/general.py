"""NULLs, choices and comparisons between values of any type."""

from __future__ import annotations

from oralite.functions.function import Function, Types
from oralite.functions.types import (
    CLOB,
    NUMBERS,
    TEXTS,
    VARCHAR2,
    common_type,
    comparison_type,
    inconsistent,
    same_family,
    to_common,
)
from oralite.model import SqlType, Value

# Values of one type compare natively here as they do in SQLite: bytes by memcmp, text by code
# point, which is the order of its UTF-8 bytes.


def nvl2(value: Value, present: Value, absent: Value) -> Value:
    if value is None:
        return absent
    return present


def coalesce(*values: Value) -> Value:
    return next((value for value in values if value is not None), None)


def greatest(*values: Value) -> Value:
    return None if None in values else max(values)  # type: ignore[type-var]


def least(*values: Value) -> Value:
    return None if None in values else min(values)  # type: ignore[type-var]


def decode(value: Value, *choices: Value) -> Value:
    """Carry out DECODE: the result beside the first equal search. Here NULL equals NULL."""
    for place in range(0, len(choices) - 1, 2):
        if value == choices[place]:
            return choices[place + 1]
    if len(choices) % 2:
        return choices[-1]
    return None


def decode_moments(value: bytes | None, *choices: bytes | None) -> Value:
    """Carry out DECODE of times with zones, which are equal where their moments are."""
    pairs = len(choices) // 2 * 2
    searches = []
    for place, choice in enumerate(choices):
        if place < pairs and not place % 2:
            searches.append(_moment(choice))
        else:
            searches.append(choice)
    return decode(_moment(value), *searches)


def _moment(value: bytes | None) -> bytes | None:
    return value and value[:11]


def _nvl2_types(types: Types) -> tuple[SqlType | None, ...]:
    return (None, *to_common(types[1:]))


def _coalesce_types(types: Types) -> tuple[SqlType | None, ...]:
    """Let COALESCE take values of one family alone, unlike NVL."""
    known = []
    for sql_type in types:
        if sql_type is not None:
            known.append(sql_type)
    wrong = next((other for other in known[1:] if not same_family(known[0], other)), None)
    if wrong is not None:
        raise inconsistent(known[0], wrong)
    return to_common(types)


def _search_type(types: Types) -> SqlType:
    if len(types) > 1:
        first_search = types[1]
    else:
        first_search = None
    if first_search in NUMBERS:
        return comparison_type(types[0], first_search)
    return first_search or types[0] or VARCHAR2


def _is_result(place: int, count: int) -> bool:
    return place >= 2 and (place % 2 == 0 or place == count - 1)


def _result_type(types: Types) -> SqlType:
    """Return that of the first result, and text when that is NULL."""
    results = []
    for place, sql_type in enumerate(types):
        if _is_result(place, len(types)):
            results.append(sql_type)
    if not results or results[0] is None or results[0] in TEXTS:
        if CLOB in results:
            return CLOB
        return VARCHAR2
    return common_type(results)


def _decode_types(types: Types) -> tuple[SqlType | None, ...]:
    search, result = _search_type(types), _result_type(types)
    found = []
    for place in range(len(types)):
        if _is_result(place, len(types)):
            found.append(result)
        else:
            found.append(search)
    return tuple(found)


def _nvl2_type(types: Types) -> SqlType:
    return common_type(types[1:])


FUNCTIONS = (
    Function("NVL", coalesce, (None, None), common_type, 2, converts=to_common, native="coalesce"),
    Function("NVL2", nvl2, (None, None, None), _nvl2_type, 3, converts=_nvl2_types),
    Function(
        "COALESCE",
        coalesce,
        (None, None),
        common_type,
        2,
        variadic=True,
        converts=_coalesce_types,
        native="coalesce",
    ),
    Function("GREATEST", greatest, (None,), common_type, 1, variadic=True, converts=to_common),
    Function("LEAST", least, (None,), common_type, 1, variadic=True, converts=to_common),
    Function(
        "DECODE$TIMESTAMP_TZ",
        decode_moments,
        (None,),
        _result_type,
        3,
        variadic=True,
        converts=_decode_types,
    ),
    Function("DECODE", decode, (None,), _result_type, 3, variadic=True, converts=_decode_types),
)
