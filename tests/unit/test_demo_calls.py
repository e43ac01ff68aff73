"""What the demo puts in: its sample calls, transcripts from a file, and the times at which turns
arrive."""

from __future__ import annotations

import gzip
import json
import random
from itertools import pairwise
from pathlib import Path

import pytest

from oracle_cdc.demo.conversations.calls import (
    LONG_TEXT_BYTES,
    LONGEST_ARRIVAL_SECONDS,
    TALK_SECONDS,
    Kind,
    make_calls,
    schedule,
)
from oracle_cdc.demo.conversations.transcripts import Turn, read_transcripts
from oracle_cdc.errors import SettingsError


def write(path: Path, *records: object) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def test_eight_calls_show_every_oddity_once() -> None:
    kinds = [call.kind for call in make_calls(8, None, random.Random(1))]
    assert sorted(kinds, key=str) == sorted(set(Kind) - {Kind.PLAIN}, key=str)


def test_ids_are_unique_and_one_has_twenty_digits() -> None:
    ids = [call.call_id for call in make_calls(500, None, random.Random(1))]
    assert len(set(ids)) == 500
    assert [len(call_id) for call_id in ids].count(20) == 1


def test_the_long_utterance_is_over_60_kilobytes() -> None:
    call = next(c for c in make_calls(8, None, random.Random(1)) if c.kind is Kind.LONG_TEXT)
    assert max(len(turn.text.encode()) for turn in call.turns) >= LONG_TEXT_BYTES


def test_samples_are_dialogues_without_placeholders_left() -> None:
    plain = [call for call in make_calls(40, None, random.Random(1)) if call.kind is Kind.PLAIN]
    for call in plain:
        assert 6 <= len(call.turns) <= 20
        assert {turn.owner for turn in call.turns} == {"A", "C"}
        assert not any("{" in turn.text for turn in call.turns)


def test_samples_are_hebrew_and_english() -> None:
    hebrew = 0
    for call in make_calls(24, None, random.Random(1)):
        hebrew += any("א" <= letter <= "ת" for letter in call.turns[0].text)
    assert hebrew == 12


def test_calls_overlap_and_the_last_one_begins_in_time() -> None:
    arrivals = schedule(make_calls(500, None, random.Random(1)))
    assert arrivals == sorted(arrivals, key=lambda arrival: arrival.said_seconds)
    assert arrivals[-1].said_seconds <= LONGEST_ARRIVAL_SECONDS + TALK_SECONDS
    changes = sum(one.call is not next_one.call for one, next_one in pairwise(arrivals))
    assert changes > len(arrivals) / 2


def test_a_revised_call_has_one_turn_held_back_that_is_not_its_last() -> None:
    call = next(c for c in make_calls(8, None, random.Random(1)) if c.kind is Kind.REVISED)
    arrivals = schedule([call])
    assert [arrival.is_held for arrival in arrivals] == [False] * (len(arrivals) - 2) + [
        True,
        False,
    ]


def test_real_conversations_keep_their_text(tmp_path: Path) -> None:
    turns = [["C", "Hi"], ["A", " \u2028 spaced "], ["X", "third"], ["C", "Bye\u0000"]]
    path = write(
        tmp_path / "real.jsonl",
        *({"id": str(i), "services": [], "turns": turns} for i in range(10)),
    )
    calls = make_calls(8, path, random.Random(1))
    said = tuple(Turn(owner, text) for owner, text in turns)
    assert {call.turns for call in calls} == {said}


def test_a_compressed_file_is_read_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "calls"
    path.write_bytes(gzip.compress(b'{"turns": [["C", "Hi"]]}\n\n{"turns": [["A", "Hello"]]}\n'))
    assert read_transcripts(path, 5) == [[Turn("C", "Hi")], [Turn("A", "Hello")]]


def test_a_turn_without_text_becomes_a_blank_because_oracle_has_no_empty_text(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "calls", {"turns": [["C", ""]]})
    assert read_transcripts(path, 1) == [[Turn("C", " ")]]


def test_every_malformed_line_is_named_also_behind_those_that_are_used(tmp_path: Path) -> None:
    path = tmp_path / "calls"
    lines = (
        '{"turns": [["C", "Hi"]]}',
        "{",
        "[]",
        '{"turns": []}',
        '{"turns": [["CC", "x"]]}',
        '{"turns": [["C"]]}',
    )
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        read_transcripts(path, 1)
    assert [f"line {number}" in str(caught.value) for number in range(1, 7)] == [
        False,
        True,
        True,
        True,
        True,
        True,
    ]


def test_a_malformed_line_is_never_quoted(tmp_path: Path) -> None:
    path = write(tmp_path / "calls", {"turns": [["C", "my secret", 3]]})
    with pytest.raises(SettingsError) as caught:
        read_transcripts(path, 1)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"\xff\xfe\x00",
        b"\x1f\x8bnot gzip",
        gzip.compress(b'{"turns": [["C", "Hi"]]}', mtime=0)[:-9],
    ],
    ids=["empty", "blank lines", "not UTF-8", "not gzip", "gzip cut short"],
)
def test_a_file_without_conversations_is_an_error_of_usage(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "calls"
    path.write_bytes(content)
    with pytest.raises(SettingsError):
        read_transcripts(path, 1)


def test_a_missing_file_is_an_error_of_usage(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        read_transcripts(tmp_path / "none", 1)


def test_a_lone_surrogate_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "calls"
    path.write_text('{"turns": [["C", "\\ud83d"]]}', encoding="utf-8")
    with pytest.raises(SettingsError, match="surrogate"):
        read_transcripts(path, 1)
