"""The rooms of the stand-in: which may import which, so that each can be read and tested by
itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "oralite"

#: Files that lie beside the folders; each folder is a room of its own.
FILES = {
    "values": {
        "charsets",
        "clock",
        "errors",
        "model",
        "moments",
        "rowids",
        "scan",
        "tokens",
        "values",
        "zones",
    },
    "server": {"__main__", "script", "server", "statistics"},
}

#: Room -> the other rooms that it may import from; a room stands below those that come after it.
ALLOWED: dict[str, set[str]] = {
    "values": set(),
    "formats": {"values"},
    "functions": {"values", "formats"},
    "catalog": {"values"},
    "parser": {"values"},
    "storage": {"values", "functions", "catalog"},
    "dictionary": {"values", "functions", "catalog", "parser"},
    "translate": {"values", "functions", "catalog", "parser", "dictionary"},
    "ddl": {"values", "catalog", "parser", "storage", "translate"},
    "sql": {
        "values",
        "formats",
        "functions",
        "catalog",
        "parser",
        "storage",
        "dictionary",
        "translate",
        "ddl",
    },
    "protocol": {"values"},
    "conversation": {"values", "protocol"},
    "server": {"values", "sql", "protocol", "conversation"},
}


def modules() -> dict[str, Path]:
    """Return each module by its name below the package, without a folder's `__init__`."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        if path.name != "__init__.py":
            found[".".join(path.relative_to(PACKAGE).with_suffix("").parts)] = path
    return found


MODULES = modules()


def room_of(module: str) -> str:
    folder, dot, _ = module.partition(".")
    if dot:
        return folder
    for room, names in FILES.items():
        if module in names:
            return room
    return ""


def imported(path: Path) -> Iterator[str]:
    """Give what a file imports, wherever in it, with each name of `from package import name`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield node.module or ""
            for name in node.names:
                yield f"{node.module}.{name.name}"


def neighbours(path: Path) -> set[str]:
    """Return the modules of the stand-in that a file imports."""
    names = {name.removeprefix("oralite.") for name in imported(path)}
    return names & MODULES.keys()


def test_a_module_imports_only_what_its_room_may_know() -> None:
    """Add one that stands in no room to FILES."""
    wrong = []
    for module, path in MODULES.items():
        room = room_of(module)
        assert room in ALLOWED, f"oralite.{module} stands in no room"
        for other in sorted(neighbours(path)):
            if room_of(other) not in ALLOWED[room] | {room}:
                wrong.append(f"{module} ({room}) imports {other} ({room_of(other)})")
    assert wrong == []


def test_no_arrow_leads_from_a_room_to_one_above_it() -> None:
    below: set[str] = set()
    for room, others in ALLOWED.items():
        assert others <= below, f"{room} may import from a room that stands above it"
        below.add(room)


def test_modules_do_not_import_each_other_in_a_circle() -> None:
    waiting = {module: neighbours(path) for module, path in MODULES.items()}
    while True:
        free = set()
        for module, others in waiting.items():
            if not others & waiting.keys() - {module}:
                free.add(module)
        if not free:
            break
        for module in free:
            del waiting[module]
    assert not waiting, f"a circle among {', '.join(sorted(waiting))}"


def test_no_import_hides_in_a_function_or_behind_a_condition() -> None:
    hidden = []
    for module, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.If):
                for inner in ast.walk(node):
                    if isinstance(inner, ast.Import | ast.ImportFrom):
                        hidden.append(f"{module}:{inner.lineno}")
    assert hidden == []


def test_what_a_folder_does_stands_in_files_with_names() -> None:
    for path in PACKAGE.rglob("__init__.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) == 1, path
