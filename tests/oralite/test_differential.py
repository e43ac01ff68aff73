"""Statements made at random, and those of a corpus, give what a plain Python evaluation gives."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

import oracledb
import pytest

from oralite.server import Server
from tests.fidelity.corpus import cases
from tests.fidelity.generated.changes import Change
from tests.fidelity.generated.queries import Statement
from tests.fidelity.generated.run import AREAS, Counts, WrongAnswer, check, compare, create
from tests.fidelity.generated.tables import Tables
from tests.fidelity.judge import Verdict, judge, verdict
from tests.fidelity.world import PASSWORD, SERVICE, USER, build

pytestmark = pytest.mark.oralite_only

#: Of each kind of statement; make fidelity asks many more.
EXAMPLES = 20
#: How many of the written statements are refused: what was understood once stays understood.
REFUSED = {
    "aggregates": 3,
    "analytics": 1,
    "changes": 2,
    "formats": 5,
    "numbers": 1,
    "queries": 6,
    "session": 5,
    "text": 2,
    "times": 1,
}
WRITTEN = {area: list(group) for area, group in itertools.groupby(cases(), lambda case: case.area)}


@pytest.fixture(scope="module")
def database() -> Iterator[Server]:
    with Server(None, USER, PASSWORD, SERVICE) as server:
        with oracledb.connect(user=USER, password=PASSWORD, dsn=server.dsn) as connection:
            create(connection)
        yield server


@pytest.fixture
def asked(database: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[oracledb.Connection]:
    """Open a session that fetches numbers as they are."""
    monkeypatch.setattr(oracledb.defaults, "fetch_decimals", True)
    with oracledb.connect(user=USER, password=PASSWORD, dsn=database.dsn) as connection:
        yield connection


@pytest.mark.parametrize("area", AREAS)
def test_statements_made_at_random_are_answered_as_python_answers_them(
    asked: oracledb.Connection, area: str
) -> None:
    counts: Counts = Counter()
    compare(asked, area, counts, EXAMPLES, fixed=True)
    assert counts[Verdict.REFUSED] == 0
    assert counts[Verdict.RIGHT] >= EXAMPLES


@pytest.mark.parametrize("area", WRITTEN)
def test_written_statements_are_answered_rightly_or_refused(area: str) -> None:
    verdicts: Counts = Counter()
    with Server(None, USER, PASSWORD, SERVICE) as server:
        with oracledb.connect(user=USER, password=PASSWORD, dsn=server.dsn) as connection:
            build(connection)
        for case in WRITTEN[area]:
            with oracledb.connect(user=USER, password=PASSWORD, dsn=server.dsn) as session:
                found, given = judge(session, case)
                assert found is not Verdict.WRONG, (case, given)
                verdicts[found] += 1
    assert verdicts[Verdict.REFUSED] == REFUSED.get(area, 0)


HELD = Tables([(Decimal(1), Decimal(5), None, "a", None, None)], [])


@pytest.mark.parametrize(
    "statement",
    [
        Statement("SELECT t.a FROM t", [(Decimal(6),)]),
        Statement("SELECT t.a FROM t", []),
        Statement("SELECT t.a FROM t", [("5",)]),
        Change("UPDATE t SET a = 7", 1, HELD.t),
        Change("UPDATE t SET a = 5", 2, HELD.t),
        Change("UPDATE t SET a = 5", "ORA-01438", HELD.t),
    ],
)
def test_the_judge_finds_a_wrong_answer(
    asked: oracledb.Connection, statement: Statement | Change
) -> None:
    with pytest.raises(WrongAnswer):
        check(asked, HELD, statement)


def test_the_judge_distinguishes_refused_from_wrong(asked: oracledb.Connection) -> None:
    assert check(asked, HELD, Statement("SELECT t.a FROM t SAMPLE (10)", [])) is Verdict.REFUSED
    assert check(asked, HELD, Statement("SELECT t.a FROM t", [(Decimal(5),)])) is Verdict.RIGHT
    assert verdict([(1,)], "ORA-03001") is Verdict.REFUSED
    assert verdict([(1,)], "ORA-20999") is Verdict.WRONG
    assert verdict("ORA-01476", "ORA-01476") is Verdict.RIGHT
