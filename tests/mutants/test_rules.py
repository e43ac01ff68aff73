"""The judge of the rules' mutants: each survivor has its reason, and few of them are gaps."""

from __future__ import annotations

import pytest

from tests.mutants.rules import SURVIVORS, Survivor, judge, read_reasons, to_survivor

DIFF = """# room.gate.x_opens__mutmut_3: survived
--- room/gate.py
+++ room/gate.py
@@ -1,3 +1,3 @@
 def opens(n):
-    return n  <  3
+    return n <= 3
"""
OPENS = Survivor("room.gate.opens", ("- return n < 3", "+ return n <= 3"))


def states(caught: int, survived: int) -> dict[str, str]:
    """Return what became of mutants."""
    return {
        **{f"caught{number}": "killed" for number in range(caught)},
        **{f"survived{number}": "survived" for number in range(survived)},
    }


def test_a_survivor_is_known_by_what_it_changes_and_not_by_its_number() -> None:
    assert to_survivor("room.gate.x_opens__mutmut_3", DIFF) == OPENS
    assert to_survivor("room.gate.xǁGateǁopens__mutmut_12", DIFF).function == "room.gate.Gate.opens"


def test_a_list_of_reasons_is_read_block_by_block() -> None:
    text = f"# a comment\n\n{OPENS}\n= words: only\n"
    assert read_reasons(text) == {OPENS: "words: only"}
    with pytest.raises(ValueError, match=r"room\.gate\.opens"):
        read_reasons(str(OPENS))


def test_a_survivor_without_a_reason_is_a_problem() -> None:
    problems, report = judge(states(99, 1), [OPENS], {})
    assert len(problems) == 1
    assert "- return n < 3" in report


@pytest.mark.parametrize(
    ("reason", "survived", "is_bad"),
    [("equivalent: same", 10, False), ("open: a gap", 5, False), ("open: a gap", 6, True)],
)
def test_gaps_are_few_and_what_changes_nothing_does_not_count(
    reason: str, survived: int, is_bad: bool
) -> None:
    problems, _ = judge(states(95, survived), [OPENS] * survived, {OPENS: reason})
    assert bool(problems) is is_bad


def test_the_list_can_be_read() -> None:
    read_reasons(SURVIVORS.read_text(encoding="utf-8"))
