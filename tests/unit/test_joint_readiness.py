"""Several pipelines of one process, as the health pages see them."""

from __future__ import annotations

from functools import partial

import pytest

from oracle_cdc.errors import OracleUnavailable
from oracle_cdc.watching.joint_readiness import JointReadiness
from tests.unit.watched import Watched


def both() -> tuple[Watched, Watched, JointReadiness]:
    first, second = Watched(), Watched()
    return first, second, JointReadiness([first.readiness, second.readiness])


def test_they_are_ready_and_alive_together() -> None:
    _, _, joint = both()
    assert (joint.is_ready(), joint.is_alive(), joint.summary()) == (True, True, "ready")


def test_one_that_is_not_ready_says_so_for_all() -> None:
    _, second, joint = both()
    second.has_tables = False
    assert not joint.is_ready()
    assert joint.missing() == ["tables: not validated yet"]


def test_what_both_lack_is_said_once() -> None:
    first, second, joint = both()
    first.has_tables = second.has_tables = False
    assert joint.missing() == ["tables: not validated yet"]


def test_how_long_each_still_waits_makes_no_second_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, joint = both()
    for watched, seconds in ((first, 3), (second, 5)):
        said = [f"oracle: ORA-12541; next try in {seconds} s", f"tables: {seconds}"]
        monkeypatch.setattr(watched.readiness, "missing", partial(list, said))
    assert joint.missing() == ["oracle: ORA-12541; next try in 3 s", "tables: 3", "tables: 5"]


def test_a_dependency_is_well_only_where_it_is_for_all() -> None:
    _, second, joint = both()
    second.call(second.oracle, OracleUnavailable("gone"))
    second.now += 61
    second.call(second.oracle, OracleUnavailable("gone"))
    found = {check.name: check.ok for check in joint.dependencies()}
    assert found == {"oracle": False, "outbound": True, "results": True, "tables": True}


def test_a_loop_of_one_that_hangs_ends_liveness() -> None:
    first, _, joint = both()
    first.now += 121
    assert not joint.is_alive()
    assert "no progress for 121 s" in joint.summary()


def test_pauses_and_standing_by_are_said_of_each_and_are_no_fault() -> None:
    first, second, joint = both()
    first.progress.paused.add("CDC_NORMAL_MODE")
    second.progress.standing_by.add("events")
    assert joint.is_ready()
    assert joint.summary() == ("CDC_NORMAL_MODE is paused; events stands by: another copy runs it")


def test_they_have_begun_only_when_all_have() -> None:
    first, _, joint = both()
    first.progress.loops.clear()
    assert not joint.has_begun()
    assert not joint.is_ready()
