"""One rule says which variable a section's key is, whatever the product's sections are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

import pytest
from pydantic import Field

from oracle_cdc.settings.declaration import (
    AllOthers,
    AlsoNamed,
    Fallback,
    Root,
    Section,
    prefixed,
)
from oracle_cdc.settings.entries import Collector, Entry
from oracle_cdc.settings.key_paths import KeyPaths
from oracle_cdc.settings.kinds import Channels


class BusSettings(Section):
    model_config = prefixed("BUS_")
    section_names = ("bus", "bus_events")
    also_keyed: ClassVar[Mapping[str, str]] = {"server": "BUS_HOST", "retry/first": "BUS_FIRST"}
    needless_keys = ("pool", "retry/times")
    bare_keys = ("host",)
    also_known = ("BUS_LINES",)
    comma_texts = ("BUS_LINES",)
    foreign_values: ClassVar[Mapping[str, str]] = {"BUS_HOST": "^%"}

    host: Annotated[str, AlsoNamed("BUS_ADDRESS"), Fallback("DEFAULT_HOST")]
    first: int = 1
    stops: Channels = ()
    turns: Channels | None = None
    level: str = Field(default="low", validation_alias="LEVEL")
    options: Annotated[Mapping[str, str], AllOthers("BUS_")] = Field(default_factory=dict)


class RowSettings(Root):
    bus: BusSettings
    is_dry: bool = False


KEY_PATHS = KeyPaths(RowSettings)


@pytest.mark.parametrize(
    ("path", "variable"),
    [
        ("bus/host", "BUS_HOST"),
        ("bus_events/host", "BUS_HOST"),
        ("bus/server", "BUS_HOST"),
        ("bus/address", "BUS_ADDRESS"),
        ("bus/default_host", "DEFAULT_HOST"),
        ("bus/level", "LEVEL"),
        ("bus/lines", "BUS_LINES"),
        ("bus/retry/first", "BUS_FIRST"),
        ("bus/colour", "BUS_COLOUR"),
        ("is_dry", "IS_DRY"),
        ("bus/retry/times", None),
        ("bus", None),
        ("host", None),
        ("bus/a/b", None),
        ("warnings", None),
    ],
)
def test_a_path_means_the_variable_of_its_section_and_key(path: str, variable: str | None) -> None:
    assert KEY_PATHS.find(path) == variable


class LineSettings(Root):
    lines: str | None = Field(default=None, validation_alias="BUS_LINES")


def test_a_program_finds_what_it_reads_of_a_section_in_that_section_alone() -> None:
    assert KeyPaths(RowSettings, LineSettings).variables == KEY_PATHS.variables
    assert KeyPaths(LineSettings).find("bus_lines") == "BUS_LINES"


def test_the_nearest_path_stands_beside_the_one_that_is_not_known() -> None:
    assert KEY_PATHS.nearest("bus/serwer") == "bus/server"
    assert KEY_PATHS.nearest("buss") == "bus"
    assert KEY_PATHS.nearest("bus/retry/frist") == "bus/retry/first"
    assert KEY_PATHS.nearest("is_dri") == "is_dry"
    assert KEY_PATHS.nearest("bus/is_dry") is None


def collect(*entries: tuple[str, str | tuple[str, ...] | None]) -> Collector:
    collector = Collector("a file", KEY_PATHS)
    for number, (path, value) in enumerate(entries, start=1):
        collector.add(Entry(path, value, f"a file line {number}"))
    return collector


def test_a_list_stands_where_a_variable_takes_text_with_commas_and_nowhere_else() -> None:
    texts = ("A", "B")
    collector = collect(("bus/stops", texts), ("bus/lines", ("x", "y")), ("bus/host", ("z",)))
    assert collector.given["BUS_STOPS"].value == "A,B"
    assert collect(("bus/turns", texts)).given["BUS_TURNS"].value == "A,B"
    assert collector.given["BUS_LINES"].value == "x,y"
    assert collector.mistakes == ["bus/host in a file line 3: a list; allowed: one value"]


def test_a_variable_under_two_names_is_a_mistake_that_names_both_places() -> None:
    collector = collect(("bus/host", "a"), ("bus_events/server", "a"))
    assert collector.mistakes == [
        "bus_events/server in a file line 2: BUS_HOST is given already in a file line 1"
    ]


def test_what_other_programs_need_is_passed_over_and_said_once() -> None:
    source = collect(("bus/pool", "1"), ("bus/retry/times", "2"), ("bus/host", "%s")).source()
    assert (dict(source.given), source.mistakes) == ({}, [])
    assert source.warnings == [
        "a file: passed over, because nothing here needs it: bus/pool, bus/retry/times, bus/host"
    ]


def test_a_key_that_may_be_a_secret_is_not_shown() -> None:
    assert collect(("bus/ge heim/", "1"), ("geheim=", "2")).mistakes == [
        "a name that is not shown in a file line 1: not known",
        "a name that is not shown in a file line 2: not known",
    ]


def test_a_section_can_not_be_a_value() -> None:
    assert collect(("bus", "x"), ("bus_events", None)).mistakes == [
        "bus in a file line 1: a value; allowed: keys below it"
    ]
