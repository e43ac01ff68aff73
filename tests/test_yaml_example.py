"""config/config.yaml.example names the same settings as .env.example, the docs and the code."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
import yaml

from oracle_cdc.conversations.settings import Settings
from oracle_cdc.events.settings import EventsSettings
from oracle_cdc.processor.settings import (
    EventBusSettings,
    MetricsSettings,
    RetrySettings,
    StateTableSettings,
)
from oracle_cdc.programs import ALL_NAMES, KEY_PATHS, MODELS
from oracle_cdc.settings.declaration import Root
from oracle_cdc.settings.layers import CONFIG_FILE, CONFIG_PLACE
from oracle_cdc.settings.names import Names, sections
from oracle_cdc.settings.service import TEST_VARIABLES
from oracle_cdc.settings.streams import DeadLetterSettings
from tests import documents
from tests.documents import ROOT
from tests.layers import dump, load_pipelines
from tests.test_documented_settings import ALL, PIPELINES, documented_defaults

EXAMPLE = (ROOT / "config" / "config.yaml.example").read_text(encoding="utf-8")
#: A section, a key in force, or a key that is commented out.
SECTION = re.compile(r"(\w+):$")
KEY = re.compile(r"( {2})?(?:# )?(\w+):(?: (.*))?$")
#: Sections whose variables have names without one.
AT_THE_TOP = {
    DeadLetterSettings,
    EventBusSettings,
    MetricsSettings,
    RetrySettings,
    StateTableSettings,
}


def shown() -> dict[str, str]:
    """Return the value of each path, also of those that are commented out."""
    found = {}
    section = ""
    for line in EXAMPLE.splitlines():
        heading, key = SECTION.match(line), KEY.match(line)
        if heading:
            section = heading[1] + "/"
        elif key:
            path = key[2]
            if key[1]:
                path = section + key[2]
            found[path] = key[3] or ""
    return found


def write(directory: Path, text: str) -> Path:
    file = directory / CONFIG_PLACE
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
    return directory / ".env"


def test_the_example_names_every_variable_once_and_no_other() -> None:
    variables = [KEY_PATHS.find(path) for path in shown()]
    # The former publisher's keys lead to the variables themselves, not to their other names.
    without_keys = {CONFIG_FILE, *TEST_VARIABLES}
    for other_name in Names(EventsSettings).also_named.values():
        without_keys.add(other_name.name)
    assert sorted(map(str, variables)) == sorted(ALL_NAMES.known - without_keys)


def test_the_example_shows_the_defaults_of_the_settings_page() -> None:
    defaults = documented_defaults()
    for path, value in shown().items():
        variable = str(KEY_PATHS.find(path))
        if variable in defaults:
            assert value == defaults[variable], path


@pytest.mark.parametrize("pipelines", PIPELINES)
def test_the_example_works_once_it_is_copied(tmp_path: Path, pipelines: str) -> None:
    enabled = load_pipelines(pipelines, {}, write(tmp_path, EXAMPLE))
    assert enabled.service.pipelines == tuple(pipelines.split(","))
    assert enabled.warnings == []


def test_the_example_shows_where_a_value_of_ones_own_belongs(tmp_path: Path) -> None:
    enabled = load_pipelines(ALL, {}, write(tmp_path, EXAMPLE))
    conversations = enabled.need(Settings, "this test")
    events = enabled.need(EventsSettings, "this test")
    assert conversations.oracle.user == "your_actual_oracle_user"
    assert not conversations.sqs.is_shared
    assert events.nats.servers == ("nats://your_nats_host:4222",)
    assert events.mariadb.password.get_secret_value() == "your_mariadb_password"


def test_the_example_with_every_line_in_force_changes_nothing(tmp_path: Path) -> None:
    whole = re.sub(r"^(\s*)# (\w+:)(?= |$)", r"\1\2", EXAMPLE, flags=re.MULTILINE)
    assert len(yaml.safe_load(whole)["cdc"]) > 30
    assert len(yaml.safe_load(whole)["publisher"]) > 20
    (tmp_path / "bare").mkdir()
    (tmp_path / "whole").mkdir()
    mine = {"CDC_INSTANCE_ID": "one"}
    bare = dump(load_pipelines(ALL, mine, write(tmp_path / "bare", EXAMPLE)))
    assert dump(load_pipelines(ALL, mine, write(tmp_path / "whole", whole))) == bare


def former_file() -> str:
    """Return the file of the former publisher as the settings page shows it."""
    found = re.search(
        r"```yaml\n(oracle_db:\n.*?)```", documents.read("docs/settings.md"), re.DOTALL
    )
    assert found
    return found[1]


def former_keys() -> dict[str, str]:
    """Return the variable beside each key of that file by the key's path, or `nothing`."""
    found = {}
    path: list[str] = []
    for line in former_file().splitlines():
        text, _, beside = line.partition(" # ")
        depth = (len(text) - len(text.lstrip())) // 2
        if not text.strip().startswith("- "):
            path = [*path[:depth], text.strip().partition(":")[0]]
        if beside:
            found["/".join(path)] = beside.strip(" ").split()[0].strip(":,")
    return found


def test_the_file_of_the_former_publisher_becomes_what_is_said_beside_each_key(
    tmp_path: Path,
) -> None:
    enabled = load_pipelines("events", {}, write(tmp_path, former_file()))
    events = enabled.need(EventsSettings, "this test")
    given = events.given
    named = former_keys()
    assert len(named) > 25
    for path, variable in named.items():
        known = KEY_PATHS.find(path)
        if variable != "nothing":
            assert (known, given[variable].layer) == (variable, CONFIG_PLACE), path
        elif path != "logging/format":
            assert (known, path in KEY_PATHS.needless) == (None, True), path
    assert set(given) - {"PIPELINES"} == set(named.values()) - {"nothing"}
    assert events.mariadb.password.get_secret_value() == "012345"


def test_every_section_of_the_settings_has_a_name_in_yaml_and_ssm() -> None:
    for model in MODELS.values():
        for section in sections(model):
            is_at_the_top = section in AT_THE_TOP or issubclass(section, Root)
            assert is_at_the_top != bool(section.section_names), section


def test_the_example_says_something_of_every_key() -> None:
    lines = EXAMPLE.splitlines()
    for above, line in itertools.pairwise(lines):
        if KEY.match(line) and not SECTION.match(line):
            assert above.strip().startswith("#") or KEY.match(above), line


@pytest.mark.parametrize("path", ["config/config.yaml", ".env"])
def test_a_file_of_secrets_is_ignored_by_git(path: str) -> None:
    assert path in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
