"""What a cycle costs that finds no new row."""

from __future__ import annotations

from datetime import timedelta

from bench.events import insert, make_rows, read_clock
from bench.eventstage import EventStage, open_event_stage
from bench.figure import Bench, Figure
from bench.figures.events import ROWS_A_SECOND, YOUNGEST

ROWS, CYCLES = 1000, 50


def measure(bench: Bench) -> list[Figure]:
    """Count what the three servers are asked in cycles that find nothing."""
    with open_event_stage(bench.directory) as stage:
        end = read_clock(stage.dba) - YOUNGEST
        insert(stage.dba, make_rows(ROWS, end - timedelta(seconds=ROWS / ROWS_A_SECOND), end))
        oracle, mariadb, nats = count_asked(stage)
    return [
        Figure(
            "events-idle",
            f"a cycle without new rows, of {CYCLES}",
            "",
            "1 round trip to Oracle, 1 to MariaDB, no message to NATS",
            f"{oracle:g}, {mariadb:g}, {nats:g}",
            (oracle, mariadb, nats) == (1, 1, 0),
            {"oracle_trips": oracle, "mariadb_statements": mariadb, "nats_messages": nats},
        )
    ]


def count_asked(stage: EventStage) -> tuple[float, float, float]:
    """Return what a cycle asks of Oracle, MariaDB and NATS."""
    worker = stage.worker("events-cycles", str(CYCLES))
    try:
        first = look(stage)
        before = look(stage)
        worker.send_line("go")
        worker.read()
        after = look(stage)
    finally:
        worker.end()
    asked = []
    for zeroth, one, other in zip(first, before, after, strict=True):
        looking = one - zeroth
        asked.append((other - one - looking) / CYCLES)
    oracle, mariadb, nats = asked
    return oracle, mariadb, nats


def look(stage: EventStage) -> tuple[int, int, int]:
    """Return what each server was asked until now. It costs the same each time."""
    return stage.trips(), stage.asked_of_mariadb(), stage.sent_to_nats()
