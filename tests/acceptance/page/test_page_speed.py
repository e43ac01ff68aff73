"""The page at a thousand syncs: bounded in what it asks of the history, and in its size."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from sync_monitor.web import pages
from sync_monitor.web.app import make_app
from sync_monitor.web.site import Site
from tests.monitor.many import many_syncs

SYNCS = 1000
#: Of the first page once it was shown: 3 a row of 50, and the lines and issues of the worst.
MOST_STATEMENTS = 400


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with many_syncs(tmp_path_factory.mktemp("many"), SYNCS) as found:
        yield found


class Counting:
    """A history that counts the statements of each question."""

    def __init__(self, history: Any) -> None:
        self.history = history
        self.statements: list[str] = []

    def read(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        def counted(connection: sqlite3.Connection) -> Any:
            connection.set_trace_callback(self.statements.append)
            try:
                return work(connection)
            finally:
                connection.set_trace_callback(None)

        return self.history.read(counted)


@contextmanager
def no_database_but_the_history() -> Iterator[None]:
    """Refuse every connection that is begun meanwhile."""

    def refuse(*arguments: object, **named: object) -> None:
        raise AssertionError(f"the page connects: {arguments}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("oracledb.connect", refuse)
        patch.setattr("oracledb.create_pool", refuse)
        patch.setattr("duckdb.connect", refuse)
        patch.setattr("socket.create_connection", refuse)
        yield


def test_the_first_page_asks_the_history_little_and_nobody_else(site: Site) -> None:
    counting = Counting(site.history)
    object.__setattr__(site, "history", counting)
    client = make_app(site).test_client()
    with no_database_but_the_history():
        assert client.get("/").status_code == 200
        counting.statements.clear()
        assert client.get("/").status_code == 200
    assert 0 < len(counting.statements) <= MOST_STATEMENTS
    verbs = {text.split()[0] for text in counting.statements}
    assert verbs <= {"SELECT", "BEGIN", "ROLLBACK"}
    object.__setattr__(site, "history", counting.history)


def test_the_first_page_is_small(site: Site) -> None:
    answer = make_app(site).test_client().get("/")
    assert answer.text.count('<tr class="') + answer.text.count("<tr><td>") >= 50
    assert len(gzip.compress(answer.data)) < 100_000
    assert len(gzip.compress(make_app(site).test_client().get("/?show=all").data)) < 100_000


def test_fifty_syncs_are_on_a_page_the_worst_first(site: Site) -> None:
    client = make_app(site).test_client()
    text = client.get("/?show=all").text
    assert text.count('<span class="strip"') == 50
    assert "Page 1 of 20" in text
    last = client.get("/?show=all&page=20").text
    assert last.count('<span class="strip"') == 50
    assert "Critical" not in last[last.index('id="syncs"') : last.index('id="detail"')]
    assert client.get("/?show=all&page=999").text.count('<span class="strip"') == 50
    assert pages.REFRESH_SECONDS == 30
