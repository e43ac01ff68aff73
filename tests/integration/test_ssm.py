"""SSM as a layer: what its parameters mean, which wins, and what is read again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from oracle_cdc.aws.ssm import layer
from oracle_cdc.conversations.settings import Settings
from oracle_cdc.errors import SettingsError
from oracle_cdc.programs import KEY_PATHS
from tests.documents import ROOT
from tests.layers import load_settings
from tests.parameters import ParameterPath, make_path
from tests.terraform import find_block

ORACLE = {
    "host": "db.example",
    "port": "1522",
    "service_name": "XE",
    "username": "cdc",
    "password": "012345",
    "schema": "RTBI",
    "tables": "A,B",
}
QUEUE = {"SQS_QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/1/q"}


@pytest.fixture
def path(sqs_server: str) -> Iterator[ParameterPath]:
    made = make_path(sqs_server, "/oracle")
    yield made
    made.client.close()


def read(path: ParameterPath, tmp_path: Path, **more: str) -> Settings:
    return load_settings({**path.environment, **QUEUE, **more}, tmp_path / ".env")


def refusal(path: ParameterPath, tmp_path: Path, **more: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read(path, tmp_path, **more)
    return [line.strip() for line in str(caught.value).splitlines()[1:]]


def test_the_parameters_below_a_path_that_ends_with_the_section_are_settings(
    path: ParameterPath, tmp_path: Path
) -> None:
    path.put_all(ORACLE)
    path.put("password", "012345", "SecureString")
    settings = read(path, tmp_path)
    assert (settings.oracle.user, settings.oracle.port) == ("cdc", 1522)
    assert settings.oracle.password.get_secret_value() == "012345"
    given = settings.given["ORACLE_PASSWORD"]
    assert given.place == f"SSM {path.path}/password (version 2)"
    assert settings.given["ORACLE_TABLES"].value == "A,B"
    assert settings.warnings == ()


@pytest.mark.parametrize("section", ["oracle/", "oracle_db/", ""])
def test_a_path_one_above_has_sections_or_the_seven_names_alone(
    sqs_server: str, tmp_path: Path, section: str
) -> None:
    path = make_path(sqs_server)
    path.put_all({section + key: value for key, value in ORACLE.items()})
    path.put("cdc/min_segments", "7")
    path.put("cdc/required_channels", "A,C", "StringList")
    path.put("health_port", "8080")
    settings = read(path, tmp_path, SSM_PATH=path.path + "/")
    assert settings.oracle.user == "cdc"
    assert settings.cdc.min_segments == 7
    assert settings.health_port == 8080


def test_more_parameters_than_a_page_holds_are_all_read(
    path: ParameterPath, tmp_path: Path
) -> None:
    path.put_all(ORACLE)
    further = {
        "call_timeout_seconds": "31",
        "connect_timeout_seconds": "11",
        "keepalive_minutes": "3",
        "pool_wait_seconds": "12",
        "cdc/min_segments": "3",
        "cdc/max_attempts": "4",
        "cdc/retention_days": "5",
        "cdc/lease_seconds": "301",
        "cdc/settle_seconds": "61",
        "cdc/max_batch_size": "51",
        "logging/level": "DEBUG",
        "logging/max_bytes": "1",
        "source/table": "T",
        "source/schema": "S",
        "zz/last": "another program's",
    }
    path.put_all(further)
    settings = read(path, tmp_path)
    assert len(settings.given.keys() & KEY_PATHS.variables.values()) >= 21
    assert (settings.source.table, settings.logging.level) == ("T", "DEBUG")


def test_what_is_in_no_section_of_ours_is_passed_over_and_the_rest_must_be_known(
    sqs_server: str, tmp_path: Path
) -> None:
    path = make_path(sqs_server)
    path.put_all(ORACLE)
    path.put_all({f"website/key{number}": "x" for number in range(7)})
    (warning,) = read(path, tmp_path).warnings
    assert warning.startswith(f"SSM: passed over, because no setting has such a name: {path.path}/")
    assert warning.endswith("/website/key4 and 2 more")
    path.put("pasword", layer.PLACEHOLDER)
    (warning,) = read(path, tmp_path).warnings
    assert f"{path.path}/pasword (nearest: oracle/password), " in warning
    path.put_all({"oracle/pasword": "geheim", "cdc/min_segments": "0", "oracle/host": "h"})
    assert refusal(path, tmp_path) == [
        f"oracle/host in SSM {path.path}/oracle/host (version 1): "
        f"ORACLE_HOST is given already in SSM {path.path}/host (version 1)",
        f"oracle/pasword in SSM {path.path}/oracle/pasword (version 1): "
        "not known; nearest: oracle/password",
        f"CDC_MIN_SEGMENTS in SSM {path.path}/cdc/min_segments (version 1): given '0'; "
        "allowed: a whole number at least 1 and at most 1000",
        "noticed beside that:",
        warning,
    ]


def test_a_name_that_is_not_known_below_the_section_itself_is_a_mistake(
    path: ParameterPath, tmp_path: Path
) -> None:
    path.put_all({**ORACLE, "pasword": "geheim"})
    assert refusal(path, tmp_path) == [
        f"oracle/pasword in SSM {path.path}/pasword (version 1): "
        "not known; nearest: oracle/password"
    ]


def test_ssm_can_not_say_where_ssm_is_asked(sqs_server: str, tmp_path: Path) -> None:
    path = make_path(sqs_server)
    path.put_all({**ORACLE, "ssm/path": "/elsewhere"})
    (line,) = refusal(path, tmp_path)
    assert line.endswith("SSM can't say where SSM is asked")


def test_what_terraform_put_in_the_place_of_a_secret_is_no_secret(
    path: ParameterPath, tmp_path: Path
) -> None:
    assert find_block("resource", "aws_ssm_parameter", "secret")["value_wo"] == layer.PLACEHOLDER
    path.put_all({**ORACLE, "password": layer.PLACEHOLDER})
    lines = refusal(path, tmp_path)
    assert lines[0].endswith("/password (version 1): no value yet; put the real one there")


def test_nothing_below_the_path_is_one_mistake(path: ParameterPath, tmp_path: Path) -> None:
    assert refusal(path, tmp_path) == [
        f"SSM {path.path}: no parameter below it; see SSM_PATH, AWS_REGION and the account"
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"SSM_PATH": "oracle"},
        {"SSM_PATH": "/"},
        {"SSM_TIMEOUT_SECONDS": "0"},
        {"AWS_REGION": "eu west"},
        {"AWS_ACCESS_KEY_ID": ""},
        {"AWS_PROFILE": "a\ud800"},
    ],
)
def test_ssm_is_not_asked_while_what_it_needs_is_wrong(
    path: ParameterPath, tmp_path: Path, wrong: Mapping[str, str]
) -> None:
    first, *lines = refusal(path, tmp_path, **wrong, HEALTH_PORT="x")
    assert first == "SSM: not asked, because SSM_PATH or what AWS needs is wrong"
    # And nothing is said to be missing that may stand there.
    assert len(lines) == 2
    assert not [line for line in lines if "missing; set" in line and "ORACLE" in line]


def test_a_parameter_is_read_again_by_its_name_alone(path: ParameterPath, tmp_path: Path) -> None:
    path.put_all(ORACLE)
    again = read(path, tmp_path).given["ORACLE_PASSWORD"].read_again
    assert again is not None
    path.put("password", "new", "SecureString")
    given = again()
    assert given is not None
    assert (given.value, given.place) == ("new", f"SSM {path.path}/password (version 2)")
    path.delete("password")
    assert again() is None
    assert given.read_again is not None
    path.put("password", "newest")
    newest = given.read_again()
    assert newest is not None
    assert newest.value == "newest"


def test_without_a_path_neither_ssm_nor_boto3_is_there(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from oracle_cdc.cli import Origin, read_settings\n"
        f"read_settings(Origin(directory=Path({str(tmp_path)!r})))\n"
        "print('boto3' in sys.modules, 'oracle_cdc.aws' in sys.modules)"
    )
    environment = {
        "ORACLE_USER": "u",
        "ORACLE_PASSWORD": "p",
        "ORACLE_DSN": "d",
        "PATH": "/bin",
        **QUEUE,
    }
    shown = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.strip() == "False False"
