"""The model as tests ask it: the real SDK, and answers as the API gives them."""

from __future__ import annotations

import json

from sync_monitor.triage.claude import Claude, make_claude

KEY = "sk-planted-secret"
MODEL = "claude-haiku-5-5"
REPLY = {
    "cause": "LOADER_STOPPED",
    "confidence": "weak",
    "summary": "The loader stands still.",
    "evidence": ["lag_hours", "made_up"],
    "ruled_out": ["ZONE_SHIFT", "MARK_OK"],
    "actions": [
        {"code": "CHECK_LOADER", "target": "L1", "runbook": None},
        {"code": "DROP_TABLE", "target": "T1", "runbook": None},
        {"code": "RUN_RUNBOOK", "target": "HR.EMPLOYEES", "runbook": 99},
    ],
}


def message(text: str, stop_reason: str = "end_turn") -> bytes:
    """Return a message as the API answers it."""
    content = [{"type": "text", "text": text}]
    if stop_reason == "refusal":
        content = []
    return json.dumps(
        {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": MODEL,
            "content": content,
            "stop_reason": stop_reason,
            "stop_sequence": None,
            "usage": {"input_tokens": 700, "output_tokens": 90},
        }
    ).encode()


def claude_at(url: str, timeout_seconds: float = 10.0) -> Claude:
    return make_claude(
        KEY, model=MODEL, base_url=url, max_tokens=700, timeout_seconds=timeout_seconds
    )
