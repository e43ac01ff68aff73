"""What is packed into a line: comprehensions, conditional expressions, columns, logs."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from tests.reading.sources import Source

COLUMNS = 100
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical", "log"}


def comprehensions(source: Source) -> list[int]:
    """Return the line of each comprehension and generator expression."""
    return lines_of(source, COMPREHENSIONS)


def ternaries(source: Source) -> list[int]:
    """Return the line of each conditional expression."""
    return lines_of(source, (ast.IfExp,))


def lines_of(source: Source, kinds: tuple[type[ast.expr], ...]) -> list[int]:
    """Return the line on which each expression of these kinds begins."""
    return [node.lineno for node in source.find(*kinds)]


def crowded_lines(source: Source) -> list[int]:
    """Return the lines on which two or more comprehensions or conditional expressions begin."""
    counts = Counter(comprehensions(source) + ternaries(source))
    return sorted(line for line, count in counts.items() if count > 1)


def nested_ternaries(source: Source) -> list[int]:
    """Return the line of each conditional expression that has another one in it."""
    lines = []
    for node in source.find(ast.IfExp):
        if has_ternary_below(node):
            lines.append(node.lineno)
    return lines


def has_ternary_below(node: ast.IfExp) -> bool:
    """Return whether a conditional expression has another one in it."""
    found = [below for below in ast.walk(node) if isinstance(below, ast.IfExp)]
    return len(found) > 1


def long_lines(source: Source) -> list[int]:
    """Return the lines of more than 100 columns."""
    return [number for number, line in enumerate(source.lines, 1) if len(line) > COLUMNS]


def formatted_logs(source: Source) -> list[int]:
    """Return the line of each call of a logger that is handed an f-string."""
    lines = []
    for call in log_calls(source):
        if any(isinstance(argument, ast.JoinedStr) for argument in call.args):
            lines.append(call.lineno)
    return lines


def log_calls(source: Source) -> Iterator[ast.Call]:
    """Yield the calls of a method of something named `logger` or `log`."""
    for node in source.find(ast.Call):
        if not isinstance(node.func, ast.Attribute):
            continue
        owner = node.func.value
        name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
        if node.func.attr in LOG_METHODS and name in ("logger", "log", "logging"):
            yield node
