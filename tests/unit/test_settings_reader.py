"""The reader of settings knows no product: here it reads a model that is none of ours, from three
places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

import pytest
from pydantic import AfterValidator, Field, SecretStr

from oracle_cdc.errors import SettingsError
from oracle_cdc.running.amounts import counted
from oracle_cdc.settings.declaration import (
    AllOthers,
    AlsoNamed,
    Fallback,
    OnlyBeside,
    Root,
    Rule,
    Section,
    prefixed,
)
from oracle_cdc.settings.reader import read_settings
from oracle_cdc.settings.sources import Source, all_given


def two_digits(value: str) -> str:
    if len(value) != 2 or not value.isdigit():
        raise ValueError("two digits")
    return value


def below_the_limit(pause: float, limit: float) -> Iterator[str]:
    if pause >= limit:
        yield (
            f"BUS_PAUSE_SECONDS: given {pause:g}; allowed: less than BUS_LIMIT_SECONDS ({limit:g})"
        )


class BusSettings(Section):
    model_config = prefixed("BUS_")
    own_prefix = "BUS_"
    foreign = "BUS_STOP"

    stream: Annotated[str, AfterValidator(two_digits)]
    address: Annotated[str, AlsoNamed("BUS_HOST"), Fallback("DEFAULT_HOST")]
    user: str | None = None
    token: Annotated[SecretStr | None, OnlyBeside("BUS_USER")] = None
    pause_seconds: float = Field(default=1.0, gt=0, le=60)
    limit_seconds: float = 5.0
    options: Annotated[Mapping[str, str], AllOthers("BUS_X_")] = Field(default_factory=dict)


class TableSettings(Section):
    model_config = prefixed("TABLE_")

    name: str = Field(description="the table that is read")


class RowSettings(Root):
    rules = (Rule(("BUS_PAUSE_SECONDS", "BUS_LIMIT_SECONDS"), below_the_limit),)
    also_known = ("ROWS_OF_THE_TESTS",)

    bus: BusSettings
    table: TableSettings
    is_dry: bool = False


def read(
    page: Mapping[str, object] | None = None,
    store: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> RowSettings:
    sources = [
        Source("the page", all_given("the page", page or {}), blank_is_unset=False),
        Source("the store", all_given("the store", store or {})),
        Source("the environment", all_given("the environment", environment or {}), is_shared=True),
    ]
    return read_settings(RowSettings, sources)


def mistakes(
    page: Mapping[str, object] | None = None,
    store: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read(page, store, environment)
    first, *lines = str(caught.value).splitlines()
    assert first == f"{counted(len(lines), 'mistake')} in the settings:"
    return [line.strip() for line in lines]


NEEDED = {"BUS_STREAM": "07", "BUS_ADDRESS": "here", "TABLE_NAME": "T"}


def test_a_later_place_wins_over_an_earlier_one() -> None:
    settings = read(
        {**NEEDED, "BUS_STREAM": "01", "BUS_LIMIT_SECONDS": 9},
        {"BUS_STREAM": "02", "TABLE_NAME": "OF_THE_STORE"},
        {"BUS_STREAM": "03", "IS_DRY": "yes"},
    )
    assert (settings.bus.stream, settings.bus.limit_seconds) == ("03", 9.0)
    assert (settings.table.name, settings.is_dry) == ("OF_THE_STORE", True)


def test_every_mistake_of_every_place_is_listed_at_once() -> None:
    assert mistakes(
        {"BUS_STREAM": "1", "BUS_PAUS_SECONDS": 2},
        {"BUS_PAUSE_SECONDS": "61", "TABEL_NAME": "T"},
        {"BUS_Y": "1", "IS_DRY": "perhaps", "PATH": "/bin"},
    ) == [
        "BUS_PAUS_SECONDS in the page: not known; nearest: BUS_PAUSE_SECONDS",
        "TABEL_NAME in the store: not known; nearest: TABLE_NAME",
        "BUS_Y in the environment: not known; nearest: BUS_USER",
        "BUS_STREAM in the page: given '1'; allowed: two digits",
        "BUS_ADDRESS: missing; set it",
        "BUS_PAUSE_SECONDS in the store: given '61'; "
        "allowed: a number greater than 0 and at most 60",
        "TABLE_NAME: missing; the table that is read",
        "IS_DRY in the environment: given 'perhaps'; allowed: true or false",
    ]


def test_a_rule_is_asked_beside_mistakes_that_do_not_concern_it() -> None:
    assert mistakes({"BUS_PAUSE_SECONDS": 6}) == [
        "BUS_STREAM: missing; set it",
        "BUS_ADDRESS: missing; set it",
        "TABLE_NAME: missing; the table that is read",
        "BUS_PAUSE_SECONDS: given 6; allowed: less than BUS_LIMIT_SECONDS (5)",
    ]


def test_a_rule_over_a_wrong_value_is_not_asked() -> None:
    (line,) = mistakes({**NEEDED, "BUS_PAUSE_SECONDS": 6, "BUS_LIMIT_SECONDS": "x"})
    assert line.startswith("BUS_LIMIT_SECONDS in the page")


def test_another_name_counts_as_the_variable_in_its_place() -> None:
    needed = {"BUS_STREAM": "07", "TABLE_NAME": "T"}
    assert read(needed, {"BUS_ADDRESS": "x"}, {"BUS_HOST": "y"}).bus.address == "y"
    assert read(needed, {"BUS_ADDRESS": "x", "BUS_HOST": "y"}).bus.address == "x"


def test_a_fallback_counts_only_where_no_place_sets_the_variable() -> None:
    needed = {"BUS_STREAM": "07", "TABLE_NAME": "T"}
    assert read(needed, {}, {"DEFAULT_HOST": "z"}).bus.address == "z"
    assert read(NEEDED, {}, {"DEFAULT_HOST": "z"}).bus.address == "here"


def test_a_value_that_counts_only_beside_another_is_dropped_in_another_place() -> None:
    assert read(NEEDED, {"BUS_USER": "u"}, {"BUS_TOKEN": "t"}).bus.token is None
    assert read(NEEDED, {"BUS_USER": "u", "BUS_TOKEN": "t"}).bus.token == SecretStr("t")
    assert read(NEEDED, {}, {"BUS_TOKEN": "t"}).bus.token == SecretStr("t")


def test_blank_text_is_a_value_only_where_the_place_says_so() -> None:
    assert read(NEEDED, {"TABLE_NAME": " "}).table.name == "T"
    assert read({**NEEDED, "TABLE_NAME": ""}).table.name == ""


def test_all_other_variables_of_a_prefix_reach_their_field() -> None:
    bus = read(NEEDED, {"BUS_X_TLS": "on", "BUS_USER": "u"}, {"BUS_X_TLS": "off"}).bus
    assert dict(bus.options) == {"BUS_X_TLS": "off"}


def test_names_of_other_programs_are_passed_over() -> None:
    assert read(NEEDED, {"BUS_STOP": "1"}, {"BUS_STOP": "2", "SHELL": "sh"}).warnings == ()


def test_what_is_known_and_no_field_may_be_set() -> None:
    assert read(NEEDED, {"ROWS_OF_THE_TESTS": "1"}).table.name == "T"


def test_what_a_place_noticed_stands_with_the_rest() -> None:
    noticed = Source("a file", all_given("a file", NEEDED), warnings=["old"])
    assert read_settings(RowSettings, [noticed]).warnings == ("old",)
    broken = Source("a file", {}, mistakes=["line 3 is odd"])
    with pytest.raises(SettingsError, match="line 3 is odd"):
        read_settings(RowSettings, [broken])


def test_a_secret_stands_neither_in_a_source_nor_in_a_mistake() -> None:
    assert "geheim" not in repr(Source("a file", {"BUS_TOKEN": "geheim"}))
    assert "geheim" not in "".join(mistakes(NEEDED, {"BUS_TOKENS": "geheim"}))
