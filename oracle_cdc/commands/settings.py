"""`settings`: each variable, its value, and where it was written."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence

from oracle_cdc.errors import ExitCode
from oracle_cdc.running.terminal import say
from oracle_cdc.settings.declaration import Root
from oracle_cdc.settings.listing import Plain, Shown, list_settings
from oracle_cdc.settings.names import Names

#: A longer value does not move the column behind it.
WIDEST = 50


def show_settings(given: Sequence[Root], warnings: Sequence[str], *, as_json: bool) -> int:
    """Print the settings, and on standard error what was noticed where they were read."""
    shown = list_all(given)
    if as_json:
        records = []
        for each in shown:
            records.append(record_of(each))
        say(json.dumps(records, ensure_ascii=False, indent=1))
    else:
        for line in align(shown):
            say(line)
    for warning in warnings:
        sys.stderr.write(f"⚠️  {warning}\n")
    return ExitCode.DONE


def list_all(given: Sequence[Root]) -> list[Shown]:
    """Return the variables of all that is given, each once."""
    shown: dict[str, Shown] = {}
    for settings in given:
        for each in list_settings(settings, Names(type(settings))):
            shown.setdefault(each.name, each)
    return list(shown.values())


def record_of(shown: Shown) -> dict[str, Plain]:
    """Return a variable as one JSON object."""
    record = {"name": shown.name, "value": shown.value, "place": shown.place}
    if shown.written_as != shown.name:
        record["writtenAs"] = shown.written_as
    return record


def align(shown: Sequence[Shown]) -> Iterator[str]:
    """Yield a line for each variable, in three columns."""
    rows = []
    for each in shown:
        place = each.place
        if each.written_as != each.name:
            place += f", as {each.written_as}"
        rows.append((each.name, text_of(each.value), place))
    name_width = max(len(name) for name, _, _ in rows)
    value_width = min(WIDEST, max(len(value) for _, value, _ in rows))
    for name, value, place in rows:
        yield f"{name:<{name_width}}  {value:<{value_width}}  {place}"


def text_of(value: Plain) -> str:
    """Return a value as somebody would write it, on one line."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.15g}"
    text = str(value)
    if text.isprintable():
        return text
    return repr(text)[1:-1]
