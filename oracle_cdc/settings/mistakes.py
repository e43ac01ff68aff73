"""Say what is wrong with names and values: each with its place, and with what is allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo

from oracle_cdc.errors import SettingsError
from oracle_cdc.settings.names import SHOWABLE, Names
from oracle_cdc.settings.sources import Given, Source

KINDS: Mapping[object, str] = {bool: "true or false", int: "a whole number", float: "a number"}
NO_TEXT = "holds a NUL or what is no character (not shown); allowed: text"
BOUNDS = {"gt": "greater than", "ge": "at least", "le": "at most"}


class Mistakes(SettingsError):
    """What is wrong with settings, a line for each mistake.

    warnings: what was noticed beside them, and may be why something is missing.
    """

    def __init__(self, lines: Sequence[str], warnings: Sequence[str] = ()) -> None:
        noun = "mistakes"
        if len(lines) == 1:
            noun = "mistake"
        said = [f"{len(lines)} {noun} in the settings:", *lines]
        text = "\n  ".join(said)
        if warnings:
            text += "\n" + "\n  ".join(["noticed beside that:", *warnings])
        super().__init__(text)
        self.lines = lines
        self.warnings = warnings


def unknown_names(source: Source, names: Names) -> Iterator[str]:
    """Yield a line for each name that is not known."""
    # Its value is never shown: it may be a misspelt secret's.
    for name in sorted(source.given.keys() - names.known):
        if names.is_foreign(name) or (source.is_shared and not names.is_own(name)):
            continue
        shown = name
        if not SHOWABLE.fullmatch(name):
            shown = "a name that is not shown"
        line = f"{shown} in {source.given[name].place}: not known"
        near = names.nearest(name)
        if near:
            line += f"; nearest: {near}"
        yield line


def misspelt_names(source: Source, names: Names) -> Iterator[str]:
    """Yield a line for each name in a shared place that is passed over and looks like ours."""
    if not source.is_shared:
        return
    for name, item in sorted(source.given.items()):
        near = names.misspelt(name)
        # One of our own is refused, and is said to be.
        if near and not names.is_own(name):
            yield f"{name} in {item.place} is passed over: not known; nearest: {near}"


def broken_endings(values: Mapping[str, object], given: Mapping[str, Given]) -> Iterator[str]:
    """Yield a line for each text that ends with a line break: a file's, most often, not its own."""
    for name, value in values.items():
        text = value
        if isinstance(value, SecretStr):
            text = value.get_secret_value()
        if isinstance(text, str) and text.endswith(("\n", "\r")) and name in given:
            item = given[name]
            yield f"{item.name} in {item.place}: ends with a line break, which counts"


def unusable(given: Mapping[str, Given], names: Names) -> Iterator[tuple[str, str]]:
    """Yield each variable, with a line, whose text no program could be handed."""
    for name, item in given.items():
        if isinstance(item.value, str) and names.takes(name) and not is_text(item.value):
            yield name, f"{item.name} in {item.place}: {NO_TEXT}"


def is_text(value: str) -> bool:
    """Return whether text has neither a NUL nor half of a pair of code units."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in value


def explain(
    error: ValidationError, given: Mapping[str, Given], names: Names
) -> Iterator[tuple[str, str]]:
    """Yield each wrong variable and its line: name and place, what was given, what is allowed."""
    for detail in error.errors(include_url=False, include_input=False):
        name = next(str(part) for part in detail["loc"] if part in names.fields)
        info = names.fields[name]
        if name in given:
            context = detail.get("ctx", {})
            allowed = context.get("error") or context.get("expected") or spell(info)
            item = given[name]
            yield name, f"{item.name} in {item.place}: {item.show()}; allowed: {allowed}"
        else:
            yield name, f"{name}: missing; {info.description or 'set it'}"


def spell(info: FieldInfo) -> str:
    """Say in words which values a number or a switch can take."""
    bounds = []
    for constraint in info.metadata:
        for sign, words in BOUNDS.items():
            if hasattr(constraint, sign):
                bounds.append(f"{words} {getattr(constraint, sign)}")
    return " ".join([KINDS.get(info.annotation, "text"), " and ".join(bounds)]).strip()
