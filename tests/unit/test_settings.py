"""Settings: which source wins, what is refused, and that every mistake is told at once without a secret."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from config import CDC_CONFIG, LOGGING_CONFIG
from oracle_cdc.conversations.settings import CdcSettings, Settings, load_settings
from oracle_cdc.errors import SettingsError
from oracle_cdc.settings.owners import advise, describe_owner
from oracle_cdc.settings.sections import LoggingSettings, OracleSettings

NEEDED = {
    "ORACLE_USER": "cdc",
    "ORACLE_PASSWORD": "pa$s#w0rd",
    "ORACLE_HOST": "db.example",
    "ORACLE_SERVICE_NAME": "XE",
    "SQS_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/1/q",
}

Read = Callable[..., Settings]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read settings from an environment, the text of a .env and config.py's dictionaries."""

    def run(
        environment: Mapping[str, str] | None = None,
        env_text: str = "",
        cdc: Mapping[str, object] = CDC_CONFIG,
        logging: Mapping[str, object] = LOGGING_CONFIG,
        needed: Mapping[str, str] = NEEDED,
    ) -> Settings:
        env_file = tmp_path / ".env"
        env_file.write_text(env_text, encoding="utf-8")
        env_file.chmod(0o600)
        return load_settings(
            {**needed, **(environment or {})}, env_file, {"CDC_": cdc, "LOGGING_": logging}
        )

    return run


def refusal(read: Read, *args: object, **kwargs: object) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read(*args, **kwargs)
    return [line.strip() for line in str(caught.value).splitlines()[1:]]


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


def test_a_key_missing_from_an_edited_dictionary_takes_its_default(read: Read) -> None:
    settings = read(cdc={"max_batch_size": 100}, logging={"max_bytes": 100 * 1024 * 1024})
    assert (settings.cdc.max_batch_size, settings.cdc.normal_mode_minutes) == (100, 10)
    assert (settings.logging.max_bytes, settings.logging.backup_count) == (104_857_600, 10)


def test_the_config_page_shows_the_defaults(read: Read) -> None:
    settings = read(cdc={}, logging={})
    assert read().cdc == settings.cdc
    assert read().logging == settings.logging == LoggingSettings()
    assert settings.cdc == CdcSettings()
    assert {key.upper() for key in CDC_CONFIG} == {
        name.upper() for name in CdcSettings.model_fields
    }


def test_nothing_is_written_into_the_process_environment(read: Read) -> None:
    before = dict(os.environ)
    read(env_text="AWS_PROFILE=x\nCDC_MIN_SEGMENTS=3")
    assert dict(os.environ) == before


def test_every_mistake_is_told_at_once_with_what_is_allowed(read: Read) -> None:
    lines = refusal(
        read,
        {"CDC_FOO": "1", "CDC_LEASE_SECONDS": "10"},
        "CDC_SETLE_SECONDS=9\nORACLE_PORT=x\nCDC_NORMAL_POLL_INTERVAL_SECONDS=241\nCDC_MIN_SEGMENTS=0\nbroken line",
        {"min_segment": 3, "required_channels": "a"},
    )
    assert lines == [
        ".env line 5: not understood; allowed: NAME=value",
        "CDC_MIN_SEGMENT in config.py: not known; nearest: CDC_MIN_SEGMENTS",
        "CDC_SETLE_SECONDS in .env: not known; nearest: CDC_SETTLE_SECONDS",
        "CDC_FOO in the environment: not known",
        "ORACLE_PORT in .env: given 'x'; allowed: a whole number at least 1 and at most 65535",
        "CDC_NORMAL_POLL_INTERVAL_SECONDS in .env: given '241'; allowed: a number greater than 0 and at most 240",
        "CDC_MIN_SEGMENTS in .env: given '0'; allowed: a whole number at least 1 and at most 1000",
        "CDC_REQUIRED_CHANNELS in config.py: given 'a'; allowed: capital letters separated by commas, such as A,C",
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


@pytest.mark.parametrize(
    "line",
    [
        "ORACLE_PASWORD=geheim",
        "MY_API_KEY=geheim",
        "geheim",
        "MIIgeheim==",
        'ORACLE_PASSWORD="geheim',
        "ORACLE_DSN=scott/geheim@db/XE",
        "SQS_QUEUE_URL=https://me:geheim@sqs.example/q",
        "AWS_ENDPOINT_URL=geheim@[",
        "AWS_SECRET_ACCESS_KEY=geheim",
        "AWS_SESSION_TOKEN=geheim",
        "ORACLE_WALLET_PASSWORD=geheim\nHEALTH_PORT=x",
    ],
)
def test_a_secret_never_stands_in_an_error(read: Read, line: str) -> None:
    needed = {name: value for name, value in NEEDED.items() if name not in ("SQS_QUEUE_URL",)}
    assert "geheim" not in "\n".join(refusal(read, env_text=line, needed=needed))


def test_a_secret_never_stands_in_a_repr(read: Read) -> None:
    keys = {
        "AWS_ACCESS_KEY_ID": "geheim1",
        "AWS_SECRET_ACCESS_KEY": "geheim2",
        "AWS_SESSION_TOKEN": "geheim3",
    }
    shown = repr(read({**keys, "AWS_BEARER_TOKEN": "geheim4", "ORACLE_WALLET_PASSWORD": "geheim5"}))
    assert "geheim" not in shown
    assert NEEDED["ORACLE_PASSWORD"] not in shown


def test_the_error_has_no_cause_that_could_quote_a_value(read: Read) -> None:
    with pytest.raises(SettingsError) as caught:
        read({"ORACLE_PORT": "x"})
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_value_is_taken_as_it_stands(read: Read) -> None:
    settings = read(
        env_text="ORACLE_PASSWORD='a ${HOME} #b'", needed={**NEEDED, "ORACLE_PASSWORD": ""}
    )
    assert settings.oracle.password.get_secret_value() == "a ${HOME} #b"


def test_an_env_file_from_notepad_is_read(read: Read) -> None:
    assert (
        read(
            env_text="\ufeffCDC_MIN_SEGMENTS=3  # comment\r\nexport HEALTH_PORT=8080\r\n"
        ).cdc.min_segments
        == 3
    )


def test_an_env_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_bytes(b"ORACLE_USER=\xff")
    with pytest.raises(SettingsError, match="not readable"):
        load_settings(NEEDED, env_file)


@pytest.mark.skipif(os.name != "posix", reason="Windows has other rights")
def test_an_env_file_that_others_can_read_is_a_warning(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.touch(mode=0o640)
    assert load_settings(NEEDED, env_file).warnings == ()
    env_file.chmod(0o644)
    (warning,) = load_settings(NEEDED, env_file).warnings
    assert warning.endswith(f"chmod 600 {env_file}")


def test_an_env_file_that_cannot_be_read_is_one_mistake(tmp_path: Path) -> None:
    # Nothing is told to be missing that may well stand in it. A directory can't be read by root either.
    (tmp_path / ".env").mkdir()
    with pytest.raises(SettingsError) as caught:
        load_settings({}, tmp_path / ".env")
    assert str(caught.value).splitlines() == [
        f"{tmp_path}/.env: not readable (IsADirectoryError); allowed: a UTF-8 file that this user may read"
    ]


def test_who_may_not_read_a_file_learns_whose_it_is(tmp_path: Path) -> None:
    missing = tmp_path / "not" / "there"
    said = describe_owner(missing, PermissionError())
    assert said.startswith(f"; it belongs to {tmp_path.owner()}: sudo ")
    assert describe_owner(tmp_path, FileNotFoundError()) == ""


def test_no_advice_is_to_run_a_command_as_root() -> None:
    # A run as root leaves the very files behind that keep the service's user out.
    assert advise("root", "oracle-cdc") == "sudo chown it to oracle-cdc"
    assert advise("oracle-cdc", "dana") == ("sudo -u oracle-cdc COMMAND, or sudo chown it to dana")


LINKS = {
    "CDC_SERVICE_HOST": "10.0.0.1",
    "CDC_SERVICE_PORT": "1521",
    "CDC_SERVICE_PORT_HTTP": "8080",
    "CDC_PORT": "tcp://10.0.0.1:1521",
    "CDC_PORT_1521_TCP": "tcp://10.0.0.1:1521",
    "CDC_PORT_1521_TCP_ADDR": "10.0.0.1",
    "SQS_PROXY_PORT_53_UDP_PROTO": "udp",
    "SOURCE_DATE_EPOCH": "0",
    # A service of the name oracle, and one of the name health.
    "ORACLE_PORT": "tcp://10.0.0.1:1521",
    "HEALTH_PORT": "udp://10.0.0.1:53",
}


def test_what_kubernetes_or_a_build_puts_into_the_environment_is_passed_over(read: Read) -> None:
    settings = read(LINKS, "ORACLE_PORT=1522\n")
    assert (settings.oracle.port, settings.health_port) == (1522, 0)
    assert settings.warnings == ()


def test_a_link_in_an_env_file_is_a_mistake_because_only_a_person_writes_there(read: Read) -> None:
    lines = refusal(read, env_text="ORACLE_PORT=tcp://10.0.0.1:1521\nCDC_SERVICE_HOST=x\n")
    assert [line.split(":")[0] for line in lines] == [
        "CDC_SERVICE_HOST in .env",
        "ORACLE_PORT in .env",
    ]


def test_a_port_of_ours_that_is_no_link_is_ours(read: Read) -> None:
    assert read({"ORACLE_PORT": "1523"}).oracle.port == 1523
    assert refusal(read, {"ORACLE_PORT": "10.0.0.1:1521"})[0].startswith(
        "ORACLE_PORT in the environment"
    )


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("ORACLE_PASWORD", "ORACLE_PASSWORD"),
        ("HEALTH_PORTS", "HEALTH_PORT"),
        ("S3_OVERFLOW_BUKET", "S3_OVERFLOW_BUCKET"),
    ],
)
def test_a_name_that_looks_misspelt_is_passed_over_with_a_warning(
    read: Read, name: str, nearest: str
) -> None:
    (warning,) = read({name: "geheim"}).warnings
    assert warning == f"{name} in the environment is passed over: not known; nearest: {nearest}"


def test_other_programs_names_are_never_complained_about(read: Read) -> None:
    names = ("ORACLE_HOME", "ORACLE_SID", "ORACLE_BASE", "NLS_LANG", "TNS_ADMIN", "AWS_WHATEVER")
    read(env_text="".join(f"{name}=/nowhere\n" for name in names))
    others = ("PATH", "LOGNAME", "ORACLE_UNQNAME", "ORACLE_HOSTNAME", "LOG_LEVELS_X")
    assert read(dict.fromkeys((*names, *others), "/nowhere")).warnings == ()


@pytest.mark.parametrize("name", ["CDC_X", "SOURCE_X", "SQS_X", "LOGGING_X"])
def test_an_unknown_name_with_a_prefix_of_ours_is_refused(read: Read, name: str) -> None:
    assert refusal(read, {name: "1"})[0].startswith(f"{name} in the environment: not known")


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
    assert read({"TNS_ADMIN": "/nowhere"}).oracle.config_dir is None


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


def test_a_wrong_value_is_not_told_again_as_a_contradiction(read: Read) -> None:
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
