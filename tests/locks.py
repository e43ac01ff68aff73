"""What the lock files pin, and what the requirements files beside them ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.documents import ROOT

#: Each for one way to install, by the name of its requirements file.
LOCKED = (
    "requirements",
    "requirements-build",
    "requirements-dev",
    "requirements-events",
    "requirements-lambda",
    "requirements-monitor",
    "requirements-run",
    "requirements-triage",
)
PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
#: What `make lock` says of where a package comes from: a requirements file, or another package.
ORIGIN = re.compile(r"(?:(-r|-c) )?([\w.-]+)(?:\[[\w,]+\])?")


@dataclass
class Pin:
    """One version of a package.

    Parameters:
        origins: requirements files that ask for it, and packages that bring it along.
    """

    requirement: Requirement
    hashes: int = 0
    origins: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> str:
        (specifier,) = self.requirement.specifier
        assert specifier.operator == "=="
        return specifier.version

    def holds_for(self, python: str) -> bool:
        """Return whether it is installed by a Python on Linux."""
        return is_wanted(self.requirement, python)


def is_wanted(requirement: Requirement, python: str) -> bool:
    if requirement.marker is None:
        return True
    environment: dict[str, str] = {**default_environment()}  # type: ignore[dict-item]
    environment.update(
        python_version=python,
        python_full_version=f"{python}.1",
        sys_platform="linux",
        extra="",
    )
    return requirement.marker.evaluate(environment)


def read_lock(name: str) -> Sequence[Pin]:
    """Return the pins of a lock file. Fails on a line that none should have."""
    pins: list[Pin] = []
    for line in (ROOT / f"{name}.lock").read_text(encoding="utf-8").splitlines():
        if line.startswith("    # "):
            pins[-1].origins += read_origin(line.removeprefix("    # "))
        elif HASH.fullmatch(line):
            pins[-1].hashes += 1
        elif not line.startswith("#"):
            pins.append(Pin(Requirement(line.removesuffix("\\").strip())))
    return pins


def read_origin(words: str) -> Iterator[str]:
    """Yield where a line of a comment says that a package comes from, a constraint left out."""
    words = words.removeprefix("via").strip()
    if not words:
        return
    found = ORIGIN.fullmatch(words)
    assert found, words
    if found[1] == "-r":
        yield found[2]
    elif found[1] is None:
        yield canonicalize_name(found[2])


def asked_for(file: str) -> Iterator[tuple[str, Requirement]]:
    """Yield what a requirements file asks for, and the files that it takes in, each with its file.

    File names are relative to the checkout.
    """
    for line in Path(ROOT / file).read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            yield from asked_for(line.removeprefix("-r "))
        elif line and not line.startswith("#"):
            yield file, Requirement(line)
