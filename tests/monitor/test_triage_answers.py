"""Answers: one schema, whoever writes, and nothing unknown is taken over of a reply."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sync_monitor.triage.answer import (
    Action,
    ActionCode,
    Answer,
    Cause,
    Confidence,
    FigureId,
    ReplyRefused,
    read_reply,
    reply_schema,
)
from tests.monitor.building import NOW

REPLY: dict[str, Any] = {
    "cause": "PARTITION_DROPPED",
    "confidence": "strong",
    "summary": "A partition is gone.",
    "evidence": ["missing_partitions"],
    "ruled_out": ["ZONE_SHIFT"],
    "actions": [{"code": "RUN_RUNBOOK", "target": "T1", "runbook": 7}],
}
#: Of a partition that is there in part, and of one with doubles.
RUNBOOKS = {ActionCode.RUN_RUNBOOK: (7,), ActionCode.LOOK_AT_DOUBLES: (8,)}


def read(reply: object) -> Answer:
    text = json.dumps(reply)
    return read_reply(text, model="m", asked_at=NOW, aliases=("T1", "L1"), runbooks=RUNBOOKS)


def test_a_reply_is_an_answer() -> None:
    assert read(REPLY) == Answer(
        source="claude",
        model="m",
        cause=Cause.PARTITION_DROPPED,
        confidence=Confidence.STRONG,
        summary="A partition is gone.",
        evidence=(FigureId.MISSING_PARTITIONS,),
        ruled_out=(Cause.ZONE_SHIFT,),
        actions=(Action(code=ActionCode.RUN_RUNBOOK, target="T1", runbook=7),),
        asked_at=NOW,
    )


def test_an_answer_is_kept_as_json_and_read_again() -> None:
    answer = read(REPLY)
    assert Answer.model_validate_json(answer.model_dump_json()) == answer


def test_what_is_unknown_is_dropped() -> None:
    reply = {
        **REPLY,
        "evidence": ["made_up", "missing_partitions", "missing_partitions", 3],
        "ruled_out": ["MARS", None, "ZONE_SHIFT"],
        "actions": [
            {"code": "DROP_TABLE", "target": "T1", "runbook": None},
            {"code": "CHECK_LOADER", "target": "HR.EMPLOYEES", "runbook": 99, "sql": "DROP"},
            {"code": "RUN_RUNBOOK", "target": "L1", "runbook": True},
            "CHECK_LOADER",
        ],
        "sql": "DROP TABLE T1",
    }
    answer = read(reply)
    assert answer.evidence == (FigureId.MISSING_PARTITIONS,)
    assert answer.ruled_out == (Cause.ZONE_SHIFT,)
    assert answer.actions == (
        Action(code=ActionCode.CHECK_LOADER),
        Action(code=ActionCode.RUN_RUNBOOK, target="L1"),
    )


def test_an_action_names_the_runbook_of_another_never() -> None:
    actions = [
        {"code": "REGISTER_PARTITION", "target": "T1", "runbook": 7},
        {"code": "RUN_RUNBOOK", "target": "T1", "runbook": 8},
        {"code": "LOOK_AT_DOUBLES", "target": "T1", "runbook": 8},
    ]
    found = read({**REPLY, "actions": actions}).actions
    assert [action.runbook for action in found] == [None, None, 8]


def test_what_is_said_again_is_said_once() -> None:
    answer = read({**REPLY, "actions": REPLY["actions"] * 50})
    assert len(answer.actions) == 1


def test_a_cause_is_not_ruled_out_by_who_names_it() -> None:
    answer = read({**REPLY, "ruled_out": ["PARTITION_DROPPED", "ZONE_SHIFT"]})
    assert answer.ruled_out == (Cause.ZONE_SHIFT,)


def test_a_summary_is_cut_and_printable() -> None:
    answer = read({**REPLY, "summary": "a\x1b[2Jb\n" + "x" * 1000})
    assert answer.summary.startswith("a [2Jb x")
    assert len(answer.summary) == 600


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ([], "no object"),
        ("prose", "no object"),
        ({}, "lacks"),
        ({**REPLY, "cause": "MARS"}, "another cause"),
        ({**REPLY, "confidence": "78 %"}, "another confidence"),
        ({**REPLY, "summary": None}, "lacks"),
        ({**REPLY, "summary": " \n\u202e "}, "lacks"),
        ({**REPLY, "summary": [1]}, "lacks"),
        ({**REPLY, "summary": ["a list of words"]}, "lacks"),
    ],
)
def test_what_is_no_answer_is_refused_without_its_words(reply: object, reason: str) -> None:
    with pytest.raises(ReplyRefused, match=reason) as caught:
        read(reply)
    assert "MARS" not in str(caught.value)
    assert "78" not in str(caught.value)


@given(st.text(max_size=40) | st.just("[" * 100_000))
def test_prose_is_refused(text: str) -> None:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        with pytest.raises(ReplyRefused):
            read_reply(text, model="m", asked_at=NOW, aliases=(), runbooks={})


def test_an_answer_has_no_field_more() -> None:
    with pytest.raises(ValidationError, match="extra"):
        Answer.model_validate({**read(REPLY).model_dump(), "sql": "DROP"})


def test_the_schema_of_a_reply_has_its_words_and_no_field_more() -> None:
    schema = reply_schema()
    assert schema["required"] == list(REPLY)
    assert schema["additionalProperties"] is False
    assert set(schema["properties"]["cause"]["enum"]) == {each.value for each in Cause}
