"""`settings`, as an operator types it: five layers, and files as bad as anybody can write."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.process import ROOT, finished
from tests.parameters import make_path

PAGE = '''"""The page of this test."""

CDC_CONFIG = {
    "min_segments": 11,
    "max_attempts": 11,
    "lease_seconds": 111,
    "settle_seconds": 11,
    "retention_days": 11,
}
LOGGING_CONFIG = {}
'''
YAML = """oracle_db:
  username: u
  password: 012345
  dsn: db:1521/XE
cdc:
  min_segments: 22
  max_attempts: 22
  lease_seconds: 222
  settle_seconds: 22
sqs:
  queue_url: https://sqs.eu-west-1.amazonaws.com/1/q
"""
PARAMETERS = {"min_segments": "33", "max_attempts": "33", "lease_seconds": "333"}
DOTENV = """# The .env of this test
CDC_MIN_SEGMENTS=44
CDC_MAX_ATTEMPTS=44
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Make a checkout with files of its own."""
    shutil.copy2(ROOT / "cdc_service.py", tmp_path)
    (tmp_path / "oracle_cdc").symlink_to(ROOT / "oracle_cdc")
    (tmp_path / "config").mkdir()
    write(tmp_path, "config.py", PAGE)
    write(tmp_path, "config/config.yaml", YAML)
    return tmp_path


def write(checkout: Path, name: str, contents: str | bytes) -> None:
    if isinstance(contents, str):
        contents = contents.encode()
    (checkout / name).write_bytes(contents)
    (checkout / name).chmod(0o600)


@dataclass(frozen=True)
class Ended:
    """What a command printed, and how it ended."""

    returncode: int
    stdout: str
    stderr: str


def run(checkout: Path, *arguments: str, **environment: str) -> Ended:
    variables = {"PATH": os.environ["PATH"], **environment}
    return Ended(*finished(["settings", *arguments], variables, checkout))


def test_each_value_is_shown_with_the_layer_that_wins(checkout: Path, sqs_server: str) -> None:
    # Given: five values, each of which one layer less sets than the one before
    path = make_path(sqs_server)
    path.put_all({f"cdc/{key}": value for key, value in PARAMETERS.items()})
    write(checkout, ".env", DOTENV)
    # When
    ended = run(checkout, "--json", **path.environment, CDC_MIN_SEGMENTS="55")
    # Then
    assert (ended.returncode, ended.stderr) == (0, "")
    shown = {}
    for record in json.loads(ended.stdout):
        shown[record["name"]] = (record["value"], record["place"])
    parameter = f"SSM {path.path}/cdc/lease_seconds (version 1)"
    assert shown["CDC_MIN_SEGMENTS"] == (55, "the environment")
    assert shown["CDC_MAX_ATTEMPTS"] == (44, ".env line 3")
    assert shown["CDC_LEASE_SECONDS"] == (333, parameter)
    assert shown["CDC_SETTLE_SECONDS"] == (22.0, "config/config.yaml line 9")
    assert shown["CDC_RETENTION_DAYS"] == (11, "config.py line 8")
    assert shown["HEALTH_PORT"] == (0, "default")
    assert shown["ORACLE_PASSWORD"] == ("(secret)", "config/config.yaml line 3")
    assert "012345" not in ended.stdout


def test_the_table_has_a_line_for_each_variable(checkout: Path) -> None:
    ended = run(checkout)
    assert (ended.returncode, ended.stderr) == (0, "")
    lines = ended.stdout.splitlines()
    user = next(line for line in lines if line.startswith("ORACLE_USER "))
    assert user.split() == ["ORACLE_USER", "u", "config/config.yaml", "line", "2"]
    queue = next(line for line in lines if line.startswith("SQS_RESULTS_QUEUE_URL "))
    assert queue.endswith("config/config.yaml line 11, as SQS_QUEUE_URL")


def test_every_mistake_of_five_layers_is_listed_in_one_go(checkout: Path, sqs_server: str) -> None:
    path = make_path(sqs_server)
    path.put_all({"cdc/min_segments": "0", "oracle/pasword": "geheim"})
    write(checkout, ".env", "HEALTH_PORT=x\nCDC_COLOUR=red\n")
    write(checkout, "config/config.yaml", YAML + "cdk:\n  a: 1\n")
    write(checkout, "config.py", PAGE.replace('"retention_days": 11', '"retention_days": "long"'))
    ended = run(checkout, **path.environment, SOURCE_TABLE="a b")
    assert (ended.returncode, ended.stdout) == (2, "")
    first, *lines = ended.stderr.splitlines()
    assert first == "7 mistakes in the settings:"
    places = sorted(line.strip().split(":")[0] for line in lines)
    assert places == [
        "CDC_COLOUR in .env line 2",
        f"CDC_MIN_SEGMENTS in SSM {path.path}/cdc/min_segments (version 1)",
        "CDC_RETENTION_DAYS in config.py line 8",
        "HEALTH_PORT in .env line 1",
        "SOURCE_TABLE in the environment",
        "cdk in config/config.yaml line 12",
        f"oracle/pasword in SSM {path.path}/oracle/pasword (version 1)",
    ]
    assert "geheim" not in ended.stderr


WORST = {
    "binary": bytes(range(256)) * 40,
    "nested": b"[" * 100_000,
    "laughs": b"a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n",
    "itself": b"oracle: &o\n  user: *o\n  ? *o\n  : *o\n",
    "python": b"oracle: !!python/object/apply:os.system ['touch pwned']\n",
    "nul": b"ORACLE_USER=a\0b\n'AWS_A=B'=x\nAWS_\0=1\n",
    "quotes": b"ORACLE_PASSWORD='geheim\nORACLE_USER=\"\n",
}


@pytest.mark.parametrize("name", sorted(WORST))
def test_the_worst_files_get_a_list_of_lines_and_exit_code_2(checkout: Path, name: str) -> None:
    write(checkout, ".env", WORST[name])
    write(checkout, "config/config.yaml", WORST[name])
    ended = run(checkout)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "Traceback" not in ended.stderr
    assert "geheim" not in ended.stderr
    first, *lines = ended.stderr.splitlines()
    assert first.endswith(" in the settings:")
    assert all(line.startswith("  ") for line in lines)
    assert not (checkout / "pwned").exists()
