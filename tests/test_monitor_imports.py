"""The one-way rule of the monitor: what its rooms may import, and that the service needs none."""

from __future__ import annotations

import ast

from tests import test_import_direction
from tests.test_import_direction import imported, modules

MONITOR = modules("sync_monitor")
CDC = modules("oracle_cdc")

#: Room -> its modules.
ROOMS = {
    "values": {"errors", "measurements", "model", "records", "verdicts"},
    "rules": {"rules.*"},
    "rows": {"rows.*"},
    "runbooks": {"runbooks.*"},
    "triage": {"triage.*"},
    "history": {"history.*"},
    "metering": {"metering"},
    "source": {"source.*"},
    "lake": {"lake.*"},
    "looking": {"looks.*"},
    "rounds": {"explaining", "issue_runbooks", "knowledge", "rounds"},
    "service": {"schedule", "service"},
    "streams": {"streams.*"},
    "wiring": {"wiring.*"},
    "demo": {"demo.*"},
    "page": {"web.*"},
    "commands": {"commands.*"},
    "entry": {"demo.apply", "demo.load"},
    "asking": {"triage.claude", "triage.consulting", "triage.turns"},
    "notices": {"notices.*"},
    "outward": {"wiring.notices_and_model"},
}

#: Room -> the other rooms that it may import from.
ALLOWED = {
    "values": set[str](),
    "rules": {"values"},
    "rows": {"values"},
    "runbooks": {"values", "rules", "rows"},
    "triage": {"values", "rules"},
    "history": {"values"},
    "metering": {"values"},
    "source": {"values", "rules", "rows", "metering"},
    "lake": {"values", "rows", "metering"},
    "looking": {"values", "rules", "rows", "metering", "source", "lake"},
    "streams": {"values", "rules", "rows", "metering", "source", "looking"},
    "rounds": {
        "values",
        "rules",
        "rows",
        "runbooks",
        "triage",
        "history",
        "lake",
        "looking",
        "streams",
    },
    "service": {"values", "rules", "history", "looking", "rounds"},
    "wiring": {"values", "rules", "source", "lake", "looking", "history", "streams"},
    "demo": {"values", "rules", "rows", "triage", "history", "looking", "rounds"},
    "page": {"values", "rules", "triage", "asking", "history"},
    "entry": {"demo", "commands", "wiring"},
    "commands": {
        "values",
        "rules",
        "rows",
        "runbooks",
        "triage",
        "history",
        "lake",
        "looking",
        "rounds",
        "service",
        "streams",
        "wiring",
        "outward",
        "asking",
        "demo",
        "page",
    },
    "asking": {"values", "triage", "history"},
    "notices": {"values", "history"},
    "outward": {"values", "triage", "history", "asking", "notices"},
}

#: Room -> what it may import of the service. Each is a module, or a folder for its files.
OF_THE_SERVICE = {
    "values": {"errors"},
    "history": {"errors", "running.*", "settings.owners"},
    "source": {"errors", "oracle.*"},
    "looking": {"errors", "running.*"},
    "streams": {"errors", "running.*", "oracle.*", "mariadb.*", "aws.*", "relay.*"},
    "wiring": {
        "errors",
        "oracle.*",
        "mariadb.*",
        "aws.*",
        "relay.*",
        "running.clock",
        "settings.*",
        "sql.*",
    },
    "demo": {"errors", "running.*"},
    "commands": {"errors", "running.*", "settings.*", "watching.notify", "watching.readiness"},
    "service": {"errors", "running.*", "watching.readiness"},
    "page": {"errors", "running.clock", "watching.readiness"},
    "entry": {"errors", "running.clock", "cli", "programs"},
    "asking": {"errors", "running.*"},
    "notices": {"errors", "running.*", "settings.*"},
    "outward": {"settings.*"},
}
#: What any room may be allowed at all: the errors, what long-running programs need and when
#: they are alive, settings, files of named statements, sessions of Oracle and MariaDB, requests to
#: AWS, and how rows are counted in slices. No product of the service.
SHARED = {
    "errors",
    "running.*",
    "running.clock",
    "settings.owners",
    "watching.notify",
    "watching.readiness",
    "settings.*",
    "oracle.*",
    "mariadb.*",
    "aws.*",
    "relay.*",
    "sql.*",
    "cli",
    "programs",
}
#: Rooms of pure functions, and what these may not know.
PURE = {"values", "rules", "rows", "runbooks", "triage"}
WORLD = {"logging", "os", "pathlib", "socket", "sqlite3", "subprocess", "threading", "time"}
#: The only module of the service that may import the monitor, within a function.
DISPATCHER = "commands.monitor"


def room_of(module: str) -> str:
    return test_import_direction.room_of(module, ROOMS) or ""


def covers(names: set[str], module: str) -> bool:
    """Return whether a module is one of some, or lies in a folder of them."""
    return module in names or f"{module.split('.')[0]}.*" in names


def of_package(module: str, package: str, known: object) -> set[str]:
    """Return the modules of a package that a module of the monitor imports."""
    names = set()
    for name in imported(MONITOR[module]):
        inner = name.removeprefix(f"{package}.")
        if inner != name and inner in known:  # type: ignore[operator]
            names.add(inner)
    return names


def test_every_module_of_the_monitor_has_a_room() -> None:
    """Add one that has none to ROOMS and to sync_monitor/README.md."""
    assert [module for module in MONITOR if not room_of(module)] == []
    assert ROOMS.keys() == ALLOWED.keys()


def test_a_module_of_the_monitor_imports_only_what_its_room_may_know() -> None:
    wrong = []
    for module in MONITOR:
        room = room_of(module)
        for other in sorted(of_package(module, "sync_monitor", MONITOR)):
            if room_of(other) not in ALLOWED[room] | {room}:
                wrong.append(f"{module} ({room}) imports {other} ({room_of(other)})")
    assert wrong == []


def test_of_the_service_the_monitor_imports_what_is_shared_alone() -> None:
    wrong = []
    for module in MONITOR:
        allowed = OF_THE_SERVICE.get(room_of(module), set())
        for other in sorted(of_package(module, "oracle_cdc", CDC)):
            if not covers(allowed, other):
                wrong.append(f"{module} imports oracle_cdc.{other}")
    assert wrong == []
    for names in OF_THE_SERVICE.values():
        assert names <= SHARED


def test_the_rules_of_the_monitor_know_no_world_around_them() -> None:
    wrong = []
    for module, path in MONITOR.items():
        if room_of(module) in PURE:
            for name in imported(path):
                if name.split(".")[0] in WORLD:
                    wrong.append(f"{module} imports {name}")
    assert wrong == []


def test_rooms_of_the_monitor_do_not_import_each_other_in_a_circle() -> None:
    waiting = dict(ALLOWED)
    while free := {room for room, others in waiting.items() if not others & waiting.keys()}:
        waiting = {room: others for room, others in waiting.items() if room not in free}
    assert not waiting, f"a circle among {', '.join(sorted(waiting))}"


def test_the_service_imports_the_monitor_for_its_commands_alone() -> None:
    wrong = []
    for module, path in CDC.items():
        uses = {name for name in imported(path) if name.split(".")[0] == "sync_monitor"}
        if uses and module != DISPATCHER:
            wrong.append(f"{module} imports {', '.join(sorted(uses))}")
    assert wrong == []


def test_the_service_imports_the_monitor_only_once_a_command_of_it_runs() -> None:
    path = CDC.get(DISPATCHER)
    if path is None:
        return
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            assert "sync_monitor" not in ast.unparse(node)
