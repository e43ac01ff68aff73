"""A round of row changes from its plan to its verdict."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from standins.queueserver import serve_queues
from tests.chaos.changes.changecopies import ChangeCopies
from tests.chaos.changes.environment import SECRETS
from tests.chaos.changes.journal import Image
from tests.chaos.changes.judge.checker import check
from tests.chaos.changes.judge.history import History, Kept, Rules
from tests.chaos.changes.ledger import Ledger, WitnessedQueues
from tests.chaos.changes.plan import BUS, CANARY, CONNECT_SECONDS, READ_SECONDS, ChangesPlan
from tests.chaos.changes.side import Changes
from tests.chaos.changes.tables import TABLES
from tests.chaos.harness.machine import Machine
from tests.chaos.harness.round import Round
from tests.chaos.judge.history import Trouble
from tests.chaos.rounds.verdict import Outcome, judge_round
from tests.chaos.witnesses.reading import find_words, read_complaints

LOGS = ("*.out", "logs-*/*")
PRIVATE = (CANARY, *SECRETS)
#: Until the last late delivery of an event.
DELIVERED_SECONDS = 60.0


def run_round(plan: ChangesPlan, directory: Path, tree: Path, template: Path) -> Outcome:
    """Run and judge a round, whose directory has plan, logs and history afterwards."""

    def play(stack: ExitStack) -> History:
        round_, side = make_round(plan, directory, tree, template, stack)
        round_.run()
        return collect(side)

    return judge_round(plan, directory, play, check=check, figures=figures)


def make_round(
    plan: ChangesPlan, directory: Path, tree: Path, template: Path, stack: ExitStack
) -> tuple[Round, Changes]:
    """Make a round of row changes alone."""
    queues = WitnessedQueues(Ledger())
    stack.enter_context(serve_queues(queues))
    copies = ChangeCopies(plan, directory)
    machine = Machine(directory, tree, template / "oracle.db", copies, stack)
    side = Changes(plan, machine, template, queues, stack)
    queues.treat = side.site.skies.treat_queue
    return Round.alone(machine, side, side.disturbance, plan), side


def collect(ended: Changes) -> History:
    """Ask everybody who saw a round."""
    plan, site, disturbance = ended.plan, ended.site, ended.disturbance
    ledger = site.ledger
    parents = {name: shard.parents for name, shard in site.stream.shards.items()}
    delivered = site.cloud.buses.buses[BUS].delivery.until(time.time() + DELIVERED_SECONDS)
    return History(
        rules=Rules(
            is_sound=plan.is_sound,
            parents=parents,
            bus=BUS,
            ack_seconds=CONNECT_SECONDS + READ_SECONDS,
            is_raw=plan.is_raw,
        ),
        written=tuple(ended.journal.committed),
        undone=tuple(ended.journal.rolled_back),
        rows=read_rows(ended),
        left=ended.count_left(),
        records=tuple(ledger.records),
        published=tuple(ledger.published),
        letters=tuple(ledger.letters),
        kept=tuple(ledger.kept),
        delivered=tuple(json.dumps(envelope["detail"]) for envelope in delivered),
        foreign=plan.foreign,
        troubles=(
            *disturbance.troubles,
            *ended.copies.troubles,
            *site.skies.troubles,
            *changes_of_owner(tuple(ledger.kept)),
        ),
        quiets=tuple(disturbance.errands.quiets),
        leaks=tuple(leaks(ended)),
        complaints=(
            *ended.complaints,
            *ended.writers.errors,
            *disturbance.errors,
            *ended.copies.complaints,
            *read_complaints(ended.directory),
        ),
    )


def read_rows(ended: Changes) -> Mapping[str, tuple[Image, ...]]:
    """Return the keys and stamps of all rows that are there in the end."""
    rows: dict[str, tuple[Image, ...]] = {}
    for name, table in TABLES.items():
        names = (*table.keys, "STAMP")
        selected = []
        for column in names:
            is_text = table.column(column).oracle_type.startswith("VARCHAR2")
            selected.append(column if is_text else f"TO_CHAR({column})")
        found = ended.database.dba.rows(f"SELECT {', '.join(selected)} FROM {table.source}")
        rows[name] = tuple(dict(zip(names, row, strict=True)) for row in found)
    return rows


def changes_of_owner(written: tuple[Kept, ...]) -> Iterator[Trouble]:
    """Yield when another copy took a shard: what the last one had in hand comes again."""
    owners: dict[str, str] = {}
    for kept in written:
        if kept.owner and owners.setdefault(kept.shard, kept.owner) != kept.owner:
            owners[kept.shard] = kept.owner
            yield Trouble("lease", kept.at, kept.at)


def leaks(ended: Changes) -> Iterator[str]:
    """Find private words in what the service wrote, on its pages, in /proc and to CloudWatch."""
    for pattern in LOGS:
        for path in sorted(ended.directory.glob(pattern)):
            yield from find_words(
                PRIVATE, path.name, path.read_text(encoding="utf-8", errors="replace")
            )
    for place, text in ended.shown.items():
        yield from find_words(PRIVATE, place, text)
    yield from find_words(PRIVATE, "a metric", repr(ended.site.cloud.metrics.accepted))


def figures(history: History) -> dict[str, int]:
    """Count what there was of each thing."""
    kinds = Counter(trouble.kind for trouble in history.troubles)
    return {
        "changes": len(history.written),
        "records": len(history.records),
        "events": len(history.published),
        "dead": len(history.letters),
        "shards": len(history.rules.parents),
        "kills": kinds["kill"],
        "troubles": len(history.troubles),
    }
