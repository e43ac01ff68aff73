"""The layers of settings: which wins, which file is read, and that each value knows its line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from oracle_cdc.conversations.settings import Settings
from oracle_cdc.errors import SettingsError
from tests.layers import load_settings
from tests.unit.settings_files import NEEDED


class Layers:
    """Writes the files of the layers into a directory, and reads them."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def write(self, name: str, text: str) -> Path:
        file = self.directory / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(0o600)
        return file

    def read(
        self,
        environment: Mapping[str, str] | None = None,
        page: Mapping[str, object] | None = None,
        needed: Mapping[str, str] = NEEDED,
    ) -> Settings:
        return load_settings(
            {**needed, **(environment or {})},
            self.directory / ".env",
            {"CDC_": page or {}},
            self.directory / "config.py",
        )

    def refusal(
        self,
        environment: Mapping[str, str] | None = None,
        page: Mapping[str, object] | None = None,
        needed: Mapping[str, str] = NEEDED,
    ) -> list[str]:
        with pytest.raises(SettingsError) as caught:
            self.read(environment, page, needed)
        return [line.strip() for line in str(caught.value).splitlines()[1:]]


@pytest.fixture
def layers(tmp_path: Path) -> Layers:
    return Layers(tmp_path)


PAGE = '''"""The page."""
CDC_CONFIG: dict[str, object] = {
    "min_segments": 9,
    "max_attempts": 9,
    **{},
}
CDC_CONFIG["lease_seconds"] = 900
'''


def test_environment_wins_over_env_file_over_yaml_over_config_page(layers: Layers) -> None:
    layers.write("config.py", PAGE)
    layers.write(
        "config/config.yaml", "cdc:\n  min_segments: 8\n  max_attempts: 8\n  settle_seconds: 8\n"
    )
    layers.write(".env", "CDC_MIN_SEGMENTS=7\nCDC_MAX_ATTEMPTS=7\n")
    page = {"min_segments": 9, "max_attempts": 9, "settle_seconds": 9, "lease_seconds": 900}
    settings = layers.read({"CDC_MIN_SEGMENTS": "6"}, page)
    cdc = settings.cdc
    assert (cdc.min_segments, cdc.max_attempts, cdc.settle_seconds) == (6, 7, 8)
    assert settings.given["CDC_MIN_SEGMENTS"].place == "the environment"
    assert settings.given["CDC_MAX_ATTEMPTS"].place == ".env line 2"
    assert settings.given["CDC_SETTLE_SECONDS"].place == "config/config.yaml line 4"
    assert settings.given["CDC_LEASE_SECONDS"].place == "config.py line 7"


def test_every_mistake_of_every_layer_is_listed_with_its_line(layers: Layers) -> None:
    layers.write("config.py", PAGE)
    layers.write("config/config.yaml", "cdc:\n  max_attempts: many\n  setle_seconds: 1\n")
    layers.write(".env", "HEALTH_PORT=x\n")
    lines = layers.refusal(
        {"ORACLE_PORT": "y"}, {"min_segments": 0, "lease_seconds": "z", "colour": 1}
    )
    assert [line.split(":")[0] for line in lines] == [
        "cdc/setle_seconds in config/config.yaml line 3",
        "CDC_COLOUR in config.py",
        "CDC_MIN_SEGMENTS in config.py line 3",
        "CDC_LEASE_SECONDS in config.py line 7",
        "CDC_MAX_ATTEMPTS in config/config.yaml line 2",
        "HEALTH_PORT in .env line 1",
        "ORACLE_PORT in the environment",
    ]


def test_a_page_without_its_file_has_no_lines(layers: Layers) -> None:
    (line,) = layers.refusal(page={"min_segments": 0})
    assert line.startswith("CDC_MIN_SEGMENTS in config.py: given 0")


@pytest.mark.parametrize("place", [".env", "the environment"])
def test_config_file_names_another_file(layers: Layers, place: str) -> None:
    other = layers.write("other.yaml", "health_port: 8080\n")
    layers.write("config/config.yaml", "health_port: 1\nnot_even: read\n")
    environment = {}
    if place == ".env":
        layers.write(".env", f"CONFIG_FILE={other}\n")
    else:
        environment["CONFIG_FILE"] = str(other)
    settings = layers.read(environment)
    assert settings.health_port == 8080
    assert settings.given["HEALTH_PORT"].place == f"{other} line 1"


def test_a_named_file_that_is_not_there_is_a_mistake(layers: Layers) -> None:
    layers.write(".env", "\nCONFIG_FILE=nowhere.yaml\n")
    assert layers.refusal() == [
        "CONFIG_FILE in .env line 2: given 'nowhere.yaml'; there is no such file"
    ]


def test_a_layer_that_can_not_be_read_leaves_nothing_missing(layers: Layers) -> None:
    layers.write("config/config.yaml", "oracle:\n  password: '\n")
    assert layers.refusal({"HEALTH_PORT": "x"}, needed={}) == [
        "config/config.yaml line 2: not understood; a quote that is not closed",
        "HEALTH_PORT in the environment: given 'x'; "
        "allowed: a whole number at least 0 and at most 65535",
    ]


def test_half_a_pair_of_characters_in_yaml_is_refused(layers: Layers) -> None:
    layers.write("config/config.yaml", 'oracle:\n  user: "\\ud800"\naws:\n  profile: "\\0"\n')
    needed = {name: value for name, value in NEEDED.items() if name != "ORACLE_USER"}
    lines = layers.refusal(needed=needed)
    assert sorted(line.split(":")[0] for line in lines) == [
        "AWS_PROFILE in config/config.yaml line 4",
        "ORACLE_USER in config/config.yaml line 2",
    ]


def test_a_page_that_is_no_python_any_more_has_no_lines(layers: Layers) -> None:
    # It was imported a moment ago; then somebody saved it half done.
    layers.write("config.py", "CDC_CONFIG = {")
    (line,) = layers.refusal(page={"min_segments": 0})
    assert line.startswith("CDC_MIN_SEGMENTS in config.py: given 0")


@given(st.binary(max_size=60), st.binary(max_size=60))
@example(b"'AWS_A=B'=x", b"aws:\n  a=b: c")
@example(b"AWS_A=\0\nORACLE_USER=\0", b'aws:\n  profile: "\\ud800"')
def test_whatever_stands_in_the_files_nothing_but_a_list_of_mistakes_comes_of_it(
    tmp_path_factory: pytest.TempPathFactory, env: bytes, config: bytes
) -> None:
    layers = Layers(tmp_path_factory.getbasetemp())
    layers.write(".env", "").write_bytes(env)
    layers.write("config/config.yaml", "").write_bytes(config)
    try:
        layers.read()
    except SettingsError as error:
        assert " in the settings:" in str(error)
