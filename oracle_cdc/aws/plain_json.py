"""Requests whose JSON is their parameters as they stand, written and read all at once.

botocore's serializer and parser look at each value by itself, which is two fifths of what a request
with ten messages costs this process. Everything else stays botocore's: where a request goes, its
signature, its connection, what an answer is that is no success.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from botocore.client import BaseClient

#: Where a request's body waits for the end of what botocore makes of it.
_BODY = "oracle_cdc_body"


def write_plainly(client: BaseClient, action: str) -> None:
    """Have a client's requests of one action written and read as plain JSON.

    Parameters:
        action: as botocore's events name it, such as sqs.SendMessageBatch. Its protocol must be
            JSON, and it must have neither bytes nor times in what it is given and answered.
    """
    events = client.meta.events
    events.register(f"before-parameter-build.{action}", _write)
    events.register(f"before-call.{action}", _replace_body)
    events.register(f"before-parse.{action}", _read)


def _write(params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
    context[_BODY] = orjson.dumps(params)
    # Names stay: at some services the address of a request depends on them.
    for name, value in params.items():
        if isinstance(value, list):
            params[name] = []


def _replace_body(params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
    params["body"] = context.pop(_BODY)


def _read(
    response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: object
) -> None:
    if response_dict["status_code"] != 200:
        return
    try:
        answer = orjson.loads(response_dict["body"])
    except orjson.JSONDecodeError:
        return
    if isinstance(answer, dict):
        customized_response_dict.update(answer)
        response_dict["body"] = b"{}"
