"""python -m tests.fidelity: hand-written and generated statements judged, a table by area."""

from __future__ import annotations

import argparse
import contextlib
import itertools
import logging
import sys
from collections import Counter
from collections.abc import Iterator

import oracledb

from oralite.server import Server
from tests.fidelity.corpus import Case, cases
from tests.fidelity.generated.run import AREAS, Counts, WrongAnswer, compare, create
from tests.fidelity.judge import Answer, Verdict, judge
from tests.fidelity.world import PASSWORD, SERVICE, USER, build

Table = dict[str, Counts]


def written(shown: frozenset[Verdict]) -> Table:
    """Judges the statements of each area on a database of their own."""
    found: Table = {}
    for area, group in itertools.groupby(cases(), lambda case: case.area):
        found[area] = Counter()
        for case, verdict, given in _judged(list(group)):
            found[area][verdict] += 1
            if verdict in shown:
                say(
                    f"{verdict.value}: {'; '.join(case.statements)}\n  right: {case.expected}\n"
                    f"  given: {given}"
                )
    return found


def _judged(group: list[Case]) -> Iterator[tuple[Case, Verdict, Answer]]:
    with Server(None, USER, PASSWORD, SERVICE) as server:
        known = {"user": USER, "password": PASSWORD, "dsn": server.dsn}
        with oracledb.connect(**known) as connection:
            build(connection)
        for case in group:
            with oracledb.connect(**known) as session:
                yield case, *judge(session, case)


def generated(examples: int, *, fixed: bool) -> Table:
    """Ask a number of statements of each kind, up to the first wrong one of the kind."""
    oracledb.defaults.fetch_decimals = True
    found: Table = {}
    with contextlib.ExitStack() as opened:
        server = opened.enter_context(Server(None, USER, PASSWORD, SERVICE))
        connection = opened.enter_context(
            oracledb.connect(user=USER, password=PASSWORD, dsn=server.dsn)
        )
        create(connection)
        for area in AREAS:
            found[area] = Counter()
            try:
                compare(connection, area, found[area], examples, fixed=fixed)
            except WrongAnswer as wrong:
                found[area][Verdict.WRONG] = 1
                say(f"wrong: {wrong}")
    return found


def table(title: str, found: Table) -> str:
    total: Counts = sum(found.values(), Counter())
    lines = [f"{title:<22}" + "".join(f"{verdict.value:>9}" for verdict in Verdict)]
    for area, counts in [*found.items(), ("all", total)]:
        lines.append(f"{area:<22}" + "".join(f"{counts[verdict]:>9}" for verdict in Verdict))
    return "\n".join(lines)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fidelity", description=__doc__)
    parser.add_argument("--refused", action="store_true", help="show each refused statement too")
    parser.add_argument(
        "--examples", type=int, default=2000, help="generated statements of each kind"
    )
    parser.add_argument(
        "--fixed", action="store_true", help="the same generated statements each time"
    )
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    shown = frozenset((Verdict.WRONG, Verdict.REFUSED) if options.refused else (Verdict.WRONG,))
    tables = {
        "written by hand": written(shown),
        "generated": generated(options.examples, fixed=options.fixed),
    }
    for title, found in tables.items():
        say("\n" + table(title, found))
    return int(any(counts[Verdict.WRONG] for found in tables.values() for counts in found.values()))


if __name__ == "__main__":
    sys.exit(main())
