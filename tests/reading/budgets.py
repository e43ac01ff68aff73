"""The budgets, and what is over them today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tests.reading import density, english
from tests.reading.functions import length, positional
from tests.reading.sources import Source

FUNCTION_LINES = 50
FILE_LINES = 300
CLASS_LINES = 150
POSITIONAL = 5
COMPREHENSIONS_PER_1000 = 12.0
TERNARIES_PER_1000 = 8.0


def long_functions(source: Source) -> list[int]:
    """Return the lines of the functions of more than 50 lines."""
    return [node.lineno for node in source.functions if length(node) > FUNCTION_LINES]


def long_classes(source: Source) -> list[int]:
    """Return the lines of the classes of more than 150 lines."""
    return [node.lineno for node in source.classes if length(node) > CLASS_LINES]


def many_parameters(source: Source) -> list[int]:
    """Return the lines of the functions that take more than five parameters by position."""
    return [node.lineno for node in source.functions if positional(node) > POSITIONAL]


def long_file(source: Source) -> list[int]:
    """Return the last line of a file of more than 300 lines."""
    count = len(source.lines)
    if count > FILE_LINES:
        return [count]
    return []


@dataclass(frozen=True)
class Budget:
    """A rule that a place in a file keeps or breaks."""

    name: str
    find: Callable[[Source], list[int]]


BUDGETS = (
    Budget("functions over 50 lines", long_functions),
    Budget("files over 300 lines", long_file),
    Budget("classes over 150 lines", long_classes),
    Budget("functions with over 5 positional parameters", many_parameters),
    Budget("lines over 100 columns", density.long_lines),
    Budget("lines with two comprehensions or ternaries", density.crowded_lines),
    Budget("nested ternaries", density.nested_ternaries),
    Budget("f-strings in logs", density.formatted_logs),
    Budget("private words", english.private_words),
    Budget("so long, so many, so often", english.vague_amounts),
    Budget("docstrings with a semicolon", english.semicolons),
    Budget("docstrings of functions without a verb first", english.verbless),
)
#: Name, what is counted, and how many there may be in 1,000 code lines.
DENSITIES = (
    ("comprehensions per 1,000 lines", density.comprehensions, COMPREHENSIONS_PER_1000),
    ("ternaries per 1,000 lines", density.ternaries, TERNARIES_PER_1000),
)

#: Package -> budget -> how many places may break it or how dense it may be.
#: Without an entry no place may, and the densities above hold. The numbers only fall.
EXCEPTIONS: dict[str, dict[str, float]] = {
    # REGEXP_SUBSTR, REGEXP_INSTR and REGEXP_REPLACE, which SQL calls by position.
    "oralite": {"functions with over 5 positional parameters": 3},
    "tests": {
        "comprehensions per 1,000 lines": 22,
        "files over 300 lines": 1,
        "classes over 150 lines": 1,
        "functions with over 5 positional parameters": 1,
        "lines with two comprehensions or ternaries": 6,
    },
}


def offenders(budget: Budget, sources: list[Source]) -> list[str]:
    """Return every place of a package that breaks a budget, as path:line."""
    return list(places(budget, sources))


def places(budget: Budget, sources: list[Source]) -> Iterator[str]:
    """Yield every place of a package that breaks a budget, as path:line."""
    for source in sources:
        for line in budget.find(source):
            yield f"{source.path}:{line}"


def per_thousand(find: Callable[[Source], list[int]], sources: list[Source]) -> float:
    """Return how many there are of something in 1,000 code lines of a package."""
    code_lines = sum(source.code_lines for source in sources)
    count = sum(len(find(source)) for source in sources)
    return 1000 * count / max(code_lines, 1)


def allowed(package: str, budget: str, limit: float = 0) -> float:
    """Return the limit of a budget, or today's exception from it."""
    return EXCEPTIONS.get(package, {}).get(budget, limit)


def breaches(package: str, sources: Iterable[Source]) -> list[str]:
    """Return a sentence for each budget that a package does not keep.

    sources: read one at a time, as many trees at once cost the collector of garbage much.
    """
    counts, code_lines = count_all(sources)
    found = []
    for budget in BUDGETS:
        count = counts[budget.name]
        limit = allowed(package, budget.name)
        if count > limit:
            found.append(f"{budget.name}: {count}, not {limit:g}")
    for name, _, usual in DENSITIES:
        density_found = 1000 * counts[name] / max(code_lines, 1)
        limit = allowed(package, name, usual)
        if density_found > limit:
            found.append(f"{name}: {density_found:.1f}, not {limit:g}")
    return found


def count_all(sources: Iterable[Source]) -> tuple[Counter[str], int]:
    """Return how many there are of what each budget limits, and of code lines."""
    counts: Counter[str] = Counter()
    code_lines = 0
    for source in sources:
        code_lines += source.code_lines
        for budget in BUDGETS:
            counts[budget.name] += len(budget.find(source))
        for name, find, _ in DENSITIES:
            counts[name] += len(find(source))
    return counts, code_lines
