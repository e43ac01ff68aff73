"""What is made once for all test processes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from tests.sharing import make_once_in


def test_whoever_needs_it_meanwhile_waits_for_what_the_first_makes(tmp_path: Path) -> None:
    made: list[str] = []
    together = Barrier(4)

    def make(folder: Path) -> str:
        made.append(folder.name)
        return folder.name

    def ask(_: int) -> str:
        together.wait()
        return make_once_in(tmp_path, "house", make)

    with ThreadPoolExecutor(4) as pool:
        given = list(pool.map(ask, range(4)))

    assert given == made * 4


def test_things_of_two_names_are_two(tmp_path: Path) -> None:
    assert make_once_in(tmp_path, "first", lambda _: 1) == 1
    assert make_once_in(tmp_path, "second", lambda _: 2) == 2


def test_what_could_not_be_made_is_made_by_the_next(tmp_path: Path) -> None:
    def fail(_: Path) -> int:
        raise AssertionError("no wood")

    with pytest.raises(AssertionError, match="no wood"):
        make_once_in(tmp_path, "house", fail)

    assert make_once_in(tmp_path, "house", lambda folder: folder.is_dir())
