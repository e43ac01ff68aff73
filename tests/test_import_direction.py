"""The one-way rule: who may import whom, so that each room can be read, tested and lifted out by
itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

#: Room -> its modules. A folder is a room, `oracle.*` are its files. In the package itself, and in
#: `conversations`, what everything there uses stands apart from what puts everything together.
ROOMS = {
    "values": {"errors", "model"},
    "settings": {"settings.*"},
    "running": {"running.*"},
    "watching": {"watching.*"},
    "pipeline": {"log_files", "metrics", "pipeline"},
    "relay": {"relay.*"},
    "redaction": {"redaction.*"},
    "sql": {"sql.*"},
    "oracle": {"oracle.*"},
    "aws": {"aws.*"},
    "aws/sqs": {"aws.sqs.*"},
    "aws/ssm": {"aws.ssm.*"},
    "aws/kinesis": {"aws.kinesis.*"},
    "aws/eventbridge": {"aws.eventbridge.*"},
    "aws/dynamodb": {"aws.dynamodb.*"},
    "aws/cloudwatch": {"aws.cloudwatch.*"},
    "aws/functions": {"aws.functions.*"},
    "nats": {"nats.*"},
    "mariadb": {"mariadb.*"},
    "conversations": {
        "conversations.contradictions",
        "conversations.counters",
        "conversations.settings",
    },
    "conversations/rules": {"conversations.rules.*"},
    "conversations/tables": {"conversations.tables.*"},
    "conversations/outbound": {"conversations.outbound.*"},
    "conversations/inbound": {"conversations.inbound.*"},
    "conversations/chores": {"conversations.chores.*"},
    "wiring": {"conversations.*"},
    "extraction": {"extraction.*"},
    "programs": {"programs"},
    "library": {"library"},
    "commands": {"commands.*"},
    "changes/rules": {"changes.rules.*"},
    "changes/models": {"changes.model_files"},
    "changes/capture": {"changes.capture.*"},
    "changes/wiring": {"changes.*"},
    "events": {"events.kinds", "events.settings"},
    "events/rules": {"events.rules.*"},
    "events/wiring": {"events.*"},
    "demo": {"demo.*"},
    "demo/conversations": {"demo.conversations.*"},
    "demo/events": {"demo.events.*"},
    "entry": {"__main__", "cli", "commands.demo"},
}

#: What each direction of the conversations may import from.
LEG = {"values", "running", "redaction", "oracle", "aws/sqs"}
LEG |= {"conversations/rules", "conversations/tables"}
#: What puts any pipeline together may import from these.
WIRING = {"values", "settings", "running", "watching", "pipeline", "sql", "oracle"}

#: Room -> the other rooms that it may import from.
ALLOWED = {
    "values": set[str](),
    "settings": {"values"},
    "running": {"values", "settings"},
    "watching": {"values", "running"},
    "pipeline": {"values", "running", "watching"},
    "relay": {"values", "running"},
    "redaction": set(),
    "sql": {"values"},
    "oracle": {"values", "settings", "running", "relay", "sql"},
    "aws": {"values", "settings", "running"},
    "aws/sqs": {"values", "running", "aws"},
    "aws/ssm": {"values", "settings", "running", "aws"},
    "aws/kinesis": {"values", "running", "aws"},
    "aws/eventbridge": {"values", "running", "aws", "changes/rules"},
    "aws/dynamodb": {"values", "running", "aws", "aws/kinesis"},
    "aws/cloudwatch": {"values", "running", "aws"},
    "aws/functions": {"values", "running", "aws"},
    "nats": {"values", "settings", "running", "relay"},
    "mariadb": {"values", "settings", "running", "relay", "sql"},
    "conversations": {"values", "settings", "running", "redaction", "aws/ssm"},
    "conversations/rules": {"values", "redaction"},
    "conversations/tables": {"values", "oracle", "conversations/rules"},
    "conversations/outbound": LEG,
    "conversations/inbound": LEG,
    "conversations/chores": {
        "values",
        "running",
        "oracle",
        "conversations",
        "conversations/rules",
        "conversations/tables",
        "conversations/outbound",
    },
    "changes/rules": {"values", "redaction"},
    "changes/models": {"values", "settings", "changes/rules"},
    "changes/capture": {"values", "sql", "oracle"},
    "changes/wiring": WIRING | {"changes/rules", "changes/models", "changes/capture"},
    "events": {"values", "settings"},
    "events/rules": {"values", "relay"},
    "events/wiring": WIRING | {"relay", "nats", "mariadb", "events", "events/rules"},
    "wiring": {
        *WIRING,
        "redaction",
        *(room for room in ROOMS if room.startswith(("aws", "conversations"))),
    },
    "extraction": {"values", "settings", "running", "sql", "oracle"},
    "programs": {"values", "settings", "conversations", "events", "extraction"},
    "library": {"values", "settings", "oracle", "conversations", "extraction", "programs"},
    "commands": {room for room in ROOMS if not room.startswith(("demo", "entry"))},
    "demo": {"values", "running", "sql", "conversations", "events"},
    "demo/conversations": {"values", "running", "pipeline", "conversations", "demo"},
    "demo/events": {"values", "running", "nats", "mariadb", "demo"},
    "entry": {
        "values",
        "settings",
        "conversations",
        "programs",
        "library",
        "commands",
        *(room for room in ROOMS if room.startswith("demo")),
    },
}

#: Driver -> the edge that knows it. The demos know all: they play the DBA, whoever writes into the
#: source, and whoever receives.
DRIVERS = {
    "oracledb": {"oracle"},
    "boto3": {"aws"},
    "nats": {"nats"},
    "pymysql": {"mariadb"},
    "botocore": {"aws", "aws/sqs", "aws/ssm", "aws/dynamodb", "aws/kinesis"},
    **{driver: {"redaction"} for driver in ("phonenumbers", "stdnum")},
    "mypy_boto3_sqs": {"aws/sqs"},
    "mypy_boto3_s3": {"aws/sqs"},
    "mypy_boto3_kinesis": {"aws/kinesis"},
    "mypy_boto3_events": {"aws/eventbridge"},
    "mypy_boto3_dynamodb": {"aws/dynamodb"},
    "mypy_boto3_cloudwatch": {"aws/cloudwatch"},
    "mypy_boto3_logs": {"aws/cloudwatch"},
    "mypy_boto3_lambda": {"aws/functions"},
}


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


def room_of(module: str) -> str | None:
    """Return the room that names the module itself, or else the nearest folder around it."""
    parts = module.split(".")
    candidates = [module]
    for length in range(len(parts), 0, -1):
        candidates.append(".".join(parts[:length]) + ".*")
    for name in candidates:
        for room, names in ROOMS.items():
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


def test_the_service_never_imports_the_stand_in() -> None:
    users = [
        m
        for m, path in CDC.items()
        if any(name.split(".")[0] == "oralite" for name in imported(path))
    ]
    assert users == []


def test_the_stand_in_imports_nothing_of_the_service() -> None:
    ours = {"oracle_cdc", "config", "cdc_service"}
    users = [
        m
        for m, path in modules("oralite").items()
        if ours & {n.split(".")[0] for n in imported(path)}
    ]
    assert users == []


def test_only_the_entry_point_and_commands_import_the_wiring() -> None:
    users = set()
    for module, path in CDC.items():
        if {"conversations.parts", "conversations.wiring"} & neighbours(path):
            users.add(room_of(module))
    assert users <= {"commands", "wiring"}


@pytest.mark.parametrize("package", ["oracle_cdc", "oralite", "standins", "bench"])
def test_nothing_but_a_test_imports_the_tests(package: str) -> None:
    users = {
        module
        for module, path in modules(package).items()
        if any(name.split(".")[0] == "tests" for name in imported(path))
    }
    assert users == set()


@pytest.mark.parametrize("package", ["oracle_cdc", "oralite"])
def test_what_is_installed_imports_no_stand_in_of_the_tests(package: str) -> None:
    users = {
        module
        for module, path in modules(package).items()
        if any(name.split(".")[0] == "standins" for name in imported(path))
    }
    assert users == set()
