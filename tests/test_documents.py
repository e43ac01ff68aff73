"""The documents, config.py and the code name the same things."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import config
from oracle_cdc.environment import TEST_VARIABLES, known_names, read_settings, variables
from oracle_cdc.settings import Settings

ROOT = Path(config.__file__).parent
ENV_EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
ENV_LINE = re.compile(r"^(# )?([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)


def test_env_example_names_every_variable_and_no_other() -> None:
    names = [name for _, name, _ in ENV_LINE.findall(ENV_EXAMPLE)]
    assert sorted(names) == sorted(known_names())


def test_env_example_works_once_it_is_copied(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(ENV_EXAMPLE, encoding="utf-8")
    settings = read_settings({}, tmp_path / ".env", {})
    assert settings.oracle.user == "your_actual_oracle_user"


def test_env_example_shows_the_defaults(tmp_path: Path) -> None:
    # Given: every line in force, with something in each that has no default
    shown = dict(re.findall(r"^(?:# )?([A-Z][A-Z0-9_]*)=(.+)$", ENV_EXAMPLE, re.MULTILINE))
    env_file = tmp_path / ".env"
    env_file.write_text("".join(f"{name}={value}\n" for name, value in shown.items()), encoding="utf-8")
    # When
    settings = read_settings({"CDC_INSTANCE_ID": "one"}, env_file, {})
    # Then
    needed = ("ORACLE_USER", "ORACLE_PASSWORD", "ORACLE_HOST", "ORACLE_SERVICE_NAME", "AWS_REGION", "SQS_QUEUE_URL")
    sparse = {name: shown[name] for name in needed}
    assert settings == read_settings({**sparse, "CDC_INSTANCE_ID": "one"}, tmp_path / "none", {})


def test_env_example_says_something_of_every_variable() -> None:
    # Each block of lines with values stands right under a sentence.
    for block in re.split(r"\n(?=# (?![A-Z0-9_]+=))", ENV_EXAMPLE):
        sentence, *values = block.strip().splitlines()
        assert not ENV_LINE.match(sentence)
        assert all(ENV_LINE.match(line) for line in values), sentence


def test_config_page_holds_every_key_of_its_sections() -> None:
    cdc = {"CDC_" + key.upper() for key in config.CDC_CONFIG}
    logging = {"LOGGING_" + key.upper() for key in config.LOGGING_CONFIG}
    assert cdc | logging == {name for name in variables() if name.startswith(("CDC_", "LOGGING_"))}


def test_only_the_tests_variables_are_read_by_nothing() -> None:
    names = set(variables(Settings))
    aliases = {"SQS_QUEUE_URL", "SQS_INBOUND_QUEUE_URL", "AWS_DEFAULT_REGION", "TNS_ADMIN"}
    assert known_names() - names - aliases == set(TEST_VARIABLES)


def test_config_page_is_imported_without_the_packages_that_slow_a_start() -> None:
    code = "import config, sys; print({'pydantic', 'boto3', 'oracledb', 'dotenv'} & sys.modules.keys())"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "set()"
