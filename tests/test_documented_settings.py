"""The documents, `.env.example`, config.py and the code name the same settings."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import cdc_service
import config
from oracle_cdc.commands.settings import list_all
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.errors import SettingsError
from oracle_cdc.events.settings import EventsSettings
from oracle_cdc.oracle.ddl import CHANGES, read_tables
from oracle_cdc.programs import ALL_NAMES, MODELS
from oracle_cdc.settings.monitor import MonitorSettings
from oracle_cdc.settings.names import variables
from oracle_cdc.settings.service import ALL_PIPELINES, TEST_VARIABLES
from tests import documents
from tests.documents import ROOT
from tests.layers import dump, load_monitored, load_pipelines

#: A row of the settings table: variable, default (in backquotes, or the word none), meaning.
SETTING_ROW = re.compile(
    r"^\| `([A-Z][A-Z0-9_]*)` \| (?:`([^`]*)`|none) \| [^|]+ \|$", re.MULTILINE
)
SETTINGS = documents.read("docs/settings.md")
ENV_EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
#: The fields of every pipeline, by their variables.
FIELDS = {name: info for model in MODELS.values() for name, info in variables(model).items()}
OF_PIPELINES = frozenset(FIELDS)
FIELDS.update(variables(MonitorSettings))
ALL = ",".join(ALL_PIPELINES)
PIPELINES = (*ALL_PIPELINES, ALL)
#: What the example has in force because it has no default.
NEEDED = (
    "ORACLE_USER",
    "ORACLE_PASSWORD",
    "ORACLE_HOST",
    "ORACLE_SERVICE_NAME",
    "AWS_REGION",
    "SQS_OUTBOUND_QUEUE_URL",
    "SQS_RESULTS_QUEUE_URL",
    "NATS_SERVERS",
    "MARIADB_HOST",
    "MARIADB_USER",
    "MARIADB_PASSWORD",
)
#: What is read under another name's field.
OTHER_NAMES = {"SQS_QUEUE_URL", "SQS_INBOUND_QUEUE_URL", "AWS_DEFAULT_REGION", "TNS_ADMIN"}
OTHER_NAMES |= {"PROGRAM_NAME", "POLL_INTERVAL", "BATCH_SIZE", "MAX_RECORDS_PER_RUN"}
ENV_LINE = re.compile(r"^(# )?([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)


def variables_of(text: str) -> dict[str, str]:
    """Return the lines of a .env, also those that are commented out."""
    found = {}
    for _, name, value in ENV_LINE.findall(text):
        found[name] = value
    return found


def documented_defaults() -> dict[str, str]:
    found = {}
    for name, default in SETTING_ROW.findall(SETTINGS):
        if default:
            found[name] = default
    return found


def write_env(path: Path, values: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8") as file:
        for name, value in values.items():
            file.write(f"{name}={value}\n")
    path.chmod(0o600)
    return path


def test_env_example_names_every_variable_and_no_other() -> None:
    names = re.findall(r"^(?:# )?([A-Z][A-Z0-9_]*)=", ENV_EXAMPLE, re.MULTILINE)
    assert sorted(names) == sorted(ALL_NAMES.known)


def copy_example(folder: Path) -> Path:
    """Put the example where the service reads its .env."""
    env_file = folder / ".env"
    env_file.write_text(ENV_EXAMPLE, encoding="utf-8")
    env_file.chmod(0o600)
    return env_file


@pytest.mark.parametrize("pipelines", PIPELINES)
def test_env_example_works_once_it_is_copied(tmp_path: Path, pipelines: str) -> None:
    enabled = load_pipelines(pipelines, {}, copy_example(tmp_path))
    assert enabled.service.pipelines == tuple(pipelines.split(","))
    assert enabled.warnings == []


def test_settings_lists_each_variable_of_all_pipelines_once(tmp_path: Path) -> None:
    names = [
        each.name for each in list_all(load_pipelines(ALL, {}, copy_example(tmp_path)).settings)
    ]
    assert len(names) == len(set(names))
    assert set(names) >= OF_PIPELINES


def test_env_example_shows_where_a_value_of_ones_own_belongs(tmp_path: Path) -> None:
    enabled = load_pipelines(ALL, {}, copy_example(tmp_path))
    events = enabled.need(EventsSettings, "this test")
    assert events.oracle.user == "your_actual_oracle_user"
    assert events.nats.servers == ("nats://your_nats_host:4222",)
    assert events.mariadb.user == "your_mariadb_user"


def test_env_example_has_two_queues_in_force(tmp_path: Path) -> None:
    enabled = load_pipelines("conversations", {}, copy_example(tmp_path))
    assert not enabled.need(Settings, "this test").sqs.is_shared


@pytest.mark.parametrize("pipelines", PIPELINES)
def test_the_settings_that_a_pipeline_is_said_to_need_are_those_that_are_missed(
    tmp_path: Path, pipelines: str
) -> None:
    section = documents.section("docs/settings.md", "### Which settings each pipeline needs")
    needed: dict[str, set[str]] = {}
    for which, names in documents.rows(section):
        for pipeline in re.findall("`(\\w+)`", which):
            needed.setdefault(pipeline, set()).update(re.findall(r"[A-Z_]{4,}", names))
    assert needed.keys() == set(ALL_PIPELINES)
    said: set[str] = set()
    for pipeline in pipelines.split(","):
        said |= needed[pipeline]
    assert missed_by(pipelines, tmp_path / "none") == said - {"ORACLE_DSN", "SQS_QUEUE_URL"}


def missed_by(pipelines: str, env_file: Path) -> set[str]:
    try:
        load_pipelines(pipelines, {}, env_file)
    except SettingsError as error:
        return set(re.findall(r"^ +(\w+): missing", str(error), re.MULTILINE))
    return set()


@pytest.mark.parametrize(
    ("pipelines", "wrong"),
    [
        ("events", "SQS_READ_TIMEOUT_SECONDS"),
        ("conversations", "BATCH_SIZE"),
        ("changes", "PROCESSOR_LEASE_SECONDS"),
        ("processor", "ORACLE_PORT"),
    ],
)
def test_what_is_wrong_for_a_pipeline_that_does_not_run_is_passed_over(
    tmp_path: Path, pipelines: str, wrong: str
) -> None:
    assert load_pipelines(pipelines, {wrong: "x"}, copy_example(tmp_path)).warnings == []
    with pytest.raises(SettingsError, match=wrong):
        load_pipelines(ALL, {wrong: "x"}, copy_example(tmp_path))


def test_env_example_shows_the_defaults(tmp_path: Path) -> None:
    # Given: every line in force, with something in each that has no default
    shown = dict(re.findall(r"^(?:# )?([A-Z][A-Z0-9_]*)=(.+)$", ENV_EXAMPLE, re.MULTILINE))
    env_file = write_env(tmp_path / ".env", shown)
    # When
    settings = load_pipelines(ALL, {"CDC_INSTANCE_ID": "one"}, env_file)
    # Then
    sparse = {"CDC_INSTANCE_ID": "one"}
    for name in NEEDED:
        sparse[name] = shown[name]
    assert dump(settings) == dump(load_pipelines(ALL, sparse, tmp_path / "none"))
    assert load_monitored({}, env_file) == load_monitored(sparse, tmp_path / "none")


def test_env_example_says_something_of_every_variable() -> None:
    # Each block of lines with values stands right under a sentence.
    for block in re.split(r"\n(?=# (?![A-Z0-9_]+=))", ENV_EXAMPLE):
        sentence, *values = block.strip().splitlines()
        assert not ENV_LINE.match(sentence)
        for line in values:
            assert ENV_LINE.match(line), sentence


def test_config_page_holds_every_key_of_its_sections() -> None:
    shown = set()
    pages = cdc_service.read_page()
    for prefix, page in pages.items():
        for key in page:
            shown.add(prefix + key.upper())
    prefixes = tuple(filter(None, pages))
    for name in FIELDS:
        assert (name in shown) == (name.startswith(prefixes) or name in pages[""]), name
    assert shown <= set(FIELDS)


def test_config_page_shows_the_defaults(tmp_path: Path) -> None:
    mine = {"CDC_INSTANCE_ID": "one"}
    env_file = copy_example(tmp_path)
    # The tables are an example: without them none is published.
    page = {prefix: keys for prefix, keys in cdc_service.read_page().items() if prefix}
    shown = dump(load_pipelines(ALL, mine, env_file, page))
    assert shown == dump(load_pipelines(ALL, mine, env_file))
    assert load_monitored({}, env_file, page) == load_monitored({}, env_file)


def test_every_key_of_the_config_page_counts(tmp_path: Path) -> None:
    # Given: a page whose every value is one that nothing takes
    page: dict[str, dict[str, object]] = {}
    for prefix, shown in cdc_service.read_page().items():
        page[prefix] = dict.fromkeys(shown, object())
    # When
    env_file = copy_example(tmp_path)
    with pytest.raises(SettingsError) as refused:
        load_pipelines(ALL, {}, env_file, page)
    with pytest.raises(SettingsError) as refused_by_monitor:
        load_monitored({}, env_file, page)
    # Then
    lines = f"{refused.value}\n{refused_by_monitor.value}"
    named = set(re.findall(r"^ +(\w+) in config\.py: ", lines, re.MULTILINE))
    for prefix, shown in page.items():
        assert {prefix + key.upper() for key in shown} <= named


def test_a_config_page_from_before_there_were_events_or_changes_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(config, "PUBLISHER_CONFIG")
    monkeypatch.delattr(config, "TABLE_TRANSFORMERS")
    monkeypatch.delattr(config, "MONITOR_CONFIG")
    monkeypatch.delattr(config, "MONITOR_SYNCS")
    page = cdc_service.read_page()
    assert (page["PUBLISHER_"], page["MONITOR_"]) == ({}, {})
    assert page[""] == {"TABLE_TRANSFORMERS": {}, "MONITOR_SYNCS": {}}


def test_only_the_tests_variables_are_read_by_nothing() -> None:
    elsewhere = {"CONFIG_FILE", "ORACLE_SCHEMA", "ORACLE_TABLES"}
    assert ALL_NAMES.known - FIELDS.keys() - OTHER_NAMES - elsewhere == set(TEST_VARIABLES)


def test_config_page_is_imported_without_the_packages_that_slow_a_start() -> None:
    slow = {"pydantic", "boto3", "oracledb", "dotenv"}
    code = f"import config, sys; print({slow} & sys.modules.keys())"
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "set()"


def test_settings_page_names_every_setting_once() -> None:
    names = re.findall(r"^\| `([A-Z][A-Z0-9_]*)` \|", SETTINGS, re.MULTILINE)
    assert sorted(names) == sorted(ALL_NAMES.known)


def test_settings_page_shows_the_defaults(tmp_path: Path) -> None:
    # Given: what the table shows as defaults, as a .env
    needed = {"CDC_INSTANCE_ID": "one"}
    for name in NEEDED:
        needed[name] = "http://localhost/q" if name.endswith("URL") else "1"
    shown = documented_defaults()
    env_file = write_env(tmp_path / ".env", needed | shown)
    # Then: it changes nothing, and nothing that has a default is shown as having none
    shown_settings = load_pipelines(ALL, {}, env_file)
    assert dump(shown_settings) == dump(load_pipelines(ALL, needed, tmp_path / "none"))
    assert load_monitored({}, env_file) == load_monitored(needed, tmp_path / "none")
    for name, info in FIELDS.items():
        assert (name in shown) == is_shown_as_default(info.get_default()), name


def is_shown_as_default(value: object) -> bool:
    return value not in (None, "", (), {}) and str(value) != "PydanticUndefined"


def test_settings_page_and_env_example_show_the_same_defaults() -> None:
    examples = variables_of(ENV_EXAMPLE)
    for name, default in documented_defaults().items():
        assert examples[name] == default, name


def test_every_variable_that_a_document_names_is_one() -> None:
    prefixes = (
        "CDC|SQS|SOURCE|LOGGING|NATS|MARIADB|PUBLISHER|KINESIS|CHANGES|PROCESSOR|DLQ|METRICS|SLA"
    )
    named = set(
        re.findall(rf"`((?:{prefixes}|MONITOR)_[A-Z0-9_]+)(?:=[^`]*)?`", documents.everything())
    )
    foreign = {"CDC_SERVICE_HOST", "CDC_NORMAL_POL_INTERVAL_SECONDS", "SOURCE_DATE_EPOCH"}
    foreign |= {"CDC_CONFIG", "LOGGING_CONFIG", "PUBLISHER_CONFIG", "MONITOR_CONFIG"}
    owned = {**read_tables(), **read_tables(CHANGES)}
    tables = {*owned, "CDC_NORMAL_MODE", "CDC_HISTORICAL_MODE", "CDC_CHANGE_SEQ"}
    columns: set[str] = set()
    for table in owned.values():
        columns.update(table)
    indexes = set(re.findall(r"\bCDC_\w+_IX\b", documents.everything()))
    assert named - ALL_NAMES.known - foreign - tables - columns - indexes == set()
