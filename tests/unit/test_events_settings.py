"""The settings of events: bounds, contradictions, other names, and what others set beside them."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest

from oracle_cdc.conversations.settings import ask_store
from oracle_cdc.errors import SettingsError
from oracle_cdc.events.settings import EventsSettings, PublisherSettings
from oracle_cdc.events.wiring import first_time, make_rules
from oracle_cdc.programs import load_extraction
from oracle_cdc.settings.layers import CONFIG_PLACE, Origins
from oracle_cdc.settings.page import read_page
from tests.layers import load_conversations, load_events

ORACLE = {"ORACLE_USER": "reader", "ORACLE_PASSWORD": "o", "ORACLE_DSN": "db:1521/X"}
NEEDED = {
    **ORACLE,
    "NATS_SERVERS": "localhost",
    "MARIADB_HOST": "localhost",
    "MARIADB_USER": "writer",
    "MARIADB_PASSWORD": "m",
}
#: As the former publisher's example has it.
FORMER = """\
oracle_db:
  username: reader
  password: o
  dsn: db:1521/X
  pool_min: 1
  pool_max: 5
  pool_increment: 1
  retry:
    max_retries: 3
    initial_backoff: 1.0
    max_backoff: 30.0
    backoff_multiplier: 2.0
mariadb:
  host: localhost
  port: 3307
  database: etl_tracking
  username: writer
  password: 012345
  pool_size: 5
  retry:
    max_retries: 3
    initial_backoff: 1.0
    max_backoff: 30.0
    backoff_multiplier: 2.0
nats:
  servers:
    - nats://localhost:4222
  username: nats_user
  password: nats_password
  max_reconnect_attempts: 60
  reconnect_time_wait: 2
  retry:
    max_retries: 3
    initial_backoff: 2.0
    max_backoff: 10.0
    backoff_multiplier: 2.0
intime_txlog_events:
  stream_name: TXLOG
  subject: txlog.x
  add_trace_id: false
  data_type: TX
publisher:
  program_name: M_OTHER
  poll_interval: 30
  batch_size: 100
  max_records_per_run: 500
  max_retries: 1
logging:
  level: INFO
  format: "%(asctime)s - %(name)s - %(levelname)s - %(message)s"
"""


def origins(folder: Path, env_file: str = "", **environment: str) -> Origins:
    (folder / ".env").write_text(env_file, encoding="utf-8")
    (folder / ".env").chmod(0o600)
    return Origins(environment, folder / ".env", read_page({}), ask_store)


def write_yaml(folder: Path, text: str) -> None:
    file = folder / CONFIG_PLACE
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")


def read(folder: Path, **given: str) -> PublisherSettings:
    return load_events(origins(folder, **NEEDED, **given)).publisher


def refusal(folder: Path, **given: str) -> str:
    with pytest.raises(SettingsError) as caught:
        read(folder, **given)
    return str(caught.value)


def lines(variables: dict[str, str]) -> str:
    return "\n".join(f"{name}={value}" for name, value in variables.items())


def test_only_the_ways_to_the_three_systems_are_needed(tmp_path: Path) -> None:
    publisher = read(tmp_path)
    assert (publisher.schema_name, publisher.table) == ("spc", "TXLOG_EVENTS")
    assert (publisher.keys, publisher.columns) == (("ID",), ())


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"PUBLISHER_SHARE": "3/2"}, "PUBLISHER_SHARE .* n/m with n from 1 to m"),
        ({"PUBLISHER_SHARE": "0/2"}, "PUBLISHER_SHARE .* n/m"),
        ({"PUBLISHER_START": "tomorrow"}, "PUBLISHER_START .* beginning, now, a date"),
        ({"PUBLISHER_START": "1899-12-31"}, "PUBLISHER_START .* from 1900 on"),
        ({"PUBLISHER_ID_COLUMN": "ID,ID"}, "PUBLISHER_ID_COLUMN .* each once"),
        ({"PUBLISHER_COLUMNS": 'A,"b"'}, "PUBLISHER_COLUMNS .* names of columns"),
        ({"PUBLISHER_PROGRAM_NAME": "A#1"}, "PUBLISHER_PROGRAM_NAME .* at most 90 letters"),
        ({"PUBLISHER_DATA_TYPE": "é"}, "PUBLISHER_DATA_TYPE .* ASCII"),
        ({"PUBLISHER_SLICE_SECONDS": "601"}, "PUBLISHER_SLICE_SECONDS: 601 is longer"),
        (
            {"PUBLISHER_SETTLE_SECONDS": "60", "PUBLISHER_OVERLAP_MINUTES": "1"},
            "PUBLISHER_SETTLE_SECONDS: 60 is not less",
        ),
        (
            {"PUBLISHER_OVERLAP_MINUTES": "61", "PUBLISHER_RECONCILE_HOURS": "1"},
            "PUBLISHER_OVERLAP_MINUTES: 61 is longer",
        ),
        ({"PUBLISHER_RETRY_INITIAL_SECONDS": "61"}, "PUBLISHER_RETRY_INITIAL_SECONDS: 61 is"),
        ({"PUBLISHER_POLL_INTERVALL": "1"}, "nearest: PUBLISHER_POLL_INTERVAL_SECONDS"),
    ],
)
def test_what_is_wrong_is_said_with_what_is_allowed(
    tmp_path: Path, given: dict[str, str], words: str
) -> None:
    (line,) = refusal(tmp_path, **given).splitlines()[1:]
    assert re.search(words, line), line


@pytest.mark.parametrize(
    "subject",
    [".", "a.", ".a", "a..b", "a b", "a.*", "a.>", "a.{ID", "a.ID}", "a.{{ID}}", "a.{}", "ä"],
)
def test_what_is_no_subject_is_refused_where_settings_are_read(
    tmp_path: Path, subject: str
) -> None:
    (line,) = refusal(tmp_path, NATS_SUBJECT=subject).splitlines()[1:]
    assert "NATS_SUBJECT" in line
    assert "allowed: words of letters, digits, _ and - with dots between them" in line


def test_what_lies_on_its_bound_is_allowed(tmp_path: Path) -> None:
    publisher = read(
        tmp_path,
        PUBLISHER_SLICE_SECONDS="3600",
        PUBLISHER_OVERLAP_MINUTES="60",
        PUBLISHER_RECONCILE_HOURS="1",
        PUBLISHER_SHARE="4/4",
        PUBLISHER_RETRY_INITIAL_SECONDS="60",
    )
    assert publisher.share == "4/4"


def test_the_names_of_the_former_publisher_count_too(tmp_path: Path) -> None:
    publisher = read(
        tmp_path, PROGRAM_NAME="M_X", POLL_INTERVAL="5", BATCH_SIZE="7", MAX_RECORDS_PER_RUN="8"
    )
    assert (publisher.program_name, publisher.poll_interval_seconds) == ("M_X", 5)
    assert (publisher.batch_size, publisher.max_records_per_run) == (7, 8)


def test_the_file_of_the_former_publisher_is_read_as_it_is(tmp_path: Path) -> None:
    write_yaml(tmp_path, FORMER)
    settings = load_events(origins(tmp_path))
    publisher = settings.publisher
    assert (publisher.program_name, publisher.poll_interval_seconds) == ("M_OTHER", 30)
    assert (publisher.retry_initial_seconds, publisher.retry_max_seconds) == (2, 10)
    assert (publisher.data_type, publisher.add_trace_id) == ("TX", False)
    assert (settings.nats.stream, settings.nats.subject) == ("TXLOG", "txlog.x")
    assert settings.nats.user == "nats_user"
    assert settings.mariadb.password.get_secret_value() == "012345"


def test_each_program_passes_over_what_is_set_for_the_others(tmp_path: Path) -> None:
    queue = {"SQS_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/1/q", "CDC_SETTLE_SECONDS": "1"}
    publisher = {"PUBLISHER_SHARE": "1/2", "POLL_INTERVAL": "5", "ORACLE_TABLES": "A,B"}
    all_of_them = lines({**NEEDED, **queue, **publisher})
    assert load_events(origins(tmp_path, all_of_them)).publisher.share == "1/2"
    assert load_conversations(origins(tmp_path, all_of_them)).cdc.settle_seconds == 1
    assert load_extraction(origins(tmp_path, all_of_them)).tables == "A,B"


def test_a_file_of_all_programs_is_read_by_each(tmp_path: Path) -> None:
    write_yaml(
        tmp_path,
        FORMER + "sqs:\n  outbound_queue_url: https://a.b/1\n  results_queue_url: https://a.b/2\n",
    )
    assert load_events(origins(tmp_path)).publisher.program_name == "M_OTHER"
    assert load_conversations(origins(tmp_path)).sqs.outbound_queue_url == "https://a.b/1"
    assert load_extraction(origins(tmp_path)).oracle.user == "reader"


@pytest.mark.parametrize(
    ("start", "first"),
    [
        ("beginning", datetime(1900, 1, 1)),
        ("now", None),
        ("2026-11-26T12:00:00", datetime(2026, 11, 26, 12)),
    ],
)
def test_the_first_run_begins_at_the_start_that_is_set(
    tmp_path: Path, start: str, first: datetime | None
) -> None:
    assert first_time(read(tmp_path, PUBLISHER_START=start)) == first


def test_each_share_has_a_row_of_its_own_and_the_same_ids(tmp_path: Path) -> None:
    publisher = read(tmp_path, PROGRAM_NAME="M_X", PUBLISHER_SHARE="2/4")
    assert make_rules(publisher).program == "M_X#2/4"
    assert publisher.program_name == "M_X"


def test_a_table_without_a_key_is_read_by_its_rowids(tmp_path: Path) -> None:
    assert read(tmp_path, PUBLISHER_ID_COLUMN="rowid").keys == ()


def test_no_secret_is_shown(tmp_path: Path) -> None:
    settings: EventsSettings = load_events(origins(tmp_path, **NEEDED, NATS_TOKEN="to-ken-7"))
    assert "to-ken-7" not in repr(settings)
