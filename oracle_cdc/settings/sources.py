"""The places that settings come from, and what each of them gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from oracle_cdc.errors import SettingsError

SECRET = re.compile("PASSWORD|SECRET|TOKEN|KEY|CREDENTIAL|DSN")
#: A user may be given with a password: user/password.
USER = re.compile("USER")
MAX_SHOWN_LENGTH = 60


@dataclass(frozen=True)
class Given:
    """One value as somebody wrote it: under which name and where.

    layer: the place as a whole, such as `.env`.
    place: the place as exactly as it is known, such as `.env line 7`.
    read_again: reads this one value anew, or returns None where it is gone. None: it can't change
        while the program runs.
    """

    name: str
    value: object = field(repr=False)
    layer: str
    place: str
    read_again: Callable[[], Given | None] | None = field(default=None, repr=False, compare=False)

    def show(self) -> str:
        """Return what was given, unless it is, or may hold, a secret."""
        text = repr(self.value)
        if SECRET.search(self.name) or "@" in text or (USER.search(self.name) and "/" in text):
            return "given (not shown)"
        if len(text) > MAX_SHOWN_LENGTH:
            text = text[:MAX_SHOWN_LENGTH] + "…"
        return f"given {text}"


@dataclass(frozen=True)
class Source:
    """Hold what one layer gives, by the names of variables.

    is_shared: other programs write there too. An unknown name is a mistake only with our prefix.
    blank_is_unset: whether blank text says nothing, or is a value.
    mistakes, warnings: what was found wrong or odd where the layer was read.
    is_unread: it could not be read, so nothing is known to be missing.
    """

    layer: str
    given: Mapping[str, Given] = field(repr=False)
    is_shared: bool = False
    blank_is_unset: bool = True
    mistakes: Sequence[str] = ()
    warnings: Sequence[str] = ()
    is_unread: bool = False

    def sets(self, value: object) -> bool:
        """Return whether a value of this layer counts."""
        if self.blank_is_unset and isinstance(value, str):
            return bool(value.strip())
        return value is not None

    def find(self, name: str) -> Given | None:
        """Return what the layer gives under a name, if anything.

        Raises SettingsError when it could not be read.
        """
        if self.is_unread:
            raise SettingsError("; ".join(self.mistakes))
        given = self.given.get(name)
        if given is None or not self.sets(given.value):
            return None
        return given


def unread(layer: str, mistake: str) -> Source:
    """Return a layer that could not be read, with the reason."""
    return Source(layer, {}, mistakes=[mistake], is_unread=True)


def all_given(
    layer: str, values: Mapping[str, object], places: Mapping[str, str] | None = None
) -> dict[str, Given]:
    """Return the values of one layer, each with its place where that is known."""
    given = {}
    for name, value in values.items():
        given[name] = Given(name, value, layer, (places or {}).get(name, layer))
    return given
