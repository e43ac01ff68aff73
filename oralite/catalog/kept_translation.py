"""What was translated with a catalog, for as long as the catalog answers its questions alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from oralite.catalog.catalog import Catalog
from oralite.errors import OraError

#: The method of the catalog, what it was given, and what it answered.
Answer: TypeAlias = tuple[str, tuple[Any, ...], Any]


class Asked:
    """Stands in the place of a catalog, and notes each question with its answer."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.answers: list[Answer] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return one of the catalog's methods."""
        method: Callable[..., Any] = getattr(self.catalog, name)

        def ask(*given: Any) -> Any:
            try:
                answer = method(*given)
            except OraError as error:
                self.answers.append((name, given, error))
                raise
            self.answers.append((name, given, answer))
            return answer

        return ask


class Kept:
    """One translation, with what was asked for it."""

    def __init__(self) -> None:
        self._made: tuple[str, list[Answer]] = "", []

    def keep(self, sql: str, asked: Asked) -> None:
        """Keep a translation in place of the one before."""
        self._made = sql, asked.answers

    def find(self, catalog: Catalog) -> str:
        """Return the translation if it would be made again. Empty for none."""
        sql, answers = self._made
        for name, given, answer in answers:
            try:
                if getattr(catalog, name)(*given) != answer:
                    return ""
            except OraError:
                return ""
        return sql
