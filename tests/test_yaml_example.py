"""config/config.yaml.example names the same settings as .env.example, the docs and the code."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
import yaml

from oracle_cdc.conversations.settings import NAMES, Settings
from oracle_cdc.programs import KEY_PATHS
from oracle_cdc.settings.layers import CONFIG_FILE, CONFIG_PLACE
from oracle_cdc.settings.names import sections
from oracle_cdc.settings.service import TEST_VARIABLES
from tests.documents import ROOT
from tests.layers import load_settings
from tests.test_documents import documented_defaults

EXAMPLE = (ROOT / "config" / "config.yaml.example").read_text(encoding="utf-8")
#: A section, a key in force, or a key that is commented out.
SECTION = re.compile(r"(\w+):$")
KEY = re.compile(r"( {2})?(?:# )?(\w+):(?: (.*))?$")


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
    assert sorted(map(str, variables)) == sorted(NAMES.known - {CONFIG_FILE, *TEST_VARIABLES})


def test_the_example_shows_the_defaults_of_the_settings_page() -> None:
    defaults = documented_defaults()
    for path, value in shown().items():
        variable = str(KEY_PATHS.find(path))
        if variable in defaults:
            assert value == defaults[variable], path


def test_the_example_works_once_it_is_copied(tmp_path: Path) -> None:
    settings = load_settings({}, write(tmp_path, EXAMPLE))
    assert (settings.oracle.user, settings.warnings) == ("your_actual_oracle_user", ())
    assert not settings.sqs.is_shared


def test_the_example_with_every_line_in_force_changes_nothing(tmp_path: Path) -> None:
    whole = re.sub(r"^(\s*)# (\w+:)(?= |$)", r"\1\2", EXAMPLE, flags=re.MULTILINE)
    assert len(yaml.safe_load(whole)["cdc"]) > 30
    (tmp_path / "bare").mkdir()
    (tmp_path / "whole").mkdir()
    mine = {"CDC_INSTANCE_ID": "one"}
    bare = load_settings(mine, write(tmp_path / "bare", EXAMPLE)).model_dump()
    assert load_settings(mine, write(tmp_path / "whole", whole)).model_dump() == bare


def test_every_section_of_the_settings_has_a_name_in_yaml_and_ssm() -> None:
    for section in sections(Settings):
        assert section is Settings or section.section_names, section


def test_the_example_says_something_of_every_key() -> None:
    lines = EXAMPLE.splitlines()
    for above, line in itertools.pairwise(lines):
        if KEY.match(line) and not SECTION.match(line):
            assert above.strip().startswith("#") or KEY.match(above), line


@pytest.mark.parametrize("path", ["config/config.yaml", ".env"])
def test_a_file_of_secrets_is_ignored_by_git(path: str) -> None:
    assert path in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
