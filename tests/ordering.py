"""How several processes share the tests: what each compiles, and which tests begin first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import TypeVar

import pytest

Test = TypeVar("Test")

#: Files whose tests wait for processes and time-outs, in lanes. A process begins with one lane,
#: while those without one keep the processors busy. Begun at the end, they would be waited for.
LANES = (
    (
        "integration/test_refused_sends.py",
        "integration/test_stubborn_ledger.py",
        "integration/test_stubborn_answers.py",
        "integration/test_answers_kept.py",
        "processor/test_failures_command.py",
        "integration/test_concurrent_capture.py",
        "processor/test_pipeline.py",
        "integration/test_queue_access.py",
        "integration/test_inbound_cycle.py",
        "integration/test_sqs_failures.py",
        "integration/test_health.py",
        "integration/test_conversations_received.py",
        "integration/test_errors.py",
        "integration/test_dead_letter_queue.py",
        "integration/test_replaced.py",
        "integration/test_held_jobs.py",
        "integration/test_ended_processes.py",
        "integration/test_lanes.py",
        "monitor/test_triage_claude.py",
    ),
    (
        "nats/test_outages.py",
        "monitor/test_service.py",
        "monitor/test_processor_stream.py",
        "processor/test_redriving.py",
        "lakes/test_trino.py",
        "oralite/test_locks.py",
        "integration/test_stubborn.py",
        "processor/test_dead_letter_commands.py",
        "integration/test_ids.py",
        "integration/test_documented_sql.py",
        "monitor/test_page_asking.py",
        "integration/test_change_order.py",
        "integration/test_useless_answers.py",
        "integration/test_short_polls.py",
        "integration/test_health_host.py",
        "monitor/test_events_stream.py",
        "integration/test_events_leg.py",
        "integration/test_events_shares.py",
        "integration/test_documented_mariadb.py",
        "trinolite/test_statements.py",
    ),
    (
        "acceptance/test_hang.py",
        "acceptance/test_demo_changes.py",
        "acceptance/test_privacy.py",
        "acceptance/test_stand_in_alone.py",
    ),
    (
        "acceptance/test_poison.py",
        "acceptance/test_packaging.py",
        "acceptance/test_run_events.py",
        "acceptance/test_npm.py",
    ),
    (
        "acceptance/test_demo_all.py",
        "acceptance/test_demo.py",
        "acceptance/test_demo_events.py",
        "acceptance/test_quick_start.py",
        "acceptance/test_without_files.py",
    ),
)


def deal_tests(items: Sequence[pytest.Item], shares: int) -> list[pytest.Item]:
    """Return tests in the order in which each of these shares begins with its lane."""
    lanes = []
    for files in LANES:
        lane: list[pytest.Item] = []
        for file in files:
            lane.extend(item for item in items if item.nodeid.startswith(f"tests/{file}::"))
        if lane:
            lanes.append(lane)
    long = set(chain(*lanes))
    return deal(lanes, [item for item in items if item not in long], shares)


def modules_of(root: Path, ignored: Sequence[str] = ()) -> list[str]:
    """Return the names of all modules of tests that are not in a directory that is ignored."""
    without = [root / directory for directory in ignored]
    names = []
    for path in sorted(root.glob("tests/**/test_*.py")):
        if not any(directory in path.parents for directory in without):
            names.append(".".join(path.relative_to(root).with_suffix("").parts))
    return names


def deal(lanes: Sequence[Sequence[Test]], others: Sequence[Test], shares: int) -> list[Test]:
    """Return all in shares of equal length, as xdist cuts them, over which lanes are dealt first.

    A share that its lanes fill goes on into the next.
    """
    left = len(others) + sum(map(len, lanes))
    rest = iter(others)
    dealt: list[Test] = []
    for share in range(shares):
        mine = list(chain(*lanes[share::shares]))
        size = left // (shares - share)
        left -= size
        while len(mine) < size:
            try:
                mine.append(next(rest))
            except StopIteration:
                break
        dealt += mine
    return [*dealt, *rest]
