"""What the service costs, counted: round trips, statements, requests, and the way each statement
takes to its rows."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest

from awslite.treatment import Request
from oracle_cdc.conversations.statements import read_statements, render
from oracle_cdc.oracle.queries import expand
from oralite.model import BindType, SqlType
from oralite.scan import scan
from oralite.server import Server
from standins.oracle import serve_database
from standins.queueserver import Queues, serve_queues
from standins.queuetreatment import PLAIN, Treatment
from tests.integration.test_statements import NUMBERS, TIMES
from tests.world import SOURCE, USER, World, serve_world

CALLS = 1000
BATCH = 500
#: Some 15 segments, as calls have on average.
UTTERANCES = tuple(("CA"[number % 2], f"utterance {number} of this call") for number in range(15))

#: What a person, or the health endpoint, asks of the ledger as a whole, of what was set aside or of
#: the dictionary.
SCANS = (
    *("count_states", "count_failures", "list_failures", "read_figures"),
    *("read_index_columns", "read_session_limit", "find_owners", "may_create_tables"),
    *("may_be_view", "read_row_columns", "read_unique_keys"),
)
#: {table} is asked for its columns or rights, with a condition that no row fulfils.
OF_ANY_TABLE = ("describe_table", "probe_delete", "probe_insert", "probe_update")
#: Asked by `check` alone: the newest time of the source, one step into its index.
EDGE_OF_INDEX = ("probe_source",)


class Costs:
    """A world whose queues count their requests, and quiet calls in the source."""

    def __init__(self, world: World, queues: Queues) -> None:
        self.world = world
        self.requests: Counter[str] = Counter()
        self.queues = queues
        queues.treat = self.count

    def count(self, request: Request) -> Treatment:
        self.requests[request.action] += 1
        return PLAIN

    def record_calls(self, count: int) -> None:
        with self.world.connect() as connection:
            for number in range(count):
                self.world.record(str(1000 + number), *UTTERANCES, connection=connection)
            connection.commit()

    def oracle(self) -> dict[str, int]:
        """Counts so far. Round trips are those of the work: without log-ins and the pool's
        pings."""
        totals = dict(self.world.server.statistics())
        totals["round_trips"] -= totals["pings"] + totals["logoffs"]
        return totals


@pytest.fixture
def costs() -> Iterator[Costs]:
    with serve_queues() as queues, serve_world(queues.url) as world:
        yield Costs(world, queues)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Serve a database for all tests that only ask how it would run a statement."""
    with serve_database() as server:
        yield server


def difference(after: dict[str, int], before: dict[str, int]) -> dict[str, int]:
    return {name: after[name] - before[name] for name in after}


def test_a_thousand_calls_cost_few_round_trips_and_requests(costs: Costs) -> None:
    costs.record_calls(CALLS)
    service = costs.world.application(max_batch_size=BATCH, results_batch_size=BATCH)
    service.startup.ensure_database()

    before = costs.oracle()
    costs.world.cycle(service)
    sent = difference(costs.oracle(), before)

    assert len(costs.queues.accepted) == CALLS
    assert sent["round_trips"] <= 40
    assert costs.requests["SendMessageBatch"] == CALLS // 10
    # Of each batch: the claims, the seals, the outcomes, the journal, the heartbeat; then the
    # cycle's own.
    assert sent["executes_dml"] <= CALLS // BATCH * 5 + 3
    assert sent["rows_sent"] <= CALLS * (len(UTTERANCES) + 1) + 10

    results = costs.queues.find(costs.world.results_url.rpartition("/")[2])
    for number in range(CALLS):
        body = {
            "type": "ML_PROCESSING_RESULT",
            "callId": str(1000 + number),
            "revision": 1,
            "summary": "fine",
        }
        results.send({"MessageBody": json.dumps(body)})
    before = costs.oracle()
    service.results.drain_all()
    stored = difference(costs.oracle(), before)

    assert costs.world.rows(f"SELECT COUNT(*) FROM {USER}.DICTA_CALL_SUMMARY") == [(CALLS,)]
    # Ten, and what comes by the clock on a machine under load.
    assert stored["round_trips"] <= 12
    # Of each batch: the summaries, the ledger, the journal.
    assert stored["executes_dml"] == CALLS // BATCH * 3
    assert costs.requests["ReceiveMessage"] <= CALLS // 10 + 4
    assert costs.requests["DeleteMessageBatch"] == CALLS // 10


def test_an_idle_cycle_costs_two_round_trips(costs: Costs) -> None:
    service = costs.world.application()
    costs.world.cycle(service)

    before = costs.oracle()
    costs.world.cycle(service)

    idle = difference(costs.oracle(), before)
    assert (idle["round_trips"], idle["executes_query"], idle["executes_dml"]) == (2, 1, 1)


def test_a_search_brings_no_rows_of_calls_that_are_accounted_for(costs: Costs) -> None:
    costs.record_calls(100)
    service = costs.world.application(max_batch_size=50)
    costs.world.cycle(service)

    before = costs.oracle()
    costs.world.cycle(service)

    assert difference(costs.oracle(), before)["rows_sent"] == 1


def test_each_statement_reaches_its_rows_by_an_index(server: Server) -> None:
    wrong = []
    for name in sorted(set(read_statements()) - set(OF_ANY_TABLE) - set(EDGE_OF_INDEX)):
        steps = explain(server, name)
        if scans(steps) is not (name in SCANS):
            wrong.append("\n".join([name, *steps]))
    assert wrong == []


def scans(steps: Sequence[str]) -> bool:
    """Return whether a plan reads all rows of what it did not make itself."""
    made = {"CONSTANT"}
    for step in steps:
        if step.startswith(("CO-ROUTINE", "MATERIALIZE")):
            made.add(step.split()[1])
    for step in steps:
        if step.startswith("SCAN") and step.split()[1] not in made:
            return True
    return False


def test_the_search_reads_the_source_by_time_and_then_by_call(server: Server) -> None:
    steps = explain(server, "find_work")

    by_time, by_call = [step for step in steps if "VTA_" in step]
    assert "VTA_TIME (TEXT_TIME>? AND TEXT_TIME<?)" in by_time
    assert "COVERING INDEX" in by_call and "VTA_CALL (CALL_ID=?)" in by_call
    assert sum("CDC_CALLS_DUE_IX (STATE=? AND DUE_AT<?)" in step for step in steps) == 1


def explain(server: Server, name: str) -> list[str]:
    """Return the stand-in's plan of a statement."""
    sql = render(SOURCE, None).texts[name]
    if "{ids}" in sql:
        sql, _ = expand(sql, ["1", "2"])
    session = server.database.open_session(USER.upper(), interrupted=lambda: False)
    try:
        return session.explain(sql, [BindType(type_of(bind.lower())) for bind in scan(sql).binds])
    finally:
        session.close()


def type_of(bind: str) -> SqlType:
    if TIMES.search(bind):
        return SqlType.TIMESTAMP
    return SqlType.NUMBER if NUMBERS.search(bind) else SqlType.VARCHAR2
