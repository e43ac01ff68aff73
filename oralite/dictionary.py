"""The data dictionary's views: what tools look up about tables, users and the server."""

from __future__ import annotations
from dataclasses import dataclass
from oralite.catalog import Catalog
from oralite.model import Column


@dataclass(frozen=True)
class DictionaryView:
    name: str
    columns: tuple[Column, ...]

    @property
    def module(self) -> str:
        return f"sys_{self.name}"


def find(name: str) -> DictionaryView | None:
    return None


def visible(view: DictionaryView, catalog: Catalog, user: str) -> bool:
    return True


def install(session: object, name: str) -> None:
    pass
