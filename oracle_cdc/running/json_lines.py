"""Log lines as JSON objects, which show of an error what lines of text do."""

from __future__ import annotations

from pythonjsonlogger.json import JsonFormatter

from oracle_cdc.running.privacy import SafeFormatter

JSON_FIELDS = {
    "asctime": "timestamp",
    "levelname": "level",
    "threadName": "thread",
    "name": "logger",
}


class SafeJsonFormatter(SafeFormatter, JsonFormatter):
    """Writes a record as a line with a JSON object."""


def json_formatter() -> SafeJsonFormatter:
    return SafeJsonFormatter(
        [*JSON_FIELDS, "message"], rename_fields=JSON_FIELDS, json_ensure_ascii=False
    )
