"""No setting is there for nothing: the code that acts reads each of them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from itertools import chain

import pytest
from pydantic import BaseModel

from oracle_cdc.conversations.settings import Settings
from oracle_cdc.programs import MODELS
from oracle_cdc.settings.monitor import MonitorSettings
from oracle_cdc.settings.service import CopySettings, ServiceSettings
from tests.documents import ROOT
from tests.settings_reads import Read, classes_of, known_as, reads_of

PACKAGES = (ROOT / "oracle_cdc", ROOT / "sync_monitor")
#: What leads to a layer is read before there are settings, from a model of its own.
READ_BEFORE = {
    ("ServiceSettings", "ssm"),
    ("MonitorSettings", "ssm"),
    ("MonitorSettings", "use_real_oracle"),
}
#: A name of the program that the monitor takes the place of: accepted, and changes nothing.
MEANS_NOTHING = {("MonitorSettings", "flask_env")}
#: Each pipeline has them under its own model, but for what names the copy as a whole.
NAMES_THE_COPY = "instance_id"
#: Settings whose reads are taken out, to see that this is noticed.
NO_LONGER_READ = ("settle_seconds", "max_attempts", "retention_days")


Model = type[BaseModel]
PROGRAMS = (ServiceSettings, *MODELS.values(), MonitorSettings)
#: What the settings of each pipeline begin with: whoever runs pipelines reads it of all alike.
SHARED = set(ServiceSettings.model_fields) - {"cdc"}


def acting_code(model: Model = Settings) -> Mapping[str, str]:
    """Return the modules of the package but those that declare or compare settings."""
    declaring = set(map(inspect.getsourcefile, classes_of(model).values()))
    texts = {}
    for path in chain.from_iterable(package.rglob("*.py") for package in PACKAGES):
        if str(path) not in declaring and path.stem != "contradictions":
            texts[str(path.relative_to(ROOT))] = path.read_text(encoding="utf-8")
    return texts


def fields(model: Model) -> set[Read]:
    found = set()
    for name, each in classes_of(model).items():
        for field in each.model_fields:
            if (
                each is ServiceSettings
                or not issubclass(each, ServiceSettings)
                or field not in SHARED
            ):
                found.add((name, field))
    return found - read_elsewhere(model)


def read_elsewhere(model: Model) -> set[Read]:
    """Return what is read of another model's settings, which are the same there."""
    found = set()
    for field in CopySettings.model_fields:
        is_of_all = field == NAMES_THE_COPY
        if is_of_all is not (model is ServiceSettings):
            found.add(("CopySettings", field))
    return found


def read_by_properties(model: Model, reads: set[Read]) -> set[Read]:
    """Return what the properties that are read take from their own class."""
    found = set()
    for name, each in classes_of(model).items():
        for attribute, value in vars(each).items():
            if isinstance(value, property) and (name, attribute) in reads and value.fget:
                body = inspect.cleandoc(inspect.getsource(value.fget))
                found |= reads_of([f"class {name}:\n    " + body.replace("\n", "\n    ")], model)
    return found


def unread(texts: Mapping[str, str], model: Model = Settings) -> set[Read]:
    reads = reads_of(texts.values(), model)
    reads |= read_of_bases(model, reads)
    reads |= read_by_properties(model, reads)
    return fields(model) - reads - READ_BEFORE - MEANS_NOTHING


def read_of_bases(model: Model, reads: set[Read]) -> set[Read]:
    """Return what is read of a section by who knows what it extends."""
    found = set()
    for name, each in classes_of(model).items():
        for base in known_as(each):
            found |= {(name, field) for owner, field in reads if owner == base}
    return found


@pytest.mark.parametrize("model", PROGRAMS)
def test_every_setting_is_read_by_the_code_that_acts(model: Model) -> None:
    assert unread(acting_code(model), model) == set()


def test_settings_that_nothing_reads_any_more_are_found() -> None:
    texts = {}
    for name, text in acting_code().items():
        texts[name] = re.sub(rf"\.({'|'.join(NO_LONGER_READ)})\b", ".instance_id", text)
    expected = {("CdcSettings", field) for field in NO_LONGER_READ}
    assert unread(texts) == expected


class Held(BaseModel):
    port: int = 1


class Whole(BaseModel):
    held: Held = Held()


def test_an_attribute_of_another_class_is_no_read() -> None:
    assert reads_of(["def f(url: Url) -> int:\n    return url.port"], Whole) == set()


@pytest.mark.parametrize(
    "text",
    [
        "def f(held: Held) -> int:\n    return held.port",
        "def f(whole: Whole) -> int:\n    return whole.held.port",
        "def f(whole: Whole) -> int:\n    held = whole.held\n    return held.port",
        "class C:\n    def __init__(self, whole: Whole) -> None:\n        self.whole = whole\n"
        "    def f(self) -> int:\n        return self.whole.held.port",
    ],
)
def test_a_read_is_found_however_the_settings_came(text: str) -> None:
    assert ("Held", "port") in reads_of([text], Whole)
