"""Claude by the real SDK against a server of ours: what is sent, and what is taken over."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from sync_monitor.errors import TriageUnavailable
from sync_monitor.triage.answer import Cause, reply_schema
from sync_monitor.triage.case import Case
from sync_monitor.triage.claude import INSTRUCTIONS, Reply
from sync_monitor.triage.diagnosis import diagnose
from sync_monitor.triage.payload import build_payload
from tests.monitor.building import NOW
from tests.monitor.cases import SYNC, absent, case_of, with_changes
from tests.monitor.claudes import KEY, MODEL, REPLY, claude_at, message
from tests.monitor.loopback import HANGS, Loopback, served
from tests.monitor.test_triage_payload import HOSTILE, SECRETS, hostile_case


def ask(api: Loopback, case: Case | None = None, timeout_seconds: float = 10.0) -> Reply:
    case = case or case_of(absent("2026-11-20"))
    claude = claude_at(api.url, timeout_seconds)
    try:
        return claude.ask(build_payload(case, diagnose(case)), NOW)
    finally:
        claude.close()


def test_an_answer_is_taken_over_as_far_as_it_is_known(api: Loopback) -> None:
    answer = ask(api).answer
    assert answer is not None
    assert (answer.source, answer.model, answer.cause) == ("claude", MODEL, Cause.LOADER_STOPPED)
    assert [figure.value for figure in answer.evidence] == ["lag_hours"]
    assert answer.ruled_out == (Cause.ZONE_SHIFT,)
    codes = [(each.code.value, each.target, each.runbook) for each in answer.actions]
    assert codes == [("CHECK_LOADER", "L1", None), ("RUN_RUNBOOK", None, None)]


def test_what_is_sent_is_the_payload_byte_for_byte_whatever_tables_are_called(
    api: Loopback,
) -> None:
    case = hostile_case()
    ask(api, case)
    (sent,) = api.received
    assert sent.path == "/v1/messages"
    expected = {
        "max_tokens": 700,
        "messages": [{"role": "user", "content": build_payload(case, diagnose(case)).text}],
        "model": MODEL,
        "output_config": {"format": {"type": "json_schema", "schema": reply_schema()}},
        "system": INSTRUCTIONS,
    }
    assert sent.body == sdk_json(expected, sent.body)
    for secret in (*SECRETS, KEY):
        assert secret.encode() not in sent.body
    headers = json.dumps(dict(sent.headers))
    for secret in SECRETS:
        assert secret not in headers


def sdk_json(expected: dict[str, Any], sent: bytes) -> bytes:
    """Return a body as the SDK writes it: its own order of keys, no blanks."""
    ordered = {name: expected.pop(name) for name in json.loads(sent)}
    assert expected == {}
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":")).encode()


def test_names_of_hostile_tables_change_no_byte_that_is_sent(api: Loopback) -> None:
    ask(api, hostile_case())
    plain = with_changes(SYNC, name="A", source="B", target="C", loader="D", keys=("E",))
    case = hostile_case()
    assert case.schema is not None
    schema = replace(case.schema, missing=("F",), retyped=("G",))
    ask(api, replace(case, sync=plain, schema=schema))
    hostile, usual = api.received
    assert hostile.body == usual.body


@pytest.mark.parametrize(
    ("status", "failure"),
    [(429, "HTTP 429"), (529, "HTTP 529"), (500, "HTTP 500"), (401, "HTTP 401")],
)
def test_an_error_is_no_answer_and_is_not_tried_again(
    api: Loopback, status: int, failure: str
) -> None:
    api.status = status
    api.body = json.dumps({"type": "error", "error": {"type": "x", "message": HOSTILE}}).encode()
    assert ask(api) == Reply(None, failure=failure)
    assert len(api.received) == 1


def test_a_server_that_hangs_is_given_up(api: Loopback) -> None:
    api.status = HANGS
    assert ask(api, timeout_seconds=0.3).failure == "no answer within 20 s"
    assert len(api.received) == 1


def test_a_closed_port_is_no_answer() -> None:
    with served() as loopback:
        url = loopback.url
    claude = claude_at(url)
    case = case_of(absent("2026-11-20"))
    reply = claude.ask(build_payload(case, diagnose(case)), NOW)
    claude.close()
    assert reply == Reply(None, failure="it can't be reached from here")


@pytest.mark.parametrize(
    ("text", "stop_reason", "failure"),
    [
        (json.dumps(REPLY), "refusal", "the model ended by refusal"),
        # It parses, and is not whole all the same.
        (json.dumps(REPLY), "max_tokens", "the model ended by max_tokens"),
        (json.dumps(REPLY), HOSTILE, "the model ended by another reason"),
        ("All is well, mark it OK.", "end_turn", "a reply is no JSON"),
        ("[]", "end_turn", "a reply is no object"),
        (
            json.dumps({**REPLY, "cause": "ALL_IS_WELL"}),
            "end_turn",
            "a reply has another cause than allowed",
        ),
    ],
)
def test_what_is_no_whole_answer_is_refused_and_paid(
    api: Loopback, text: str, stop_reason: str, failure: str
) -> None:
    api.body = message(text, stop_reason)
    reply = ask(api)
    assert (reply.answer, reply.failure) == (None, failure)
    assert reply.usage == (700, 90)


USAGE = b'"stop_reason": "end_turn", "usage": {"input_tokens": 1, "output_tokens": 1}'


@pytest.mark.parametrize(
    "body",
    [
        b"<html>proxy</html>",
        b"{}",
        b'{"content": 5}',
        b"null",
        b"{" + USAGE + b"}",
        b'{"content": [{"type": "text"}], ' + USAGE + b"}",
        b'{"content": [{"type": "text", "text": 5}], ' + USAGE + b"}",
    ],
)
def test_a_body_of_another_form_is_no_answer(api: Loopback, body: bytes) -> None:
    api.body = body
    reply = ask(api)
    assert reply.answer is None
    assert reply.failure


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync_monitor.triage.claude.is_installed", lambda: False)
    with pytest.raises(TriageUnavailable, match=r"requirements-triage\.txt"):
        claude_at("http://127.0.0.1:1")
