"""The demo of all: how much it writes, what it shows, and what a long run calls growth."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from oracle_cdc.demo.all.picture import WholePicture
from oracle_cdc.demo.all.plan import make_plan
from oracle_cdc.demo.all.soak import MIB, Moment, growth_of_stores, size_of
from oracle_cdc.demo.all.work import Standings
from oracle_cdc.demo.changes.watch import Standing as Changes
from oracle_cdc.demo.conversations.watch import Standing as Calls
from oracle_cdc.demo.events.watch import Standing as Rows
from oracle_cdc.demo.usage import Usage, growth
from oracle_cdc.errors import SettingsError

SECONDS = 900.0


def test_a_long_run_writes_at_a_steady_rate_and_a_short_one_what_is_asked() -> None:
    hour = make_plan(None, None, 60.0)
    assert (hour.is_long, hour.calls, hour.rows, hour.seconds) == (True, 901, 7200, 3600.0)
    short = make_plan(8, 200, None)
    assert (short.is_long, short.calls, short.rows, short.seconds) == (False, 8, 200, 16.0)
    with pytest.raises(SettingsError, match="at least 200"):
        make_plan(None, 199, None)


STANDINGS = Standings(
    Calls(arrived=10, sent=3, summarized=4, rejected=1),
    Rows(200, committed=150, stored=90, set_aside=2),
    Changes(300, committed=120, waiting=7, published=110, dead=3),
    loaded=5,
    pages={"employees": "OK", "changes": "OK"},
)


def test_what_is_behind_is_what_was_written_and_has_not_come_to_its_end() -> None:
    assert STANDINGS.written == 10 + 150 + 120
    assert STANDINGS.behind == 5 + 58 + 7


def test_the_page_is_well_once_each_sync_is() -> None:
    assert STANDINGS.is_well
    assert not replace(STANDINGS, pages={}).is_well
    assert not replace(STANDINGS, pages={"employees": "OK", "changes": "UNKNOWN"}).is_well


def test_the_picture_has_each_pipeline_and_the_page() -> None:
    picture = WholePicture(STANDINGS, 24, "http://127.0.0.1:5000/")
    line = picture.describe()
    assert "calls 5/24  rows 92/200  changes 113/300, dead 3  days in the lake 5" in line
    assert line.endswith("page: employees OK, changes OK")
    assert WholePicture(replace(STANDINGS, pages={}), 24, "").describe().endswith("page: NO PAGE")
    output = io.StringIO()
    Console(file=output, width=140).print(picture.draw(3.0))
    for shown in ("10/24", "150/200", "120/300", "employees OK", "http://127.0.0.1:5000/"):
        assert shown in output.getvalue()


def a_usage(seconds: float, **changed: int) -> Usage:
    used = {"resident_bytes": 100 * MIB, "threads": 10, "sockets": 5, "files": 20, **changed}
    return Usage(seconds, **used)


def usages(last: Usage) -> Sequence[Usage]:
    """Return usages of which only those of the last third may differ."""
    found = [a_usage(float(second)) for second in range(0, 600, 30)]
    found += [replace(last, seconds=float(second)) for second in range(600, 900, 30)]
    return found


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, ""),
        ({"resident_bytes": 104 * MIB}, ""),
        ({"resident_bytes": 106 * MIB}, "memory grew from 100.0 MiB to 106.0 MiB"),
        ({"threads": 11}, "threads grew from 10 to 11"),
        ({"sockets": 9, "files": 24}, ""),
        ({"sockets": 10}, "sockets grew from 5 to 10"),
        ({"files": 25}, "open files grew from 20 to 25"),
    ],
)
def test_a_process_grows_by_what_it_has_more_of_in_the_last_third(
    changed: dict[str, int], words: str
) -> None:
    found = [*growth(usages(a_usage(0.0, **changed)), SECONDS)]
    assert found == ([words] if words else [])


def test_a_run_that_was_too_short_shows_no_growth_and_is_not_well() -> None:
    assert [*growth([a_usage(1.0)], SECONDS)] == ["the run was too short to show growth"]
    assert [*growth_of_stores([], SECONDS)] == ["the run was too short to show growth"]


def moments(last_mib: float, last_behind: int = 30) -> Sequence[Moment]:
    """Return a run whose store takes 10 MiB in each third but the last."""
    found: list[Moment] = []
    for second in range(0, 900, 10):
        size = second / 300 * 10
        behind = 30
        if second >= 600:
            size = 20 + (second - 600) / 290 * last_mib
            behind = last_behind
        found.append(Moment(float(second), second, behind, {"Oracle": int(size * MIB)}))
    return found


def test_a_store_grows_once_it_takes_more_for_as_much() -> None:
    assert [*growth_of_stores(moments(10), SECONDS)] == []
    (grown,) = growth_of_stores(moments(20), SECONDS)
    assert grown == "Oracle grew by 10.0 MiB, then by 20.0 MiB for as much"


def test_what_is_on_the_way_may_not_pile_up() -> None:
    assert [*growth_of_stores(moments(10, last_behind=80), SECONDS)] == []
    (grown,) = growth_of_stores(moments(10, last_behind=81), SECONDS)
    assert grown == "30 were on the way, then 81"


def test_the_size_of_a_store_has_the_files_beside_it(tmp_path: Path) -> None:
    (tmp_path / "oracle.db").write_bytes(b"x" * 10)
    (tmp_path / "oracle.db-wal").write_bytes(b"x" * 5)
    folder = tmp_path / "data" / "inner"
    folder.mkdir(parents=True)
    (folder / "file").write_bytes(b"x" * 7)
    assert size_of(tmp_path / "oracle.db") == 15
    assert size_of(tmp_path / "data") >= 7
