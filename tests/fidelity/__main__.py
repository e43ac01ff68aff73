"""python -m tests.fidelity: every hand-written statement and a large budget of generated ones, as a table by area."""

from __future__ import annotations

import argparse
import itertools
import logging
import sys
from collections import Counter
from collections.abc import Iterator

import oracledb

from oralite.server import Server
from tests.fidelity.corpus import Case, cases
from tests.fidelity.judge import Answer, Verdict, judge
from tests.fidelity.world import PASSWORD, SERVICE, USER, build

Found = tuple[Case, Verdict, Answer]


def written() -> Iterator[Found]:
    """Judges the statements of each area on a database of their own."""
    for _, group in itertools.groupby(cases(), lambda case: case.area):
        with Server(None, USER, PASSWORD, SERVICE) as server:
            connection = oracledb.connect(user=USER, password=PASSWORD, dsn=server.dsn)
            build(connection)
            connection.close()
            for case in group:
                with oracledb.connect(user=USER, password=PASSWORD, dsn=server.dsn) as session:
                    yield case, *judge(session, case)


def table(counts: Counter[tuple[str, Verdict]]) -> str:
    areas = list(dict.fromkeys(area for area, _ in counts))
    lines = [f"{'area':<12}{'right':>8}{'refused':>9}{'wrong':>7}"]
    for area in areas:
        right, refused, wrong = (counts[area, verdict] for verdict in Verdict)
        lines.append(f"{area:<12}{right:>8}{refused:>9}{wrong:>7}")
    totals = [sum(counts[area, verdict] for area in areas) for verdict in Verdict]
    lines.append(f"{'all':<12}{totals[0]:>8}{totals[1]:>9}{totals[2]:>7}")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fidelity", description=__doc__)
    parser.add_argument("--refused", action="store_true", help="show each refused statement too")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    counts: Counter[tuple[str, Verdict]] = Counter()
    for case, verdict, given in written():
        counts[case.area, verdict] += 1
        if verdict is Verdict.WRONG or (options.refused and verdict is Verdict.REFUSED):
            show(case, verdict, given)
    sys.stdout.write(table(counts) + "\n")
    return int(any(verdict is Verdict.WRONG for _, verdict in counts))


def show(case: Case, verdict: Verdict, given: Answer) -> None:
    sys.stdout.write(f"{verdict.value}: {'; '.join(case.statements)}\n    right: {case.expected}\n    given: {given}\n")


if __name__ == "__main__":
    sys.exit(main())
