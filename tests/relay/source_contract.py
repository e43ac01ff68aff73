"""What every source does: tests that the test class of each one inherits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Protocol

import pytest

from oracle_cdc.relay.seams import Source
from oracle_cdc.relay.slices import Grid
from oracle_cdc.relay.values import Row, Slice
from tests.relay.doubles import at


class Site(Protocol):
    """A source of one kind, and what its tests write there."""

    source: Source
    #: Rows of a batch.
    batch_size: int

    def commit(self, rows: Sequence[tuple[str, float]]) -> None:
        """Insert rows with these keys, and times in seconds after noon, and commit them."""
        ...

    def begin(self, rows: Sequence[tuple[str, float]]) -> Callable[[], None]:
        """Insert rows in a transaction of its own, and return what commits it."""
        ...

    def commit_without_time(self, key: str) -> None:
        """Insert a row whose time is NULL, and commit it, where the source can have one."""
        ...


class SourceContract:
    """Inherited by a class with a fixture `site`."""

    def test_rows_come_by_their_time(self, site: Site) -> None:
        site.commit([("3", 5), ("1", 3), ("2", 4)])
        assert read(site, 0, 10) == ["1", "2", "3"]
        first, second, third = rows_of(site, 0, 10)
        assert (first.time, second.time, third.time) == (at(3), at(4), at(5))

    def test_a_stretch_has_its_begin_and_not_its_end(self, site: Site) -> None:
        site.commit([("1", 2), ("2", 3), ("3", 4)])
        assert read(site, 2, 4) == ["1", "2"]
        assert look(site, [(2, 4), (4, 5), (2, 2)]) == [2, 1, 0]

    @pytest.mark.parametrize("length", [0.5, 0.999999, 1, 1.000001, 2.5])
    def test_stretches_side_by_side_have_each_row_once(self, site: Site, length: float) -> None:
        site.commit([(str(number), number % 7) for number in range(1, 41)])
        stretches = []
        for number in range(20):
            stretches.append((number * length, (number + 1) * length))
        found = []
        for stretch in stretches:
            found += read(site, *stretch)
        assert sorted(found) == sorted(read(site, 0, 20 * length))
        counts = [len(read(site, *stretch)) for stretch in stretches]
        assert look(site, stretches) == counts

    @pytest.mark.parametrize("count", [0, 1, 10, 11, 100])
    def test_any_number_of_slices_is_counted(self, site: Site, count: int) -> None:
        site.commit([("1", 0), ("2", 5), ("3", 5), ("4", 4000)])
        slices = tuple(Grid(timedelta(seconds=10)).cut(at(0), at(10 * count)))
        assert len(slices) == count
        counts = site.source.look(slices).counts
        assert len(counts) == count
        assert list(counts[:1]) == [3][:count]
        assert sum(counts) == len(read(site, 0, 10 * count))

    def test_the_clock_has_no_zone_and_does_not_go_back(self, site: Site) -> None:
        first, second = site.source.look(()).now, site.source.look(()).now
        assert first.tzinfo is None
        assert first <= second

    def test_thousands_of_rows_of_one_time_come_once_each(self, site: Site) -> None:
        keys = list(map(str, range(1, 2501)))
        site.commit([(key, 3) for key in keys])
        site.commit([("0", 2), ("9999", 4)])
        found = read(site, 0, 10)
        assert (found[0], found[-1]) == ("0", "9999")
        assert sorted(found[1:-1]) == sorted(keys)
        assert look(site, [(3, 4)]) == [2500]

    def test_batches_are_never_empty_and_never_too_large(self, site: Site) -> None:
        site.commit(numbered(2 * site.batch_size))
        with site.source.read(stretch(0, 10_000)) as batches:
            sizes = list(map(len, batches))
        assert sizes == [site.batch_size, site.batch_size]
        with site.source.read(stretch(20_000, 30_000)) as batches:
            assert list(batches) == []

    def test_a_row_is_not_seen_before_its_commit(self, site: Site) -> None:
        commit = site.begin([("1", 1)])
        site.commit([("2", 2)])
        assert read(site, 0, 10) == ["2"]
        assert look(site, [(0, 10)]) == [1]
        commit()
        assert read(site, 0, 10) == ["1", "2"]
        assert look(site, [(0, 10)]) == [2]

    def test_what_is_read_is_of_one_moment(self, site: Site) -> None:
        site.commit(numbered(3 * site.batch_size - 1))
        found: list[str] = []
        with site.source.read(stretch(0, 10_000)) as batches:
            found += keys_of(next(batches))
            site.commit([("9999", 9_000)])
            for rows in batches:
                found += keys_of(rows)
        assert len(found) == 3 * site.batch_size - 1
        assert "9999" not in found

    def test_rows_that_are_known_are_left_out(self, site: Site) -> None:
        site.commit(numbered(50))
        known = set(map(str, range(1, 51))) - {"7", "12", "31"}
        assert others(site, 0, 100, known) == ["7", "12", "31"]
        assert others(site, 12, 31, known) == ["12"]

    def test_where_all_rows_are_known_no_batch_comes(self, site: Site) -> None:
        site.commit([("1", 1), ("2", 2)])
        with site.source.read_others(stretch(0, 10), {"1", "2"}) as batches:
            assert list(batches) == []

    def test_where_no_row_is_known_all_come(self, site: Site) -> None:
        site.commit(numbered(300))
        assert others(site, 0, 1000, ()) == list(map(str, range(1, 301)))

    def test_a_row_without_a_time_is_in_no_stretch(self, site: Site) -> None:
        site.commit([("1", 1)])
        site.commit_without_time("2")
        assert read(site, -100_000_000, 100_000_000) == ["1"]
        assert look(site, [(-100_000_000, 100_000_000)]) == [1]

    def test_what_is_broken_off_can_be_read_again(self, site: Site) -> None:
        site.commit(numbered(3 * site.batch_size - 1))
        # More often than there are sessions.
        for _ in range(6):
            with site.source.read(stretch(0, 10_000)) as batches:
                next(batches)
            with pytest.raises(ZeroDivisionError), site.source.read(stretch(0, 10_000)) as batches:
                next(batches)
                raise ZeroDivisionError
            with site.source.read_others(stretch(0, 10_000), ()) as batches:
                next(batches)
            with site.source.read(stretch(0, 10_000)):
                pass
        assert len(read(site, 0, 10_000)) == 3 * site.batch_size - 1


def numbered(count: int) -> list[tuple[str, float]]:
    """Return rows whose keys are numbers from 1 on, and their seconds too."""
    return list(zip(map(str, range(1, count + 1)), range(1, count + 1), strict=True))


def keys_of(rows: Iterable[Row]) -> list[str]:
    """Return the keys of rows."""
    return [row.key for row in rows]


def stretch(begin: float, end: float) -> Slice:
    """Return a stretch between two times in seconds after noon."""
    return Slice(at(begin), at(end))


def look(site: Site, stretches: Iterable[tuple[float, float]]) -> list[int]:
    """Return the counts of the rows of some stretches."""
    return list(site.source.look([stretch(*each) for each in stretches]).counts)


def rows_of(site: Site, begin: float, end: float) -> list[Row]:
    """Return the rows of a stretch."""
    found: list[Row] = []
    with site.source.read(stretch(begin, end)) as batches:
        for rows in batches:
            found += rows
    return found


def read(site: Site, begin: float, end: float) -> list[str]:
    """Return the keys of a stretch's rows."""
    return keys_of(rows_of(site, begin, end))


def others(site: Site, begin: float, end: float, known: Iterable[str]) -> list[str]:
    """Return the keys of a stretch's rows that are not known."""
    found: list[str] = []
    with site.source.read_others(stretch(begin, end), frozenset(known)) as batches:
        for rows in batches:
            found += keys_of(rows)
    return found
