"""What k8s/ makes: its files, and each Deployment with what it refers to."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.documents import ROOT

FOLDER = ROOT / "k8s"
#: Each is applied by a command of its own.
FOLDERS = (FOLDER, FOLDER / "changes", FOLDER / "monitor")
EXAMPLE = "secret.yaml.example"
#: What `kubectl apply -f FOLDER` takes.
APPLIED = ("*.yaml", "*.yml", "*.json")


def applied(folder: Path) -> list[Path]:
    """Return the files that `kubectl apply -f FOLDER` takes, one after another."""
    found = []
    for path in sorted(folder.iterdir()):
        if any(fnmatch.fnmatch(path.name, pattern) for pattern in APPLIED):
            found.append(path)
    return found


def files() -> list[Path]:
    """Return every file that is applied, and the examples of those that an operator makes."""
    found = []
    for folder in FOLDERS:
        found += [*applied(folder), folder / EXAMPLE]
    return found


def resources(paths: list[Path]) -> Iterator[Any]:
    """Yield what the files describe. Who changes any of it changes it for all tests."""
    for path in paths:
        yield from documents(path)


@cache
def documents(path: Path) -> tuple[Any, ...]:
    """Read a file once for all tests."""
    return tuple(yaml.safe_load_all(path.read_text(encoding="utf-8")))


@cache
def named_resources() -> dict[tuple[str, str], Any]:
    """Return everything that is applied, and the examples, by kind and name."""
    return {(each["kind"], each["metadata"]["name"]): each for each in resources(files())}


def resource(kind: str, name: str) -> Any:
    return named_resources()[kind, name]


@dataclass(frozen=True)
class Deployed:
    """A Deployment, by its name."""

    name: str

    @property
    def whole(self) -> Any:
        return resource("Deployment", self.name)["spec"]

    @property
    def pod(self) -> Any:
        return self.whole["template"]["spec"]

    @property
    def container(self) -> Any:
        (container,) = self.pod["containers"]
        return container

    @property
    def environment(self) -> dict[str, str]:
        return {each["name"]: each["value"] for each in self.container["env"]}

    @property
    def volumes(self) -> dict[str, Any]:
        return {volume["name"]: volume for volume in self.pod["volumes"]}
