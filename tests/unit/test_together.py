"""Several pipelines of one process, as the health pages see them."""

from __future__ import annotations

from functools import partial

import pytest

from oracle_cdc.errors import OracleUnavailable
from oracle_cdc.watching.together import Together
from tests.unit.watched import Watched


def both() -> tuple[Watched, Watched, Together]:
    first, second = Watched(), Watched()
    return first, second, Together([first.readiness, second.readiness])


def test_they_are_ready_and_alive_together() -> None:
    _, _, together = both()
    assert (together.is_ready(), together.is_alive(), together.summary()) == (True, True, "ready")


def test_one_that_is_not_ready_says_so_for_all() -> None:
    _, second, together = both()
    second.has_tables = False
    assert not together.is_ready()
    assert together.missing() == ["tables: not validated yet"]


def test_what_both_lack_is_said_once() -> None:
    first, second, together = both()
    first.has_tables = second.has_tables = False
    assert together.missing() == ["tables: not validated yet"]


def test_how_long_each_still_waits_makes_no_second_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, together = both()
    for watched, seconds in ((first, 3), (second, 5)):
        said = [f"oracle: ORA-12541; next try in {seconds} s", f"tables: {seconds}"]
        monkeypatch.setattr(watched.readiness, "missing", partial(list, said))
    assert together.missing() == ["oracle: ORA-12541; next try in 3 s", "tables: 3", "tables: 5"]


def test_a_dependency_is_well_only_where_it_is_for_all() -> None:
    _, second, together = both()
    second.call(second.oracle, OracleUnavailable("gone"))
    second.now += 61
    second.call(second.oracle, OracleUnavailable("gone"))
    found = {check.name: check.ok for check in together.dependencies()}
    assert found == {"oracle": False, "outbound": True, "results": True, "tables": True}


def test_a_loop_of_one_that_hangs_ends_liveness() -> None:
    first, _, together = both()
    first.now += 121
    assert not together.is_alive()
    assert "no progress for 121 s" in together.summary()


def test_pauses_and_standing_by_are_said_of_each_and_are_no_fault() -> None:
    first, second, together = both()
    first.progress.paused.add("CDC_NORMAL_MODE")
    second.progress.standing_by.add("events")
    assert together.is_ready()
    assert together.summary() == (
        "CDC_NORMAL_MODE is paused; events stands by: another copy runs it"
    )


def test_they_have_begun_only_when_all_have() -> None:
    first, _, together = both()
    first.progress.loops.clear()
    assert not together.has_begun()
    assert not together.is_ready()
