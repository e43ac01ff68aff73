"""What triage, runbooks and the page say of pipelines that are syncs, each kind of trouble once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from sync_monitor.history import runbooks
from sync_monitor.history.store import Store
from sync_monitor.history.writing import declare_syncs
from sync_monitor.looks.looking import Looker
from sync_monitor.looks.pace import Asked, Pace
from sync_monitor.model import Sync
from sync_monitor.records import KeptRunbook
from sync_monitor.rounds import Rounds
from sync_monitor.rules.stream_counts import Counts, Stretch
from sync_monitor.streams.looking import StreamLooker
from sync_monitor.triage.answer import ActionCode, Answer, Cause
from sync_monitor.web.app import make_app
from tests.monitor.building import NOW
from tests.monitor.stories import make_site
from tests.monitor.test_stream_looks import Said

NAME = "log to the stream"
EVENTS = Sync(NAME, "events", "", "", may_be_empty=True, stream="events")
PACE = Pace(timedelta(minutes=5), timedelta(minutes=15), 10**6)
WELL = Counts(NOW, 107, 0, timedelta(0), timedelta(0))
STRETCH = Stretch(datetime(2026, 11, 23, 14, 0), datetime(2026, 11, 23, 14, 0, 10))


@dataclass
class Watched:
    """A pipeline that says what it is given, and all that is kept of it."""

    said: Said
    rounds: Rounds
    store: Store
    client: FlaskClient
    sync: Sync

    def looks(self, counts: Counts, times: int = 2) -> Answer | None:
        """Look at these counts a few times, and return what triage says then."""
        self.said.counts = counts
        for _ in range(times):
            self.rounds.look(self.sync, Asked())
            self.rounds.record([self.sync])
        return self.rounds.explain(self.sync)

    def runbook(self, number: int = 1) -> KeptRunbook | None:
        return self.store.read(lambda connection: runbooks.runbook(connection, number))

    @property
    def page(self) -> str:
        return self.client.get(f"/sync/{self.sync.name}").text


@contextmanager
def watched(directory: Path, sync: Sync = EVENTS) -> Iterator[Watched]:
    said = Said(WELL)
    with Store(directory) as store:
        store.write(lambda connection: declare_syncs(connection, [NAME], NOW))
        streams = StreamLooker({NAME: said}, PACE, lambda: NOW)
        looker = Looker(None, {}, PACE, lambda: NOW)  # type: ignore[arg-type]  # no table is asked
        rounds = Rounds(store, looker, PACE, streams=streams)
        site = make_site(store, [sync], now=lambda: NOW)
        yield Watched(said, rounds, store, make_app(site).test_client(), sync)


@pytest.mark.parametrize(
    ("counts", "cause", "action", "shown"),
    [
        (WELL._replace(missing=16), Cause.NOT_DELIVERED, ActionCode.RUN_RUNBOOK, "16 rows missing"),
        (
            WELL._replace(set_aside=2),
            Cause.REFUSED,
            ActionCode.REPLAY_SET_ASIDE,
            "2 rows set aside",
        ),
        (
            WELL._replace(is_stopped=True),
            Cause.PIPELINE_STOPPED,
            ActionCode.CHECK_PIPELINE,
            "The pipeline stands still",
        ),
        (
            WELL._replace(lag=timedelta(hours=9)),
            Cause.PIPELINE_BEHIND,
            ActionCode.CHECK_PIPELINE,
            "The watermark behind the clock: 9.0 h",
        ),
    ],
)
def test_each_trouble_of_a_pipeline_has_its_cause_and_its_words(
    tmp_path: Path, counts: Counts, cause: Cause, action: ActionCode, shown: str
) -> None:
    with watched(tmp_path) as seen:
        answer = seen.looks(counts)
        assert answer is not None
        assert answer.cause is cause
        assert action in {each.code for each in answer.actions}
        assert shown in seen.page
        kept = seen.runbook()
        assert kept is not None
        assert kept.dialect == "shell"
        assert "python cdc_service.py status\n" in kept.text
        assert "cdc_service.py status" in seen.page
        assert seen.looks(WELL) is None


def test_what_is_missing_is_published_again_by_its_stretches(tmp_path: Path) -> None:
    with watched(tmp_path) as seen:
        seen.looks(WELL._replace(missing=16, stretches=(STRETCH,)))
        kept = seen.runbook()
    assert kept is not None
    assert (
        "python cdc_service.py backfill --pipeline events "
        "--from 2026-11-23T14:00:00 --to 2026-11-23T14:00:10\n" in kept.text
    )


def test_dead_letters_are_processed_by_their_own_command(tmp_path: Path) -> None:
    with watched(tmp_path, replace(EVENTS, stream="processor")) as seen:
        seen.looks(WELL._replace(set_aside=2))
        kept = seen.runbook()
    assert kept is not None
    assert kept.text.endswith("python cdc_service.py dlq process\n")


def test_what_another_product_carries_has_no_command_of_ours(tmp_path: Path) -> None:
    with watched(tmp_path, replace(EVENTS, stream="extracts")) as seen:
        answer = seen.looks(WELL._replace(missing=16))
        assert seen.runbook() is None
    assert answer is not None
    assert answer.cause is Cause.OTHER
