"""The words: docstrings of one sentence with a verb first, and words that only this code knew."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.reading.sources import Source

#: Words that stand in no name, docstring or comment.
PRIVATE_WORDS = frozenset({"killer", "killers", "calm", "vigil", "tell", "tells", "told"})
#: Words that stand in no name; in a sentence they are English.
PRIVATE_NAMES = PRIVATE_WORDS | {"ground", "grounds", "terms", "hold"}
#: What stands for a number without a unit.
VAGUE = re.compile(r"\bso (?:long|many|often)\b", re.IGNORECASE)
WORD = re.compile(r"[A-Za-z]+")
NAME_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
#: How the docstring of a function may begin, with or without an s at its end.
VERBS = frozenset(Path(__file__).with_name("verbs.txt").read_text(encoding="utf-8").split())


def words_of(text: str) -> list[str]:
    """Return the words of a text, in lower case."""
    return [word.lower() for word in WORD.findall(text)]


def parts_of(name: str) -> list[str]:
    """Return the words that a name is made of, in lower case."""
    return [part.lower() for part in NAME_PART.findall(name)]


def names(source: Source) -> Iterator[tuple[int, str]]:
    """Yield what a file itself names: definitions, parameters, variables, attributes."""
    for definition in source.find(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef):
        yield definition.lineno, definition.name
    for argument in source.find(ast.arg):
        yield argument.lineno, argument.arg
    for name in source.find(ast.Name):
        if isinstance(name.ctx, ast.Store):
            yield name.lineno, name.id
    for attribute in source.find(ast.Attribute):
        if isinstance(attribute.ctx, ast.Store):
            yield attribute.lineno, attribute.attr


def comments(source: Source) -> Iterator[tuple[int, str]]:
    """Yield the lines of comments alone, with their numbers."""
    for number, line in enumerate(source.lines, 1):
        if line.lstrip().startswith("#"):
            yield number, line


def docstrings(source: Source) -> Iterator[tuple[int, str]]:
    """Yield each docstring with the line of what it describes."""
    described = source.find(ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in (source.tree, *described):
        text = ast.get_docstring(node)
        if text:
            yield getattr(node, "lineno", 1), text


def private_words(source: Source) -> list[int]:
    """Return the lines of the names and sentences that have a private word."""
    lines = []
    if PRIVATE_NAMES & set(parts_of(source.path.stem)):
        lines.append(1)
    for line, name in names(source):
        if PRIVATE_NAMES & set(parts_of(name)):
            lines.append(line)
    for line, text in sentences(source):
        if PRIVATE_WORDS & set(words_of(text)):
            lines.append(line)
    return sorted(lines)


def sentences(source: Source) -> Iterator[tuple[int, str]]:
    """Yield what is written in English: docstrings and comments, with their lines."""
    yield from docstrings(source)
    yield from comments(source)


def vague_amounts(source: Source) -> list[int]:
    """Return the lines of the sentences that have "so" before long, many or often."""
    return sorted(line for line, text in sentences(source) if VAGUE.search(text))


def semicolons(source: Source) -> list[int]:
    """Return the lines of the docstrings that join two sentences with a semicolon."""
    return sorted(line for line, text in docstrings(source) if ";" in text)


def verbless(source: Source) -> list[int]:
    """Return the lines of the functions whose docstring does not begin with a known verb."""
    lines = []
    for function in source.functions:
        text = ast.get_docstring(function)
        if text and not begins_with_verb(text):
            lines.append(function.lineno)
    return sorted(lines)


def begins_with_verb(text: str) -> bool:
    """Return whether a sentence begins with a verb in the present tense."""
    first = WORD.match(text)
    if first is None:
        return False
    word = first.group().lower()
    forms = {word, word.removesuffix("s"), word.removesuffix("es")}
    if word.endswith("ies"):
        forms.add(word.removesuffix("ies") + "y")
    return bool(forms & VERBS)
