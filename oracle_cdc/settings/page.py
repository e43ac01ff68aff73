"""Read the operator's page of defaults: dictionaries, with the lines that they are written on."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from oracle_cdc.settings.sources import Source, all_given

#: The page of defaults that an operator may edit.
PAGE = "config.py"


def read_page(page: Mapping[str, Mapping[str, object]], file: Path | None = None) -> Source:
    """Return what the dictionaries of a page give, where blank text is a value.

    page: dictionaries by the prefix of their variables, without one for variables as a whole.
    file: where they are written, CDC_ as CDC_CONFIG, and without a prefix as the variable itself.
    """
    values = {}
    for prefix, dictionary in page.items():
        for key, value in dictionary.items():
            values[prefix + str(key).upper()] = value
    places = {}
    if file is not None:
        for name, line in written_names(file):
            if name in page.get("", {}):
                places[name] = f"{PAGE} line {line}"
        for dictionary_name, key, line in written_keys(file):
            prefix = dictionary_name.removesuffix("CONFIG")
            if prefix in page:
                places[prefix + key.upper()] = f"{PAGE} line {line}"
    return Source(PAGE, all_given(PAGE, values, places), blank_is_unset=False)


def written_names(file: Path) -> Iterator[tuple[str, int]]:
    """Yield each name that is assigned as a whole, and its line."""
    for target, _ in assignments(file):
        if isinstance(target, ast.Name):
            yield target.id, target.lineno


def written_keys(file: Path) -> Iterator[tuple[str, str, int]]:
    """Yield each dictionary's name, key and line in a file, as far as they stand there as such."""
    for target, value in assignments(file):
        yield from assigned_keys(target, value)


def assignments(file: Path) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield what each line at the left edge of a file assigns to, and its value."""
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        # It was imported a moment ago. Without lines its mistakes are still named.
        return
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                yield target, statement.value
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            yield statement.target, statement.value


def assigned_keys(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, str, int]]:
    """Yield the keys of `NAME = {"key": ...}` and of `NAME["key"] = ...`."""
    if isinstance(target, ast.Name) and isinstance(value, ast.Dict):
        for key in value.keys:
            if isinstance(key, ast.Constant):
                yield target.id, str(key.value), key.lineno
    elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
        key = target.slice
        if isinstance(key, ast.Constant):
            yield target.value.id, str(key.value), key.lineno
