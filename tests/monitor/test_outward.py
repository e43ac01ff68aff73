"""Settings to what speaks with others: channels, the model, and what both get to know."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from oracle_cdc.settings.monitor import MonitorSection, MonitorSettings
from sync_monitor.history.consultations import newest_asked
from sync_monitor.history.store import Store
from sync_monitor.looks.pace import Asked, Pace
from sync_monitor.metering import Meter
from sync_monitor.model import Sync
from sync_monitor.rounds import Rounds, worst_lag
from sync_monitor.rules.stream_counts import Counts
from sync_monitor.streams.looking import StreamLooker
from sync_monitor.triage.diagnosis import diagnose
from sync_monitor.triage.payload import Question, build_payload
from sync_monitor.wiring.notices_and_model import make_channels, speaking
from tests.monitor.building import NOW
from tests.monitor.cases import SYNC, absent, case_of
from tests.monitor.loopback import Loopback

NOWHERE = "http://127.0.0.1:1/planted-secret"


def settings(monitor: Mapping[str, Any] | None = None, **others: Any) -> MonitorSettings:
    return MonitorSettings(monitor=MonitorSection(**(monitor or {})), **others)


def test_each_address_is_a_channel() -> None:
    found = make_channels(
        settings(
            {
                "slack_url": NOWHERE,
                "teams_url": NOWHERE,
                "webhook_url": NOWHERE,
                "mail_url": "smtp://127.0.0.1:1",
                "mail_to": "ops@example.com",
            }
        )
    )
    assert [channel.name for channel in found] == ["slack", "teams", "webhook", "mail"]
    assert make_channels(settings()) == []


def test_no_secret_is_in_the_text_of_the_settings() -> None:
    given = settings({"slack_url": NOWHERE, "webhook_token": "planted-secret"})
    assert "planted-secret" not in repr(given)


def test_without_a_key_the_rules_answer_and_one_line_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Store(tmp_path) as store, caplog.at_level(logging.WARNING):
        for given, why in (
            (settings(), "USE_CLAUDE_API is not true"),
            (settings(use_claude_api=True), "USE_CLAUDE_API is true and CLAUDE_API_KEY is not set"),
        ):
            with speaking(given, store, [SYNC]) as outward:
                assert (outward.consultant, outward.why_not) == (None, why)
    assert [record.getMessage() for record in caplog.records] == [
        "USE_CLAUDE_API is true and CLAUDE_API_KEY is not set: the rules answer"
    ]


def test_what_the_rules_explained_is_asked_of_the_model(tmp_path: Path, api: Loopback) -> None:
    given = settings(use_claude_api=True, claude_api_key="key", claude_base_url=api.url)
    case = case_of(absent("2026-11-20"))
    rules = diagnose(case)
    assert rules is not None
    with Store(tmp_path) as store, speaking(given, store, [SYNC]) as outward:
        outward.explained(case, rules)
        assert outward.consultant is not None
        # The one that is under way is waited for by the next.
        outward.consultant.consult(Question(case, rules))
        newest = store.read(lambda connection: newest_asked(connection, SYNC.name))
    assert newest is not None
    assert newest.payload == build_payload(case, rules).text
    assert len(api.received) == 1


class Carrier:
    """A stream that lags."""

    def count(self, oracle: Meter, other: Meter) -> Counts:
        """Say so."""
        return Counts(NOW, 1, 0, timedelta(hours=5))


def test_lag_of_goldengate_is_known_to_triage(tmp_path: Path) -> None:
    pace = Pace(timedelta(minutes=5), timedelta(0), 10**6)
    carrier = Sync("gg", "goldengate", "", "", may_be_empty=True, stream="goldengate")
    with Store(tmp_path) as store:
        looker: Any = StreamLooker({"gg": Carrier()}, pace, lambda: NOW)
        rounds = Rounds(store, looker, pace, streams=looker)
        assert worst_lag(rounds.carriers, rounds.looked) == (None, None)
        rounds.look(carrier, Asked())
        assert worst_lag(rounds.carriers, rounds.looked) == (timedelta(hours=5), timedelta(hours=4))
