"""The lock files: what is installed, by version and hash, and nothing of where it comes from."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from platform import python_version_tuple

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.documents import ROOT, tracked_files
from tests.locks import LOCKED, PYTHONS, Pin, asked_for, is_wanted, read_lock

pins = cache(read_lock)
every_lock = pytest.mark.parametrize("name", LOCKED)


def pinned(name: str, python: str) -> dict[str, Pin]:
    """Return what one Python installs by a lock file. Fails where a package has two versions."""
    found: dict[str, Pin] = {}
    for pin in pins(name):
        if pin.holds_for(python):
            assert pin.name not in found, f"{pin.name} twice for Python {python}"
            found[pin.name] = pin
    return found


def test_each_lock_has_its_requirements_and_none_is_left_out() -> None:
    files = [path for path in tracked_files() if path.parent == ROOT]
    locks = {path.stem for path in files if path.suffix == ".lock"}
    asking = {path.stem for path in files if path.match("requirements*.txt")}
    assert locks == set(LOCKED)
    tools = {f"requirements-{name}" for name in ("fuzz", "hive", "lock", "mutants")}
    assert asking == locks | tools


@pytest.mark.parametrize("python", PYTHONS)
@every_lock
def test_each_requirement_has_one_version_that_it_allows(name: str, python: str) -> None:
    found = pinned(name, python)
    for _, requirement in asked_for(f"{name}.txt"):
        if is_wanted(requirement, python):
            version = found[canonicalize_name(requirement.name)].version
            assert requirement.specifier.contains(version), f"{requirement}, not {version}"


@every_lock
def test_nothing_is_locked_that_nothing_asks_for(name: str) -> None:
    asking: dict[str, set[str]] = {}
    for file, requirement in asked_for(f"{name}.txt"):
        asking.setdefault(canonicalize_name(requirement.name), set()).add(file)
    known = {pin.name for pin in pins(name)}
    for pin in pins(name):
        assert pin.origins, pin.name
        for origin in pin.origins:
            is_asked = origin in asking.get(pin.name, ()) or origin in known
            assert is_asked, f"{pin.name} is said to come from {origin}"


@every_lock
def test_each_package_is_known_by_its_hashes(name: str) -> None:
    assert [pin.name for pin in pins(name) if not pin.hashes] == []


@every_lock
def test_no_lock_names_an_index_or_a_host(name: str) -> None:
    text = (ROOT / f"{name}.lock").read_text(encoding="utf-8")
    options = {word.partition("=")[0] for word in text.split() if word.startswith("--")}
    assert options == {"--hash"}
    assert "://" not in text
    assert "@" not in text


@pytest.mark.parametrize("python", PYTHONS)
def test_a_package_has_the_same_version_in_every_lock(python: str) -> None:
    everything = pinned("requirements-dev", python)
    for name in set(LOCKED) - {"requirements-dev", "requirements-build"}:
        for package, pin in pinned(name, python).items():
            assert pin.version == everything[package].version, f"{package} in {name}"


def test_what_a_package_brings_along_is_locked_with_a_version_that_it_allows() -> None:
    python = ".".join(python_version_tuple()[:2])
    found = pinned("requirements-dev", python)
    for name, pin in found.items():
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            continue
        # Another version may bring other packages along.
        if installed.version != pin.version:
            continue
        for line in installed.requires or ():
            needed = Requirement(line)
            if is_wanted(needed, python):
                version = found[canonicalize_name(needed.name)].version
                assert needed.specifier.contains(version), f"{name}: {line}"
