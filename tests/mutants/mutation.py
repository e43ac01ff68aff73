"""A guard taken out: where it stands, what stands there instead, and the tests that must notice."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path


class Misplaced(Exception):
    """Raised when a mutation does not fit the code any more: it must follow it."""


@dataclass(frozen=True)
class Edit:
    """One text of the code and what replaces it.

    Parameters:
        target: where the text stands, once: `package.module.Class.method`, a class, a constant or
            a whole module, or `folder/file.sql:statement`, or such a file alone.
        before: the text. Any white space in it stands for any other.
        after: what replaces it. Further lines are indented like the first.
    """

    target: str
    before: str
    after: str

    def apply(self, tree: Path) -> tuple[Path, str]:
        """Return the file and its changed source. Raises Misplaced."""
        path, source = _read(tree, self.target)
        start, end = _span(path, source, self.target)
        found = list(_pattern(self.before).finditer(source, start, end))
        if len(found) != 1:
            raise Misplaced(f"{self.target} holds {self.before!r} {len(found)} times, not once")
        match = found[0]
        after = _indented(self.after, source, match.start())
        return path, source[: match.start()] + after + source[match.end() :]


@dataclass(frozen=True)
class Mutation:
    """A guard that is taken out.

    Parameters:
        name: unique, by which it can be run alone.
        rule: the sentence that the guard keeps.
        edits: what is changed, all at once.
        tests: files and node ids of pytest that must notice.
        only: a -k expression that chooses among the tests.
    """

    name: str
    rule: str
    edits: tuple[Edit, ...]
    tests: tuple[str, ...]
    only: str = ""

    def apply(self, tree: Path) -> dict[Path, str]:
        """Write the changed sources into a tree, and return the files as they were.

        Raises Misplaced.
        """
        originals: dict[Path, str] = {}
        try:
            for edit in self.edits:
                path, changed = edit.apply(tree)
                originals.setdefault(path, path.read_text(encoding="utf-8"))
                path.write_text(changed, encoding="utf-8")
            for path in originals:
                parse(path, path.read_text(encoding="utf-8"))
        except Misplaced as error:
            restore(originals)
            raise Misplaced(f"{self.name}: {error}") from None
        return originals


def mutation(
    name: str,
    rule: str,
    target: str,
    before: str,
    after: str,
    *,
    tests: str | Sequence[str],
    only: str = "",
) -> Mutation:
    """Make the usual mutation, of one edit."""
    named = (tests,) if isinstance(tests, str) else tuple(tests)
    return Mutation(name, rule, (Edit(target, before, after),), named, only)


def also(first: Mutation, *edits: Edit) -> Mutation:
    """Return a mutation with further edits."""
    return replace(first, edits=(*first.edits, *edits))


def restore(originals: dict[Path, str]) -> None:
    """Write files as they were."""
    for path, source in originals.items():
        path.write_text(source, encoding="utf-8")


def parse(path: Path, source: str) -> None:
    """Raise Misplaced when the source of a changed file is no Python any more."""
    if path.suffix != ".py":
        return
    try:
        ast.parse(source)
    except SyntaxError as error:
        raise Misplaced(f"{path.name} does not parse once it is changed: {error}") from None


def _read(tree: Path, target: str) -> tuple[Path, str]:
    path = _file_of(tree, target)
    return path, path.read_text(encoding="utf-8")


def _is_sql(target: str) -> bool:
    """Return whether a target is a file of statements, or one of them."""
    return target.partition(":")[0].endswith(".sql")


def _file_of(tree: Path, target: str) -> Path:
    if _is_sql(target):
        path = tree / target.partition(":")[0]
        if not path.is_file():
            raise Misplaced(f"there is no file {path.relative_to(tree)}")
        return path
    parts = target.split(".")
    for count in range(len(parts), 0, -1):
        path = tree.joinpath(*parts[:count]).with_suffix(".py")
        if path.is_file():
            return path
    raise Misplaced(f"no module of {target} is there")


def _span(path: Path, source: str, target: str) -> tuple[int, int]:
    """Return where a target begins and ends in its file."""
    if path.suffix == ".sql":
        return _span_of_statement(source, target)
    names = _names_within(path, target.split("."))
    node: ast.AST = ast.parse(source)
    for name in names:
        node = _member(node, name, target)
    if isinstance(node, ast.Module):
        return 0, len(source)
    lines = source.splitlines(keepends=True)
    assert isinstance(node, ast.stmt) and node.end_lineno
    return len("".join(lines[: node.lineno - 1])), len("".join(lines[: node.end_lineno]))


def _names_within(path: Path, names: list[str]) -> list[str]:
    """Return the names of a target behind those of its module."""
    for count in range(len(names), 0, -1):
        if path.with_suffix("").parts[-count:] == tuple(names[:count]):
            return names[count:]
    return names


def _member(node: ast.AST, name: str, target: str) -> ast.stmt:
    found = [child for child in getattr(node, "body", []) if name in _names(child)]
    if len(found) != 1:
        raise Misplaced(f"{target}: {name} is there {len(found)} times, not once")
    return found[0]


def _names(node: ast.stmt) -> set[str]:
    """Return what a statement of a module, a class or a function defines."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
        return {node.name}
    if isinstance(node, ast.AnnAssign):
        return {ast.unparse(node.target)}
    if isinstance(node, ast.Assign):
        return {ast.unparse(target) for target in node.targets}
    return set()


def _span_of_statement(source: str, target: str) -> tuple[int, int]:
    name = target.partition(":")[2]
    if not name:
        return 0, len(source)
    head = f"\n-- {name} --\n"
    start = f"\n{source}".find(head)
    if start < 0:
        raise Misplaced(f"there is no statement {target}")
    end = source.find("\n-- ", start + len(head))
    while end >= 0 and not re.match(r"\n-- [\w ]+ --\n", source[end:]):
        end = source.find("\n-- ", end + 1)
    return start, len(source) if end < 0 else end + 1


def _pattern(before: str) -> re.Pattern[str]:
    """Return what finds a text, however its lines are broken."""
    return re.compile(r"\s+".join(re.escape(part) for part in before.split()))


def _indented(after: str, source: str, start: int) -> str:
    line_start = source.rfind("\n", 0, start) + 1
    line = source[line_start:start]
    margin = line[: len(line) - len(line.lstrip())]
    first, *rest = textwrap.dedent(after).split("\n")
    return "\n".join([first, *[margin + line for line in rest]])
