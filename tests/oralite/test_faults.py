"""The language of faults, and which calls they hit."""

from __future__ import annotations

import pytest

from oralite.conversation.faults import Fault, parse
from oralite.conversation.faults_in_force import Faults
from oralite.errors import OraError


def faults() -> Faults:
    return Faults(restart=lambda _: None)


def hits(text: str, calls: list[tuple[str, str, str]]) -> list[int]:
    """Return the positions of the calls (kind, SQL, user), counted from 1, that a fault hits."""
    armed = faults()
    armed.set(text)
    return [position for position, call in enumerate(calls, 1) if armed.choose(*call)]


EXECUTES = [("execute", "UPDATE t SET a = 1", "APP")] * 6


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("drop", Fault("drop", times=1)),
        ("drop before execute 3", Fault("drop", "execute", nth=3, times=1)),
        ("DROP AFTER COMMIT", Fault("drop", "commit", is_after=True, times=1)),
        ("delay 0.5", Fault("delay", seconds=0.5)),
        ("hang on fetch for app", Fault("hang", "fetch", user="APP")),
        (
            'error 1653 "no room" on execute times 2',
            Fault("error", "execute", times=2, codes=(1653,), text="no room"),
        ),
        ("error 604,4036 times always", Fault("error", codes=(604, 4036))),
        ('drop when "merge  into"', Fault("drop", times=1, when="MERGE INTO")),
        ("drop on execute chance 0.25 seed 7", Fault("drop", "execute", chance=0.25, seed=7)),
        (
            "refuse logins error 28000",
            Fault("error", "login", codes=(28000,)),
        ),
        ("restart 2", Fault("restart", seconds=2.0)),
        ("clear", Fault("clear")),
    ],
)
def test_a_text_means_one_fault(text: str, fault: Fault) -> None:
    assert parse(text) == [fault]


def test_a_text_may_contain_several_faults_and_semicolons_in_quotes() -> None:
    assert [fault.action for fault in parse('clear; drop when "a;b"; delay 1;')] == [
        "clear",
        "drop",
        "delay",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "explode",
        "drop on tuesday",
        "delay",
        "delay long",
        "error none",
        "error 70000",
        "error 604,none",
        "error 604, 4036",
        "drop sometimes",
        "clear now",
        "refuse guests",
    ],
)
def test_a_text_that_means_nothing_is_refused_and_changes_nothing(text: str) -> None:
    armed = faults()
    with pytest.raises(OraError, match="ORA-02097"):
        armed.set(f"drop; {text}")
    assert armed.choose("execute", "", "APP") == ()


def errors(text: str, count: int) -> list[str]:
    armed = faults()
    armed.set(text)
    return [
        str(struck.error())
        for _ in range(count)
        for struck in armed.choose("execute", "UPDATE t", "APP")
    ]


def test_one_of_several_errors_is_drawn_each_time_and_alike_from_one_seed() -> None:
    text = "error 604,1653,4036 chance 0.5 seed 7"
    drawn = errors(text, 100)

    assert drawn == errors(text, 100)
    assert {error.partition(":")[0] for error in drawn} == {"ORA-00604", "ORA-01653", "ORA-04036"}
    assert 30 < len(drawn) < 70


def test_an_error_without_a_text_has_oracles_own() -> None:
    assert errors("error 1653", 1) == ["ORA-01653: unable to extend table in tablespace USERS"]
    assert errors('error 1653 "full"', 1) == ["ORA-01653: full"]


def test_the_nth_call_is_hit_once() -> None:
    assert hits("drop on execute 3", EXECUTES) == [3]


def test_times_counts_from_the_nth_call_on() -> None:
    assert hits("error 60 on execute 2 times 2", EXECUTES) == [2, 3]
    assert hits("error 60 on execute 4 times always", EXECUTES) == [4, 5, 6]


def test_only_matching_calls_count() -> None:
    calls = [
        ("execute", "SELECT 1 FROM dual", "APP"),
        ("execute", "merge\n into t", "APP"),
        ("commit", "", "APP"),
        ("execute", "MERGE INTO t", "DBA"),
        ("execute", "MERGE INTO t", "APP"),
    ]
    assert hits('drop on execute 2 when "merge into" for app', calls) == [5]


def test_call_means_any_but_a_log_in() -> None:
    assert hits("delay 0", [("login", "", "A"), ("ping", "", "A"), ("lob", "", "A")]) == [2, 3]


def test_the_statement_that_sets_faults_is_never_hit_nor_counted() -> None:
    control = ("execute", "alter system set oralite_fault = 'clear'", "DBA")
    assert hits("drop on execute 2", [control, EXECUTES[0], control, EXECUTES[0]]) == [4]


def test_a_seed_makes_chance_repeatable() -> None:
    calls = EXECUTES * 20
    first = hits("drop on execute chance 0.3 seed 5", calls)
    assert first == hits("drop on execute chance 0.3 seed 5", calls)
    assert 10 < len(first) < 70


def test_clear_ends_all_faults() -> None:
    armed = faults()
    armed.set("hang; drop")
    armed.set("clear")
    assert armed.choose("execute", "", "APP") == ()


def test_restart_is_handed_on_with_its_seconds() -> None:
    asked: list[float] = []
    Faults(restart=asked.append).set("restart 1.5; restart")
    assert asked == [1.5, 0.0]
