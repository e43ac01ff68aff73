"""Turn the entries of a file or store of sections and keys into values of variables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from oracle_cdc.settings.key_paths import KeyPaths, show_path
from oracle_cdc.settings.sources import Given, Source

EntryValue = str | bool | tuple[str, ...] | Mapping[str, "EntryValue"] | None


@dataclass(frozen=True)
class Entry:
    """One value as it stands in a file or store, under its path, such as `oracle/user`.

    value: text, a tuple of texts, None for nothing. In a dictionary, which is the fourth, also a
    switch.
    """

    path: str
    value: EntryValue = field(repr=False)
    place: str
    read_again: Callable[[], Given | None] | None = field(default=None, repr=False, compare=False)


class Collector:
    """Collects the values that entries give to variables, and what is wrong with the entries."""

    def __init__(self, layer: str, keys: KeyPaths) -> None:
        self.layer = layer
        self.keys = keys
        self.given: dict[str, Given] = {}
        self.mistakes: list[str] = []
        self.needless: list[Entry] = []

    def add(self, entry: Entry) -> None:
        """Take an entry's value for its variable."""
        variable = self.keys.find(entry.path)
        if variable is not None:
            self._take(variable, entry)
        elif entry.path in self.keys.needless:
            self.needless.append(entry)
        elif entry.path not in self.keys.branches:
            self._refuse(entry, self.keys.describe_unknown(entry.path))
        elif entry.value is not None:
            self._refuse(entry, "a value; allowed: keys below it")

    def _take(self, variable: str, entry: Entry) -> None:
        value = entry.value
        if isinstance(value, tuple):
            if variable not in self.keys.comma_texts:
                self._refuse(entry, "a list; allowed: one value")
                return
            value = ",".join(value)
        if value is None:
            return
        if isinstance(value, str) and self.keys.is_foreign_value(variable, value):
            self.needless.append(entry)
            return
        if variable in self.given:
            self._refuse(entry, f"{variable} is given already in {self.given[variable].place}")
            return
        self.given[variable] = Given(
            variable, value, self.layer, entry.place, read_again=entry.read_again
        )

    def _refuse(self, entry: Entry, why: str) -> None:
        self.mistakes.append(f"{show_path(entry.path)} in {entry.place}: {why}")

    def source(self, warnings: Iterable[str] = ()) -> Source:
        """Return the layer that the entries make."""
        return Source(
            self.layer,
            self.given,
            mistakes=self.mistakes,
            warnings=[*warnings, *self.passed_over()],
        )

    def passed_over(self) -> Iterator[str]:
        """Yield one line for all that was accepted and changes nothing."""
        if self.needless:
            names = ", ".join(dict.fromkeys(show_path(entry.path) for entry in self.needless))
            yield f"{self.layer}: passed over, because nothing here needs it: {names}"
