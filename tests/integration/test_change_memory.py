"""The minute check compares captured tables with what it saw of them before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import monotonic

import pytest

from oracle_cdc.changes.capture.findings import Limits
from oracle_cdc.changes.capture.minute_check import Watch
from oracle_cdc.running.concerns import Concerns
from oracle_cdc.running.repeats import RepeatLimiter
from tests.integration.changeworlds import World

LIMITS = Limits(rows=1000, age_seconds=900)
KEY = "the key of COREDB.USERS"
ALIKE = "rows that have the same key, or none, are one to consumers"


@pytest.fixture
def watch(captured: World) -> Iterator[Watch]:
    with captured.database() as database:
        watch = Watch(database, LIMITS, 60.0, RepeatLimiter(), Concerns(monotonic))
        watch.run_once()
        yield watch


def find_words(watch: Watch) -> Sequence[tuple[str, str]]:
    """Look once more, and return what was found."""
    watch.run_once()
    return [(finding.subject, finding.words) for finding in watch.findings]


def test_a_key_that_is_disabled_after_it_was_installed_is_found_until_it_is_enabled(
    captured: World, watch: Watch
) -> None:
    captured.run("ALTER TABLE USERS ADD CONSTRAINT NAMES UNIQUE (NAME)")
    captured.run("ALTER TABLE USERS DISABLE CONSTRAINT NAMES")
    assert find_words(watch) == []
    captured.run("ALTER TABLE USERS DISABLE PRIMARY KEY")
    ((subject, words),) = find_words(watch)
    assert subject == KEY
    assert words.endswith(f" is disabled: {ALIKE}")
    assert 'ALTER TABLE "COREDB"."USERS" ENABLE CONSTRAINT "SYS_C' in watch.findings[0].cure
    captured.run("ALTER TABLE USERS ENABLE PRIMARY KEY")
    assert find_words(watch) == []


def test_a_key_that_is_dropped_is_found_by_who_saw_it_before(captured: World, watch: Watch) -> None:
    captured.run("ALTER TABLE USERS DROP PRIMARY KEY")
    gone = (KEY, f"it has no primary key of ID any more: {ALIKE}")
    assert find_words(watch) == [gone]
    assert find_words(watch) == [gone]
    captured.run("ALTER TABLE USERS ADD PRIMARY KEY (ID)")
    assert find_words(watch) == []


def test_a_key_of_other_columns_than_rows_are_known_by_is_none_of_ours(
    captured: World, watch: Watch
) -> None:
    # As `changes install` does with keys that a model names: they never were a primary key.
    captured.run("ALTER TABLE USERS DISABLE PRIMARY KEY")
    captured.run("UPDATE CDC_CHANGE_TABLES SET KEYS = '[\"NAME\"]'", user="CDC")
    assert find_words(watch) == []


@pytest.mark.parametrize(
    "statements",
    [
        ("ALTER TABLE USERS DISABLE ALL TRIGGERS", "ALTER TABLE USERS ENABLE ALL TRIGGERS"),
        ("ALTER TRIGGER CDC_USERS_U DISABLE", "ALTER TRIGGER CDC_USERS_U ENABLE"),
        ("TRUNCATE TABLE USERS",),
    ],
)
def test_ddl_between_two_looks_is_said_once_with_the_snapshot_that_shows_what_went_by(
    captured: World, watch: Watch, caplog: pytest.LogCaptureFixture, statements: Sequence[str]
) -> None:
    watch.run_once()
    assert caplog.messages == []
    # LAST_DDL_TIME has whole seconds.
    captured.administer("ALTER SYSTEM SET oralite_clock_offset_seconds = 5")
    captured.run(*statements)
    assert find_words(watch) == []
    (said,) = caplog.messages
    assert said.startswith("COREDB.USERS: DDL was done on it or its triggers, the last at 2")
    assert "changes snapshot --table COREDB.USERS --anew" in said
    watch.run_once()
    assert len(caplog.messages) == 1


def test_ddl_on_other_triggers_of_the_table_is_not_said(
    captured: World, watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    captured.administer("ALTER SYSTEM SET oralite_clock_offset_seconds = 5")
    body = "AFTER INSERT ON USERS FOR EACH ROW BEGIN INSERT INTO THEIRS (ID) VALUES (:NEW.ID); END;"
    captured.run("CREATE TABLE THEIRS (ID NUMBER)", f"CREATE TRIGGER OTHER {body}")
    watch.run_once()
    assert caplog.messages == []
