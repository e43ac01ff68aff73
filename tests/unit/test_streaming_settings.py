"""The settings of row changes: bounds, contradictions, and what others set beside them."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from pathlib import Path

import pytest

from oracle_cdc.changes.settings import ChangesSettings
from oracle_cdc.conversations.settings import Settings, ask_store
from oracle_cdc.errors import SettingsError
from oracle_cdc.events.settings import EventsSettings
from oracle_cdc.processor.settings import ProcessorSettings
from oracle_cdc.programs import MODELS, Enabled, load_alone
from oracle_cdc.settings.layers import Origins
from oracle_cdc.settings.page import read_page
from oracle_cdc.settings.service import ALL_PIPELINES, OracleServiceSettings
from tests.layers import load_pipelines

ORACLE = {"ORACLE_USER": "reader", "ORACLE_PASSWORD": "o", "ORACLE_DSN": "db:1521/X"}
#: The template of the service that this one takes the place of.
FORMER = {
    "AWS_REGION": "us-east-1",
    "AWS_ACCOUNT_ID": "123456789012",
    "KINESIS_STREAM_NAME": "coredb-cdc-stream",
    "KINESIS_BATCH_SIZE": "100",
    "EVENT_BUS_NAME": "cdc-events",
    "EVENT_SOURCE": "cdc-pipeline",
    "STATE_TABLE_NAME": "cdc-pipeline-state",
    "CHECKPOINT_TABLE_NAME": "cdc-pipeline-checkpoints",
    "ENABLE_DATA_REDACTION": "true",
    "MAX_RETRY_ATTEMPTS": "3",
}


def origins(tmp_path: Path, given: dict[str, str]) -> Origins:
    return Origins(given, tmp_path / ".env", read_page({}), ask_store)


def load_processor(tmp_path: Path, **given: str) -> ProcessorSettings:
    return load_alone(ProcessorSettings, origins(tmp_path, given))


def load_changes(tmp_path: Path, **given: str) -> ChangesSettings:
    return load_alone(ChangesSettings, origins(tmp_path, ORACLE | given))


def test_every_pipeline_has_settings_in_the_order_in_which_it_is_named() -> None:
    assert tuple(MODELS) == ALL_PIPELINES


def test_the_template_of_the_former_service_is_taken_as_it_is_and_says_the_defaults(
    tmp_path: Path,
) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("".join(f"{name}={value}\n" for name, value in FORMER.items()))
    env_file.chmod(0o600)
    (settings,) = load_pipelines("processor", {}, env_file).settings
    bare = load_processor(tmp_path / "none", AWS_REGION="us-east-1", AWS_ACCOUNT_ID="123456789012")
    left, right = settings.model_dump(), bare.model_dump()
    for each in (left, right):
        del each["pipelines"], each["cdc"]["instance_id"]
    assert left == right
    assert settings.warnings == ()


@pytest.mark.parametrize("name", [*list(FORMER)[2:], "RETRYABLE_ERRORS", "DLQ_KEEP_EVENT"])
def test_a_name_without_a_prefix_that_is_misspelt_is_refused_in_a_file(
    tmp_path: Path, name: str
) -> None:
    misspelt = name + "S"
    (tmp_path / ".env").write_text(f"{misspelt}=1\n")
    with pytest.raises(SettingsError, match=f"{misspelt} in .env line 1: not known; nearest"):
        load_processor(tmp_path)


def test_what_windows_has_in_every_environment_is_no_setting(tmp_path: Path) -> None:
    load_processor(tmp_path, PROCESSOR_ARCHITECTURE="AMD64", PROCESSOR_IDENTIFIER="Intel64")
    with pytest.raises(SettingsError, match="PROCESSOR_LEASE in the environment: not known"):
        load_processor(tmp_path, PROCESSOR_LEASE="30")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("AWS_ACCOUNT_ID", "1234"),
        ("KINESIS_STREAM_NAME", "a stream"),
        ("KINESIS_BATCH_SIZE", "10001"),
        ("KINESIS_BATCH_SIZE", "0"),
        ("KINESIS_READ_TIMEOUT_SECONDS", "0"),
        ("EVENT_BUS_NAME", "a bus"),
        ("EVENT_SOURCE", "aws.cdc"),
        ("STATE_TABLE_NAME", "ab"),
        ("CHECKPOINT_TABLE_NAME", "a/b"),
        ("MAX_RETRY_ATTEMPTS", "11"),
        ("MAX_RETRY_ATTEMPTS", "0"),
        ("RETRY_BASE_DELAY_MS", "0"),
        ("RETRY_MAX_DELAY_MS", "60001"),
        ("RETRYABLE_ERRORS", "Throttling,Throttling"),
        ("RETRYABLE_ERRORS", "Throttling,"),
        ("DLQ_URL", "a-queue"),
        ("DLQ_URL", "https://sqs.eu-west-1.amazonaws.com/1/letters.fifo"),
        ("DLQ_KEEP_EVENT", "maybe"),
        ("PROCESSOR_ID", "a/b"),
        ("PROCESSOR_START", "2024-01-15T10:30:00"),
        ("PROCESSOR_START", "earliest"),
        ("PROCESSOR_POLL_INTERVAL_SECONDS", "0.1"),
        ("PROCESSOR_REQUESTS_IN_FLIGHT", "0"),
        ("METRICS_NAMESPACE", "AWS/Lambda"),
        ("METRICS_INTERVAL_SECONDS", "3601"),
        ("REDACTION_REGION", "Israel"),
        ("REDACTION_HMAC_KEY", "a" * 15),
    ],
)
def test_what_the_processor_can_not_take_is_refused(tmp_path: Path, name: str, wrong: str) -> None:
    with pytest.raises(SettingsError, match=rf"{name} in the environment: given .*; allowed: \S"):
        load_processor(tmp_path, **{name: wrong})


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("CHANGES_POLL_INTERVAL_SECONDS", "0.01"),
        ("CHANGES_BATCH_SIZE", "1"),
        ("CHANGES_TABLES", "users,users"),
        ("CHANGES_TABLES", "COREDB/USERS"),
        ("CHANGES_MAX_LOG_ROWS", "0"),
        ("CHANGES_MAX_LOG_AGE_SECONDS", "604801"),
        ("CHANGES_CHECK_SECONDS", "0"),
        ("CHANGES_HEARTBEAT_SECONDS", "-1"),
    ],
)
def test_what_changes_can_not_take_is_refused(tmp_path: Path, name: str, wrong: str) -> None:
    with pytest.raises(SettingsError, match=rf"{name} in the environment: given '.*; allowed: \S"):
        load_changes(tmp_path, **{name: wrong})


@pytest.mark.parametrize(
    ("given", "mistake"),
    [
        ({"RETRY_BASE_DELAY_MS": "6000"}, "RETRY_BASE_DELAY_MS: given 6000"),
        ({"PROCESSOR_LEASE_SECONDS": "15"}, "PROCESSOR_LEASE_SECONDS: given 15"),
        ({"KINESIS_READ_TIMEOUT_SECONDS": "25"}, "PROCESSOR_LEASE_SECONDS: given 30"),
        ({"CDC_PROGRESS_DEADLINE_SECONDS": "15"}, "CDC_PROGRESS_DEADLINE_SECONDS: given 15"),
        (
            {"CDC_PROGRESS_DEADLINE_SECONDS": "50", "MAX_RETRY_ATTEMPTS": "10"},
            "CDC_PROGRESS_DEADLINE_SECONDS: given 50; allowed: greater than MAX_RETRY_ATTEMPTS",
        ),
    ],
)
def test_times_of_the_processor_that_contradict_are_refused(
    tmp_path: Path, given: dict[str, str], mistake: str
) -> None:
    with pytest.raises(SettingsError, match=f"  {re.escape(mistake)}"):
        load_processor(tmp_path, **given)


def test_times_at_the_edge_of_a_contradiction_are_taken(tmp_path: Path) -> None:
    settings = load_processor(
        tmp_path,
        PROCESSOR_LEASE_SECONDS="16",
        RETRY_BASE_DELAY_MS="5000",
        CDC_PROGRESS_DEADLINE_SECONDS="16",
    )
    assert settings.retry.base_delay_seconds == settings.retry.max_delay_seconds == 5.0


def test_retries_of_changes_that_begin_above_their_end_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="CHANGES_RETRY_INITIAL_SECONDS: given 61; allowed"):
        load_changes(tmp_path, CHANGES_RETRY_INITIAL_SECONDS="61")


def test_a_database_that_hangs_is_no_loop_that_hangs(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="CDC_PROGRESS_DEADLINE_SECONDS: given 80; allowed"):
        load_changes(tmp_path, CDC_PROGRESS_DEADLINE_SECONDS="80")


def test_a_start_is_a_moment_whatever_zone_it_is_written_in(tmp_path: Path) -> None:
    moment = datetime(2024, 1, 15, 10, 30, tzinfo=timezone.utc)
    for written in ("2024-01-15T10:30:00Z", "2024-01-15T12:30:00+02:00"):
        assert load_processor(tmp_path, PROCESSOR_START=written).processor.start == moment


def test_a_copy_is_ready_for_longer_than_its_pauses(tmp_path: Path) -> None:
    assert load_processor(tmp_path).ready_limit_seconds == 60
    assert (
        load_processor(
            tmp_path, PROCESSOR_POLL_INTERVAL_SECONDS="40", PROCESSOR_LEASE_SECONDS="100"
        ).ready_limit_seconds
        == 80
    )
    assert load_changes(tmp_path, CHANGES_POLL_INTERVAL_SECONDS="50").ready_limit_seconds == 100


def test_only_the_processor_needs_no_oracle() -> None:
    on_oracle = [name for name, model in MODELS.items() if issubclass(model, OracleServiceSettings)]
    assert on_oracle == ["conversations", "events", "changes"]


def test_a_pipeline_that_is_not_enabled_is_named_to_whoever_needs_it(tmp_path: Path) -> None:
    processor, changes = load_processor(tmp_path), load_changes(tmp_path)
    enabled = Enabled([changes, processor])
    assert enabled.find(ProcessorSettings) is processor
    assert enabled.need(ChangesSettings, "this") is changes
    assert enabled.find(OracleServiceSettings) is changes
    assert enabled.find(Settings) is None
    with pytest.raises(SettingsError, match="dlq: only where PIPELINES names events"):
        enabled.need(EventsSettings, "dlq")


def test_where_pipelines_is_wrong_nothing_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        load_pipelines("changes processor", {"CDC_MAX_BATCH_SIZE": "0"}, tmp_path / "none")
    pipelines, batch = str(refused.value).splitlines()[1:]
    assert "PIPELINES in the environment: given 'changes processor'" in pipelines
    assert "CDC_MAX_BATCH_SIZE" in batch
