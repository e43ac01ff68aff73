"""What botocore knows of AWS's services, worked out once for a process, not for each session."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from types import FunctionType
from typing import Any

from botocore import hooks
from botocore.compat import accepts_kwargs
from botocore.hooks import EventAliaser
from botocore.loaders import JSONFileLoader, Loader

find_services = Loader.list_available_services
find_alias = EventAliaser._alias_event_name  # type: ignore[attr-defined] # noqa: SLF001


class KeepingFileLoader(JSONFileLoader):
    """Keep what was found for all sessions of the process: each would parse 2 MB of JSON again."""

    def exists(self, file_path: str) -> bool:
        """Return whether there is a service file of this name."""
        return exists(file_path)

    def load_file(self, file_path: str) -> Any:
        """Return the content of a service file."""
        return load_file(file_path)


@cache
def exists(file_path: str) -> bool:
    """Look for a service file."""
    return bool(JSONFileLoader().exists(file_path))


@cache
def load_file(file_path: str) -> Any:
    """Read a service file."""
    return JSONFileLoader().load_file(file_path)


@cache
def services(search_paths: tuple[str, ...], type_name: str) -> Sequence[str]:
    """List the services that have a file of a type: a look into 400 directories."""
    return tuple(find_services(Loader(list(search_paths)), type_name))


def list_available_services(loader: Loader, type_name: str) -> list[str]:
    """Return the services that a loader knows."""
    return list(services(tuple(loader.search_paths), type_name))


@cache
def alias(event_name: str) -> str:
    """Return the name that an event has today."""
    return str(find_alias(EventAliaser(None), event_name))


def alias_event_name(aliaser: EventAliaser, event_name: str) -> str:
    """Return the name that an event has today, for any session."""
    return alias(event_name)


@cache
def function_accepts_keywords(function: FunctionType) -> Any:
    """Read a function's signature."""
    return accepts_kwargs(function)


def accepts_keywords(handler: Any) -> Any:
    """Return whether an event's handler takes any keywords."""
    if isinstance(handler, FunctionType):
        return function_accepts_keywords(handler)
    return accepts_kwargs(handler)


def read_once() -> None:
    """Make all sessions of this process share what was found: each would take 10 ms."""
    Loader.FILE_LOADER_CLASS = KeepingFileLoader
    Loader.list_available_services = list_available_services  # type: ignore[method-assign]
    EventAliaser._alias_event_name = alias_event_name  # type: ignore[attr-defined] # noqa: SLF001
    hooks.accepts_kwargs = accepts_keywords  # type: ignore[assignment]
