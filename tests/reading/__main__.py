"""Print how the code reads, package by package: `python -m tests.reading`.

`--offenders [PATH]` prints what is over a budget. `--check` ends with 1 where a package does not
keep one, as `make lint` asks.
"""

from __future__ import annotations

import argparse
import ast
import math
import sys
from collections.abc import Sequence
from statistics import median

from tests.reading.budgets import BUDGETS, DENSITIES, breaches, offenders, per_thousand
from tests.reading.functions import depth, is_public, is_typed, length
from tests.reading.functions import positional as positional_parameters
from tests.reading.sources import (
    PACKAGES,
    PRODUCT,
    Function,
    Source,
    by_room,
    read_all,
    read_package,
)

CHECK_HELP = "end with 1 where a package does not keep a budget"
HELP = "print every place that breaks a budget, or those below PATH, instead of the tables"
#: Column -> what stands in it for the sources of a package or a room.
Row = dict[str, str]


def spread(values: Sequence[int]) -> str:
    """Return median, 90th percentile and maximum."""
    if not values:
        return "-"
    ordered = sorted(values)
    ninetieth = ordered[math.ceil(0.9 * len(ordered)) - 1]
    return f"{median(ordered):.0f} / {ninetieth} / {ordered[-1]}"


def share(part: int, whole: int) -> str:
    """Return a part in per cent of the whole."""
    if not whole:
        return "-"
    return f"{100 * part / whole:.0f} %"


def measure(sources: list[Source]) -> Row:
    """Return the row of the table for these sources."""
    row: Row = {"files": str(len(sources))}
    row["lines"] = f"{sum(len(source.lines) for source in sources):,}"
    row["module"] = spread([len(source.lines) for source in sources])
    row.update(measure_definitions(sources))
    for name, find, _ in DENSITIES:
        row[name] = f"{per_thousand(find, sources):.1f}"
    for budget in BUDGETS:
        row[budget.name] = str(len(offenders(budget, sources)))
    return row


def measure_definitions(sources: list[Source]) -> Row:
    """Return the columns that count functions and classes."""
    found: list[Function] = []
    class_lengths: list[int] = []
    for source in sources:
        found.extend(source.functions)
        class_lengths.extend(length(node) for node in source.classes)
    public = [node for node in found if is_public(node)]
    documented = sum(ast.get_docstring(node) is not None for node in public)
    return {
        "function": spread([length(node) for node in found]),
        "class": spread(class_lengths),
        "nesting": str(max((depth(node) for node in found), default=0)),
        "positional": str(max((positional_parameters(node) for node in found), default=0)),
        "typed": share(sum(is_typed(node) for node in found), len(found)),
        "documented": share(documented, len(public)),
    }


def print_table(rows: dict[str, Row]) -> None:
    """Print a table in Markdown: a line for each measure, a column for each package or room."""
    print(f"| | {' | '.join(rows)} |")
    print("|---|" + "--:|" * len(rows))
    first = next(iter(rows.values()))
    for measured in first:
        print(f"| {measured} | {' | '.join(row[measured] for row in rows.values())} |")


def print_offenders(packages: dict[str, list[Source]], wanted: str) -> None:
    """Print every place below the wanted path that breaks a budget."""
    for budget in BUDGETS:
        for sources in packages.values():
            for place in offenders(budget, sources):
                if place.startswith(wanted):
                    print(f"{place}: {budget.name}")


def check() -> int:
    """Print which budgets are not kept, and return the exit code."""
    code = 0
    for package in PACKAGES:
        for breach in breaches(package, read_package(package)):
            print(f"{package}: {breach}; `python -m tests.reading --offenders` prints where")
            code = 1
    return code


def main() -> int:
    """Print the tables, the offenders or the breaches, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.reading", description=__doc__)
    parser.add_argument("--offenders", nargs="?", const="", metavar="PATH", help=HELP)
    parser.add_argument("--check", action="store_true", help=CHECK_HELP)
    options = parser.parse_args()
    if options.check:
        return check()
    wanted: str | None = options.offenders
    packages = read_all()
    if wanted is not None:
        print_offenders(packages, wanted)
        return 0
    print_table({name: measure(sources) for name, sources in packages.items()})
    print()
    rooms = by_room(packages[PRODUCT])
    print_table({name: measure(sources) for name, sources in rooms.items()})
    return 0


if __name__ == "__main__":
    sys.exit(main())
