"""What a model answers: the whole answer over HTTP by the real SDK, and the reply in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any

from sync_monitor.triage.answer import (
    LONGEST_SUMMARY,
    ActionCode,
    Answer,
    ReplyRefused,
    read_reply,
)
from sync_monitor.triage.claude import Claude
from sync_monitor.triage.diagnosis import diagnose
from sync_monitor.triage.payload import build_payload
from tests.fuzz.decoders import Take
from tests.monitor.building import NOW
from tests.monitor.cases import absent, case_of
from tests.monitor.claudes import MODEL, REPLY, message

WORDS = (
    b'"cause":"OTHER"',
    b'"confidence":"weak"',
    b'"summary":"',
    b'"evidence":["lag_hours"]',
    b'"actions":[{"code":"RUN_RUNBOOK","target":"T1","runbook":1}]',
    b'"stop_reason":"end_turn"',
    b'"usage":{"input_tokens":1,"output_tokens":1}',
    b"\\ud800",
    b"Infinity",
)


def seeds() -> Sequence[bytes]:
    text = json.dumps(REPLY)
    return [text.encode(), b'{"cause":"OTHER","confidence":"none","summary":[1]}', message(text)]


@contextmanager
def opened() -> Iterator[Take]:
    sdk = import_module("anthropic")
    transport = import_module(sdk.DefaultHttpxClient.__mro__[1].__module__.partition(".")[0])
    answers: list[bytes] = [b""]

    def answer(request: Any) -> Any:
        headers = {"content-type": "application/json"}
        return transport.Response(200, content=answers[0], headers=headers)

    client = sdk.Anthropic(
        api_key="sk-none",
        base_url="http://model.invalid",
        max_retries=0,
        http_client=sdk.DefaultHttpxClient(transport=transport.MockTransport(answer)),
    )
    claude = Claude(sdk, client, MODEL, 700)
    case = case_of(absent("2026-11-20"))
    payload = build_payload(case, diagnose(case))

    def take(data: bytes) -> None:
        read_text(data.decode(errors="replace"))
        answers[0] = data
        reply = claude.ask(payload, NOW)
        assert (reply.answer is None) == bool(reply.failure)
        if reply.answer is not None:
            check(reply.answer)

    yield take
    claude.close()


def read_text(text: str) -> None:
    with suppress(ReplyRefused):
        runbooks = dict.fromkeys(ActionCode, (1, 2))
        aliases = ("T1", "L1")
        check(read_reply(text, model=MODEL, asked_at=NOW, aliases=aliases, runbooks=runbooks))


def check(answer: Answer) -> None:
    """Check that what is taken over is printable, bounded, and names nothing unknown."""
    assert len(answer.summary) <= LONGEST_SUMMARY
    assert answer.summary.isprintable()
    answer.summary.encode()
    for action in answer.actions:
        assert action.target is None or action.target in ("T1", "L1")
        assert action.runbook in (None, 1, 2)
