"""The one-way rule: who may import whom, so that each room can be read, tested and lifted out by
itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from tests.rooms import ALLOWED, DRIVERS, ROOMS

ROOT = Path(__file__).parents[1]


@cache
def modules(package: str) -> dict[str, Path]:
    """Return each module of a package by its name below the package."""
    folder = ROOT / package
    files = {
        ".".join(path.relative_to(folder).with_suffix("").parts): path
        for path in folder.rglob("*.py")
    }
    return {
        name.removesuffix(".__init__"): path for name, path in files.items() if name != "__init__"
    }


def room_of(module: str, rooms: Mapping[str, set[str]] = ROOMS) -> str | None:
    """Return the room that names the module itself, or else the nearest folder around it."""
    parts = module.split(".")
    candidates = [module]
    for length in range(len(parts), 0, -1):
        candidates.append(".".join(parts[:length]) + ".*")
    for name in candidates:
        for room, names in rooms.items():
            if name in names:
                return room
    return None


@cache
def imported(path: Path) -> tuple[str, ...]:
    """Return what a file imports, with each name of `from package import name`."""
    return tuple(imports(path))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield node.module or ""
            yield from (f"{node.module}.{name.name}" for name in node.names)


def neighbours(path: Path) -> set[str]:
    """Return the modules of oracle_cdc that a file imports."""
    known = modules("oracle_cdc")
    names = {
        name.removeprefix("oracle_cdc.")
        for name in imported(path)
        if name.startswith("oracle_cdc.")
    }
    return {name for name in names if name in known}


CDC = modules("oracle_cdc")
#: What `demo` starts as processes, and what plays Trino for tests.
STAND_INS = ("oralite", "awslite", "trinolite")


def test_every_module_has_a_room() -> None:
    """Add one that has none to ROOMS and to oracle_cdc/README.md."""
    assert [module for module in CDC if room_of(module) is None] == []


def test_a_module_imports_only_what_its_room_may_know() -> None:
    wrong = []
    for module, path in CDC.items():
        room = room_of(module) or ""
        for other in sorted(neighbours(path)):
            if room_of(other) not in ALLOWED[room] | {room}:
                wrong.append(f"{module} ({room}) imports {other} ({room_of(other)})")
    assert wrong == []


def test_a_driver_is_known_to_its_edge_alone() -> None:
    wrong = []
    for module, path in CDC.items():
        room = room_of(module) or ""
        for name in imported(path):
            edges = DRIVERS.get(name.split(".")[0])
            if edges is not None and room not in edges and not room.startswith("demo"):
                wrong.append(f"{module} imports {name}, which only {sorted(edges)} may know")
    assert wrong == []


def test_modules_do_not_import_each_other_in_a_circle() -> None:
    waiting = {module: neighbours(path) for module, path in CDC.items()}
    while free := {
        module for module, others in waiting.items() if not others & waiting.keys() - {module}
    }:
        waiting = {module: others for module, others in waiting.items() if module not in free}
    assert not waiting, f"a circle among {', '.join(sorted(waiting))}"


def test_rooms_do_not_import_each_other_in_a_circle() -> None:
    waiting: dict[str, set[str]] = {room: set() for room in ROOMS}
    for module, path in CDC.items():
        room = room_of(module) or ""
        waiting[room] |= {room_of(other) or "" for other in neighbours(path)} - {room}
    while free := {room for room, others in waiting.items() if not others & waiting.keys()}:
        waiting = {room: others for room, others in waiting.items() if room not in free}
    assert not waiting, f"a circle among {', '.join(sorted(waiting))}"


def test_no_shared_room_knows_the_conversations() -> None:
    shared = ("values", "settings", "running", "watching", "oracle", "aws", "aws/sqs", "aws/ssm")
    for room in shared:
        assert not [name for name in ALLOWED[room] if name.startswith("conversations")]


def test_the_service_never_imports_the_stand_ins() -> None:
    users = [
        m
        for m, path in CDC.items()
        if any(name.split(".")[0] in STAND_INS for name in imported(path))
    ]
    assert users == []


@pytest.mark.parametrize("stand_in", STAND_INS)
def test_a_stand_in_imports_nothing_of_the_service(stand_in: str) -> None:
    ours = {"oracle_cdc", "sync_monitor", "config", "cdc_service", *STAND_INS} - {stand_in}
    users = [
        m
        for m, path in modules(stand_in).items()
        if ours & {n.split(".")[0] for n in imported(path)}
    ]
    assert users == []


def test_only_the_entry_point_and_commands_import_the_wiring() -> None:
    users = set()
    for module, path in CDC.items():
        if {"conversations.parts", "conversations.wiring"} & neighbours(path):
            users.add(room_of(module))
    assert users <= {"commands", "wiring"}


@pytest.mark.parametrize("package", ["oracle_cdc", "sync_monitor", *STAND_INS, "standins", "bench"])
def test_nothing_but_a_test_imports_the_tests(package: str) -> None:
    users = {
        module
        for module, path in modules(package).items()
        if any(name.split(".")[0] == "tests" for name in imported(path))
    }
    assert users == set()


@pytest.mark.parametrize("package", ["oracle_cdc", "sync_monitor", *STAND_INS])
def test_what_is_installed_imports_no_stand_in_of_the_tests(package: str) -> None:
    users = {
        module
        for module, path in modules(package).items()
        if any(name.split(".")[0] == "standins" for name in imported(path))
    }
    assert users == set()
