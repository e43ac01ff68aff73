"""Settings: which source wins, what is refused, and that every mistake is reported at once without
a secret."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from config import CDC_CONFIG
from oracle_cdc.conversations.settings import CdcSettings
from oracle_cdc.settings.sections import LoggingSettings, OracleSettings
from tests.unit.settings_files import NEEDED, Read, refusal


def test_the_real_environment_wins_over_env_file_and_that_over_config_page(read: Read) -> None:
    env_text = "CDC_MIN_SEGMENTS=4\nCDC_MAX_ATTEMPTS=4"
    cdc = {"min_segments": 5, "max_attempts": 5, "lease_seconds": 500}
    settings = read({"CDC_MIN_SEGMENTS": "3"}, env_text, cdc).cdc
    assert (settings.min_segments, settings.max_attempts, settings.lease_seconds) == (3, 4, 500)


def test_an_empty_value_is_unset(read: Read) -> None:
    settings = read(
        {"CDC_MIN_SEGMENTS": "", "LOG_LEVEL": " "}, "CDC_MIN_SEGMENTS=4\nHEALTH_PORT=\nORACLE_DSN="
    )
    assert (settings.cdc.min_segments, settings.logging.level, settings.health_port) == (
        4,
        "INFO",
        0,
    )
    assert settings.oracle.dsn is None


def test_a_host_to_listen_at_with_its_port_gets_a_line_that_says_what_is_allowed(
    read: Read,
) -> None:
    (line,) = refusal(read, {"HEALTH_HOST": "0.0.0.0:9464"})
    assert line == (
        "HEALTH_HOST in the environment: given '0.0.0.0:9464'; allowed: an address such as "
        "127.0.0.1, 0.0.0.0 or ::, or a host name; without a port"
    )


def test_a_key_missing_from_an_edited_dictionary_takes_its_default(read: Read) -> None:
    settings = read(cdc={"max_batch_size": 100}, logging={"max_bytes": 100 * 1024 * 1024})
    assert (settings.cdc.max_batch_size, settings.cdc.normal_mode_minutes) == (100, 10)
    assert (settings.logging.max_bytes, settings.logging.backup_count) == (104_857_600, 10)


def test_the_config_page_shows_the_defaults(read: Read) -> None:
    settings = read(cdc={}, logging={})
    assert read().cdc == settings.cdc
    assert read().logging == settings.logging == LoggingSettings()
    assert settings.cdc == CdcSettings()
    fields = {name.upper() for name in CdcSettings.model_fields}
    assert {key.upper() for key in CDC_CONFIG} == fields


@pytest.mark.parametrize(
    ("text", "directory"),
    [
        ("none", None),
        ("None", None),
        (" NONE ", None),
        ("./none", Path("none")),
        ("", Path("logs")),
    ],
)
def test_the_word_none_is_no_directory_of_logs(
    read: Read, text: str, directory: Path | None
) -> None:
    assert read({"LOG_DIR": text}).logging.directory == directory


def test_nothing_is_written_into_the_process_environment(read: Read) -> None:
    before = dict(os.environ)
    read(env_text="AWS_PROFILE=x\nCDC_MIN_SEGMENTS=3")
    assert dict(os.environ) == before


def test_every_mistake_is_reported_at_once_with_what_is_allowed(read: Read) -> None:
    lines = refusal(
        read,
        {"CDC_FOO": "1", "CDC_LEASE_SECONDS": "10"},
        "CDC_SETLE_SECONDS=9\nORACLE_PORT=x\nCDC_NORMAL_POLL_INTERVAL_SECONDS=241\n"
        "CDC_MIN_SEGMENTS=0\nbroken line",
        {"min_segment": 3, "required_channels": "a"},
    )
    assert lines == [
        ".env line 5: not understood; "
        r"allowed: NAME=value, or NAME='value' with \' for a ' in it",
        "CDC_MIN_SEGMENT in config.py: not known; nearest: CDC_MIN_SEGMENTS",
        "CDC_SETLE_SECONDS in .env line 1: not known; nearest: CDC_SETTLE_SECONDS",
        "CDC_FOO in the environment: not known",
        "CDC_NORMAL_POLL_INTERVAL_SECONDS in .env line 3: given '241'; "
        "allowed: a number greater than 0 and at most 240",
        "CDC_MIN_SEGMENTS in .env line 4: given '0'; "
        "allowed: a whole number at least 1 and at most 1000",
        "CDC_REQUIRED_CHANNELS in config.py: given 'a'; allowed: "
        "capital letters separated by commas, such as A,C",
        "ORACLE_PORT in .env line 2: given 'x'; allowed: "
        "a whole number at least 1 and at most 65535",
        "CDC_LEASE_SECONDS: given 10; "
        "allowed: greater than SQS_CONNECT_TIMEOUT_SECONDS + SQS_READ_TIMEOUT_SECONDS (35)",
    ]


def test_what_is_missing_is_named(read: Read) -> None:
    names = [line.split(":")[0] for line in refusal(read, needed={})]
    assert names == [
        "ORACLE_USER",
        "ORACLE_PASSWORD",
        "SQS_OUTBOUND_QUEUE_URL",
        "SQS_RESULTS_QUEUE_URL",
        "ORACLE_HOST",
        "ORACLE_SERVICE_NAME",
    ]


def test_a_connect_string_replaces_host_and_service(read: Read) -> None:
    needed = {name: NEEDED[name] for name in ("ORACLE_USER", "ORACLE_PASSWORD", "SQS_QUEUE_URL")}
    assert read({"ORACLE_DSN": "db:1521/XE"}, needed=needed).oracle.dsn == "db:1521/XE"


def test_one_queue_url_means_one_shared_queue(read: Read) -> None:
    url = "https://sqs.eu-west-1.amazonaws.com/2/both"
    sqs = read({"SQS_QUEUE_URL": url}).sqs
    assert (sqs.outbound_queue_url, sqs.results_queue_url, sqs.is_shared) == (url, url, True)


def test_two_queue_urls_win_over_the_shared_one(read: Read) -> None:
    sqs = read({"SQS_OUTBOUND_QUEUE_URL": "http://a/o", "SQS_INBOUND_QUEUE_URL": "http://a/r"}).sqs
    assert (sqs.outbound_queue_url, sqs.results_queue_url, sqs.is_shared) == (
        "http://a/o",
        "http://a/r",
        False,
    )


def test_the_other_name_of_the_results_queue_wins_from_the_environment_too(read: Read) -> None:
    sqs = read({"SQS_INBOUND_QUEUE_URL": "http://a/env"}, "SQS_RESULTS_QUEUE_URL=http://a/file").sqs
    assert sqs.results_queue_url == "http://a/env"


def test_one_queue_url_of_two_is_completed_by_the_shared_one_or_refused(read: Read) -> None:
    assert (
        read({"SQS_OUTBOUND_QUEUE_URL": "http://a/o"}).sqs.results_queue_url
        == NEEDED["SQS_QUEUE_URL"]
    )
    alone = {**NEEDED, "SQS_QUEUE_URL": "", "SQS_OUTBOUND_QUEUE_URL": "http://a/o"}
    assert refusal(read, needed=alone)[0].startswith("SQS_RESULTS_QUEUE_URL: missing")


def test_a_wrong_shared_queue_url_is_one_mistake_under_its_own_name(read: Read) -> None:
    assert [line.split(":")[0] for line in refusal(read, {"SQS_QUEUE_URL": "q"})] == [
        "SQS_QUEUE_URL in the environment"
    ]


def test_the_region_falls_back_to_the_default_region(read: Read) -> None:
    assert read({"AWS_DEFAULT_REGION": "eu-west-3"}).aws.region == "eu-west-3"
    assert (
        read({"AWS_DEFAULT_REGION": "eu-west-3"}, "AWS_REGION=eu-west-1").aws.region == "eu-west-1"
    )
    assert read().aws.region is None


def test_other_aws_variables_are_kept_for_boto3(read: Read) -> None:
    aws = read({"AWS_CA_BUNDLE": "/ca"}, "AWS_PROFILE=cdc\nAWS_CA_BUNDLE=/other").aws
    assert dict(aws.environment) == {"AWS_CA_BUNDLE": "/ca", "AWS_PROFILE": "cdc"}


def test_a_session_token_is_not_taken_beside_the_keys_of_another_source(read: Read) -> None:
    keys = "AWS_ACCESS_KEY_ID=a\nAWS_SECRET_ACCESS_KEY=b"
    assert read({"AWS_SESSION_TOKEN": "stale"}, keys).aws.session_token is None
    token = read(env_text=keys + "\nAWS_SESSION_TOKEN=c").aws.session_token
    assert token is not None
    assert token.get_secret_value() == "c"


def test_half_a_pair_of_keys_is_refused(read: Read) -> None:
    assert refusal(read, {"AWS_SECRET_ACCESS_KEY": "x"})[0].startswith("AWS_ACCESS_KEY_ID: missing")


def test_tnsnames_are_found_by_tns_admin_too(read: Read, tmp_path: Path) -> None:
    assert read({"TNS_ADMIN": str(tmp_path)}).oracle.config_dir == str(tmp_path)
    # None of these is a directory, and no file system could have the last one.
    for nowhere in ("/nowhere", __file__, "x" * 5000):
        assert read({"TNS_ADMIN": nowhere}).oracle.config_dir is None


@pytest.mark.parametrize(
    ("environment", "variable"),
    [
        ({"CDC_RETRY_INITIAL_SECONDS": "90"}, "CDC_RETRY_INITIAL_SECONDS"),
        ({"CDC_SETTLE_SECONDS": "90", "CDC_MAX_WAIT_MINUTES": "1"}, "CDC_SETTLE_SECONDS"),
        ({"SQS_READ_TIMEOUT_SECONDS": "20"}, "SQS_READ_TIMEOUT_SECONDS"),
        (
            {"CDC_PROGRESS_DEADLINE_SECONDS": "30", "SQS_READ_TIMEOUT_SECONDS": "21"},
            "CDC_PROGRESS_DEADLINE_SECONDS",
        ),
        ({"CDC_PROGRESS_DEADLINE_SECONDS": "80"}, "CDC_PROGRESS_DEADLINE_SECONDS"),
        ({"CDC_HISTORICAL_END_DATE": "2024-01-01"}, "CDC_HISTORICAL_END_DATE"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(
    read: Read, environment: dict[str, str], variable: str
) -> None:
    assert [line.split(":")[0] for line in refusal(read, environment)] == [variable]


def test_a_wrong_value_is_not_reported_again_as_a_contradiction(read: Read) -> None:
    assert (
        len(refusal(read, {"CDC_RETRY_MAX_SECONDS": "-", "CDC_RETRY_INITIAL_SECONDS": "90"})) == 1
    )


def test_dates_and_channels_become_values(read: Read) -> None:
    cdc = read(
        {"CDC_HISTORICAL_END_DATE": "2024-05-06T07:08:09", "CDC_REQUIRED_CHANNELS": "C, A,C"}
    ).cdc
    assert cdc.historical_start_date == datetime(2024, 1, 1)
    assert cdc.historical_end_date == datetime(2024, 5, 6, 7, 8, 9)
    assert cdc.required_channels == ("C", "A")


def test_no_channel_need_be_required(read: Read) -> None:
    assert read(cdc={"required_channels": ""}).cdc.required_channels == ()


def test_an_instance_is_named_by_host_and_process(read: Read) -> None:
    assert read().cdc.instance_id.endswith(f":{os.getpid()}")
    assert read({"CDC_INSTANCE_ID": "copy-2"}).cdc.instance_id == "copy-2"


def test_settings_do_not_change_once_read(read: Read) -> None:
    with pytest.raises(ValidationError):
        read().cdc.min_segments = 5  # type: ignore[misc]


def test_source_is_named_as_sql_needs_it(read: Read) -> None:
    assert read({"SOURCE_SCHEMA": "crm"}).source.qualified_name == "crm.VERINT_TEXT_ANALYSIS"


def test_a_section_can_be_made_by_field_names() -> None:
    assert OracleSettings(user="u", password="p").port == 1521
    with pytest.raises(ValidationError):
        CdcSettings(settle=1)
